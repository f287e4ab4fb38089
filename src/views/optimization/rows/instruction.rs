//! What tells the instructions of a candidate from those before it, in one line.

use std::collections::{HashMap, HashSet};

use super::{CandidateRow, name, program_of};
use crate::loader::Optimization;
use crate::model::Program;
use crate::widgets::format;

/// All instructions of a program, each with the path of its predictor.
type Whole<'a> = Vec<(&'a str, &'a str)>;

/// No more of a line stands in the table.
const MOST: usize = 200;

/// Candidates often begin with the same words: a row shows the first line that no row before it has, or whose
/// instructions it has.
pub(super) fn tell_apart(found: &Optimization, rows: &mut [CandidateRow]) {
    let mut lines_before: HashSet<&str> = HashSet::new();
    let mut first_with: HashMap<Whole<'_>, (usize, Option<String>)> = HashMap::new();
    for row in rows {
        let Some(program) = program_of(found, &row.evaluations) else { continue };
        let whole = instructions(program);
        if whole.is_empty() {
            continue;
        }
        let lines = || whole.iter().flat_map(|(_, text)| text.lines()).map(str::trim).filter(|line| !line.is_empty());
        if let Some((first, line)) = first_with.get(&whole) {
            row.same_as = Some(*first);
            row.instruction = line.clone();
        } else if let Some((at, line)) = lines().enumerate().find(|(_, line)| !lines_before.contains(line)) {
            let before = if at == 0 { "" } else { "… " };
            row.instruction = Some(format!("{before}{}", format::ellipsize_graphemes(line, MOST)));
        }
        lines_before.extend(lines());
        first_with.entry(whole).or_insert_with(|| (row.number, row.instruction.clone()));
    }
}

/// The instructions of all predictors, with their paths.
fn instructions(program: &Program) -> Whole<'_> {
    program.predictors.iter().filter_map(|one| Some((&*one.path, one.instructions.as_deref()?))).collect()
}

/// `as C2: Route the ticket`.
pub(in crate::views::optimization) fn shown(row: &CandidateRow) -> Option<String> {
    let line = row.instruction.as_deref()?;
    Some(match row.same_as {
        Some(first) => format!("as {}: {line}", name(first)),
        None => line.to_owned(),
    })
}
