//! What the names of runs tell. DSPy's autologging (MLflow 2.21 – 3.18, `mlflow/dspy/callback.py`)
//! names an evaluation after the metric key that its optimizer gave to `dspy.Evaluate` as
//! `callback_metadata`, and numbers it within its optimization:
//!
//! | name | whose |
//! |---|---|
//! | `eval` | a plain `Evaluate`, within a run of the user or alone |
//! | `eval_full_N` | MIPROv2 on all examples; GEPA behind its first, on a Flex all of them (DSPy 3.4) |
//! | `eval_minibatch_N` | MIPROv2 on a part of the examples |
//! | `eval_N` | other optimizers; GEPA on all or a part of the examples (DSPy 3.0 – 3.2), its first and merges (3.4) |
//!
//! A user can call runs whatever they like, so that a name alone is a hint.

use super::super::Run;
use super::keys::SCORE;

/// What begins the name of each evaluation.
const EVALUATION: &str = SCORE;

/// It may be an evaluation, of an optimizer or a plain one.
pub fn is_evaluation(name: &str) -> bool {
    name.starts_with(EVALUATION)
}

/// It may be a plain `Evaluate` of nobody's optimization.
pub fn is_plain(name: &str) -> bool {
    name == EVALUATION
}

/// It may be an evaluation by an optimizer: those are numbered, a plain one is not.
pub fn is_of_optimizer(name: &str) -> bool {
    name.starts_with("eval_")
}

/// It says that all examples were evaluated (`eval_full_N`).
pub fn is_full(name: &str) -> bool {
    name.starts_with("eval_full")
}

/// It says that a part of the examples was evaluated (`eval_minibatch_N`).
pub fn is_minibatch(name: &str) -> bool {
    name.starts_with("eval_minibatch")
}

/// It is `eval_full_` and something behind it.
pub fn is_one_of_several_full(name: &str) -> bool {
    name.starts_with("eval_full_")
}

/// It is `eval_full_` and a number, as GEPA's evaluations behind the first are called, which have
/// no tag that names their parent (DSPy 3.4).
pub fn lacks_parent(name: &str) -> bool {
    name.strip_prefix("eval_full_").is_some_and(is_number)
}

/// It is `eval_` and a number: whether all examples were evaluated it does not say.
pub fn is_numbered(name: &str) -> bool {
    name.strip_prefix("eval_").is_some_and(is_number)
}

/// It is the first of those that [`is_numbered`] means.
pub fn is_first_numbered(name: &str) -> bool {
    name == "eval_0"
}

/// A short form of what an optimizer calls an evaluation: `full_2`, `mini_0`; other names as they are.
pub fn short(name: &str) -> String {
    match (name.strip_prefix("eval_minibatch"), name.strip_prefix("eval_full")) {
        (Some(rest), _) => format!("mini{rest}"),
        (None, Some(rest)) => format!("full{rest}"),
        (None, None) => name.to_owned(),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A run is an optimization if an evaluation stands right under it.
pub fn is_optimization<'a>(children: impl IntoIterator<Item = &'a Run>) -> bool {
    children.into_iter().any(|child| is_evaluation(&child.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_whose_evaluation_it_is() {
        let told = |name: &str| {
            let rules: [fn(&str) -> bool; 7] =
                [is_evaluation, is_plain, is_of_optimizer, is_full, is_minibatch, lacks_parent, is_numbered];
            rules.map(|rule| if rule(name) { 'x' } else { '-' }).iter().collect::<String>()
        };
        assert_eq!(told("eval"), "xx-----");
        assert_eq!(told("eval_0"), "x-x---x");
        assert_eq!(told("eval_12"), "x-x---x");
        assert_eq!(told("eval_full_0"), "x-xx-x-");
        assert_eq!(told("eval_full_"), "x-xx---");
        assert_eq!(told("eval_full_1a"), "x-xx---");
        assert_eq!(told("eval_minibatch_3"), "x-x-x--");
        assert_eq!(told("evaluation"), "x------");
        assert_eq!(told("bold-finch-218"), "-------");
        assert_eq!(told(""), "-------");
        assert_eq!(
            ["eval_full_2", "eval_minibatch_0", "eval_3", "fox"].map(short),
            ["full_2", "mini_0", "eval_3", "fox"]
        );
        assert!(is_first_numbered("eval_0") && !is_first_numbered("eval_00"));
        assert!(is_one_of_several_full("eval_full_x") && !is_one_of_several_full("eval_full"));
    }
}
