//! What sets a candidate apart: its instructions and its demos beside those of the seed and of the candidates before it.

use super::{CandidateRow, name, program_of};
use crate::analysis::distinction::distinctions;
use crate::loader::Optimization;
use crate::views::distinctions::{Names, in_full, line, sets, sets_in_full};

/// Gives every row its line, and what is told when the pointer rests on it.
pub(super) fn tell_apart(found: &Optimization, rows: &mut [CandidateRow]) {
    let programs: Vec<_> = rows.iter().map(|row| program_of(found, &row.evaluations)).collect();
    let is_seed = |row: &CandidateRow| row.marks.contains(&super::SEED);
    let seed = rows.iter().position(is_seed);
    let told = distinctions(&programs, seed);
    let names: Vec<String> = rows.iter().map(|row| name(row.number)).collect();
    let base = told.iter().position(|one| one.as_ref().is_some_and(|one| one.is_base));
    let base_name = base.and_then(|base| names.get(base)).cloned().unwrap_or_default();
    let base = if base.is_some() && base == seed { "the seed" } else { &base_name };
    let named = Names { program: &|at| names.get(at).cloned().unwrap_or_default(), base };
    for (at, row) in rows.iter_mut().enumerate() {
        row.instruction = line(&told, at, &named);
        row.about_instructions = in_full(&told, at, &named).unwrap_or_default();
        let Some(one) = told.get(at).and_then(Option::as_ref) else { continue };
        if let (Some(sets), Some(demos)) = (sets(one), &row.demos) {
            row.demos = Some(format!("{sets} · {demos}"));
            row.about_demos = sets_in_full(one, at, &named);
        }
    }
}
