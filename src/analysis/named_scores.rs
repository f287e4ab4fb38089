//! Several scores of one example by their names: the parts of a score that is an object, and what judges say in words.

use crate::model::Json;
use crate::model::dspy::keys::OBJECTIVE_SCORES;
use crate::model::result_table::SCORE_COLUMN;

/// A score has no more parts than this.
const MOST: usize = 32;

/// A score as a number: true is 1, GEPA's `{score, feedback}` is its score.
pub fn score(cell: &Json) -> Option<f64> {
    match cell {
        Json::Bool(is_right) => Some(f64::from(u8::from(*is_right))),
        Json::Number(number) => number.as_f64().filter(|score| score.is_finite()),
        Json::Object(parts) => parts.get("score").filter(|inner| !inner.is_object()).and_then(score),
        _ => None,
    }
}

/// The scores in one cell, by name: every number and truth value of an object, with GEPA's objectives under their own
/// names, those of other objects in it as `object.name`. A plain number is the one score.
pub fn named_scores(cell: &Json) -> Vec<(String, f64)> {
    let Json::Object(parts) = cell else {
        return score(cell).map(|score| vec![(SCORE_COLUMN.to_owned(), score)]).unwrap_or_default();
    };
    let mut found = Vec::new();
    for (name, part) in parts {
        let Json::Object(inner) = part else {
            found.extend(score(part).map(|score| (name.clone(), score)));
            continue;
        };
        let of = |(key, value): (&String, &Json)| {
            let is_own = name == OBJECTIVE_SCORES && !parts.contains_key(key);
            let name = if is_own { key.clone() } else { format!("{name}.{key}") };
            Some((name, score(value).filter(|_| !value.is_object())?))
        };
        found.extend(inner.iter().filter_map(of));
    }
    found.truncate(MOST);
    found
}

/// What a judge's word counts as: 1 for `yes`, `true`, `pass`, `passed`, `correct`, 0 for their opposites. MLflow makes
/// 1 and 0 of `yes` and `no` when it takes the mean (`CategoricalRating`, MLflow 3.18); the others are read alike.
pub fn judged(value: &Json) -> Option<f64> {
    let word = value.as_str()?.trim();
    let is_one_of = |words: &[&str]| words.iter().any(|one| word.eq_ignore_ascii_case(one));
    if is_one_of(&["yes", "true", "pass", "passed", "correct"]) {
        return Some(1.0);
    }
    is_one_of(&["no", "false", "fail", "failed", "incorrect"]).then_some(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_number_of_an_object_is_a_score() {
        let told = |cell: Json| -> Vec<String> {
            named_scores(&cell).into_iter().map(|(name, score)| format!("{name} {score}")).collect()
        };
        assert_eq!(told(json!(true)), ["score 1"]);
        assert_eq!(told(json!(null)), Vec::<String>::new());
        assert_eq!(told(json!("0.5")), Vec::<String>::new());
        assert_eq!(told(json!({"score": 0.5, "feedback": "so so", "is_short": true})), ["score 0.5", "is_short 1"]);
        // As GEPA's metric of several objectives leaves it.
        let gepa = json!({"score": 0.5, "objective_scores": {"label": 1, "wording": 0.25, "why": null}});
        assert_eq!(told(gepa), ["score 0.5", "label 1", "wording 0.25"]);
        let clash = json!({"label": 0, "objective_scores": {"label": 1}, "style": {"tone": 0.5, "deep": {"score": 1}}});
        assert_eq!(told(clash), ["label 0", "objective_scores.label 1", "style.tone 0.5"]);
        let masked = json!({"score": {"masked": "no number"}});
        assert_eq!(told(masked), Vec::<String>::new());
    }

    #[test]
    fn judges_say_yes_or_no() {
        let told = [json!("yes"), json!(" No "), json!("PASS"), json!("incorrect"), json!("friendly"), json!(1)];
        assert_eq!(told.map(|value| judged(&value)), [Some(1.0), Some(0.0), Some(1.0), Some(0.0), None, None]);
    }
}
