//! The parts that MIPROv2 made its candidates of: for each predictor one of several instructions and one of several sets
//! of demos.
//!
//! DSPy numbers both from 0 (`instruction_candidates[i][j]`, `demo_candidates[i][j]`, DSPy 2.6 – 3.4): instruction 0 is
//! that of the given program, set 0 is without demos. MLflow notes none of these numbers (2.21 – 3.18): those here are in
//! order of first evaluation, and what was never tried has none.

use std::collections::BTreeMap;

use super::optimization::{Evaluation, EvaluationKind};
use crate::model::{Demo, Program};

/// What one predictor of a candidate was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The path of the predictor.
    pub path: String,
    /// Which of its instructions: 0 is that of the given program, the others are counted from 1 by first evaluation.
    pub instruction: usize,
    /// Which of its sets of demos: 0 is none, the others are counted from 1 by first evaluation.
    pub demo_set: usize,
    /// How many demos that are.
    pub demos: usize,
}

/// The parts of all candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// The parts of each candidate, one for each predictor that has instructions, in the order of the program; `None`
    /// where its program is not known.
    pub of: Vec<Option<Vec<Part>>>,
    /// The predictors in order.
    pub predictors: Vec<Predictor>,
}

/// One predictor, with all that it was given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictor {
    /// Its path.
    pub path: String,
    /// Its instructions, by their numbers; the first is `None` where nothing tells what the given program had.
    pub instructions: Vec<Option<String>>,
    /// How many demos each of its sets has, by their numbers; the first is 0.
    pub demo_sets: Vec<usize>,
}

/// Parts the candidates, whose programs stand in the order of first evaluation; `seed` is the place of the program that
/// was given.
pub fn parts(programs: &[Option<&Program>], seed: Option<usize>) -> Parts {
    let mut known: BTreeMap<&str, (Predictor, Vec<&[Demo]>)> = BTreeMap::new();
    let mut paths: Vec<&str> = Vec::new();
    let given = seed.and_then(|at| programs.get(at).copied().flatten());
    let mut of = Vec::with_capacity(programs.len());
    for program in programs {
        let Some(program) = program else {
            of.push(None);
            continue;
        };
        let mut own = Vec::new();
        for predictor in &program.predictors {
            let Some(text) = predictor.instructions.as_deref().map(str::trim) else { continue };
            let path = predictor.path.as_str();
            let (all, sets) = known.entry(path).or_insert_with(|| {
                paths.push(path);
                let same = |program: &&Program| program.predictors.iter().find(|one| one.path == path).cloned();
                let first = given.as_ref().and_then(same).and_then(|one| one.instructions);
                let first = first.map(|text| text.trim().to_owned());
                (Predictor { path: path.to_owned(), instructions: vec![first], demo_sets: vec![0] }, vec![&[][..]])
            });
            let instruction = all.instructions.iter().position(|one| one.as_deref() == Some(text));
            let instruction = instruction.unwrap_or_else(|| {
                all.instructions.push(Some(text.to_owned()));
                all.instructions.len() - 1
            });
            let demos = predictor.demos.as_slice();
            let demo_set = sets.iter().position(|one| *one == demos).unwrap_or_else(|| {
                sets.push(demos);
                all.demo_sets.push(demos.len());
                sets.len() - 1
            });
            own.push(Part { path: path.to_owned(), instruction, demo_set, demos: demos.len() });
        }
        of.push(Some(own));
    }
    let predictors = paths.iter().filter_map(|path| known.remove(path)).map(|(predictor, _)| predictor).collect();
    Parts { of, predictors }
}

/// Several evaluations as one figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mean {
    /// The mean of the scores, each weighted by how many examples it is of; `None` of none.
    pub score: Option<f64>,
    /// So many scorings of examples it is of.
    pub n: u64,
    /// The places of the full evaluations in it.
    pub full: Vec<usize>,
    /// The places of those on minibatches.
    pub minibatches: Vec<usize>,
    /// The places of evaluations that are left out: without a score, of unknown kind, or on nobody knows how many
    /// examples.
    pub left_out: Vec<usize>,
}

impl Mean {
    fn of(evaluations: &[Evaluation], places: impl IntoIterator<Item = usize>) -> Self {
        let mut mean = Self::default();
        let mut sum = 0.0;
        for place in places {
            let Some(one) = evaluations.get(place) else { continue };
            let into = match one.kind {
                EvaluationKind::Full => &mut mean.full,
                EvaluationKind::Minibatch => &mut mean.minibatches,
                EvaluationKind::Unknown => {
                    mean.left_out.push(place);
                    continue;
                }
            };
            match (one.score.filter(|score| score.is_finite()), one.n.filter(|n| *n > 0)) {
                (Some(score), Some(n)) => {
                    into.push(place);
                    sum += score * n as f64;
                    mean.n += n;
                }
                _ => mean.left_out.push(place),
            }
        }
        mean.score = (mean.n > 0).then(|| sum / mean.n as f64);
        mean
    }

    /// Whether nothing was tried.
    pub fn is_empty(&self) -> bool {
        self.full.is_empty() && self.minibatches.is_empty() && self.left_out.is_empty()
    }
}

/// How one predictor's instructions and sets of demos did, over all candidates that have them.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Rows are instructions, columns sets of demos.
    pub cells: Vec<Vec<Cell>>,
    /// Each instruction over all sets of demos.
    pub instructions: Vec<Mean>,
    /// Each set of demos over all instructions.
    pub demo_sets: Vec<Mean>,
}

/// One instruction with one set of demos.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// How it did.
    pub mean: Mean,
    /// The candidates that have both, by their places.
    pub candidates: Vec<usize>,
}

/// The grid of one predictor; `candidates` are the places of the evaluations of each candidate.
pub fn grid(parts: &Parts, path: &str, candidates: &[&[usize]], evaluations: &[Evaluation]) -> Option<Grid> {
    let predictor = parts.predictors.iter().find(|one| one.path == path)?;
    let part = |candidate: usize| parts.of.get(candidate)?.as_ref()?.iter().find(|one| one.path == path);
    let with = |is_it: &dyn Fn(&Part) -> bool| -> Vec<usize> {
        (0..candidates.len()).filter(|candidate| part(*candidate).is_some_and(is_it)).collect()
    };
    let mean = |of: &[usize]| {
        let places = of.iter().filter_map(|candidate| candidates.get(*candidate));
        let mut places: Vec<usize> = places.flat_map(|places| places.iter().copied()).collect();
        places.sort_unstable();
        Mean::of(evaluations, places)
    };
    let cell = |instruction: usize, demo_set: usize| {
        let candidates = with(&|part| part.instruction == instruction && part.demo_set == demo_set);
        Cell { mean: mean(&candidates), candidates }
    };
    let (rows, columns) = (predictor.instructions.len(), predictor.demo_sets.len());
    Some(Grid {
        cells: (0..rows).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect(),
        instructions: (0..rows).map(|row| mean(&with(&|part| part.instruction == row))).collect(),
        demo_sets: (0..columns).map(|column| mean(&with(&|part| part.demo_set == column))).collect(),
    })
}

#[cfg(test)]
mod tests;
