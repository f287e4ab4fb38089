//! How the table of an experiment's runs is arranged, remembered per store, and which runs are selected.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::AppState;
use super::fingerprint::fingerprint_of;
use super::place::Place;
use crate::model::{ExperimentId, RunId};

/// Widths beyond these are mistakes.
const WIDTHS: std::ops::RangeInclusive<f32> = 20.0..=4_000.0;

/// A column that is shown.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ShownColumn {
    /// Its name: `metrics.eval`.
    pub column: String,
    /// How wide the user made it, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<f32>,
    /// What is not known here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// By which column rows are sorted.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnSort {
    /// Its name.
    pub column: String,
    /// Whether the largest come first.
    pub descending: bool,
}

/// How one table is arranged. What is empty is as it was at first.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunTableSettings {
    /// The columns from left to right; the default ones if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shown: Vec<ShownColumn>,
    /// By which column rows are sorted; else by start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<ColumnSort>,
    /// Whether children stand among their parents instead of below them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_flat: bool,
    /// What is not known here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The tables of one store.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnSettings {
    /// Tables of runs, by experiment.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "readable")]
    pub runs: BTreeMap<String, RunTableSettings>,
    /// What is not known here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl ColumnSettings {
    /// Whether there is nothing to remember.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.other.is_empty()
    }

    /// Reads what can be read: an arrangement is not worth losing all settings for.
    pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(serde_json::from_value(Value::deserialize(from)?).unwrap_or_default())
    }
}

/// The tables that can be read.
fn readable<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, RunTableSettings>, D::Error> {
    let Ok(tables) = Map::<String, Value>::deserialize(from) else { return Ok(BTreeMap::new()) };
    let read = |(id, table): (String, Value)| {
        let mut table: RunTableSettings = serde_json::from_value(table).ok()?;
        for column in &mut table.shown {
            column.width = column.width.filter(|width| WIDTHS.contains(width));
        }
        Some((id, table))
    };
    Ok(tables.into_iter().filter_map(read).collect())
}

/// Runs that the user selected.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SelectedRuns {
    /// The experiment they belong to.
    pub experiment: Option<ExperimentId>,
    /// The runs in the order of the table; one is the one that was clicked last.
    pub ids: Vec<RunId>,
}

impl AppState {
    /// How the table of an experiment's runs is arranged, if the user changed it.
    pub fn run_table(&self, experiment: &ExperimentId) -> Option<&RunTableSettings> {
        let store = self.settings.stores.get(&fingerprint_of(self.store()?))?;
        store.columns.runs.get(experiment.as_str())
    }

    pub(super) fn select_runs(&mut self, experiment: ExperimentId, ids: Vec<RunId>) {
        if matches!(self.location(), Place::Experiment { experiment: shown, .. } if *shown == experiment) {
            self.pages.shown_mut().selected_runs.clone_from(&ids);
        }
        self.selected_runs = SelectedRuns { experiment: Some(experiment), ids };
    }

    /// An experiment is gone to: the runs are selected that were when it was left.
    pub(super) fn select_runs_again(&mut self) {
        let Place::Experiment { experiment, .. } = self.location() else { return };
        let ids = self.page().selected_runs.clone();
        if !ids.is_empty() {
            self.selected_runs = SelectedRuns { experiment: Some(experiment.clone()), ids };
        }
    }

    pub(super) fn arrange_runs(&mut self, experiment: &ExperimentId, table: RunTableSettings) {
        let Some(name) = self.store().map(fingerprint_of) else { return };
        self.settings.store(&name).columns.runs.insert(experiment.to_string(), table);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Action, Effect, Settings};

    #[test]
    fn an_arrangement_comes_back_when_the_store_is_opened_again() {
        let mut state = AppState::new(Settings::default(), None);
        state.apply(Action::StoreOpened("/a/mlflow.db".into()));
        let experiment = ExperimentId::from("7");
        assert_eq!(state.run_table(&experiment), None);
        let column = |column: &str, width| ShownColumn { column: column.into(), width, ..ShownColumn::default() };
        let table = RunTableSettings {
            shown: vec![column("metrics.eval", Some(120.0)), column("traces", None)],
            sort: Some(ColumnSort { column: "metrics.eval".into(), descending: true }),
            is_flat: true,
            ..RunTableSettings::default()
        };
        let effects = state.apply(Action::ArrangeRuns(experiment.clone(), table.clone()));
        assert_eq!(effects, [Effect::SaveSettings]);
        state.note_store();
        let settings = Settings::parse(&state.settings.to_text()).expect("readable");
        let mut again = AppState::new(settings, None);
        again.apply(Action::StoreOpened("/b/mlflow.db".into()));
        assert_eq!(again.run_table(&experiment), None, "another store");
        again.apply(Action::StoreOpened("/a/mlflow.db".into()));
        assert_eq!(again.run_table(&experiment), Some(&table));
        assert_eq!(again.run_table(&"8".into()), None, "another experiment");
    }

    #[test]
    fn what_is_not_known_is_kept_and_what_is_damaged_costs_itself() {
        let columns = r#"{"traces": [1], "runs": {"1": {"shown": [{"column": "x", "pinned": true, "width": 1e30}], "rows": 3}, "2": 5}}"#;
        let text =
            format!(r#"{{"version": 1, "stores": {{"ab": {{"columns": {columns}}}, "cd": {{"columns": [3]}}}}}}"#);
        let settings = Settings::parse(&text).expect("readable");
        let again = Settings::parse(&settings.to_text()).expect("readable");
        assert_eq!(again, settings);
        let columns = &again.stores["ab"].columns;
        assert_eq!(columns.other["traces"][0], 1);
        assert_eq!((columns.runs["1"].other["rows"].as_u64(), columns.runs.len()), (Some(3), 1));
        assert_eq!(columns.runs["1"].shown[0].other["pinned"], true);
        assert_eq!(columns.runs["1"].shown[0].width, None);
        assert!(again.stores["cd"].columns.is_empty());
    }
}
