//! The values that examples have in their fields, for menus.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::analysis::score_matrix::ScoreMatrix;
use crate::analysis::value_text::value_text;
use crate::words::natural;

/// No more values of a field are told.
const MOST_VALUES: usize = 200;
/// Longer texts are no names of anything.
const LONGEST_VALUE: usize = 200;
/// A field with more values parts examples into nothing.
const MOST_GROUPS: usize = 60;

/// A field of examples.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixField {
    /// Its name.
    pub name: String,
    /// How many different values it has.
    pub distinct: usize,
    /// Its values and how many examples have each, the most frequent first; the first [`MatrixField::MOST_VALUES`] of
    /// those that are short enough to be chosen from.
    pub values: Vec<(String, usize)>,
    /// Examples can be grouped by it: there are several values, and most of them repeat.
    pub parts_examples: bool,
}

impl MatrixField {
    /// No more values are told.
    pub const MOST_VALUES: usize = MOST_VALUES;
}

/// The fields of a matrix's examples, in the order in which examples have them.
pub fn fields(matrix: &ScoreMatrix) -> Vec<MatrixField> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut counted: Vec<(&str, HashMap<Cow<'_, str>, usize>)> = Vec::new();
    for (name, value) in matrix.examples.iter().flat_map(|one| &one.example) {
        let place = *places.entry(name).or_insert_with(|| {
            counted.push((name, HashMap::new()));
            counted.len() - 1
        });
        *counted[place].1.entry(value_text(value)).or_default() += 1;
    }
    counted.into_iter().map(|(name, values)| field(name, values)).collect()
}

fn field(name: &str, counted: HashMap<Cow<'_, str>, usize>) -> MatrixField {
    let (distinct, examples) = (counted.len(), counted.values().sum::<usize>());
    let is_short = counted.keys().all(|value| value.len() <= LONGEST_VALUE);
    let mut values: Vec<(Cow<'_, str>, usize)> =
        counted.into_iter().filter(|(value, _)| value.len() <= LONGEST_VALUE).collect();
    values.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| natural::compare(a, b)));
    values.truncate(MOST_VALUES);
    MatrixField {
        name: name.to_owned(),
        distinct,
        values: values.into_iter().map(|(value, count)| (value.into_owned(), count)).collect(),
        parts_examples: is_short && (2..=MOST_GROUPS).contains(&distinct) && distinct * 2 <= examples,
    }
}
