//! One predictor's instructions along the evaluations of an optimization, and in which of them a
//! passage stands.

mod against;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

pub use against::{Against, Relatives, UnknownAgainst};

use super::optimization::{Candidate, Evaluation, EvaluationKind, ProgramName, ProgramNames};
use super::program_state::known_instructions;
use super::text_diff::{Known, TextDiff, diff_known_texts};
use crate::model::{Program, RunId, StateHash};

/// One program state, in the order of first evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which program, if known.
    pub state_hash: Option<StateHash>,
    /// The places of all its evaluations, in order; never empty.
    pub evaluations: Vec<usize>,
    /// The instructions of the predictor; `None` if its program or the predictor is not known.
    pub instructions: Option<String>,
    /// The place of the step that it is compared with; `None` if there is none, or the instructions of one of the two
    /// are not known.
    pub base: Option<usize>,
    /// What changed from the instructions of that step; all of it is equal where there is none.
    pub diff: TextDiff,
}

/// One predictor along an optimization.
#[derive(Clone, Debug, PartialEq)]
pub struct Evolution {
    /// The paths of all predictors that have instructions, in order of appearance.
    pub predictors: Vec<String>,
    /// The one that is followed.
    pub predictor: Option<String>,
    /// With what each step is compared.
    pub against: Against,
    /// With what the steps can be compared.
    pub choices: Vec<Against>,
    /// The evaluations in order.
    pub evaluations: Vec<Evaluation>,
    /// The program states among them.
    pub steps: Vec<Step>,
    /// What the program states are called: the names in the order of the steps.
    pub names: Arc<ProgramNames>,
    /// The evaluations of the program that the optimization was given, if known.
    pub seed: Option<Vec<RunId>>,
    /// The evaluations of the program that it gave back, if known.
    pub winner: Option<Vec<RunId>>,
}

impl Evolution {
    /// What the program of a step is called.
    pub fn name(&self, step: usize) -> ProgramName {
        self.names.at(step).unwrap_or(ProgramName::at(step))
    }
}

/// What is wanted of an evolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// The predictor to follow; without one, that whose instructions changed most often.
    pub predictor: Option<&'a str>,
    /// With what each step is compared.
    pub against: Against,
}

/// Follows a predictor. Texts are compared until `deadline` and coarsely from then on.
pub fn evolution(
    evaluations: Vec<Evaluation>,
    candidates: &[Candidate],
    programs: &[Option<Program>],
    (wanted, relatives): (Wanted<'_>, &Relatives),
    deadline: Option<Instant>,
) -> Evolution {
    let mut predictors: Vec<(String, HashSet<&str>)> = Vec::new();
    for predictor in programs.iter().flatten().flat_map(|program| &program.predictors) {
        let Some(text) = &predictor.instructions else { continue };
        match predictors.iter_mut().find(|(path, _)| *path == predictor.path) {
            Some((_, texts)) => {
                texts.insert(text);
            }
            None => predictors.push((predictor.path.clone(), HashSet::from([text.as_str()]))),
        }
    }
    let known = wanted.predictor.filter(|wanted| predictors.iter().any(|(path, _)| path == wanted)).map(str::to_owned);
    let most = predictors.iter().map(|(_, texts)| texts.len()).max();
    let changed_most = predictors.iter().find(|(_, texts)| Some(texts.len()) == most);
    let predictor = known.or_else(|| changed_most.map(|(path, _)| path.clone()));

    let instructions = |candidate: &Candidate| {
        let mut programs = candidate.evaluations.iter().filter_map(|at| programs.get(*at)?.as_ref());
        instructions_of(programs.next()?, predictor.as_deref()?)
    };
    let texts: Vec<Option<Known<'_>>> = candidates.iter().map(instructions).collect();
    let step = |(at, candidate): (usize, &Candidate)| {
        let text = |at: usize| texts.get(at).copied().flatten();
        let known = text(at);
        let mut bases = relatives.of(wanted.against, at);
        // Of two parents the one whose instructions it took over.
        let mut parents = relatives.of(Against::Parent, at).filter(|_| wanted.against == Against::Parent);
        let taken_over =
            parents.find(|base| text(*base).is_some_and(|one| known.is_some_and(|own| own.text == one.text)));
        let base = known.and(taken_over.or_else(|| bases.find(|base| text(*base).is_some())));
        let other = base.and_then(text);
        Step {
            state_hash: candidate.state_hash.clone(),
            evaluations: candidate.evaluations.clone(),
            instructions: known.map(|known| known.text.to_owned()),
            base,
            diff: known.map(|known| diff_known_texts(other.unwrap_or(known), known, deadline)).unwrap_or_default(),
        }
    };
    let steps = candidates.iter().enumerate().map(step).collect();
    let predictors = predictors.into_iter().map(|(path, _)| path).collect();
    let (against, choices, names) = (wanted.against, relatives.known(), Arc::default());
    Evolution { predictors, predictor, against, choices, evaluations, steps, names, seed: None, winner: None }
}

/// The instructions of one predictor of a program, if it has them.
fn instructions_of<'p>(program: &'p Program, path: &str) -> Option<Known<'p>> {
    let predictor = program.predictors.iter().find(|one| one.path == path)?;
    predictor.instructions.as_ref().map(|_| known_instructions(predictor, program.source))
}

/// The mean score of some full evaluations.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct MeanScore {
    /// The mean; `None` if no full evaluation has a score.
    pub score: Option<f64>,
    /// Of how many full evaluations.
    pub evaluations: usize,
}

/// Where a passage stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PhraseHistory {
    /// For each step whether it has the passage; `None` where its instructions are not known.
    pub holds: Vec<Option<bool>>,
    /// The first step that has it.
    pub since: Option<usize>,
    /// The score of the full evaluations with it.
    pub with: MeanScore,
    /// The score of those without it.
    pub without: MeanScore,
}

/// Whether a passage stands in a text. How it is broken into lines and spaced does not count.
pub fn has_passage(text: &str, passage: &str) -> bool {
    let needle = spaced(passage);
    !needle.is_empty() && spaced(text).contains(&needle)
}

/// Looks a passage up in all steps. How it is broken into lines and spaced does not count.
pub fn phrase_history(evolution: &Evolution, passage: &str) -> PhraseHistory {
    let holds: Vec<Option<bool>> = (evolution.steps.iter())
        .map(|step| step.instructions.as_ref().map(|text| has_passage(text, passage)))
        .collect();
    let mean = |wanted: bool| {
        let of_step = evolution.steps.iter().zip(&holds).filter(|(_, holds)| **holds == Some(wanted));
        let scores: Vec<f64> = of_step
            .flat_map(|(step, _)| &step.evaluations)
            .filter_map(|at| evolution.evaluations.get(*at))
            .filter(|one| one.kind == EvaluationKind::Full)
            .filter_map(|one| one.score.filter(|score| !score.is_nan()))
            .collect();
        let mean = (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64);
        MeanScore { score: mean, evaluations: scores.len() }
    };
    PhraseHistory {
        since: holds.iter().position(|holds| *holds == Some(true)),
        with: mean(true),
        without: mean(false),
        holds,
    }
}

/// Words with one space between them.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::optimization::test_facts::facts;
    use crate::analysis::optimization::{candidates, evaluations};
    use crate::model::program::Object;
    use crate::model::{Predictor, ProgramSource};

    fn program(texts: [&str; 2]) -> Option<Program> {
        let predictor = |path: &str, text: &str| Predictor {
            path: path.into(),
            instructions: Some(text.into()),
            ..Predictor::default()
        };
        Some(Program {
            source: ProgramSource::ModelJson,
            complete: true,
            stale: None,
            state_hash: None,
            predictors: vec![predictor("plan", texts[0]), predictor("solve", texts[1])],
            metadata: None,
            other: Object::new(),
            missing: Vec::new(),
        })
    }

    fn made_against(wanted: Option<&str>, against: Against) -> Evolution {
        let facts = [
            facts("a", "eval_full_0", Some(50.0), Some(12), "s"),
            facts("b", "eval_minibatch_0", Some(100.0), Some(5), "t"),
            facts("c", "eval_full_1", Some(70.0), Some(12), "t"),
            facts("d", "eval_full_2", None, Some(12), "u"),
            facts("e", "eval_full_3", Some(52.0), Some(12), "s"),
        ];
        let programs = [
            program(["Plan", "Solve"]),
            program(["Plan", "Solve it\n  carefully"]),
            program(["Plan", "Solve it\n  carefully"]),
            None,
            program(["Plan", "Solve"]),
        ];
        let evaluations = evaluations(&facts, &[]);
        let candidates = candidates(&evaluations);
        let wanted = Wanted { predictor: wanted, against };
        let relatives = Relatives { seed: Some(0), winner: None, parents: vec![vec![], vec![0], vec![1]] };
        evolution(evaluations, &candidates, &programs, (wanted, &relatives), None)
    }

    fn made(wanted: Option<&str>) -> Evolution {
        made_against(wanted, Against::Previous)
    }

    #[test]
    fn each_state_stands_once_with_all_its_evaluations() {
        let made = made(None);
        assert_eq!(made.predictors, ["plan", "solve"]);
        assert_eq!(made.predictor.as_deref(), Some("solve"), "it changed most");
        let evaluations: Vec<&[usize]> = made.steps.iter().map(|step| step.evaluations.as_slice()).collect();
        assert_eq!(evaluations, [&[0, 4][..], &[1, 2], &[3]]);
        assert!(made.steps[0].diff.is_same());
        assert_eq!(made.steps[1].diff.old(), "Solve");
        assert_eq!(made.steps[2].instructions, None);
        assert_eq!(super::tests::made(Some("plan")).predictor.as_deref(), Some("plan"));
        assert_eq!(super::tests::made(Some("gone")).predictor.as_deref(), Some("solve"));
    }

    #[test]
    fn each_state_is_compared_with_what_is_wanted() {
        let bases = |against| made_against(None, against).steps.iter().map(|step| step.base).collect::<Vec<_>>();
        assert_eq!(bases(Against::Previous), [None, Some(0), None], "the last one has no known instructions");
        assert_eq!(bases(Against::Seed), [None, Some(0), None]);
        assert_eq!(bases(Against::Winner), [None, None, None]);
        let made = made_against(None, Against::Parent);
        assert_eq!((made.steps[1].base, made.steps[1].diff.old().as_str()), (Some(0), "Solve"));
        assert_eq!(made.choices, [Against::Previous, Against::Seed, Against::Parent]);
    }

    #[test]
    fn a_merged_one_is_compared_with_the_parent_it_took_its_instructions_from() {
        let facts = ["a", "b", "c", "d"].map(|id| facts(id, &format!("eval_full_{id}"), Some(1.0), Some(9), id));
        let programs = [program(["P", "S"]), program(["P2", "S"]), program(["P", "S2"]), program(["P2", "S2"])];
        let evaluations = evaluations(&facts, &[]);
        let candidates = candidates(&evaluations);
        let relatives = Relatives { parents: vec![vec![], vec![0], vec![0], vec![1, 2]], ..Relatives::default() };
        let wanted = Wanted { predictor: Some("solve"), against: Against::Parent };
        let made = evolution(evaluations, &candidates, &programs, (wanted, &relatives), None);
        let bases: Vec<Option<usize>> = made.steps.iter().map(|step| step.base).collect();
        assert_eq!(bases, [None, Some(0), Some(0), Some(2)]);
        assert!(made.steps[3].diff.is_same());
    }

    #[test]
    fn a_passage_has_the_scores_of_full_evaluations() {
        let made = made(None);
        let history = phrase_history(&made, " it carefully");
        assert_eq!(history.holds, [Some(false), Some(true), None]);
        assert_eq!(history.since, Some(1));
        assert_eq!(history.with, MeanScore { score: Some(70.0), evaluations: 1 });
        assert_eq!(history.without, MeanScore { score: Some(51.0), evaluations: 2 });
        let nowhere = phrase_history(&made, "never");
        assert_eq!((nowhere.since, nowhere.with), (None, MeanScore::default()));
        assert_eq!(phrase_history(&made, "  ").since, None);
    }
}
