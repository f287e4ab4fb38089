//! Whether an optimization came anywhere: its budget, what was accepted, who was left behind.

use std::cmp::Ordering;

use super::finding::{Evidence, Judgement, Severity, Target};
use super::rule::Rule;
use crate::analysis::optimization::Optimizer;
use crate::model::RunId;
use crate::words;

/// A program, by its evaluations.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramFacts {
    /// What it is called: `C4`.
    pub name: String,
    /// The first evaluation of it, in full if there is one.
    pub run: RunId,
    /// The best score of its full evaluations; `None` if there is none with a score.
    pub full: Option<f64>,
    /// The mean score over its minibatches, weighted by their examples, and how many examples these were.
    pub minibatches: Option<(f64, u64)>,
    /// What program it is, is known.
    pub is_known: bool,
}

/// What GEPA proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposals {
    /// All of them.
    pub total: usize,
    /// Those that became candidates.
    pub accepted: usize,
    /// They are not GEPA's own table, but told by the spans of its proposer.
    pub are_inferred: bool,
}

/// How far an optimization came.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgressFacts {
    /// The optimization.
    pub parent: RunId,
    /// It has ended.
    pub is_over: bool,
    /// Which optimizer it was, if that is known.
    pub optimizer: Option<Optimizer>,
    /// GEPA's proposals; why they are not known.
    pub proposals: Result<Proposals, &'static str>,
    /// The programs by first evaluation.
    pub programs: Vec<ProgramFacts>,
    /// The place of the seed among them.
    pub seed: Option<usize>,
    /// The place of the winner among them.
    pub winner: Option<usize>,
    /// It is the best full evaluation, and not known to be what was given back.
    pub is_winner_inferred: bool,
    /// The evaluations that ended without a score: run and name.
    pub failed: Vec<(RunId, String)>,
}

const RUNNING: &str = "it has not ended yet";
const NO_SEED: &str = "nothing tells which program it was given";

/// What a larger budget is for GEPA (DSPy 3.0 – 3.4).
const LARGER: &str = "Give it a larger budget: auto, max_full_evals or max_metric_calls";

impl ProgressFacts {
    fn is_gepa(&self) -> bool {
        self.optimizer == Some(Optimizer::Gepa)
    }

    /// GEPA's proposals in the end.
    fn proposals(&self) -> Result<Proposals, Judgement> {
        match self.proposals {
            _ if !self.is_gepa() => Err(Judgement::Nothing),
            _ if !self.is_over => Err(Judgement::unknown(RUNNING)),
            Err(why) => Err(Judgement::unknown(why)),
            Ok(proposals) => Ok(proposals),
        }
    }

    fn family_tree(&self, what: &str) -> Evidence {
        Evidence::new(Target::FamilyTree(self.parent.clone()), what)
    }

    fn program(&self, one: &ProgramFacts, what: String) -> Evidence {
        Evidence::new(Target::Run(one.run.clone()), format!("{}: {what}", one.name))
    }
}

/// [`Rule::FewProposals`]
pub fn few_proposals(facts: &ProgressFacts) -> Judgement {
    let proposals = match facts.proposals() {
        Ok(proposals) => proposals,
        Err(judgement) => return judgement,
    };
    let seen = if proposals.are_inferred { ", as far as its traces tell" } else { "" };
    let text = match (proposals.total, proposals.accepted) {
        (0, _) => format!("GEPA proposed nothing{seen}"),
        (1, 0) => format!("GEPA made one proposal{seen}, and it was rejected"),
        (1, _) => format!("GEPA made one proposal{seen}"),
        _ => return Judgement::Nothing,
    };
    Judgement::found((Rule::FewProposals, Severity::Warning), text, LARGER, vec![facts.family_tree("the family tree")])
}

/// [`Rule::NothingAccepted`]
pub fn nothing_accepted(facts: &ProgressFacts) -> Judgement {
    let proposals = match facts.proposals() {
        Ok(proposals) => proposals,
        Err(judgement) => return judgement,
    };
    if proposals.total < 2 || proposals.accepted > 0 {
        return Judgement::Nothing;
    }
    let total = words::counted(proposals.total, "proposal");
    let seen = if proposals.are_inferred { ", as far as its traces tell" } else { "" };
    Judgement::found(
        (Rule::NothingAccepted, Severity::Warning),
        format!("GEPA accepted none of {total}{seen}"),
        "See what the metric says as feedback: a proposer that is told nothing new proposes nothing better",
        vec![facts.family_tree("the proposals")],
    )
}

/// [`Rule::SeedNeverLeft`]. Of GEPA the proposals tell: DSPy 3.4 does not log what it evaluates on a sample.
pub fn seed_never_left(facts: &ProgressFacts) -> Judgement {
    if facts.is_gepa() || facts.programs.is_empty() {
        return Judgement::Nothing;
    }
    if !facts.is_over {
        return Judgement::unknown(RUNNING);
    }
    if facts.programs.iter().any(|one| !one.is_known) {
        return Judgement::unknown("of some evaluations it is not known which program they evaluated");
    }
    match (facts.seed, facts.programs.as_slice()) {
        (_, [_, _, ..]) => Judgement::Nothing,
        (Some(_), [seed]) => Judgement::found(
            (Rule::SeedNeverLeft, Severity::Warning),
            format!("Nothing but {}, the program that it was given, was evaluated", seed.name),
            "Give it a larger budget, or see in its traces whether its proposals failed",
            vec![facts.program(seed, "the only program".to_owned())],
        ),
        _ => Judgement::unknown(NO_SEED),
    }
}

/// [`Rule::NothingBetter`]
pub fn nothing_better(facts: &ProgressFacts) -> Judgement {
    let others = || facts.programs.iter().enumerate().filter(|(at, _)| Some(*at) != facts.seed).map(|(_, one)| one);
    let all = others().count();
    if all == 0 {
        return Judgement::Nothing;
    }
    if !facts.is_over {
        return Judgement::unknown(RUNNING);
    }
    let Some(seed) = facts.seed.and_then(|at| facts.programs.get(at)) else { return Judgement::unknown(NO_SEED) };
    if facts.winner != facts.seed {
        return Judgement::Nothing;
    }
    let full = others().filter(|one| one.full.is_some()).count();
    if facts.is_winner_inferred && full == 0 {
        return Judgement::unknown("nothing tells which program it gave back");
    }
    let score = seed.full.map_or_else(String::new, |score| format!(" ({})", words::value(score)));
    let part = match full {
        full if full == all => String::new(),
        0 if all == 1 => ", which was not evaluated in full".to_owned(),
        0 => ", none of them evaluated in full".to_owned(),
        full => format!(", {} of them evaluated in full", words::count(full as u64)),
    };
    let best = others().filter_map(|one| Some((one, one.full?))).max_by(|(_, a), (_, b)| a.total_cmp(b));
    let was = match facts.is_winner_inferred {
        true => "the best full evaluation is of what it was given",
        false => "what it was given and gave back",
    };
    // Who scores the same did not lose.
    let beside_best = best.and_then(|(_, other)| Some(other.total_cmp(&seed.full?)));
    let won = match (facts.is_winner_inferred, beside_best) {
        (_, Some(Ordering::Equal)) => "was not beaten by",
        (true, _) => "did best in full, against",
        (false, _) => "won against",
    };
    let mut evidence = vec![facts.program(seed, was.to_owned())];
    let best = best.map(|(one, score)| facts.program(one, format!("the best of the others, {}", words::value(score))));
    evidence.extend(best);
    let others = words::counted(all, "other program");
    Judgement::found(
        (Rule::NothingBetter, Severity::Warning),
        format!("Nothing better was found: {}{score}, the program that it was given, {won} {others}{part}", seed.name),
        "The optimization changed nothing",
        evidence,
    )
}

/// [`Rule::BestMinibatch`]
pub fn best_minibatch(facts: &ProgressFacts) -> Judgement {
    if facts.optimizer != Some(Optimizer::MiproV2) {
        return Judgement::Nothing;
    }
    let best_of = |is_full: bool| {
        let seen = facts.programs.iter().filter(|one| one.full.is_some() == is_full);
        let seen = seen.filter_map(|one| Some((one, one.minibatches?)));
        seen.max_by(|(_, (a, _)), (_, (b, _))| a.total_cmp(b))
    };
    let Some((best, (mean, examples))) = best_of(false) else { return Judgement::Nothing };
    if !facts.is_over {
        return Judgement::unknown(RUNNING);
    }
    let on = |mean: f64, examples: u64| format!("{} on {}", words::value(mean), words::counted(examples, "example"));
    let mut evidence = vec![facts.program(best, format!("{} of minibatches", on(mean, examples)))];
    let against = match best_of(true) {
        Some((_, (other, _))) if other >= mean => return Judgement::Nothing,
        Some((one, (other, of))) => {
            evidence.push(facts.program(one, format!("{} of minibatches", on(other, of))));
            format!("; of those that were, {} did best there, {}", one.name, on(other, of))
        }
        None => String::new(),
    };
    Judgement::found(
        (Rule::BestMinibatch, Severity::Note),
        format!(
            "{} did best on minibatches, {}, and was never evaluated in full{against}",
            best.name,
            on(mean, examples)
        ),
        "So few examples may flatter it; evaluate it in full to know",
        evidence,
    )
}

/// [`Rule::EvaluationFailed`]
pub fn failed_evaluations(facts: &ProgressFacts) -> Judgement {
    let Some((_, name)) = facts.failed.first() else { return Judgement::Nothing };
    let text = match facts.failed.len() {
        1 => format!("{name} ended without a score"),
        more => format!("{} ended without a score", words::counted(more, "evaluation")),
    };
    let evidence = |(run, name): &(RunId, String)| Evidence::new(Target::Run(run.clone()), name.clone());
    Judgement::found(
        (Rule::EvaluationFailed, Severity::Warning),
        text,
        "Perhaps it was interrupted, or the metric raised, of which MLflow 3.18 makes no score at all, so that Evaluate fails",
        facts.failed.iter().take(MOST).map(evidence).collect(),
    )
}

/// No more evidence of one kind is named.
const MOST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed `C1` won, with this score, against one other program with that.
    fn told(is_winner_inferred: bool, seed: f64, other: Option<f64>) -> String {
        let program = |name: &str, full| ProgramFacts {
            name: name.to_owned(),
            run: RunId::from(name),
            full,
            minibatches: None,
            is_known: true,
        };
        let facts = ProgressFacts {
            parent: RunId::from("parent"),
            is_over: true,
            optimizer: None,
            proposals: Err("none"),
            programs: vec![program("C1", Some(seed)), program("C2", other)],
            seed: Some(0),
            winner: Some(0),
            is_winner_inferred,
            failed: Vec::new(),
        };
        match nothing_better(&facts) {
            Judgement::Found(found) => found.text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn who_scores_the_same_was_not_won_against() {
        let begin = "Nothing better was found: C1 (80), the program that it was given, ";
        for (inferred, other, wanted) in [
            (false, Some(70.0), "won against 1 other program"),
            (false, Some(80.0), "was not beaten by 1 other program"),
            (true, Some(80.0), "was not beaten by 1 other program"),
            (true, Some(70.0), "did best in full, against 1 other program"),
            (false, None, "won against 1 other program, which was not evaluated in full"),
        ] {
            assert_eq!(told(inferred, 80.0, other), format!("{begin}{wanted}"));
        }
    }
}
