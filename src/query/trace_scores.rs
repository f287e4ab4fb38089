//! The scores of traces: as the examples of their evaluations, else as they were assessed.

use std::collections::HashMap;

use super::example_rows::{EvaluationRowsOf, only_score};
use super::scores::TracesOfExamples;
use crate::analysis::example_traces::{NoTrace, TraceLink};
use crate::analysis::metric_match::ScoreRange;
use crate::model::{EvaluationId, RunId, TraceHead, TraceId};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{Allowance, Part, Result, TraceHandle};

/// The scores of the traces of a run that are examples of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RunTraceScoresOf(pub RunId);

/// What of them is known.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct RunTraceScores {
    scores: HashMap<TraceId, f64>,
    /// All traces of the run were looked into.
    is_whole: bool,
    /// Of all its examples.
    pub range: Option<ScoreRange>,
}

impl RunTraceScores {
    /// Of traces that no run recorded.
    pub fn of_no_run() -> Self {
        Self { is_whole: true, ..Self::default() }
    }

    /// The score of a trace: as an example of the run, else as it was assessed; `None` also where the first is not known.
    pub fn of(&self, head: &TraceHead) -> Option<f64> {
        match self.scores.get(&head.row.id) {
            Some(score) => Some(*score),
            None if self.is_whole => only_score(&head.assessments),
            None => None,
        }
    }
}

impl Question for RunTraceScoresOf {
    type Answer = RunTraceScores;
    const LABEL: &'static str = "scores of traces";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let of = EvaluationId::from(&self.0);
        let rows = session.ask(&EvaluationRowsOf { of: of.clone(), score: None })?;
        if !rows.has_scores() || rows.table.rows.is_empty() {
            return Ok(RunTraceScores::of_no_run());
        }
        let links = session.ask(&TracesOfExamples(of))?;
        let is_whole = !links.contains(&TraceLink::Unknown(NoTrace::NotRead));
        let scored = rows.table.rows.iter().zip(links.iter());
        let scores = scored.filter_map(|(row, link)| Some((link.trace()?.clone(), row.score?)));
        let range = ScoreRange::of(rows.table.rows.iter().filter_map(|row| row.score));
        Ok(RunTraceScores { scores: scores.collect(), is_whole, range })
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.scores.len() * 80
    }
}

/// A trace whose score is asked for.
#[derive(Clone, Copy, Debug)]
pub struct ScoredTrace<'a> {
    /// Where it stands.
    pub handle: TraceHandle,
    /// Its id.
    pub id: &'a str,
    /// The run that it was recorded in.
    pub run: Option<&'a str>,
}

/// The scores of traces, `None` inside for those that have none; those that could not be told within so many times what
/// [`Part::Facts`] may take are left out, but some are always told.
///
/// # Errors
/// Those of the store.
pub fn trace_scores<'a>(
    session: &mut Session<'_>,
    traces: impl Iterator<Item = ScoredTrace<'a>>,
    times: Option<u32>,
) -> Result<HashMap<TraceHandle, Option<f64>>> {
    /// Whether there is time is asked no more often.
    const AT_ONCE: usize = 50;
    let mut found = HashMap::new();
    let time: Option<Allowance> = times.map(|times| session.cx.begin(Part::Facts).times(times));
    let mut traces = traces.peekable();
    while traces.peek().is_some() {
        session.cx.check()?;
        let (mut handles, mut ids) = (Vec::new(), Vec::new());
        for trace in traces.by_ref().take(AT_ONCE) {
            let id = TraceId::from(trace.id);
            if let Some(run) = trace.run {
                let of_run = session.ask(&RunTraceScoresOf(RunId::from(run)))?;
                if let Some(score) = of_run.scores.get(&id) {
                    found.insert(trace.handle, Some(*score));
                    continue;
                }
                if !of_run.is_whole {
                    continue;
                }
            }
            handles.push(trace.handle);
            ids.push(id);
        }
        if !ids.is_empty() {
            let scores = session.ask(&AssessedScoresOf(ids))?;
            found.extend(handles.into_iter().zip(scores.iter().copied()));
        }
        if time.is_some_and(|time| time.is_spent()) {
            break;
        }
    }
    Ok(found)
}

/// The scores of a few traces as they were assessed. It is remembered, so that who asks in rounds goes on from there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct AssessedScoresOf(Vec<TraceId>);

impl Question for AssessedScoresOf {
    type Answer = Vec<Option<f64>>;
    const LABEL: &'static str = "scores of assessed traces";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let mut scores = Vec::with_capacity(self.0.len());
        for id in &self.0 {
            let assessments = session.store.trace(session.cx, id)?.map(|head| head.assessments).unwrap_or_default();
            scores.push(only_score(&assessments));
        }
        Ok(scores)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        // With the ids that it is known by.
        answer.len() * 100
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{ArtifactOwner, Assessment, Json, Shown};
    use crate::query::{FilteredTracesOf, Now, TraceFilter, TraceScope};
    use crate::store::memory::MemoryStore;
    use crate::store::{ReadCx, Store};

    /// Traces that were given a question each and answered it.
    fn put(store: &MemoryStore, id: &str, run: Option<&str>, at: i64, assessments: Vec<Assessment>) {
        let mut head = MemoryStore::trace_head(id, "1", run, "QA", at);
        head.row.request_preview = Some(Shown::Text(format!("{{\"q\": \"{id}\"}}").into()));
        head.row.response_preview = Some(Shown::Text("{\"a\": 1}".into()));
        head.assessments = assessments;
        store.put_trace(head, Vec::new());
    }

    fn said(name: &str, value: Json) -> Assessment {
        MemoryStore::score(name, value)
    }

    #[test]
    fn the_table_of_the_run_comes_first_then_what_was_assessed() {
        let store = MemoryStore::new();
        store.add_experiment("1", "one");
        for run in ["scored", "judged"] {
            store.put_run(MemoryStore::run(run, "1", run, 0));
        }
        let table =
            json!({"columns": ["score", "example_q", "pred_a"], "data": [[0.25, "a", 1], [null, "b", 1], [1, "c", 1]]});
        store.put_artifact(ArtifactOwner::Run("scored".into()), "result_table.json", table.to_string());
        put(&store, "a", Some("scored"), 1, vec![said("metric", json!(0.75))]);
        put(&store, "b", Some("scored"), 2, vec![said("metric", json!(0.75))]);
        put(&store, "c", Some("scored"), 3, Vec::new());
        put(&store, "d", Some("judged"), 4, vec![said("metric", json!(0.5))]);
        put(&store, "e", None, 5, vec![said("metric", json!(true))]);
        put(&store, "f", None, 6, vec![said("one", json!(1)), said("other", json!(0))]);
        put(&store, "g", None, 7, Vec::new());
        let mut store: Box<dyn Store> = Box::new(store);
        let cx = ReadCx::new();
        let mut passing = |filter: &str, sort: &str| {
            let filter = TraceFilter::parse(filter, Now { ms: 0, is_utc: true }).expect("a filter");
            let of = FilteredTracesOf { scope: TraceScope::All, filter, sort: sort.parse().expect("an order") };
            let found = Session::alone(&mut *store, &cx).ask(&of).expect("filtered");
            assert!(found.facts.is_some_and(|facts| facts.is_whole()));
            let ids = store.trace_ids_of(&cx, &found.list.handles).expect("ids");
            ids.iter().map(ToString::to_string).collect::<String>()
        };
        assert_eq!(passing("score = 1", "time:asc"), "ce");
        assert_eq!(passing("score < 0.6", "time:asc"), "ad");
        assert_eq!(passing("score = 0.75", "time:asc"), "b", "the table says nothing of it");
        assert_eq!(passing("score is null", "time:asc"), "fg", "of several scorers none is the one");
        assert_eq!(passing("run = scored and not score > 0.5", "time:asc"), "a");
        assert_eq!(passing("", "score:desc"), "ecbdagf");
    }
    #[test]
    fn a_later_round_goes_on_from_what_is_known() {
        let store = MemoryStore::new();
        for at in 0..120 {
            put(&store, &format!("tr-{at}"), None, at, vec![said("metric", json!(0.5))]);
        }
        let ids: Vec<String> = (0..120).map(|at| format!("tr-{at}")).collect();
        let (mut reader, cx) = (store.clone(), ReadCx::new());
        let mut session = Session::alone(&mut reader, &cx);
        for _ in 0..3 {
            let traces = (0..).zip(&ids).map(|(at, id)| ScoredTrace { handle: TraceHandle(at), id, run: None });
            let found = trace_scores(&mut session, traces, None).expect("read");
            assert_eq!(found.len(), 120);
        }
        assert_eq!(store.calls("trace"), 120, "each is read once");
    }
}
