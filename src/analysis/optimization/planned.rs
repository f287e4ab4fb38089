//! How many evaluations an optimization is going to make, where its settings tell.

use crate::model::dspy::keys::{STRATEGY, mipro};
use crate::model::{Entry, Shown};

/// How many evaluations MIPROv2 makes, by the params of its run: one of the program it was given, one for each trial,
/// and with minibatches a full one every so many trials and one at the end if the last trial had none
/// (`_optimize_prompt_parameters` of `dspy/teleprompt/mipro_optimizer_v2.py`, DSPy 2.6 – 3.5). `None` where one of the
/// numbers was not logged: then DSPy chose it. BetterTogether logs the settings of MIPROv2, too, and makes others besides.
pub fn planned_evaluations(params: &[Entry]) -> Option<u64> {
    let text = |key: &str| params.iter().find(|param| &*param.key == key).map(|param| &param.value);
    let number = |key: &str| match text(key)? {
        Shown::Text(text) => text.trim().parse::<u64>().ok(),
        Shown::Masked => None,
    };
    if text(STRATEGY).is_some() {
        return None;
    }
    let trials = number(mipro::TRIALS)?;
    let has_minibatches = match text(mipro::MINIBATCH)? {
        Shown::Text(text) if **text == *"True" => true,
        Shown::Text(text) if **text == *"False" => false,
        Shown::Text(_) | Shown::Masked => return None,
    };
    if !has_minibatches {
        return trials.checked_add(1);
    }
    let steps = number(mipro::FULL_EVAL_STEPS).filter(|steps| *steps > 0)?;
    trials.checked_add(trials / steps)?.checked_add(1 + u64::from(trials % steps != 0))
}

/// How many of these are on minibatches; `None` where that is not told either.
pub fn planned_minibatches(params: &[Entry]) -> Option<u64> {
    let all = planned_evaluations(params)?;
    let text = |key: &str| params.iter().find(|param| &*param.key == key).map(|param| param.value.as_str());
    let trials = text(mipro::TRIALS)?.trim().parse::<u64>().ok()?;
    Some(if text(mipro::MINIBATCH)? == "True" { trials.min(all) } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(params: &[(&str, &str)]) -> Option<u64> {
        let entry = |(key, value): &(&str, &str)| Entry { key: (*key).into(), value: Shown::Text((*value).into()) };
        planned_evaluations(&params.iter().map(entry).collect::<Vec<_>>())
    }

    /// As many as the runs of recorded stores have below them.
    #[test]
    fn mipro_makes_as_many_as_were_recorded() {
        let with = |trials, steps| {
            planned(&[("num_trials", trials), ("minibatch", "True"), ("minibatch_full_eval_steps", steps)])
        };
        assert_eq!([with("6", "2"), with("3", "2")], [Some(10), Some(6)]);
        assert_eq!(planned(&[("num_trials", "4"), ("minibatch", "False")]), Some(5));
        let entry = |key: &str, value: &str| Entry { key: key.into(), value: Shown::Text(value.into()) };
        let of = |minibatch: &str| {
            let steps = entry("minibatch_full_eval_steps", "2");
            planned_minibatches(&[entry("num_trials", "6"), entry("minibatch", minibatch), steps])
        };
        assert_eq!([of("True"), of("False"), planned_minibatches(&[])], [Some(6), Some(0), None]);
    }

    #[test]
    fn what_was_not_logged_is_not_guessed() {
        assert_eq!(planned(&[]), None);
        assert_eq!(planned(&[("minibatch", "True"), ("minibatch_full_eval_steps", "15")]), None);
        assert_eq!(planned(&[("num_trials", "6"), ("minibatch", "True")]), None);
        assert_eq!(planned(&[("num_trials", "6"), ("minibatch", "yes"), ("minibatch_full_eval_steps", "2")]), None);
        let odd = |trials, steps| {
            planned(&[("num_trials", trials), ("minibatch", "True"), ("minibatch_full_eval_steps", steps)])
        };
        assert_eq!([odd("6", "0"), odd("18446744073709551615", "1"), odd("-1", "2")], [None; 3]);
        assert_eq!(planned(&[("num_trials", "2"), ("minibatch", "False"), ("strategy", "p -> b")]), None);
    }
}
