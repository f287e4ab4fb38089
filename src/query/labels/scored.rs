//! Labels beside what the metric said of the same.

use std::sync::Arc;

use crate::model::{Judgement, Label, LabelOf, TraceId, TraceRow};
use crate::query::ScoreRange;
use crate::query::ask::{CostClass, Question, Session};
use crate::query::trace_scores::{RunTraceScores, RunTraceScoresOf};
use crate::store::Result;

/// A label, and what is known of what it speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// What it speaks of.
    pub what: LabelOf,
    /// What it says.
    pub label: Label,
    /// The line of its trace; `None` of an example, and of a trace that this store does not have.
    pub row: Option<TraceRow>,
    /// The score of its trace.
    pub score: Option<f64>,
    /// Whether the label says otherwise than the score; `None` where one of them says nothing.
    pub disagrees: Option<bool>,
}

/// All labels of a store, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LabelledOf {
    /// Of the labels when it is asked ([`crate::query::LabelBook::version`]): they change without the store.
    pub version: u64,
}

impl Question for LabelledOf {
    type Answer = Vec<Labelled>;
    const LABEL: &'static str = "labels beside scores";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let labels = session.labels()?;
        let mut found = Vec::with_capacity(labels.len());
        for (what, label) in labels.newest_first() {
            session.cx.check()?;
            let mut one =
                Labelled { what: what.clone(), label: label.clone(), row: None, score: None, disagrees: None };
            if let LabelOf::Trace(id) = what
                && let Some(scored) = session.ask(&TraceScoreOf(id.clone()))?.as_ref()
            {
                one.score = scored.score;
                one.disagrees = scored.disagrees_with(label.judgement);
                one.row = Some(scored.row.clone());
            }
            found.push(one);
        }
        Ok(found)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.iter().map(|one| 400 + one.label.bytes()).sum()
    }
}

/// The score of one trace, as lists show it: it does not change with what is said of the trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceScoreOf(pub TraceId);

/// What the metric said of a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceScore {
    /// Its line.
    pub row: TraceRow,
    /// Its score, if it has one.
    pub score: Option<f64>,
    /// Of all scores of its evaluation; `None` of a trace that is of none.
    pub range: Option<ScoreRange>,
}

impl TraceScore {
    /// Whether a label says otherwise; `None` where one of them says nothing. A score is right as everywhere else: 1
    /// where all scores are 0 or 1, else from half of the range on.
    pub fn disagrees_with(&self, said: Option<Judgement>) -> Option<bool> {
        disagrees(said, self.score, self.range)
    }
}

impl Question for TraceScoreOf {
    type Answer = Option<TraceScore>;
    const LABEL: &'static str = "score of a trace";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let Some(head) = session.store.trace(session.cx, &self.0)? else { return Ok(None) };
        let scores = match &head.row.run_id {
            Some(run) => session.ask(&RunTraceScoresOf(run.clone()))?,
            None => Arc::new(RunTraceScores::of_no_run()),
        };
        Ok(Some(TraceScore { score: scores.of(&head), row: head.row, range: scores.range }))
    }

    fn bytes(_: &Self::Answer) -> usize {
        400
    }
}

fn disagrees(said: Option<Judgement>, score: Option<f64>, range: Option<ScoreRange>) -> Option<bool> {
    let (said, score) = (said?, score?);
    let range = range.or_else(|| ScoreRange::of([0.0, 1.0, score]))?;
    Some(range.rule().is_right(score) != (said == Judgement::Right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_disagree_with_scores_on_the_other_side() {
        use Judgement::{Right, Wrong};
        let binary = ScoreRange::of([0.0, 1.0]);
        let graded = ScoreRange::of([0.2, 0.4, 0.8]);
        assert_eq!(disagrees(Some(Right), Some(0.0), binary), Some(true));
        assert_eq!(disagrees(Some(Wrong), Some(1.0), binary), Some(true));
        assert_eq!(disagrees(Some(Right), Some(1.0), binary), Some(false));
        assert_eq!(disagrees(Some(Wrong), Some(0.8), graded), Some(true));
        assert_eq!(disagrees(Some(Wrong), Some(1.0), None), Some(true));
        assert_eq!(disagrees(None, Some(1.0), binary), None);
        assert_eq!(disagrees(Some(Right), None, binary), None);
    }

    #[test]
    fn a_labelled_trace_has_the_score_that_lists_show() {
        use crate::model::{Json, LabelChange};
        use crate::query::LabelBooks;
        use crate::query::ask::Memo;
        use crate::store::memory::MemoryStore;
        use crate::store::{ReadCx, Store};
        use serde_json::json;

        let store = MemoryStore::new();
        let books = Arc::new(LabelBooks::default());
        let book = books.open(store.id(), "x");
        let put = |id: &str, scores: &[(&str, Json)]| {
            let mut head = MemoryStore::trace_head(id, "1", None, "QA", 1);
            head.assessments = scores.iter().map(|(name, value)| MemoryStore::score(name, value.clone())).collect();
            store.put_trace(head, Vec::new());
            book.change(&LabelOf::Trace(id.into()), LabelChange::Judgement(Some(Judgement::Right)), 1).expect("kept");
        };
        put("tr-1", &[("metric", json!(0.0))]);
        put("tr-2", &[("one", json!(0.0)), ("other", json!(1.0))]);
        let (mut reader, cx) = (store.clone(), ReadCx::new());
        let memo = Arc::new(Memo::new().with_labels(Arc::clone(&books)));
        let mut session = Session::new(&mut reader, &cx, memo, 1);
        let told = session.ask(&LabelledOf { version: 1 }).expect("read");
        let of = |id: &str| {
            let one = told.iter().find(|one| one.what == LabelOf::Trace(id.into())).expect("labelled");
            (one.score, one.disagrees)
        };
        assert_eq!(of("tr-1"), (Some(0.0), Some(true)));
        assert_eq!(of("tr-2"), (None, None), "of several scorers none is the one");
    }
}
