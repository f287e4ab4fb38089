//! Where a program's demos came from: the rows of the trainset that they show.

use std::collections::HashSet;

use super::program::{Read, read_json};
use super::runs::{RelatedRuns, RunOf};
use crate::model::dspy::artifacts::TRAINSET;
use crate::model::dspy::tables::RawTable;
use crate::model::{Demo, Direction, Json, Predictor, Program, RunId, Unmasked};
use crate::query::ask::Session;
use crate::store::{ReadCx, Result};

/// A nested compile's own parent may hold the trainset; no chain is longer.
const GENERATIONS: usize = 8;

/// Where a demo came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DemoOrigin {
    /// This row of the trainset, from 1; of repeated rows the first.
    Row(usize),
    /// One of these rows, which differ elsewhere.
    Rows(Vec<usize>),
    /// There is a trainset, and no row of it has these values.
    Nowhere,
    /// There is no trainset to look in, or nothing of the demo stands in its columns.
    Unknown,
}

/// Where each demo of each predictor came from: its values are compared with the rows of the
/// trainset of the run or of the nearest run above it that has one. Of a bootstrapped demo only
/// what the predictor was given counts, where that is known: the rest is the model's.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn demo_origins(session: &mut Session<'_>, run: &RunId, program: &Program) -> Result<Vec<Vec<DemoOrigin>>> {
    let unknown = |one: &Predictor| vec![DemoOrigin::Unknown; one.demos.len()];
    if program.predictors.iter().all(|one| one.demos.is_empty()) {
        return Ok(program.predictors.iter().map(unknown).collect());
    }
    let Some(table) = trainset(session, run)? else {
        return Ok(program.predictors.iter().map(unknown).collect());
    };
    let of_predictor = |one: &Predictor| one.demos.iter().map(|demo| table.find(&wanted(one, demo))).collect();
    Ok(program.predictors.iter().map(of_predictor).collect())
}

/// The values of a demo that its row must have.
fn wanted<'d>(predictor: &Predictor, demo: &'d Demo) -> Vec<(&'d str, &'d Json)> {
    let is_output = |name: &str| {
        let field = predictor.fields.iter().find(|field| field.name.as_deref() == Some(name));
        field.is_some_and(|field| field.direction == Some(Direction::Output))
    };
    let all = || demo.fields().map(|(name, value)| (name.as_str(), value));
    if demo.is_bootstrapped() { all().filter(|(name, _)| !is_output(name)).collect() } else { all().collect() }
}

/// A trainset, secrets masked as in the demos.
struct Table {
    columns: Vec<String>,
    /// Different rows with the number of their first appearance, from 1.
    rows: Vec<(usize, Vec<Json>)>,
}

impl Table {
    fn new(value: Unmasked<Json>, cx: &ReadCx) -> Option<Self> {
        let RawTable { columns, rows: data, .. } = RawTable::read(value).ok()?;
        let mut seen = HashSet::new();
        let mut rows = Vec::new();
        for (number, row) in (1..).zip(data) {
            let is_new = seen.insert(row.as_stored_for_structure().to_string());
            let Ok(cells) = row.into_items() else { continue };
            if is_new {
                let masked = |(name, cell): (&String, Unmasked<Json>)| cell.mask(name, cx.reveal());
                rows.push((number, columns.iter().zip(cells).map(masked).collect()));
            }
        }
        Some(Self { columns, rows })
    }

    fn find(&self, wanted: &[(&str, &Json)]) -> DemoOrigin {
        let place = |name: &str| self.columns.iter().position(|column| column == name);
        let shared: Vec<(usize, &Json)> =
            wanted.iter().filter_map(|(name, value)| Some((place(name)?, *value))).collect();
        if shared.is_empty() {
            return DemoOrigin::Unknown;
        }
        let fits =
            |cells: &[Json]| shared.iter().all(|(at, value)| cells.get(*at).is_some_and(|cell| same(cell, value)));
        // A nested compile writes the same example again, its numbers as text.
        let mut found: Vec<&(usize, Vec<Json>)> = Vec::new();
        for row in self.rows.iter().filter(|(_, cells)| fits(cells)) {
            let is_again = |(_, cells): &&(usize, Vec<Json>)| cells.iter().zip(&row.1).all(|(a, b)| same(a, b));
            if !found.iter().any(is_again) {
                found.push(row);
            }
        }
        match found.as_slice() {
            [] => DemoOrigin::Nowhere,
            [(number, _)] => DemoOrigin::Row(*number),
            _ => DemoOrigin::Rows(found.iter().map(|(number, _)| *number).collect()),
        }
    }
}

/// Whether two values are one: MLflow writes what is no text, number or list as text.
fn same(cell: &Json, value: &Json) -> bool {
    match (cell, value) {
        (Json::String(_), Json::String(_)) => cell == value,
        (Json::String(text), other) | (other, Json::String(text)) => {
            let written = other.to_string();
            *text == written
        }
        _ => cell == value,
    }
}

fn trainset(session: &mut Session<'_>, run: &RunId) -> Result<Option<Table>> {
    let stored = session.ask(&RunOf(run.clone()))?;
    let Some(stored) = stored.as_ref() else { return Ok(None) };
    let family = session.ask(&RelatedRuns { experiment: Some(stored.experiment_id.clone()), with_deleted: true })?;
    let mut at = Some(run.clone());
    for _ in 0..GENERATIONS {
        let Some(id) = at else { break };
        session.cx.check()?;
        if let Read::Good(decoded) = read_json(session, &id, TRAINSET)? {
            return Ok(Table::new(decoded.value, session.cx));
        }
        at = family.iter().find(|one| one.id == id).and_then(|one| one.parent_id.clone());
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;
    use serde_json::json;

    fn table() -> Table {
        let value = json!({"columns": ["question", "answer"], "data": [["a", "1"], ["b", "2"], ["a", "1"], ["a", "3"], ["b", 2]]});
        Table::new(Unmasked::new(value), &ReadCx::new()).expect("a table")
    }

    fn demo(value: Json) -> Demo {
        let Json::Object(values) = value else { panic!("an object") };
        Demo { values }
    }

    #[test]
    fn a_labelled_demo_is_found_by_all_of_its_values() {
        let origin = |value| table().find(&wanted(&Predictor::default(), &demo(value)));
        assert_eq!(origin(json!({"question": "b", "answer": "2"})), DemoOrigin::Row(2));
        assert_eq!(origin(json!({"question": "a", "answer": "1"})), DemoOrigin::Row(1), "the first of repeated rows");
        assert_eq!(origin(json!({"question": "a"})), DemoOrigin::Rows(vec![1, 4]));
        assert_eq!(origin(json!({"question": "b", "answer": 2})), DemoOrigin::Row(2), "numbers may be text");
        assert_eq!(origin(json!({"question": "c", "answer": "2"})), DemoOrigin::Nowhere);
        assert_eq!(origin(json!({"plan": "think"})), DemoOrigin::Unknown);
    }

    #[test]
    fn of_a_bootstrapped_demo_only_what_was_given_counts() {
        let field =
            |name: &str, direction| Field { name: Some(name.into()), direction: Some(direction), ..Field::default() };
        let fields = vec![field("question", Direction::Input), field("answer", Direction::Output)];
        let predictor = Predictor { fields, ..Predictor::default() };
        let made = demo(json!({"augmented": true, "question": "b", "answer": "two"}));
        assert_eq!(table().find(&wanted(&predictor, &made)), DemoOrigin::Row(2));
        assert_eq!(table().find(&wanted(&Predictor::default(), &made)), DemoOrigin::Nowhere);
    }
}
