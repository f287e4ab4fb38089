//! The examples of an optimization over its evaluations: which row of which table is which example,
//! and what became of each between the first program and the last.

use std::collections::HashMap;

use super::canonical;
use super::example_key::ExampleKey;
use super::result_table::RightRule;
use crate::model::json::bytes_of;
use crate::model::program::Object;
use crate::model::result_table::ResultTable;

/// Examples by evaluations.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct ScoreMatrix {
    /// The examples, in the order of the largest table, then of their first appearance.
    pub examples: Vec<MatrixExample>,
    /// The fields by which examples are told apart: those that all tables have.
    pub shared_fields: Vec<String>,
    /// The tables, by their places, that share no field with the others: none of their rows is here.
    pub left_out: Vec<usize>,
    /// For each table, how many of its rows repeat an example that it has above.
    pub repeated: Vec<usize>,
}

/// One example.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixExample {
    /// Its fields, as the table that tells most of it has them.
    pub example: Object,
    /// Its score in each evaluation; `None` where it was not evaluated or has no score.
    pub scores: Vec<Option<f64>>,
    /// Its row in the table of each evaluation; `None` where it was not evaluated.
    pub rows: Vec<Option<u32>>,
}

impl ScoreMatrix {
    /// Joins tables by the fields that all of them have; one without rows, or `None`, is an empty column. An example
    /// that stands in a table several times is as many examples, joined in the order in which they stand.
    pub fn join(tables: &[Option<&ResultTable>]) -> Self {
        let with_rows = || tables.iter().enumerate().filter_map(|(at, table)| Some((at, (*table)?)));
        let mut in_order: Vec<(usize, &ResultTable)> =
            with_rows().filter(|(_, table)| !table.rows.is_empty()).collect();
        // The sort is stable: of equals the first leads.
        in_order.sort_by_key(|(_, table)| std::cmp::Reverse(table.rows.len()));
        let Some((_, largest)) = in_order.first() else { return Self::default() };
        let mut shared_fields = largest.example_fields.clone();
        let mut left_out = Vec::new();
        in_order.retain(|(at, table)| {
            let common: Vec<String> =
                shared_fields.iter().filter(|field| table.example_fields.contains(field)).cloned().collect();
            if common.is_empty() {
                left_out.push(*at);
                return false;
            }
            shared_fields = common;
            true
        });
        left_out.sort_unstable();
        // After the largest, in the order of evaluation.
        if let Some(rest) = in_order.get_mut(1..) {
            rest.sort_unstable_by_key(|(at, _)| *at);
        }
        let key = ExampleKey::new(&shared_fields);
        let mut examples: Vec<MatrixExample> = Vec::new();
        let mut places: HashMap<(Vec<u8>, u32), usize> = HashMap::new();
        let mut repeated = vec![0; tables.len()];
        for (at, table) in in_order {
            let mut met: HashMap<Vec<u8>, u32> = HashMap::new();
            for (row, number) in table.rows.iter().zip(0..) {
                let bytes = key.of(&row.example, canonical::bytes);
                let times = met.entry(bytes.clone()).or_default();
                let occurrence = *times;
                *times += 1;
                repeated[at] += usize::from(occurrence > 0);
                let place = *places.entry((bytes, occurrence)).or_insert_with(|| {
                    examples.push(MatrixExample {
                        example: Object::default(),
                        scores: vec![None; tables.len()],
                        rows: vec![None; tables.len()],
                    });
                    examples.len() - 1
                });
                let example = &mut examples[place];
                if row.example.len() > example.example.len() {
                    example.example = row.example.clone();
                }
                example.scores[at] = row.score;
                example.rows[at] = Some(number);
            }
        }
        Self { examples, shared_fields, left_out, repeated }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let of = |one: &MatrixExample| {
            let texts: usize = one.example.iter().map(|(name, value)| name.len() + bytes_of(value)).sum();
            texts + one.scores.len() * 24 + 100
        };
        self.examples.iter().map(of).sum()
    }
}

/// What became of an example, over full evaluations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ExampleClass {
    /// Wrong in the seed, right in the winner.
    Fixed,
    /// Right in the seed, wrong in the winner.
    Broken,
    /// One program gave different outcomes, or it changed and changed back.
    Unstable,
    /// Wrong everywhere.
    AlwaysWrong,
    /// Right everywhere.
    AlwaysRight,
}

impl ExampleClass {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Fixed, Self::Broken, Self::Unstable, Self::AlwaysWrong, Self::AlwaysRight];

    /// `fixed`, `broken`, `unstable`, `always wrong`, `always right`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::Broken => "broken",
            Self::Unstable => "unstable",
            Self::AlwaysWrong => "always wrong",
            Self::AlwaysRight => "always right",
        }
    }
}

/// Tells classes of examples by their scores in full evaluations.
pub struct Classifier {
    /// The columns of full evaluations, and the candidate of each.
    full: Vec<(usize, usize)>,
    /// The candidates that are the seed and the winner.
    ends: [Option<usize>; 2],
    /// Whether an example was right, by candidate.
    outcomes: Vec<Option<bool>>,
}

impl Classifier {
    /// By these columns, each with the number of the candidate that it evaluated; `ends` are the candidates that are
    /// the seed and the winner.
    pub fn new(full: impl IntoIterator<Item = (usize, usize)>, ends: [Option<usize>; 2]) -> Self {
        let full: Vec<(usize, usize)> = full.into_iter().collect();
        let candidates = full.iter().map(|(_, candidate)| candidate + 1).max().unwrap_or_default();
        Self { full, ends, outcomes: vec![None; candidates] }
    }

    /// The class of an example by its scores in all columns; `None` where no full evaluation scored it.
    pub fn class(&mut self, scores: &[Option<f64>], rule: RightRule) -> Option<ExampleClass> {
        self.outcomes.fill(None);
        let (mut known, mut right) = (0_usize, 0);
        for (column, candidate) in &self.full {
            let Some(score) = scores.get(*column).copied().flatten() else { continue };
            let is_right = rule.is_right(score);
            match self.outcomes.get_mut(*candidate) {
                Some(Some(before)) if *before != is_right => return Some(ExampleClass::Unstable),
                Some(first @ None) => {
                    *first = Some(is_right);
                    known += 1;
                    right += usize::from(is_right);
                }
                _ => {}
            }
        }
        if known == 0 {
            return None;
        }
        match self.ends.map(|candidate| self.outcomes.get(candidate?).copied().flatten()) {
            [Some(false), Some(true)] => Some(ExampleClass::Fixed),
            [Some(true), Some(false)] => Some(ExampleClass::Broken),
            _ if right == known => Some(ExampleClass::AlwaysRight),
            _ if right == 0 => Some(ExampleClass::AlwaysWrong),
            _ => Some(ExampleClass::Unstable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::result_table::ResultRow;
    use serde_json::json;

    fn table(fields: &[&str], rows: &[(&[&str], f64)]) -> ResultTable {
        let row = |(values, score): &(&[&str], f64)| ResultRow {
            example: fields.iter().zip(*values).map(|(field, value)| ((*field).to_owned(), json!(value))).collect(),
            score: Some(*score),
            ..ResultRow::default()
        };
        ResultTable {
            example_fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            rows: rows.iter().map(row).collect(),
            ..ResultTable::default()
        }
    }

    fn shown(matrix: &ScoreMatrix) -> Vec<String> {
        let cell = |(score, row): (&Option<f64>, &Option<u32>)| match (score, row) {
            (Some(score), Some(row)) => format!("{score}@{row}"),
            (None, Some(row)) => format!("?@{row}"),
            _ => ".".to_owned(),
        };
        let line = |one: &MatrixExample| {
            let cells: Vec<String> = one.scores.iter().zip(&one.rows).map(cell).collect();
            format!(
                "{} {}",
                one.example.values().filter_map(|value| value.as_str()).collect::<Vec<_>>().join("+"),
                cells.join(" ")
            )
        };
        matrix.examples.iter().map(line).collect()
    }

    #[test]
    fn equal_examples_stand_in_one_row_whatever_the_order_of_their_tables() {
        let mini = table(&["q", "a"], &[(&["two", "2"], 1.0), (&["new", "9"], 0.5)]);
        let full = table(&["q", "a"], &[(&["one", "1"], 0.0), (&["two", "2"], 0.0), (&["one", "1"], 1.0)]);
        let traced = table(&["q"], &[(&["one"], 1.0)]);
        let foreign = table(&["x"], &[(&["one"], 1.0)]);
        let matrix = ScoreMatrix::join(&[Some(&mini), None, Some(&full), Some(&traced), Some(&foreign)]);
        assert_eq!(matrix.shared_fields, ["q"]);
        assert_eq!(matrix.left_out, [4]);
        assert_eq!(matrix.repeated, [0, 0, 1, 0, 0]);
        // The second "one" is another example, and the trace is the first one's.
        assert_eq!(
            shown(&matrix),
            ["one+1 . . 0@0 1@0 .", "two+2 1@0 . 0@1 . .", "one+1 . . 1@2 . .", "new+9 0.5@1 . . . ."]
        );
        assert_eq!(ScoreMatrix::join(&[None, Some(&ResultTable::default())]), ScoreMatrix::default());
    }

    #[test]
    fn classes_follow_the_seed_and_the_winner() {
        use ExampleClass::{AlwaysRight, AlwaysWrong, Broken, Fixed, Unstable};
        let class = |outcomes: &[(usize, bool)], seed, winner| {
            let rule = RightRule { threshold: 1.0, is_binary: true };
            let full = outcomes.iter().enumerate().map(|(column, (candidate, _))| (column, *candidate));
            let scores: Vec<Option<f64>> =
                outcomes.iter().map(|(_, is_right)| Some(f64::from(u8::from(*is_right)))).collect();
            let mut classifier = Classifier::new(full, [seed, winner]);
            assert_eq!(classifier.class(&vec![None; scores.len()], rule), None, "no full evaluation scored it");
            classifier.class(&scores, rule)
        };
        assert_eq!(class(&[], Some(0), Some(1)), None);
        assert_eq!(class(&[(0, false), (1, true)], Some(0), Some(1)), Some(Fixed));
        assert_eq!(class(&[(0, true), (2, true), (1, false)], Some(0), Some(1)), Some(Broken));
        assert_eq!(class(&[(0, true), (2, false), (1, true)], Some(0), Some(1)), Some(Unstable));
        assert_eq!(class(&[(0, true), (0, false), (1, true)], Some(0), Some(1)), Some(Unstable), "one program");
        assert_eq!(class(&[(0, true), (1, true)], None, None), Some(AlwaysRight));
        assert_eq!(class(&[(0, false)], Some(0), Some(0)), Some(AlwaysWrong));
        assert_eq!(class(&[(0, false), (1, true)], None, Some(1)), Some(Unstable), "no seed is known");
    }
}
