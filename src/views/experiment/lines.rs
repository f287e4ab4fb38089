//! The lines of the table, made on a worker; what was shown before stays until they are here.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::loader::{DerivedKey, Lane, PreparedRuns, Slot, TraceCounts, unique_id};
use crate::model::RunId;
use crate::query::filter::KeyUse;
use crate::query::table::{ColumnUse, LineOptions, RunColumn, RunLines, columns_of, default_columns};
use crate::query::{Filter, FilterKeys};
use crate::state::{FoldKey, Folds};
use crate::views::scene::Scene;
use crate::words::{self, ColumnValues, Decimals};

/// What lines are made of, under a number of its own.
#[derive(Clone)]
pub(super) struct Source {
    pub runs: Arc<PreparedRuns>,
    /// Empty until they are counted.
    pub traces: Arc<TraceCounts>,
    id: u64,
}

/// The columns that there are.
#[derive(Default)]
pub(super) struct Columns {
    pub all: Vec<ColumnUse>,
    pub defaults: Vec<RunColumn>,
    /// The params and tags of which every value that was looked at is a number.
    pub numbers: HashSet<RunColumn>,
    /// How the values of each metric are written.
    pub decimals: HashMap<Arc<str>, Decimals>,
}

impl Columns {
    /// How the measured values of a column are written.
    pub fn decimals(&self, column: &RunColumn) -> Decimals {
        let RunColumn::Metric(key) = column else { return Decimals::default() };
        self.decimals.get(key).copied().unwrap_or_default()
    }

    /// Whether a column holds numbers though they are kept as texts.
    pub fn holds_numbers(&self, column: &RunColumn) -> bool {
        self.numbers.contains(column)
    }
}

fn decimals(runs: &PreparedRuns) -> HashMap<Arc<str>, Decimals> {
    let mut seen: HashMap<&Arc<str>, ColumnValues> = HashMap::new();
    for metric in runs.table.rows.iter().flat_map(|(_, values)| &values.metrics) {
        seen.entry(&metric.key).or_default().add(metric.point.value);
    }
    seen.into_iter().map(|(key, seen)| (Arc::clone(key), seen.decimals())).collect()
}

fn numbers(keys: &FilterKeys) -> HashSet<RunColumn> {
    let is_number = |one: &&KeyUse| {
        !one.values.is_empty() && one.values.iter().all(|value| value.value.trim().parse::<f64>().is_ok())
    };
    let params = keys.params.iter().filter(is_number).map(|one| RunColumn::Param(Arc::clone(&one.key)));
    let tags = keys.tags.iter().filter(is_number).map(|one| RunColumn::Tag(Arc::clone(&one.key)));
    params.chain(tags).collect()
}

/// What is on screen.
#[derive(Clone)]
pub(super) struct Shown {
    pub source: Source,
    pub lines: Arc<RunLines>,
    pub options: Arc<LineOptions>,
}

/// What was typed into the filter, as it was understood.
#[derive(Default)]
pub(super) struct Typed {
    pub text: String,
    /// The last filter that could be read.
    pub filter: Filter,
    /// Plain words that look for names.
    pub is_words: bool,
    pub error: Option<(Range<usize>, String)>,
    /// A key that no run has, told once the runs are known.
    pub unknown: Option<String>,
    /// The runs that the filter was held against.
    pub held_against: Option<Arc<PreparedRuns>>,
}

impl Typed {
    /// Reads the filter.
    pub fn read(&mut self) {
        self.held_against = None;
        match Filter::parse_typed(&self.text) {
            Ok((filter, is_words)) => {
                (self.filter, self.is_words, self.error) = (filter, is_words, None);
            }
            Err(error) => self.error = Some((error.range.clone(), words::sentence(&error.to_string()))),
        }
    }
}

impl Typed {
    /// Looks whether these runs have what the filter speaks of.
    pub fn hold_against(&mut self, runs: &Arc<PreparedRuns>) {
        if self.held_against.as_ref().is_none_or(|known| !Arc::ptr_eq(known, runs)) {
            self.unknown = self.filter.unknown_key(&runs.keys).map(|unknown| unknown.to_string());
            self.held_against = Some(Arc::clone(runs));
        }
    }
}

/// Asks for lines, and keeps what is shown.
#[derive(Default)]
pub(super) struct LinesMemory {
    source: Option<Source>,
    asked: Option<(Arc<LineOptions>, u64)>,
    columns: Option<(Arc<Columns>, u64)>,
    pub shown: Option<Shown>,
}

impl LinesMemory {
    /// Takes in what was read; a new number only if something of it changed.
    pub fn take(&mut self, runs: &Arc<PreparedRuns>, traces: Option<&Arc<TraceCounts>>) {
        if let Some(source) = &self.source
            && Arc::ptr_eq(&source.runs, runs)
            && traces.is_none_or(|traces| Arc::ptr_eq(&source.traces, traces))
        {
            return;
        }
        // What was counted before stays until it is counted anew.
        let known = self.source.as_ref().map(|source| &source.traces);
        let traces = traces.or(known).cloned().unwrap_or_default();
        self.source = Some(Source { runs: Arc::clone(runs), traces, id: unique_id() });
    }

    /// The columns that there are; the last ones known while they are looked for anew.
    pub fn columns(&mut self, scene: &mut Scene<'_>) -> Option<Arc<Columns>> {
        let source = self.source.clone()?;
        if let Some((columns, id)) = &self.columns
            && *id == source.id
        {
            return Some(Arc::clone(columns));
        }
        let key = DerivedKey { what: "columns of runs", source: source.id, variant: 0 };
        let slot = scene.loader.derive(key, Lane::Visible, move || {
            let all = columns_of(&source.runs.table, &source.traces);
            let (numbers, decimals) = (numbers(&source.runs.keys), decimals(&source.runs));
            let columns = Columns { defaults: default_columns(&all), all, numbers, decimals };
            let bytes = columns.all.len() * 80;
            (columns, bytes)
        });
        if let Slot::Ready { value, .. } = &slot {
            self.columns = Some((Arc::clone(value), key.source));
        }
        self.columns.as_ref().map(|(columns, _)| Arc::clone(columns))
    }

    /// Asks for lines; says whether what is shown is now another, and whether lines are waited for.
    pub fn ask(&mut self, scene: &mut Scene<'_>, options: LineOptions) -> (bool, bool) {
        let Some(source) = self.source.clone() else { return (false, true) };
        let (options, variant) = match &self.asked {
            Some((asked, variant)) if **asked == options => (Arc::clone(asked), *variant),
            _ => (Arc::new(options), unique_id()),
        };
        self.asked = Some((Arc::clone(&options), variant));
        if let Some(shown) = &self.shown
            && shown.source.id == source.id
            && Arc::ptr_eq(&shown.options, &options)
        {
            return (false, false);
        }
        let key = DerivedKey { what: "sorting of runs", source: source.id, variant };
        let (made_of, how) = (source.clone(), Arc::clone(&options));
        let slot = scene.loader.derive(key, Lane::Selection, move || {
            let lines = RunLines::new(&made_of.runs, &made_of.traces, &how);
            let bytes = lines.bytes();
            (lines, bytes)
        });
        match slot {
            Slot::Ready { value, .. } => {
                self.shown = Some(Shown { source, lines: value, options });
                (true, false)
            }
            slot => (false, slot.wants_skeleton(scene.clock.now) || self.shown.is_some()),
        }
    }
}

/// The runs whose children are hidden.
pub(super) fn folded(folds: &Folds<FoldKey>) -> HashSet<RunId> {
    let run = |key: &FoldKey| if let FoldKey::Run(run) = key { Some(run.clone()) } else { None };
    folds.iter().filter_map(run).collect()
}

/// The runs that stand at the edge and have children.
pub(super) fn parents(runs: &PreparedRuns) -> Vec<FoldKey> {
    let nodes = runs.forest.nodes.iter().filter(|node| node.descendants > 0 && node.depth == 0);
    nodes.filter_map(|node| runs.run(node.item)).map(|run| FoldKey::Run(run.id.clone())).collect()
}

/// Whether any run stands below another.
pub(super) fn has_children(runs: &PreparedRuns) -> bool {
    runs.forest.nodes.iter().any(|node| node.depth > 0)
}
