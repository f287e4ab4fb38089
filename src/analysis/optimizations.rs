//! Several optimizations over one axis: how far each had come, and after what.

use std::fmt;
use std::str::FromStr;

/// Over what the best score so far is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Effort {
    /// The evaluations, in order.
    #[default]
    Evaluations,
    /// The examples that were scored in evaluations, added up.
    MetricCalls,
    /// The tokens of the evaluations' traces, added up.
    Tokens,
    /// The time since the optimization began, milliseconds.
    Time,
}

impl Effort {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Evaluations, Self::MetricCalls, Self::Tokens, Self::Time];

    /// One word, for addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evaluations => "evaluations",
            Self::MetricCalls => "metric-calls",
            Self::Tokens => "tokens",
            Self::Time => "time",
        }
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// It is none of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownEffort;

impl fmt::Display for UnknownEffort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected one of {}", Effort::ALL.map(Effort::as_str).join(", "))
    }
}

impl std::error::Error for UnknownEffort {}

impl FromStr for Effort {
    type Err = UnknownEffort;

    fn from_str(text: &str) -> Result<Self, UnknownEffort> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(UnknownEffort)
    }
}

/// One evaluation of an optimization.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Its score.
    pub score: Option<f64>,
    /// The best of the full evaluations so far.
    pub best_so_far: Option<f64>,
    /// How many examples were scored.
    pub n: Option<u64>,
    /// How long after the start of the optimization it ended, or if it does not say when, began; milliseconds.
    pub after_ms: Option<i64>,
    /// What its traces used, as far as they tell.
    pub tokens: Option<u64>,
    /// Every one of its traces tells that.
    pub has_all_tokens: bool,
}

/// The best score over an effort.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Effort and best score; the effort never falls.
    pub points: Vec<(f64, f64)>,
    /// For so many evaluations the effort is not known, or not all of it: the true one is higher.
    pub unknown: usize,
}

/// How far an optimization had come after which effort. Nothing if no evaluation tells it.
pub fn progress(steps: &[Step], over: Effort) -> Progress {
    let mut made = Progress::default();
    let mut sum = 0.0;
    let mut is_known = false;
    for (order, step) in steps.iter().enumerate() {
        let own = match over {
            Effort::Evaluations => Some(1.0),
            Effort::MetricCalls => step.n.map(|n| n as f64),
            Effort::Tokens => step.tokens.map(|tokens| tokens as f64),
            Effort::Time => step.after_ms.map(|ms| ms as f64),
        };
        is_known |= own.is_some();
        made.unknown += usize::from(own.is_none() || over == Effort::Tokens && !step.has_all_tokens);
        sum = match (over, own) {
            (Effort::Evaluations, _) => (order + 1) as f64,
            (Effort::Time, Some(own)) => own.max(sum),
            (_, own) => sum + own.unwrap_or_default(),
        };
        if let Some(best) = step.best_so_far.filter(|best| best.is_finite()) {
            made.points.push((sum, best));
        }
    }
    if is_known { made } else { Progress { points: Vec::new(), unknown: steps.len() } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(best: Option<f64>, n: Option<u64>, tokens: Option<u64>, after_ms: Option<i64>) -> Step {
        Step { score: best, best_so_far: best, n, after_ms, tokens, has_all_tokens: tokens.is_some() }
    }

    #[test]
    fn efforts_add_up_and_say_what_is_missing() {
        let steps = [
            step(None, Some(8), Some(100), Some(9_000)),
            step(Some(50.0), Some(60), None, Some(4_000)),
            step(Some(70.0), None, Some(30), None),
        ];
        let of = |over| progress(&steps, over);
        assert_eq!(of(Effort::Evaluations), Progress { points: vec![(2.0, 50.0), (3.0, 70.0)], unknown: 0 });
        assert_eq!(of(Effort::MetricCalls), Progress { points: vec![(68.0, 50.0), (68.0, 70.0)], unknown: 1 });
        assert_eq!(of(Effort::Tokens), Progress { points: vec![(100.0, 50.0), (130.0, 70.0)], unknown: 1 });
        let time = Progress { points: vec![(9_000.0, 50.0), (9_000.0, 70.0)], unknown: 1 };
        assert_eq!(of(Effort::Time), time, "an evaluation that ended earlier does not lead back");
    }

    #[test]
    fn what_nobody_tells_is_no_line_at_0() {
        let steps = [step(Some(50.0), Some(8), None, None), step(Some(60.0), Some(8), None, None)];
        assert_eq!(progress(&steps, Effort::Tokens), Progress { points: Vec::new(), unknown: 2 });
        assert_eq!(progress(&[], Effort::Time), Progress::default());
    }

    #[test]
    fn words_of_addresses_are_read_back() {
        for one in Effort::ALL {
            assert_eq!(one.to_string().parse(), Ok(one));
        }
        assert!("money".parse::<Effort>().is_err());
    }
}
