//! What a run was given and what it logged besides numbers: datasets and models.

use std::collections::HashSet;

use super::reader::Reader;
use super::row;
use crate::model::mlflow::run::MODEL_HISTORY;
use crate::model::{DatasetInput, Entry, LoggedModel, RunId};
use crate::store::Result;

impl Reader<'_> {
    /// See [`crate::store::Store::dataset_inputs`]. Rows of `inputs` that lead from a run to a
    /// model are not datasets and are left to [`Reader::logged_models`].
    pub fn dataset_inputs(&self, run: &RunId) -> Result<Vec<DatasetInput>> {
        if !(self.schema.has_table("inputs") && self.schema.has("datasets", "dataset_uuid")) {
            return Ok(Vec::new());
        }
        let sql = "select i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile \
                   from inputs i join datasets d on d.dataset_uuid = i.source_id \
                   where i.destination_type = 'RUN' and i.destination_id = ?1 and i.source_type = 'DATASET' \
                   order by d.name, d.digest, i.input_uuid";
        let mut found = Vec::new();
        self.each("dataset inputs", sql, [run.as_str()], |values| {
            let name = |column| row::name(values, column).unwrap_or_default();
            let readable = |column| Some(row::text(values, column)?.readable(self.cx.reveal()));
            found.push((
                name(0),
                DatasetInput {
                    name: name(1),
                    digest: name(2),
                    source_type: name(3),
                    source: row::stored(values, 4).shown("source", self.cx.reveal()),
                    schema: readable(5),
                    profile: readable(6),
                    tags: Vec::new(),
                },
            ));
        })?;
        if self.schema.has("input_tags", "input_uuid") {
            for (input, dataset) in &mut found {
                let sql = "select name, value from input_tags where input_uuid = ?1 order by name";
                self.each("input tags", sql, [input.as_str()], |values| {
                    let key = row::name(values, 0).unwrap_or_default();
                    let value = row::stored(values, 1).shown(&key, self.cx.reveal());
                    dataset.tags.push(Entry { key: key.into(), value });
                })?;
            }
        }
        Ok(found.into_iter().map(|(_, dataset)| dataset).collect())
    }

    /// See [`crate::store::Store::logged_models`]: the table since MLflow 3, the tag
    /// `mlflow.log-model.history` before it.
    pub fn logged_models(&self, run: &RunId) -> Result<Vec<LoggedModel>> {
        let mut found: Vec<LoggedModel> = Vec::new();
        if self.schema.has("logged_models", "source_run_id") {
            let deleted = if self.schema.has("logged_models", "lifecycle_stage") {
                "and m.lifecycle_stage is not 'deleted'"
            } else {
                ""
            };
            let linked = if self.schema.has_table("inputs") {
                "or m.model_id in (select destination_id from inputs where source_type = 'RUN_OUTPUT' \
                 and source_id = ?1 and destination_type = 'MODEL_OUTPUT')"
            } else {
                ""
            };
            let sql = format!(
                "select m.model_id, m.name, m.creation_timestamp_ms, m.artifact_location from logged_models m \
                 where (m.source_run_id = ?1 {linked}) {deleted} order by m.creation_timestamp_ms, m.model_id"
            );
            self.each("logged models", &sql, [run.as_str()], |values| {
                found.push(LoggedModel {
                    id: row::name(values, 0).unwrap_or_default(),
                    name: row::name(values, 1).unwrap_or_default(),
                    creation_time_ms: row::int(values, 2),
                    artifact_location: row::text(values, 3).map(|uri| uri.readable(self.cx.reveal())),
                });
            })?;
        }
        if self.schema.has("tags", "run_uuid") {
            let sql = format!("select value from tags where key = '{MODEL_HISTORY}' and run_uuid = ?1");
            let history = self.first("logged models", &sql, [run.as_str()], |values| row::text(values, 0))?.flatten();
            let known: HashSet<String> = found.iter().map(|model| model.id.clone()).collect();
            let history = history.map(|text| text.decode().value);
            // Ids and names of models.
            let listed = history.iter().filter_map(|history| history.as_stored_for_structure().as_array());
            for entry in listed.flatten() {
                let text = |key: &str| entry.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
                let id = text("model_uuid");
                if !id.is_empty() && !known.contains(&id) {
                    let (name, artifact_location) = (text("artifact_path"), None);
                    found.push(LoggedModel { id, name, creation_time_ms: None, artifact_location });
                }
            }
        }
        Ok(found)
    }
}
