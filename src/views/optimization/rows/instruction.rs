//! The line that stands for the instructions of a candidate.

use super::{CandidateRow, name, program_of};
use crate::loader::Optimization;
use crate::model::Program;
use crate::views::first_lines::{Instructions, first_lines};

/// A row shows the first line that no row before it has, or whose instructions it has.
pub(super) fn tell_apart(found: &Optimization, rows: &mut [CandidateRow]) {
    let of = |row: &CandidateRow| program_of(found, &row.evaluations).map(instructions).unwrap_or_default();
    let told = first_lines(&rows.iter().map(of).collect::<Vec<_>>());
    let numbers: Vec<usize> = rows.iter().map(|row| row.number).collect();
    for (row, told) in rows.iter_mut().zip(told) {
        row.same_as = told.same_as.and_then(|place| numbers.get(place).copied());
        row.instruction = told.line;
    }
}

/// The instructions of all predictors, with their paths; of a Flex its source.
fn instructions(program: &Program) -> Instructions<'_> {
    program.predictors.iter().filter_map(|one| Some((&*one.path, one.text()?))).collect()
}

/// `as C2: Route the ticket`.
pub(in crate::views::optimization) fn shown(row: &CandidateRow) -> Option<String> {
    let line = row.instruction.as_deref()?;
    Some(match row.same_as {
        Some(first) => format!("as {}: {line}", name(first)),
        None => line.to_owned(),
    })
}
