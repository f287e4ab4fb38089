//! The run doctor: rules that look for what usually goes wrong in an optimization. Each is a function of facts to a
//! [`Judgement`]; no model is asked, and every finding states its rule.

mod broken_off;
mod cost;
mod data;
mod finding;
mod progress;
mod repeats;
mod rule;
mod scores;
mod traces;

pub use broken_off::{is_broken_off, is_ended_by_length};
pub use cost::{BestEvaluation, CostFacts, prices_missing, spent_after_best, tokens_differ};
pub use data::{DataFacts, never_evaluated, trainset_overlaps, trainset_repeated, valset_repeated};
pub use finding::{Evidence, Finding, Judgement, Severity, Target};
pub use progress::{
    ProgramFacts, ProgressFacts, Proposals, best_minibatch, failed_evaluations, few_proposals, nothing_accepted,
    nothing_better, seed_never_left,
};
pub use repeats::Repeats;
pub use rule::Rule;
pub use scores::{NoPrediction, ScoreFacts, Small, metric_raised, scores_equal, valset_too_small};
pub use traces::{
    CallFacts, FailedSpans, FailedTrace, SeenTrace, TraceFacts, cached_answers, errors_by_type, fallbacks_tried,
    parse_failures, tokens_missing, traces_missing, truncated_answers,
};
