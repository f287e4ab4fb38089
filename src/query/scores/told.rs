//! What is strange about the examples of an evaluation, in words.

use crate::analysis::score_matrix::ScoreMatrix;
use crate::query::example_rows::ExampleRows;
use crate::words;

/// What is to be told of the evaluation at a place, each as a sentence.
pub(super) fn about(matrix: &ScoreMatrix, place: usize, rows: &ExampleRows) -> Vec<String> {
    let file = rows.source.as_str().unwrap_or("It");
    let mut told: Vec<String> = rows.table.notes.iter().map(|note| format!("{file} {note}")).collect();
    told.extend(rows.notes.iter().cloned());
    if matrix.left_out.contains(&place) {
        told.push("It has no field in common with the other evaluations: none of its examples is here".to_owned());
        return told;
    }
    let is_shared = |field: &&String| matrix.shared_fields.contains(field);
    let apart: Vec<String> =
        rows.table.example_fields.iter().filter(|field| !is_shared(field)).map(|field| format!("“{field}”")).collect();
    if !apart.is_empty() && !rows.table.rows.is_empty() {
        let fields = apart.join(", ");
        let have = if apart.len() == 1 { "has" } else { "have" };
        told.push(format!("Not every evaluation {have} {fields}: examples are told apart without"));
    }
    if let Some(repeated @ 1..) = matrix.repeated.get(place).copied() {
        let rows = words::counted(repeated, "row");
        let (repeat, are) = if repeated == 1 { ("repeats", "it is") } else { ("repeat", "they are") };
        told.push(format!("{rows} {repeat} an example: {are} joined with others in the order in which they stand"));
    }
    told
}
