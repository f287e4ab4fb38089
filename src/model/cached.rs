//! Whether a model answered or a cache did. DSPy marks no cached call (`cache: true` only says that
//! caching is on), so this is inferred from how long calls took and from the usage that is there.

/// A call that ended well in less time was answered from a cache. Cached calls took 0.4 to 3 ms in
/// recorded stores, real ones 12 ms and more.
const QUICK_NS: i64 = 5_000_000;

/// One that took less than a third of the model's usual time was, too, where usage is missing that
/// DSPy would have recorded: under load, reading the cache took 20 to 30 ms where calls took 90.
const FAR_SHORTER: i64 = 3;

/// Where the answers of a trace's calls came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cached {
    /// From a model: usage was recorded.
    No,
    /// Some calls were answered from a cache, others took the time of a real one.
    Partly,
    /// All of them from a cache: likely, since that is stored nowhere.
    Likely,
}

impl Cached {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Partly => "partly",
            Self::Likely => "likely",
        }
    }

    /// Of a trace, as a fact of its own; `None` where there is nothing to say.
    pub fn fact(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Partly => Some("partly cached (likely)"),
            Self::Likely => Some("likely cached"),
        }
    }
}

/// What is known of one call of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LmCall {
    /// How long it took, nanoseconds; `None` if it has not ended.
    pub duration_ns: Option<i64>,
    /// Whether it ended without an error.
    pub is_ok: bool,
    /// How long calls of this model usually take in this store; `None` where that is not known.
    pub usual_ns: Option<i64>,
}

/// What a trace says about its usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// It is recorded: a model was called.
    Recorded,
    /// It is missing although DSPy (≥ 3.0.4) records it for such a trace: one that ended well and
    /// whose output is a `Prediction`.
    Missing,
    /// There is none, and there would be none if models were called: the trace failed, an LM was
    /// called alone, or its output is no `Prediction` (GEPA's reflective minibatches).
    NeverRecorded,
}

impl Usage {
    /// Of a trace without recorded usage. `output`: the beginning of its output as stored, which for
    /// a `Prediction` is a JSON object.
    pub fn without(status: &str, name: &str, output: Option<&str>) -> Self {
        let is_prediction = output.is_some_and(|output| output.trim_start().starts_with('{'));
        if status == "OK" && !name.starts_with(LM_CALL) && is_prediction { Self::Missing } else { Self::NeverRecorded }
    }
}

/// What DSPy calls the span of a model's call (MLflow 2 adds a number).
pub const LM_CALL: &str = "LM.__call__";

impl LmCall {
    /// Whether the call was so quick that a cache must have answered it.
    fn is_quick(&self, usage: Usage) -> bool {
        let Some(took) = self.duration_ns.filter(|_| self.is_ok) else { return false };
        let is_far_shorter = || self.usual_ns.is_some_and(|usual| took < usual / FAR_SHORTER);
        self.is_surely_quick() || usage == Usage::Missing && took >= 0 && is_far_shorter()
    }

    /// The same by its time alone.
    pub fn is_surely_quick(&self) -> bool {
        self.is_ok && self.duration_ns.is_some_and(|took| (0..QUICK_NS).contains(&took))
    }
}

/// Where the answers of a trace came from; `None` where nothing tells. Missing usage alone never
/// says "cached": children of `dspy.Parallel` look like any other trace and lack it, too.
pub fn infer(usage: Usage, calls: &[LmCall]) -> Option<Cached> {
    let quick = calls.iter().filter(|call| call.is_quick(usage)).count();
    let is_some = (1..calls.len()).contains(&quick);
    match usage {
        _ if is_some => Some(Cached::Partly),
        // Usage says that a model answered, however quick it was.
        Usage::Recorded => Some(Cached::No),
        _ => (quick > 0).then_some(Cached::Likely),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(ms: &[f64]) -> Vec<LmCall> {
        let call = |ms: &f64| LmCall { duration_ns: Some((*ms * 1e6) as i64), is_ok: true, usual_ns: Some(87_100_000) };
        ms.iter().map(call).collect()
    }

    #[test]
    fn times_decide_and_missing_usage_only_helps() {
        use Usage::{Missing, NeverRecorded, Recorded};
        for (usage, ms, wanted) in [
            (Missing, &[0.9, 1.1][..], Some(Cached::Likely)),
            (NeverRecorded, &[1.4], Some(Cached::Likely)),
            // The first cached call of a process, and a child of `Parallel`: nobody can tell them apart.
            (Missing, &[89.8], None),
            (NeverRecorded, &[59.0, 71.1, 82.2], None),
            (Missing, &[0.7, 12.7, 20.3], Some(Cached::Likely)),
            (NeverRecorded, &[0.7, 12.7, 20.3], Some(Cached::Partly)),
            (Recorded, &[0.7, 90.0], Some(Cached::Partly)),
            (Recorded, &[2.4, 3.0], Some(Cached::No)),
            (Recorded, &[], Some(Cached::No)),
            (Missing, &[], None),
        ] {
            assert_eq!(infer(usage, &calls(ms)), wanted, "{usage:?} {ms:?}");
        }
    }

    #[test]
    fn a_call_that_failed_or_never_ended_was_not_answered_from_a_cache() {
        let quick = LmCall { duration_ns: Some(1_000_000), is_ok: true, usual_ns: None };
        let failed = LmCall { is_ok: false, ..quick };
        let open = LmCall { duration_ns: None, ..quick };
        assert_eq!(infer(Usage::NeverRecorded, &[failed]), None);
        assert_eq!(infer(Usage::NeverRecorded, &[open]), None);
        assert_eq!(infer(Usage::NeverRecorded, &[quick, failed]), Some(Cached::Partly));
        let backwards = LmCall { duration_ns: Some(-5), usual_ns: Some(i64::MAX), ..quick };
        assert_eq!(infer(Usage::Missing, &[backwards]), None);
    }

    #[test]
    fn usage_is_missed_only_where_dspy_records_it() {
        for (status, name, output, wanted) in [
            ("OK", "QA.forward", Some(r#"{"answer": "x"}"#), Usage::Missing),
            ("ERROR", "QA.forward", Some(r#"{"answer": "x"}"#), Usage::NeverRecorded),
            ("OK", "QA.forward", Some(r#"["Prediction("#), Usage::NeverRecorded),
            ("OK", "RulesInductionProgram.forward", Some("\"Be quick.\""), Usage::NeverRecorded),
            ("OK", "LM.__call__", Some("{"), Usage::NeverRecorded),
            ("OK", "QA.forward", None, Usage::NeverRecorded),
        ] {
            assert_eq!(Usage::without(status, name, output), wanted, "{status} {name} {output:?}");
        }
    }
}
