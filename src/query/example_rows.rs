//! The examples of an evaluation with their scores and traces: from its table of results, else
//! from GEPA's table of its optimization, else from its traces and the assessments on them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::example_answer::{answer, answer_of, root_body};
use super::program::{StateOf, program_state};
use super::result_table::result_table;
use super::runs::{RelatedRuns, RunOf};
use super::valset_scores::{ValsetRows, valset_rows};
use crate::analysis::canonical;
use crate::analysis::example_traces::{ExampleTrace, ExampleTraces, NoTrace, TraceLink, named_inputs};
use crate::analysis::result_table::score;
use crate::model::dspy::artifacts;
use crate::model::program::Object;
use crate::model::{
    Assessment, Json, ProgramSource, ResultRow, ResultTable, Reveal, RunId, Shown, TraceId, TracePreview, json, secret,
};
use crate::query::ask::Session;
use crate::store::{Allowance, Order, Part, Result, Total, TraceQuery};

/// No more traces of a run are looked into.
const MAX_TRACES: usize = 5_000;

/// Lines of traces that are read at once.
const CHUNK: usize = 200;

/// What GEPA calls the metric of the evaluations that it captures traces of (DSPy 3.4). Where the
/// program has a Flex, it says only that a run did not crash.
const WRAPPED_METRIC: &str = "wrapped_metric";

/// What the scores of an evaluation's examples were read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScoreSource {
    /// `result_table.json`.
    Table,
    /// `valset_scores.json` of GEPA's, whose evaluation it is (`use_mlflow=True`, DSPy 3.4).
    Valset {
        /// The optimization.
        parent: RunId,
        /// The number of the candidate that was scored.
        candidate: usize,
    },
    /// Assessments on its traces.
    Assessments {
        /// The name of the metric.
        metric: String,
        /// So many examples have a score.
        scored: usize,
        /// Of so many that were evaluated.
        examples: usize,
        /// All traces could be looked into.
        complete: bool,
    },
    /// Nothing: no example has a score, and why.
    Nothing(NoScores),
}

impl ScoreSource {
    /// `result_table.json`, `valset_scores.json`, `assessments`; `None` if there are no scores.
    pub fn as_str(&self) -> Option<&'static str> {
        match self {
            Self::Table => Some(artifacts::RESULT_TABLE),
            Self::Valset { .. } => Some(artifacts::VALSET_SCORES),
            Self::Assessments { .. } => Some("assessments"),
            Self::Nothing(_) => None,
        }
    }
}

/// Why no example has a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoScores {
    /// There is neither a table nor a trace.
    NoTraces,
    /// There are traces, and none has a score.
    NoAssessments,
    /// Several metrics left scores equally often; which one the evaluation's is, is unknown.
    SeveralMetrics(Vec<String>),
    /// It is no evaluation itself: other runs are part of it.
    HasChildren,
    /// The traces could not be looked into in time.
    NotRead,
    /// No trace with a score tells what it was given.
    UnknownInputs,
    /// What its traces have only says that they ran to their ends.
    Completions,
}

impl std::fmt::Display for NoScores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoTraces => write!(f, "it has no result_table.json and no traces"),
            Self::NoAssessments => write!(f, "it has no result_table.json, and its traces have no scores"),
            Self::SeveralMetrics(names) => {
                write!(f, "it has no result_table.json, and its traces have scores of several metrics: ")?;
                write!(f, "{}", names.join(", "))
            }
            Self::HasChildren => write!(f, "it is made of other runs: compare its evaluations"),
            Self::NotRead => write!(f, "it has no result_table.json, and its traces could not be read in time"),
            Self::Completions => write!(
                f,
                "it has no result_table.json, and what its traces have of {WRAPPED_METRIC} says whether they crashed: \
                 GEPA scores a program with a Flex by itself"
            ),
            Self::UnknownInputs => write!(f, "it has no result_table.json, and its traces do not tell their inputs"),
        }
    }
}

/// The examples of an evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleRows {
    /// The examples; those from traces know their inputs only.
    pub table: ResultTable,
    /// Where the scores were read.
    pub source: ScoreSource,
    /// The trace of each row; empty where they have yet to be looked for.
    links: Vec<TraceLink>,
}

impl ExampleRows {
    /// Whether the rows are whole examples, whose traces have yet to be looked for.
    pub fn is_from_table(&self) -> bool {
        matches!(self.source, ScoreSource::Table | ScoreSource::Valset { .. })
    }

    /// How many examples there are, if that is known.
    pub fn count(&self) -> Option<usize> {
        match self.source {
            ScoreSource::Nothing(_) => None,
            _ => Some(self.table.rows.len()),
        }
    }
}

/// The examples of a run. Without a table its traces are looked into, as long as there is `time`.
///
/// # Errors
/// Those of the store; what is damaged is a warning.
pub fn example_rows(session: &mut Session<'_>, run: &RunId, time: Allowance) -> Result<ExampleRows> {
    if let Some(table) = result_table(session, run)? {
        return Ok(ExampleRows { table, source: ScoreSource::Table, links: Vec::new() });
    }
    if let Some(ValsetRows { table, parent, candidate }) = valset_rows(session, run)? {
        return Ok(ExampleRows { table, source: ScoreSource::Valset { parent, candidate }, links: Vec::new() });
    }
    let nothing = |why| Ok(ExampleRows::nothing(why));
    if has_children(session, run)? {
        return nothing(NoScores::HasChildren);
    }
    let (traces, mut complete) = traces_of(session, run, time)?;
    match (traces.is_empty(), complete) {
        (true, true) => return nothing(NoScores::NoTraces),
        (true, false) => return nothing(NoScores::NotRead),
        _ => {}
    }
    let has_source = program_state(session, run, false)?.is_some_and(|program| program.has_source());
    let mut completions = 0;
    let mut scored = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for trace in traces {
        session.cx.check()?;
        if time.is_spent() {
            complete = false;
            break;
        }
        let assessments = session.store.trace(session.cx, &trace.id)?.map(|head| head.assessments).unwrap_or_default();
        let mut scores: BTreeMap<String, f64> = assessments.iter().filter_map(score_of).collect();
        if has_source {
            completions += usize::from(scores.remove(WRAPPED_METRIC).is_some());
        }
        scores.keys().for_each(|name| *counts.entry(name.clone()).or_default() += 1);
        scored.push((trace, scores));
    }
    let most = counts.values().copied().max().unwrap_or_default();
    let mut names: Vec<String> = counts.into_iter().filter(|(_, count)| *count == most).map(|(name, _)| name).collect();
    let metric = match names.len() {
        0 if completions > 0 => return nothing(NoScores::Completions),
        0 if complete => return nothing(NoScores::NoAssessments),
        0 => return nothing(NoScores::NotRead),
        1 => names.remove(0),
        _ => return nothing(NoScores::SeveralMetrics(names)),
    };
    let complete = complete && scored.iter().all(|(trace, _)| trace.inputs.is_some());
    let found = from_traces(&scored, metric, complete);
    if found.table.rows.is_empty() { nothing(NoScores::UnknownInputs) } else { Ok(found) }
}

impl ExampleRows {
    fn nothing(why: NoScores) -> Self {
        Self { table: ResultTable::default(), source: ScoreSource::Nothing(why), links: Vec::new() }
    }
}

/// An example is what a trace was given; the scores of an example that was evaluated several times
/// count only if they agree.
fn from_traces(traces: &[(ExampleTrace, BTreeMap<String, f64>)], metric: String, complete: bool) -> ExampleRows {
    let mut table = ResultTable::default();
    let mut fields: HashSet<&String> = HashSet::new();
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut of_rows: Vec<(Vec<&TraceId>, Vec<Option<f64>>)> = Vec::new();
    for (trace, scores) in traces {
        let Some(inputs) = &trace.inputs else { continue };
        let score = scores.get(&metric).copied();
        let at = *places.entry(canonical::object_bytes(inputs)).or_insert_with(|| {
            table.example_fields.extend(inputs.keys().filter(|name| fields.insert(name)).cloned());
            table.rows.push(ResultRow { example: inputs.clone(), ..ResultRow::default() });
            of_rows.push((Vec::new(), Vec::new()));
            of_rows.len() - 1
        });
        of_rows[at].0.push(&trace.id);
        of_rows[at].1.push(score);
    }
    let mut links = Vec::with_capacity(of_rows.len());
    for (row, (ids, scores)) in table.rows.iter_mut().zip(&of_rows) {
        let first = scores.first().copied().flatten();
        row.score = first.filter(|_| scores.iter().all(|score| *score == first));
        row.stored_score = row.score.map_or(Json::Null, Json::from);
        links.push(match ids.as_slice() {
            [one] if complete => TraceLink::One((*one).clone()),
            [_] => TraceLink::Unknown(NoTrace::NotRead),
            several => TraceLink::Unknown(NoTrace::Several(several.len())),
        });
    }
    let scored = table.rows.iter().filter(|row| row.score.is_some()).count();
    let source = ScoreSource::Assessments { metric, scored, examples: table.rows.len(), complete };
    ExampleRows { table, source, links }
}

/// The score that an assessment is, by its name.
pub fn score_of(assessment: &Assessment) -> Option<(String, f64)> {
    let is_score = assessment.is_valid
        && assessment.kind == "feedback"
        && assessment.source_type == "CODE"
        && assessment.error.is_none();
    let value = score(&assessment.value).filter(|_| is_score)?;
    Some((assessment.name.clone(), value))
}

/// Whether other runs are part of this one, or it is an optimization that says so itself.
fn has_children(session: &mut Session<'_>, run: &RunId) -> Result<bool> {
    let stored = session.ask(&RunOf(run.clone()))?;
    let Some(stored) = stored.as_ref() else { return Ok(false) };
    let family = session.ask(&RelatedRuns { experiment: Some(stored.experiment_id.clone()), with_deleted: false })?;
    if family.iter().any(|other| other.parent_id.as_ref() == Some(run)) {
        return Ok(true);
    }
    let best = session.ask(&StateOf { run: run.clone(), best: true })?;
    Ok(best.as_ref().as_ref().is_some_and(|best| best.source == ProgramSource::BestModelJson))
}

/// The traces of some rows, as long as there is `time`; where they cannot be told, why.
///
/// # Errors
/// Those of the store.
pub fn links(
    session: &mut Session<'_>,
    run: &RunId,
    rows: &ExampleRows,
    wanted: &[usize],
    time: Allowance,
) -> Result<Vec<TraceLink>> {
    if wanted.is_empty() || !rows.is_from_table() {
        let known = |row: &usize| rows.links.get(*row).cloned().unwrap_or(TraceLink::Unknown(NoTrace::NotRead));
        return Ok(wanted.iter().map(known).collect());
    }
    let (mut traces, complete) = traces_of(session, run, time)?;
    let mut sorted = ExampleTraces::new(&rows.table, &traces, complete);
    // An answer that the line of a trace does not tell is read only where it decides.
    let mut met = HashSet::new();
    let several = wanted.iter().map(|row| sorted.candidates(*row)).filter(|fitting| fitting.len() > 1);
    // Rows with the same inputs have the same ones.
    let several = several.filter(|fitting| met.insert(fitting.as_ptr()));
    let unsure: BTreeSet<usize> = several.flatten().copied().filter(|at| traces[*at].outputs.is_none()).collect();
    if !unsure.is_empty() {
        for at in unsure {
            session.cx.check()?;
            if time.is_spent() {
                break;
            }
            traces[at].outputs = answer(session, &traces[at].id)?.map(|answer| answer.fields);
        }
        sorted = ExampleTraces::new(&rows.table, &traces, complete);
    }
    let time = time.or_later(session.cx.begin(Part::TracesByExample));
    let mut known: HashMap<(usize, Vec<u8>), TraceLink> = HashMap::new();
    let mut links = Vec::with_capacity(wanted.len());
    for row in wanted {
        session.cx.check()?;
        let find = || if time.is_spent() { TraceLink::Unknown(NoTrace::NotRead) } else { sorted.link(*row) };
        links.push(match sorted.likeness(*row) {
            Some(alike) => known.entry(alike).or_insert_with(find).clone(),
            None => find(),
        });
    }
    Ok(links)
}

/// The traces of a run in order, and whether all of them were looked into.
fn traces_of(session: &mut Session<'_>, run: &RunId, time: Allowance) -> Result<(Vec<ExampleTrace>, bool)> {
    let (order, limit) = (Order::OldestFirst, Some(MAX_TRACES));
    let query = TraceQuery { run: Some(run.clone()), order, limit, ..TraceQuery::default() };
    let index = session.store.trace_index(session.cx, &query)?;
    let mut traces = Vec::new();
    for chunk in index.handles.chunks(CHUNK) {
        for preview in session.store.trace_previews(session.cx, chunk)? {
            session.cx.check()?;
            if time.is_spent() {
                return Ok((traces, false));
            }
            traces.push(example_trace(session, preview)?);
        }
    }
    let complete = index.total == Total::Exact(traces.len() as u64);
    Ok((traces, complete))
}

/// What MLflow shows of inputs and outputs in lists is all of them where they are short.
fn example_trace(session: &mut Session<'_>, preview: TracePreview) -> Result<ExampleTrace> {
    let reveal = session.cx.reveal();
    let TracePreview { id, request, response } = preview;
    let outputs = response.as_ref().and_then(|preview| whole_object(preview, reveal));
    let Some(inputs) = request.as_ref().and_then(|preview| whole_object(preview, reveal)) else {
        let body = root_body(session, &id)?.unwrap_or_default();
        let outputs =
            outputs.or_else(|| body.outputs.and_then(|outputs| answer_of(outputs, reveal).map(|it| it.fields)));
        return Ok(ExampleTrace { id, inputs: body.inputs.and_then(named_inputs), outputs });
    };
    Ok(ExampleTrace { id, inputs: named_inputs(Json::Object(inputs)), outputs })
}

/// An object from a line of a list; `None` if it is cut there, or masked in another way than a table.
fn whole_object(preview: &Shown, reveal: Reveal) -> Option<Object> {
    let Shown::Text(text) = preview else { return None };
    if !text.starts_with('{') || text.contains(secret::MASK) {
        return None;
    }
    let decoded = json::decode(text.as_bytes());
    match decoded.value.mask("", reveal) {
        Json::Object(object) if !decoded.marks.is_raw => Some(object),
        _ => None,
    }
}
