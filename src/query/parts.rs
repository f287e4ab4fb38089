//! The parts that MIPROv2 made its candidates of, and how they are called.

use super::optimization::{Optimization, OptimizationOf};
use crate::analysis::optimization::Optimizer;
use crate::analysis::parts::{Grid, Part, Parts, grid, parts};
use crate::model::{Program, RunId};
use crate::query::ask::{Question, Session};

/// What the numbers of parts are, in words.
pub const NUMBERS: &str =
    "numbers are in order of first evaluation: MLflow notes none of DSPy’s own, and what was never tried has none";

/// Why differences between parts prove little.
pub const CONFOUNDED: &str = "MIPROv2 tries what did well more often, on other examples each time, and changes the other \
     predictors with it: a mean is not the effect of a part alone";

/// The parts of the candidates of an optimization; `None` if it is no MIPROv2 or the store does not have the run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PartsOf(pub RunId);

impl Question for PartsOf {
    type Answer = Option<Parts>;
    const LABEL: &'static str = "parts of candidates";

    fn answer(&self, session: &mut Session<'_>) -> crate::store::Result<Self::Answer> {
        let found = session.ask(&OptimizationOf(self.0.clone()))?;
        Ok(found.as_ref().as_ref().and_then(parts_of))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let Some(parts) = answer else { return 0 };
        let texts = parts.predictors.iter().flat_map(|one| one.instructions.iter().flatten()).map(String::len);
        texts.sum::<usize>() + parts.of.iter().flatten().map(|parts| parts.len() * 80).sum::<usize>()
    }
}

/// The parts of an optimization that is known.
pub fn parts_of(found: &Optimization) -> Option<Parts> {
    if !has_parts(found) {
        return None;
    }
    let program = |evaluations: &[usize]| found.programs.get(*evaluations.first()?)?.as_ref();
    let programs: Vec<Option<&Program>> = found.candidates.iter().map(|one| program(&one.evaluations)).collect();
    let seed = found.names.all().iter().position(|name| name.is_seed == Some(true));
    Some(parts(&programs, seed))
}

/// Whether candidates are made of parts: they are MIPROv2's, and the program of one is known.
pub fn has_parts(found: &Optimization) -> bool {
    let has_instructions = |program: &Program| program.predictors.iter().any(|one| one.instructions.is_some());
    found.optimizer.name == Some(Optimizer::MiproV2) && found.programs.iter().flatten().any(has_instructions)
}

/// The grid of one predictor.
pub fn grid_of(found: &Optimization, parts: &Parts, path: &str) -> Option<Grid> {
    let candidates: Vec<&[usize]> = found.candidates.iter().map(|one| one.evaluations.as_slice()).collect();
    grid(parts, path, &candidates, &found.evaluations)
}

/// `seed’s instruction`, `instruction 3`
pub fn instruction_name(number: usize) -> String {
    if number == 0 { "seed’s instruction".to_owned() } else { format!("instruction {number}") }
}

/// `no demos`, `demo set 2`
pub fn demo_set_name(number: usize) -> String {
    if number == 0 { "no demos".to_owned() } else { format!("demo set {number}") }
}

/// `instruction 3 · demo set 2`
pub fn part_name(part: &Part) -> String {
    format!("{} · {}", instruction_name(part.instruction), demo_set_name(part.demo_set))
}

/// The parts of a candidate in a few letters: that of its only predictor by name, of several `1·2 / 0·–`.
pub fn short_name(parts: &[Part]) -> String {
    let short = |part: &Part| match part.demo_set {
        0 => format!("{}·–", part.instruction),
        set => format!("{}·{set}", part.instruction),
    };
    match parts {
        [one] => part_name(one),
        several => several.iter().map(short).collect::<Vec<_>>().join(" / "),
    }
}
