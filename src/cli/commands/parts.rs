//! The parts that MIPROv2 made its candidates of, in the terminal.

use std::io::{self, Write};

use serde::Serialize;

use crate::analysis::parts::{Cell, Mean, Part, Parts};
use crate::cli::json::Real;
use crate::cli::style::Style;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::{RunId, predictor_title};
use crate::query::Optimization;
use crate::query::parts::{CONFOUNDED, NUMBERS, demo_set_name, grid_of, instruction_name, short_name};

#[derive(Serialize)]
pub(super) struct PartJson<'a> {
    path: &'a str,
    /// 0 is that of the given program; the others are counted in order of first evaluation, not as DSPy does.
    instruction: usize,
    /// 0 is none; the others are counted alike.
    demo_set: usize,
    demos: usize,
}

impl<'a> PartJson<'a> {
    fn new(part: &'a Part) -> Self {
        Self { path: &part.path, instruction: part.instruction, demo_set: part.demo_set, demos: part.demos }
    }

    /// Those of a candidate.
    pub(super) fn of(parts: Option<&'a Parts>, candidate: usize) -> Option<Vec<Self>> {
        Some(parts?.of.get(candidate)?.as_ref()?.iter().map(Self::new).collect())
    }
}

/// One predictor: how its instructions and sets of demos did.
#[derive(Serialize)]
pub(super) struct GridJson<'a> {
    path: &'a str,
    instructions: Vec<InstructionJson<'a>>,
    demo_sets: Vec<DemoSetJson>,
    /// Pairs that were tried.
    cells: Vec<CellJson<'a>>,
}

#[derive(Serialize)]
struct InstructionJson<'a> {
    instruction: usize,
    text: Option<&'a str>,
    #[serde(flatten)]
    mean: MeanJson,
}

#[derive(Serialize)]
struct DemoSetJson {
    demo_set: usize,
    demos: usize,
    #[serde(flatten)]
    mean: MeanJson,
}

#[derive(Serialize)]
struct CellJson<'a> {
    instruction: usize,
    demo_set: usize,
    run_ids: Vec<&'a str>,
    #[serde(flatten)]
    mean: MeanJson,
}

/// The mean of evaluations, each weighted by n; how many of each kind it is of, and how many could not be in it.
#[derive(Serialize)]
struct MeanJson {
    mean: Option<Real>,
    n: u64,
    full: usize,
    minibatches: usize,
    left_out: usize,
}

impl MeanJson {
    fn new(mean: &Mean) -> Self {
        Self {
            mean: mean.score.map(Real),
            n: mean.n,
            full: mean.full.len(),
            minibatches: mean.minibatches.len(),
            left_out: mean.left_out.len(),
        }
    }
}

pub(super) fn grids<'a>(found: &'a Optimization, parts: &'a Parts) -> Vec<GridJson<'a>> {
    let of = |predictor: &'a crate::analysis::parts::Predictor| {
        let grid = grid_of(found, parts, &predictor.path)?;
        let means = |all: &[Mean]| all.iter().map(MeanJson::new).collect::<Vec<_>>();
        let instructions = means(&grid.instructions).into_iter().zip(&predictor.instructions).enumerate();
        let demo_sets = means(&grid.demo_sets).into_iter().zip(&predictor.demo_sets).enumerate();
        let cells = grid.cells.iter().enumerate().flat_map(|(instruction, row)| {
            let tried = row.iter().enumerate().filter(|(_, cell)| !cell.mean.is_empty());
            tried.map(move |(demo_set, cell)| (instruction, demo_set, cell))
        });
        Some(GridJson {
            path: &predictor.path,
            instructions: instructions
                .map(|(instruction, (mean, text))| InstructionJson { instruction, text: text.as_deref(), mean })
                .collect(),
            demo_sets: demo_sets
                .map(|(demo_set, (mean, demos))| DemoSetJson { demo_set, demos: *demos, mean })
                .collect(),
            cells: cells
                .map(|(instruction, demo_set, cell)| CellJson {
                    instruction,
                    demo_set,
                    run_ids: runs(found, cell),
                    mean: MeanJson::new(&cell.mean),
                })
                .collect(),
        })
    };
    parts.predictors.iter().filter_map(of).collect()
}

/// The evaluations of a cell, in order.
fn runs<'a>(found: &'a Optimization, cell: &Cell) -> Vec<&'a str> {
    let mean = &cell.mean;
    let mut places: Vec<usize> = mean.full.iter().chain(&mean.minibatches).chain(&mean.left_out).copied().collect();
    places.sort_unstable();
    places.iter().filter_map(|place| found.evaluations.get(*place)).map(|one| one.run_id.as_str()).collect()
}

/// The name of the program that a run evaluated, by its parts.
pub(super) fn name(found: &Optimization, parts: &Parts, run: &RunId) -> String {
    let place = found.names.of_run(run).map(|name| name.place);
    let own = place.and_then(|place| parts.of.get(place)?.as_ref());
    own.map_or_else(|| words::UNKNOWN.to_owned(), |own| short_name(own))
}

/// The grids as tables, and what they cannot say.
pub(super) fn print(found: &Optimization, parts: &Parts, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for predictor in &parts.predictors {
        let Some(grid) = grid_of(found, parts, &predictor.path) else { continue };
        writeln!(out, "\n{}", words::clean(predictor_title(&predictor.path)))?;
        let names: Vec<String> = (0..predictor.demo_sets.len()).map(demo_set_name).collect();
        let sets = names.iter().map(|name| (name.as_str(), Side::Right));
        let columns: Vec<(&str, Side)> =
            std::iter::once(("Mean (n)", Side::Left)).chain(sets).chain([("all", Side::Right)]).collect();
        let told = |mean: &Mean| match mean.score {
            None if mean.is_empty() => String::new(),
            score => {
                let score = score.map_or_else(|| words::UNKNOWN.to_owned(), |score| words::value(rounded(score)));
                format!("{score} ({})", words::count(mean.n))
            }
        };
        let mut table = Table::new(&columns);
        for (number, (row, all)) in grid.cells.iter().zip(&grid.instructions).enumerate() {
            if all.is_empty() {
                continue;
            }
            let cells = row.iter().map(|cell| told(&cell.mean));
            table.row(std::iter::once(instruction_name(number)).chain(cells).chain([told(all)]).collect());
        }
        let sets = grid.demo_sets.iter().map(told);
        table.row(std::iter::once("all".to_owned()).chain(sets).chain([String::new()]).collect());
        table.print(style, out)?;
    }
    writeln!(out, "\n{CONFOUNDED}. The {NUMBERS}.")
}

/// To two digits, as scores are.
fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}
