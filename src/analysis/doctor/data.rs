//! What was learned from and what was measured on.

use super::finding::{Evidence, Judgement, Severity, Target};
use super::repeats::Repeats;
use super::rule::Rule;
use crate::analysis::optimization::Optimizer;
use crate::model::RunId;
use crate::model::dspy::artifacts::{TRAINSET, VALSET};
use crate::words;

/// The data of an optimization; values of fields are compared as text.
#[derive(Clone, Debug, PartialEq)]
pub struct DataFacts {
    /// The optimization.
    pub parent: RunId,
    /// It has ended.
    pub is_over: bool,
    /// Which optimizer it was, if that is known.
    pub optimizer: Option<Optimizer>,
    /// The rows of `trainset.json`; `None` if there is none.
    pub trainset: Option<Repeats>,
    /// Whether there is a `valset.json`.
    pub has_valset: bool,
    /// How many different rows of `valset.json`, or of what was evaluated where there is none, are in `trainset.json`,
    /// and of how many; why that is not known.
    pub overlap: Result<(usize, usize), &'static str>,
    /// The places of the examples that the largest full evaluation has several times, and how many rows these are.
    pub repeated: Result<(Vec<u32>, usize), &'static str>,
    /// The full evaluation that was counted.
    pub largest: Option<RunId>,
    /// How many different rows of `valset.json` no table has, and of how many; why that is not known.
    pub unseen: Result<(usize, usize), &'static str>,
}

impl DataFacts {
    fn file(&self, path: &'static str) -> Evidence {
        Evidence::new(Target::Artifact(self.parent.clone(), path), path)
    }
}

/// [`Rule::TrainsetRepeated`]
pub fn trainset_repeated(facts: &DataFacts) -> Judgement {
    let Some(trainset) = facts.trainset else { return Judgement::unknown("there is no trainset.json") };
    if !trainset.has_repeats() {
        return Judgement::Nothing;
    }
    let [rows, distinct] = [trainset.rows, trainset.distinct].map(|n| words::count(n as u64));
    let each = words::count(trainset.most as u64);
    let how = if trainset.is_even() { format!("each {each} times") } else { format!("some up to {each} times") };
    let advice = if trainset.is_even() {
        "Compiles within the optimizer append their rows to this file, so that this alone says nothing of your data"
    } else {
        "Perhaps your data repeats them; compiles within the optimizer append their rows to this file, too"
    };
    Judgement::found(
        (Rule::TrainsetRepeated, Severity::Note),
        format!("trainset.json has {rows} rows of {distinct} different examples, {how}"),
        advice,
        vec![facts.file(TRAINSET)],
    )
}

/// [`Rule::TrainsetOverlaps`]
pub fn trainset_overlaps(facts: &DataFacts) -> Judgement {
    let (shared, of) = match facts.overlap {
        _ if !facts.has_valset && facts.optimizer == Some(Optimizer::MiproV2) => return Judgement::Nothing,
        Err(why) => return Judgement::unknown(why),
        Ok(overlap) => overlap,
    };
    let [count, all] = [shared, of].map(|n| words::count(n as u64));
    match facts.has_valset {
        true if shared > 0 => Judgement::found(
            (Rule::TrainsetOverlaps, Severity::Warning),
            format!("{count} of the {all} examples of valset.json are in trainset.json, too"),
            "What was learned from them flatters every score: choose on examples that no demo or instruction was made of",
            vec![facts.file(VALSET), facts.file(TRAINSET)],
        ),
        false if shared > 0 && shared == of => Judgement::found(
            (Rule::TrainsetOverlaps, Severity::Warning),
            format!("There is no valset.json, and all {all} examples that were evaluated are in trainset.json"),
            "Programs were scored on what they were made of: evaluate the winner on others, or give compile() a valset where it takes one",
            vec![facts.file(TRAINSET)],
        ),
        _ => Judgement::Nothing,
    }
}

/// [`Rule::ValsetRepeated`]
pub fn valset_repeated(facts: &DataFacts) -> Judgement {
    let (places, rows) = match &facts.repeated {
        Err(why) => return Judgement::unknown(*why),
        Ok((places, _)) if places.is_empty() => return Judgement::Nothing,
        Ok(found) => found,
    };
    let examples = Evidence::new(Target::Examples(facts.parent.clone(), places.clone()), "the repeated examples");
    let run = facts.largest.clone().map(|run| Evidence::new(Target::Run(run), "the evaluation"));
    Judgement::found(
        (Rule::ValsetRepeated, Severity::Warning),
        format!("{} of a full evaluation repeat examples", words::counted(*rows, "row")),
        "They count several times, and every interval and test believes in more examples than there are",
        std::iter::once(examples).chain(run).collect(),
    )
}

/// [`Rule::NeverEvaluated`]
pub fn never_evaluated(facts: &DataFacts) -> Judgement {
    let (unseen, of) = match facts.unseen {
        _ if !facts.has_valset => return Judgement::Nothing,
        _ if !facts.is_over => return Judgement::unknown("it has not ended yet"),
        Err(why) => return Judgement::unknown(why),
        Ok((0, _)) => return Judgement::Nothing,
        Ok(unseen) => unseen,
    };
    let [count, all] = [unseen, of].map(|n| words::count(n as u64));
    Judgement::found(
        (Rule::NeverEvaluated, Severity::Warning),
        format!("{count} of the {all} examples of valset.json are in no evaluation's table"),
        "The scores say nothing about them",
        vec![facts.file(VALSET)],
    )
}
