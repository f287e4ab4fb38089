//! The run doctor: gathers what the rules of [`crate::analysis::doctor`] need, and asks each of them.

mod cost;
mod data;
mod look;
mod look_span;
mod progress;
mod scores;

use super::optimization::OptimizationOf;
use super::scores::ScoresOf;
use crate::analysis::doctor::{self, Finding, Judgement, Rule, Severity};
use crate::model::RunId;
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// What the doctor says of an optimization.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Diagnosis {
    /// What was found, warnings first, then in the order of the rules.
    pub findings: Vec<Finding>,
    /// The rules that could not look, and why.
    pub not_judged: Vec<(Rule, String)>,
    /// How many traces were looked into, and of how many.
    pub traces: (usize, usize),
    /// The optimization has ended.
    pub is_over: bool,
}

impl Diagnosis {
    /// How many rules looked.
    pub fn judged(&self) -> usize {
        Rule::ALL.len() - self.not_judged.len()
    }

    /// How many findings are warnings.
    pub fn warnings(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Warning).count()
    }
}

/// What usually goes wrong in an optimization, and whether it did; `None` if the store does not have the run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DoctorOf(pub RunId);

impl Question for DoctorOf {
    type Answer = Option<Diagnosis>;
    const LABEL: &'static str = "doctor";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&OptimizationOf(self.0.clone()))?;
        let Some(found) = found.as_ref() else { return Ok(None) };
        let scores = session.ask(&ScoresOf::optimization(self.0.clone()))?;
        let Some(scores) = scores.as_ref() else { return Ok(None) };
        let progress = progress::facts(session, found)?;
        let data = data::facts(session, found, scores)?;
        let of_scores = scores::facts(session, found, scores)?;
        let traces = look::facts(session, found, scores)?;
        let costs = cost::facts(session, found)?;
        let judge = |rule: Rule| match rule {
            Rule::FewProposals => doctor::few_proposals(&progress),
            Rule::SeedNeverLeft => doctor::seed_never_left(&progress),
            Rule::NothingAccepted => doctor::nothing_accepted(&progress),
            Rule::NothingBetter => doctor::nothing_better(&progress),
            Rule::BestMinibatch => doctor::best_minibatch(&progress),
            Rule::EvaluationFailed => doctor::failed_evaluations(&progress),
            Rule::TrainsetRepeated => doctor::trainset_repeated(&data),
            Rule::TrainsetOverlaps => doctor::trainset_overlaps(&data),
            Rule::ValsetRepeated => doctor::valset_repeated(&data),
            Rule::NeverEvaluated => doctor::never_evaluated(&data),
            Rule::ScoresEqual => doctor::scores_equal(&of_scores),
            Rule::MetricRaised => doctor::metric_raised(&of_scores),
            Rule::ValsetTooSmall => doctor::valset_too_small(&of_scores),
            Rule::ParseFailures => doctor::parse_failures(&traces),
            Rule::Fallbacks => doctor::fallbacks_tried(&traces),
            Rule::CachedAnswers => doctor::cached_answers(&traces),
            Rule::TruncatedAnswers => doctor::truncated_answers(&traces),
            Rule::Errors => doctor::errors_by_type(&traces),
            Rule::TracesMissing => doctor::traces_missing(&traces),
            Rule::TokensMissing => doctor::tokens_missing(&traces),
            Rule::PricesMissing => doctor::prices_missing(&traces, &costs),
            Rule::TokensDiffer => doctor::tokens_differ(&traces, &costs),
            Rule::SpentAfterBest => doctor::spent_after_best(&traces, &costs),
        };
        let mut diagnosis =
            Diagnosis { traces: (traces.looked, traces.listed), is_over: progress.is_over, ..Diagnosis::default() };
        for rule in Rule::ALL {
            match judge(*rule) {
                Judgement::Found(finding) => diagnosis.findings.push(finding),
                Judgement::Nothing => {}
                Judgement::Unknown(why) => diagnosis.not_judged.push((*rule, why)),
            }
        }
        // Stable: within each in the order of the rules.
        diagnosis.findings.sort_by_key(|finding| finding.severity);
        Ok(Some(diagnosis))
    }

    /// An optimization that has ended, of which all traces are there, is not looked into again with everything that
    /// others write to the store: least of all where there are so many traces that time was short.
    fn is_final(answer: &Self::Answer) -> bool {
        answer.as_ref().is_some_and(|answer| {
            let is_missing = answer.findings.iter().any(|finding| finding.rule == Rule::TracesMissing);
            answer.is_over && !is_missing
        })
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let of = |finding: &Finding| 300 + finding.text.len() + finding.advice.len() + 200 * finding.evidence.len();
        answer.as_ref().map_or(0, |answer| answer.findings.iter().map(of).sum::<usize>() + 2_000)
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnosis, DoctorOf};
    use crate::query::ask::Question;

    #[test]
    fn what_took_all_its_time_is_not_asked_again_with_every_write() {
        let of = |is_over| Some(Diagnosis { traces: (1_200, 60_000), is_over, ..Diagnosis::default() });
        assert!(DoctorOf::is_final(&of(true)));
        assert!(!DoctorOf::is_final(&of(false)), "one that runs writes more");
        assert!(!DoctorOf::is_final(&None));
    }
}
