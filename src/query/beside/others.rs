//! The same example in other evaluations.

use super::example::TraceExampleOf;
use crate::analysis::optimization::EvaluationKind;
use crate::analysis::result_table::RightRule;
use crate::model::{EvaluationId, TraceId};
use crate::query::ask::{Question, Session};
use crate::query::program_names::{NamedProgram, ProgramOfRun};
use crate::query::runs::RunOf;
use crate::query::scores::{Evaluated, Scores, ScoresOf};
use crate::store::Result;

/// An example over evaluations, seen from one of them.
#[derive(Clone, Debug, PartialEq)]
pub struct SameExample {
    /// Which evaluations were looked at: those of the optimization, else the plain ones of the experiment.
    pub among: Evaluated,
    /// The place of the example in their matrix.
    pub example: usize,
    /// From which score on it is right; `None` without any score.
    pub rule: Option<RightRule>,
    /// Whether the trace's own evaluation has it right; `None` without a score.
    pub is_right: Option<bool>,
    /// The other evaluations that have it, in order.
    pub others: Vec<OtherEvaluation>,
    /// So many of the others do not have it.
    pub without: usize,
}

impl SameExample {
    /// The one that is worth comparing with: of one that got it wrong the best that got it right, else the one
    /// furthest from it; of equals a full evaluation, then the last. `own`: the score of the trace.
    pub fn worth_comparing(&self, own: Option<f64>) -> Option<&OtherEvaluation> {
        let apart = |one: &&OtherEvaluation| {
            let score = one.score?;
            Some(if self.is_right == Some(true) { own? - score } else { score })
        };
        let rank = |one: &&OtherEvaluation| (apart(one).unwrap_or(f64::NEG_INFINITY), one.kind == EvaluationKind::Full);
        self.others.iter().max_by(|a, b| rank(a).0.total_cmp(&rank(b).0).then(rank(a).1.cmp(&rank(b).1)))
    }
}

/// What another evaluation made of an example.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherEvaluation {
    /// The evaluation.
    pub of: EvaluationId,
    /// What its run is called, or the prompt that was tried.
    pub name: String,
    /// The program, as its optimization calls it.
    pub program: Option<NamedProgram>,
    /// What it was made on.
    pub kind: EvaluationKind,
    /// The row of the example in it.
    pub row: usize,
    /// The score of the example.
    pub score: Option<f64>,
    /// Whether that is right; `None` without a score.
    pub is_right: Option<bool>,
}

/// The example of a trace over the evaluations of its optimization, else over the plain evaluations of its experiment;
/// `None` inside where there is nothing beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SameExampleOf(pub TraceId);

impl Question for SameExampleOf {
    type Answer = Option<SameExample>;
    const LABEL: &'static str = "the same example";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let own = session.ask(&TraceExampleOf(self.0.clone()))?;
        let Some(own) = own.as_ref() else { return Ok(None) };
        let program = session.ask(&ProgramOfRun(own.of.run.clone()))?;
        let among = match program.as_ref() {
            Some(program) => Evaluated::Optimization(program.optimization.clone()),
            None => {
                let run = session.ask(&RunOf(own.of.run.clone()))?;
                let Some(run) = run.as_ref() else { return Ok(None) };
                Evaluated::Experiment(run.experiment_id.clone())
            }
        };
        let scores = session.ask(&ScoresOf { of: among.clone(), score: None })?;
        Ok(scores.as_ref().as_ref().and_then(|scores| beside(scores, among, (&own.of, own.row))))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |one| one.others.len() * 260 + 100)
    }
}

fn beside(scores: &Scores, among: Evaluated, (of, row): (&EvaluationId, usize)) -> Option<SameExample> {
    let column = scores.columns.iter().position(|one| one.is(of))?;
    let is_it = |rows: &[Option<u32>]| rows.get(column).copied().flatten().is_some_and(|own| own as usize == row);
    let example = scores.matrix.examples.iter().position(|one| is_it(&one.rows))?;
    let found = scores.matrix.examples.get(example)?;
    let rule = scores.usual_rule();
    let right = |score: Option<f64>| Some(rule?.is_right(score?));
    let score_at = |at: usize| found.scores.get(at).copied().flatten();
    let others = scores.columns.iter().enumerate().filter(|(at, _)| *at != column).filter_map(|(at, one)| {
        let row = found.rows.get(at).copied().flatten()? as usize;
        let score = score_at(at);
        Some(OtherEvaluation {
            of: one.id(),
            name: one.run_name.clone(),
            program: one.program.clone(),
            kind: one.kind,
            row,
            score,
            is_right: right(score),
        })
    });
    let others: Vec<OtherEvaluation> = others.collect();
    let without = scores.columns.len().checked_sub(others.len() + 1)?;
    if others.is_empty() && without == 0 {
        return None;
    }
    Some(SameExample { among, example, rule, is_right: right(score_at(column)), others, without })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(is_right: Option<bool>, others: &[(&str, EvaluationKind, Option<f64>)]) -> SameExample {
        let rule = RightRule { threshold: 0.5, is_binary: false };
        let other = |(run, kind, score): &(&str, EvaluationKind, Option<f64>)| OtherEvaluation {
            of: (*run).into(),
            name: (*run).to_owned(),
            program: None,
            kind: *kind,
            row: 0,
            score: *score,
            is_right: score.map(|score| rule.is_right(score)),
        };
        SameExample {
            among: Evaluated::Optimization("parent".into()),
            example: 0,
            rule: Some(rule),
            is_right,
            others: others.iter().map(other).collect(),
            without: 0,
        }
    }

    #[test]
    fn a_wrong_answer_is_compared_with_the_best_and_a_right_one_with_what_is_furthest_from_it() {
        use EvaluationKind::{Full, Minibatch};
        let all = [("a", Full, Some(0.9)), ("b", Minibatch, Some(0.9)), ("c", Full, Some(0.1)), ("d", Full, None)];
        let chosen = |is_right: Option<bool>, own: Option<f64>| {
            let same = same(is_right, &all);
            same.worth_comparing(own).map(|one| one.of.run.to_string())
        };
        assert_eq!(chosen(Some(false), Some(0.2)).as_deref(), Some("a"), "a full evaluation before a minibatch");
        assert_eq!(chosen(Some(true), Some(0.9)).as_deref(), Some("c"));
        assert_eq!(chosen(None, None).as_deref(), Some("a"));
        assert!(same(None, &[]).worth_comparing(None).is_none());
    }
}
