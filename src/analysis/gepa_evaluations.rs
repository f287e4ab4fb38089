//! Which candidate of GEPA's an evaluation scored (`use_mlflow=True`, DSPy 3.4).
//!
//! Nothing in MLflow joins the rows of GEPA's tables to the runs of its evaluations. A program
//! that was saved with an evaluation has the candidate's instructions. Where none was saved, as
//! with a program that holds a `dspy.Retrieve`, GEPA's order tells: it scores the seed, then each
//! candidate once, and what a candidate scored on average is the evaluation's score.

use std::collections::HashSet;

use super::family_tree::FamilyCandidate;
use super::program_state::{known_instructions, known_text};
use super::text_diff::Known;
use crate::model::dspy::score_scale;
use crate::model::program::Object;
use crate::model::{Predictor, Program, ProgramSource};

/// `Evaluate` rounds percents to two digits.
const ROUNDED: f64 = 0.005_01;

/// What a store tells of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// The metric `eval`, in percent.
    pub score: Option<f64>,
    /// How many examples were scored, if known.
    pub n: Option<u64>,
}

/// GEPA calls a program that is itself a predictor `self`.
pub fn path_of<'a>(program: &Program, component: &'a str) -> &'a str {
    let has = |path: &str| program.predictors.iter().any(|one| one.path == path);
    if component == "self" && !has("self") && has("") { "" } else { component }
}

/// Whether a program has the instructions of a candidate.
pub fn has_instructions(program: &Program, candidate: &FamilyCandidate) -> bool {
    // The seed is known from params, which MLflow cuts.
    let source = if candidate.index == 0 { ProgramSource::SeedParams } else { ProgramSource::Candidates };
    let has = |(component, text): &(String, String)| {
        let path = path_of(program, component);
        let own = program.predictors.iter().find(|one| one.path == path && one.instructions.is_some());
        own.is_some_and(|own| is_same(known_instructions(own, program.source), known_text(text, source)))
    };
    !candidate.instructions.is_empty() && candidate.instructions.iter().all(has)
}

/// Whether two texts are the same as far as both are known.
fn is_same(a: Known<'_>, b: Known<'_>) -> bool {
    a.text.trim() == b.text.trim() || a.is_cut && b.text.starts_with(a.text) || b.is_cut && a.text.starts_with(b.text)
}

/// What a candidate scored, in percent: the mean over its examples, else what GEPA noted.
fn percent(candidate: &FamilyCandidate) -> Option<f64> {
    let scores = &candidate.scores;
    let mean = scores.iter().map(|(_, score)| score).sum::<f64>() / scores.len() as f64;
    Some(score_scale::of_mean(if scores.is_empty() { candidate.score? } else { mean }))
}

/// Whether a candidate scored what an evaluation did.
pub fn has_score(candidate: &FamilyCandidate, evaluation: Option<f64>) -> bool {
    is_equal(percent(candidate), evaluation)
}

fn is_equal(percent: Option<f64>, evaluation: Option<f64>) -> bool {
    percent.zip(evaluation).is_some_and(|(own, score)| (own - score).abs() < ROUNDED)
}

/// The place of the candidate that an evaluation of this program scored: one with its
/// instructions and its score.
pub fn candidate_of_program(candidates: &[FamilyCandidate], program: &Program, score: Option<f64>) -> Option<usize> {
    candidates.iter().position(|one| has_score(one, score) && has_instructions(program, one))
}

/// The places of the candidates that evaluations without programs scored, in order; `taken` are
/// those of other evaluations. Where fewer evaluations than candidates have a score, which of
/// these were evaluated cannot be told.
pub fn candidates_in_order(
    candidates: &[FamilyCandidate],
    evaluations: &[Scored],
    taken: &HashSet<usize>,
) -> Vec<Option<usize>> {
    let examples = candidates.iter().map(|one| one.scores.len()).max().filter(|most| *most > 0);
    // A sample of the validation set has some other score.
    let is_full =
        |one: &Scored| one.n.zip(examples).is_none_or(|(n, examples)| usize::try_from(n).is_ok_and(|n| n == examples));
    let percents: Vec<Option<f64>> = candidates.iter().map(percent).collect();
    let mut next = 0;
    let mut place_of = |one: &Scored| {
        let fits = |place: &usize| !taken.contains(place) && is_equal(percents[*place], one.score);
        let place = (next..candidates.len()).find(fits).filter(|_| is_full(one))?;
        // Those of one score are told apart by nothing but their order, which needs all of them.
        let candidates_alike = (0..candidates.len()).filter(fits).count();
        let same = |other: &&Scored| is_full(other) && is_equal(percents[place], other.score);
        if evaluations.iter().filter(same).count() != candidates_alike {
            return None;
        }
        next = place + 1;
        Some(place)
    };
    evaluations.iter().map(&mut place_of).collect()
}

/// The program of a candidate, as far as GEPA's tables tell it: instructions and nothing else.
pub fn program_of(candidate: &FamilyCandidate, source: ProgramSource) -> Program {
    let is_bare = candidate.instructions.len() == 1;
    let predictor = |(component, text): &(String, String)| Predictor {
        path: if is_bare && component == "self" { String::new() } else { component.clone() },
        instructions: Some(text.clone()),
        ..Predictor::default()
    };
    Program {
        missing: Vec::new(),
        source,
        complete: false,
        stale: None,
        state_hash: None,
        predictors: candidate.instructions.iter().map(predictor).collect(),
        metadata: None,
        other: Object::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(index: usize, text: &str, scores: &[f64]) -> FamilyCandidate {
        FamilyCandidate {
            index,
            instructions: vec![("self".to_owned(), text.to_owned())],
            scores: scores.iter().enumerate().map(|(at, score)| (at.to_string(), *score)).collect(),
            ..FamilyCandidate::default()
        }
    }

    fn four() -> [FamilyCandidate; 4] {
        [
            FamilyCandidate { score: Some(0.25), ..candidate(0, "zero", &[]) },
            candidate(1, "one", &[1.0, 0.0, 1.0]),
            candidate(2, "two", &[1.0, 1.0, 1.0]),
            candidate(3, "three", &[0.0, 1.0, 1.0]),
        ]
    }

    fn places(evaluations: &[(f64, u64)]) -> Vec<Option<usize>> {
        let scored = evaluations.iter().map(|(score, n)| Scored { score: Some(*score), n: Some(*n) });
        candidates_in_order(&four(), &scored.collect::<Vec<_>>(), &HashSet::new())
    }

    #[test]
    fn evaluations_follow_the_order_of_candidates() {
        let all = places(&[(25.0, 3), (66.67, 3), (100.0, 3), (66.67, 3)]);
        assert_eq!(all, [Some(0), Some(1), Some(2), Some(3)]);
        // A sample between them is none of them.
        let merged = places(&[(25.0, 3), (66.67, 3), (66.67, 2), (100.0, 3), (66.67, 3)]);
        assert_eq!(merged, [Some(0), Some(1), None, Some(2), Some(3)]);
        // One of two with the same score is gone: which is not known.
        assert_eq!(places(&[(25.0, 3), (100.0, 3), (66.67, 3)]), [Some(0), Some(2), None]);
        assert_eq!(places(&[(25.0, 3), (33.33, 3)]), [Some(0), None]);
    }

    #[test]
    fn what_a_param_kept_of_instructions_is_enough() {
        let text = "weigh it ".repeat(900);
        let all = [candidate(0, "zero", &[0.0]), candidate(1, &text, &[1.0]), candidate(2, "other", &[1.0])];
        let cut: String = text.chars().take(6000).collect();
        let of_params = |text: &str| program_of(&candidate(9, text, &[]), ProgramSource::Params);
        assert_eq!(candidate_of_program(&all, &of_params(&cut), Some(100.0)), Some(1));
        assert_eq!(candidate_of_program(&all, &of_params(&cut[..5999]), Some(100.0)), None);
        let seed = [candidate(0, &cut, &[1.0])];
        let whole = program_of(&candidate(9, &text, &[]), ProgramSource::ModelJson);
        assert_eq!(candidate_of_program(&seed, &whole, Some(100.0)), Some(0));
    }

    #[test]
    fn a_program_has_the_instructions_and_the_score_of_its_candidate() {
        let bare = program_of(&candidate(2, "two", &[]), ProgramSource::Candidates);
        assert_eq!(bare.predictors[0].path, "");
        assert_eq!(candidate_of_program(&four(), &bare, Some(100.0)), Some(2));
        assert_eq!(candidate_of_program(&four(), &bare, Some(66.67)), None);
        assert_eq!(candidate_of_program(&four(), &bare, None), None);
    }
}
