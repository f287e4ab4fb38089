//! Attempts beside each other, and calls that likely left a trace, made ready for the screen.

use super::span_fields::PreparedFields;
use super::text::Text;
use crate::model::{Json, TraceId};
use crate::query::ask::{CostClass, Question, Session};
use crate::query::likely_calls::{LikelyCallsOf, SharedInputs};
use crate::query::steps::{Attempt, Attempts, Choice, StepsOf};
use crate::store::Result;
use crate::words;

/// Attempts beside each other.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedAttempts {
    /// What it is called: the class, or what happened.
    pub title: &'static str,
    /// Which of them was handed on, in words.
    pub told: String,
    /// What an attempt must be worth to be the last one.
    pub threshold: Option<String>,
    /// Each of them.
    pub attempts: Vec<PreparedAttempt>,
    /// There are more, which were not looked at.
    pub is_cut: bool,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedAttempt {
    /// What it is called.
    pub title: String,
    /// It gave what was handed on.
    pub is_result: bool,
    /// Time, tokens and what it was worth, as far as they are known.
    pub figures: String,
    /// Its span, by its place in the list of spans.
    pub span: Option<usize>,
    /// It is a trace of its own, and why that likely belongs here.
    pub trace: Option<(TraceId, &'static str)>,
    /// What it was advised to do otherwise.
    pub advice: Option<PreparedFields>,
    /// What it gave back.
    pub fields: Option<PreparedFields>,
    /// Why it failed.
    pub error: Option<String>,
}

/// The attempts below a span, by its place in the list of spans; `None` inside if there are none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PreparedAttemptsOf(pub TraceId, pub usize);

impl Question for PreparedAttemptsOf {
    type Answer = Option<PreparedAttempts>;
    const LABEL: &'static str = "attempts";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let steps = session.ask(&StepsOf(self.0.clone()))?;
        Ok(steps.attempts(self.1).map(PreparedAttempts::new))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, PreparedAttempts::bytes)
    }
}

/// The traces that a span likely made, by its place in the list of spans; `None` inside if there are none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PreparedLikelyCallsOf(pub TraceId, pub usize);

impl Question for PreparedLikelyCallsOf {
    type Answer = Option<PreparedAttempts>;
    const LABEL: &'static str = "likely calls";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&LikelyCallsOf { trace: self.0.clone(), span: self.1 })?;
        if found.calls.is_empty() {
            return Ok(None);
        }
        let is_result = |at| found.choice.as_ref().is_some_and(|choice: &Choice| choice.holds(at));
        let attempts = found.calls.iter().enumerate().map(|(at, call)| {
            let title = if call.row.name.is_empty() { call.row.id.to_string() } else { call.row.name.clone() };
            let attempt = PreparedAttempt::new(title, &call.attempt, is_result(at));
            PreparedAttempt { trace: Some((call.row.id.clone(), call.inputs.reason())), ..attempt }
        });
        let by_time = found.calls.iter().all(|call| call.inputs == SharedInputs::None);
        let how = if by_time { "by their time alone" } else { "by time and inputs" };
        let told = format!("Traces of their own that this span likely made: nothing links them, they are found {how}");
        let title = "Likely calls";
        Ok(Some(PreparedAttempts { title, told, threshold: None, attempts: attempts.collect(), is_cut: found.is_cut }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, PreparedAttempts::bytes)
    }
}

impl PreparedAttempts {
    fn new(one: &Attempts) -> Self {
        let attempts = one.attempts.iter().enumerate().map(|(at, attempt)| {
            PreparedAttempt::new(format!("Attempt {}", words::count(at as u64 + 1)), attempt, one.choice.holds(at))
        });
        Self {
            title: one.kind.name(),
            told: one.told(),
            threshold: one.threshold.clone(),
            attempts: attempts.collect(),
            is_cut: false,
        }
    }

    /// All texts of them, in the order in which they are shown.
    pub fn texts(&self) -> Vec<&Text> {
        let parts = self.attempts.iter().flat_map(|one| one.advice.iter().chain(&one.fields));
        parts.flat_map(PreparedFields::texts).collect()
    }

    fn bytes(&self) -> usize {
        self.texts().into_iter().map(Text::bytes).sum::<usize>() + self.attempts.len() * 400
    }
}

impl PreparedAttempt {
    fn new(title: String, attempt: &Attempt, is_result: bool) -> Self {
        let duration = attempt.duration_ns.map(words::duration_ns);
        let tokens = attempt.tokens.and_then(|tokens| tokens.total).map(|total| words::counted(total, "token"));
        let reward = attempt.reward.as_ref().map(|reward| format!("worth {}", words::one_line(reward, 20)));
        let fields = match &attempt.value {
            Some(value) => Some(PreparedFields::of_outputs(value)),
            None if attempt.fields.is_empty() => None,
            None => Some(PreparedFields::new(&Json::Object(attempt.fields.clone()))),
        };
        Self {
            title,
            is_result,
            figures: duration.into_iter().chain(tokens).chain(reward).collect::<Vec<_>>().join(" · "),
            span: attempt.span,
            trace: None,
            advice: attempt.advice.as_ref().map(PreparedFields::new),
            fields,
            error: attempt.error.as_deref().map(|error| words::one_line(error, 400).into_owned()),
        }
    }
}
