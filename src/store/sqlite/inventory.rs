//! How much a store holds beside runs and traces, counted in its tables.

use super::reader::Reader;
use super::row;
use crate::model::mlflow::registered_prompts::{DELETED, IS_PROMPT};
use crate::store::{Inventory, Result};

impl Reader<'_> {
    /// See [`crate::store::Store::inventory`].
    pub fn inventory(&self) -> Result<Inventory> {
        let is_prompt = format!("from registered_model_tags g where g.key = '{IS_PROMPT}' and g.value = 'true'");
        Ok(Inventory {
            assessments: self.assessments_by_kind()?,
            prompts: self.counted("registered_model_tags", &format!("select count(distinct g.name) {is_prompt}"))?,
            prompt_versions: self.counted(
                "model_versions",
                &format!(
                    "select count(*) from model_versions where name in (select g.name {is_prompt}) {}",
                    if self.schema.has("model_versions", "current_stage") {
                        format!("and current_stage is not '{DELETED}'")
                    } else {
                        String::new()
                    }
                ),
            )?,
            evaluation_datasets: self.counted("evaluation_datasets", "select count(*) from evaluation_datasets")?,
            dataset_records: self
                .counted("evaluation_dataset_records", "select count(*) from evaluation_dataset_records")?,
            run_datasets: self.counted("datasets", "select count(*) from datasets")?,
            logged_models: self.counted(
                "logged_models",
                if self.schema.has("logged_models", "lifecycle_stage") {
                    "select count(*) from logged_models where lifecycle_stage is not 'deleted'"
                } else {
                    "select count(*) from logged_models"
                },
            )?,
        })
    }

    /// A number; `None` where there is no such table.
    fn counted(&self, table: &str, sql: &str) -> Result<Option<u64>> {
        let needs_tags = sql.contains("registered_model_tags") && !self.schema.has("registered_model_tags", "name");
        if !self.schema.has_table(table) || needs_tags {
            return Ok(None);
        }
        Ok(self.first(table, sql, [], |values| row::count(values, 0))?.flatten())
    }

    fn assessments_by_kind(&self) -> Result<Option<Vec<(String, u64)>>> {
        if !self.schema.has("assessments", "assessment_type") {
            return Ok(None);
        }
        let mut found = Vec::new();
        let sql = "select assessment_type, count(*) from assessments group by 1 order by 2 desc, 1";
        self.each("assessments", sql, [], |values| {
            found.push((row::name(values, 0).unwrap_or_default(), row::count(values, 1).unwrap_or(0)));
        })?;
        Ok(Some(found))
    }
}
