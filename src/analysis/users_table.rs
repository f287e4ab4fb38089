//! A table that a user logged beside an evaluation, read as its examples: which column is a score, which an answer and
//! which belongs to the example is inferred from names and values.

mod columns;

use std::collections::{BTreeMap, BTreeSet};

use super::named_scores::judged;
use super::result_table::score;
use crate::model::dspy::tables::RawTable;
use crate::model::mlflow::prompts;
use crate::model::program::Object;
use crate::model::{Json, ResultRow, ResultTable, Reveal, Unmasked};
use columns::UsersColumn;

/// A table of a user's.
#[derive(Clone, Debug, PartialEq)]
pub struct UsersTable {
    /// Its examples; their score is that of [`Self::score`].
    pub table: ResultTable,
    /// The column whose score counts.
    pub score: String,
    /// Why it is taken for the score.
    pub rule: ScoreRule,
    /// The scores of these were words such as yes and no.
    pub from_words: Vec<String>,
    /// What is known to be inputs: the fields of an object of inputs.
    pub inputs: BTreeSet<String>,
    /// So many rows are not as long as the list of columns.
    pub odd: usize,
}

/// Why a column is taken for the score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreRule {
    /// It is the one that `mlflow.genai.optimize_prompts` calls so.
    Aggregate,
    /// By its name.
    Name,
    /// It is the only one that holds true and false alone.
    TruthValues,
}

impl ScoreRule {
    /// As the end of a sentence: `inferred from its name`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Aggregate => "which MLflow names so",
            Self::Name => "inferred from its name",
            Self::TruthValues => "inferred: no other column holds true and false alone",
        }
    }
}

/// Reads a table as the examples of an evaluation; `given` are the fields that the program is known to have been given,
/// as a trace tells. `None` if it is no table, or none of its columns is a score.
pub fn users_table(document: Unmasked<Json>, given: &BTreeSet<String>, reveal: Reveal) -> Option<UsersTable> {
    let RawTable { columns, rows, .. } = RawTable::read(document).ok()?;
    let mut odd = 0;
    let mut cells_of: Vec<Vec<Json>> = Vec::with_capacity(rows.len());
    for cells in rows {
        let cells = cells.into_items().unwrap_or_default();
        odd += usize::from(cells.len() != columns.len());
        cells_of.push(columns.iter().zip(cells).map(|(name, cell)| cell.mask(name, reveal)).collect());
    }
    let kinds = kinds(&columns, &cells_of, given);
    let (main, rule) = main_score(&columns, &kinds)?;
    let Kind::Score(score) = &kinds[main] else { return None };
    let mut found = UsersTable {
        score: score.clone(),
        rule,
        table: ResultTable::default(),
        from_words: Vec::new(),
        inputs: BTreeSet::new(),
        odd,
    };
    for (at, kind) in kinds.iter().enumerate() {
        if let Kind::Score(name) = kind {
            found.table.score_names.push(name.clone());
            let is_word = |cells: &Vec<Json>| cells.get(at).and_then(judged).is_some();
            if cells_of.iter().any(is_word) {
                found.from_words.push(name.clone());
            }
        }
    }
    found.table.score_names.sort_by_key(|name| *name != found.score);
    for cells in cells_of {
        let row = row(&columns, &kinds, cells, &mut found);
        found.table.rows.push(row);
    }
    let (example_fields, prediction_fields) = fields(&found.table);
    (found.table.example_fields, found.table.prediction_fields) = (example_fields, prediction_fields);
    let name = found.score.clone();
    found.table.count_by(&name);
    Some(found)
}

/// What a column is taken for.
enum Kind {
    Score(String),
    Feedback,
    Inputs,
    Expected,
    Prediction(String),
    Example(String),
    Other,
}

/// What stands in a column.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contents {
    /// Nothing.
    Empty,
    TruthValues,
    Numbers,
    /// Yes and no.
    Judged,
    Mixed,
}

fn values(cells_of: &[Vec<Json>], at: usize) -> Contents {
    let mut found = Contents::Empty;
    for cell in cells_of.iter().filter_map(|cells| cells.get(at)) {
        let kind = match cell {
            Json::Null => continue,
            Json::Bool(_) => Contents::TruthValues,
            Json::Number(_) => Contents::Numbers,
            // Python's writer has no other way to say it.
            Json::String(text) if matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity") => Contents::Numbers,
            cell if judged(cell).is_some() => Contents::Judged,
            _ => return Contents::Mixed,
        };
        found = match (found, kind) {
            (Contents::Empty, kind) => kind,
            (known, kind) if known == kind => known,
            (Contents::TruthValues | Contents::Numbers, Contents::TruthValues | Contents::Numbers) => Contents::Numbers,
            _ => return Contents::Mixed,
        };
    }
    found
}

fn kinds(columns: &[String], cells_of: &[Vec<Json>], given: &BTreeSet<String>) -> Vec<Kind> {
    // Behind the one that MLflow names stand those of its scorers.
    let scorers = columns.iter().position(|name| name == prompts::AGGREGATE);
    let told: Vec<(UsersColumn, Contents)> =
        columns.iter().enumerate().map(|(at, name)| (UsersColumn::of(name), values(cells_of, at))).collect();
    let is_score = |(kind, values): &(UsersColumn, Contents)| {
        matches!(kind, UsersColumn::Score(_)) && !matches!(values, Contents::Empty | Contents::Mixed)
    };
    let has_named = told.iter().any(is_score);
    let truths: Vec<usize> = (0..columns.len())
        .filter(|at| told[*at].1 == Contents::TruthValues && told[*at].0 == UsersColumn::Plain)
        .filter(|at| !given.contains(&columns[*at]))
        .collect();
    let only_truth = match truths.as_slice() {
        [one] if !has_named => Some(*one),
        _ => None,
    };
    let kind = |(at, (told, values)): (usize, (UsersColumn, Contents))| {
        let name = &columns[at];
        let is_of_scorer = scorers.is_some_and(|first| at >= first) && values != Contents::Mixed;
        match told {
            _ if given.contains(name) => Kind::Example(name.clone()),
            _ if is_of_scorer || only_truth == Some(at) => Kind::Score(name.clone()),
            UsersColumn::Score(short) if !matches!(values, Contents::Empty | Contents::Mixed) => Kind::Score(short),
            UsersColumn::Feedback => Kind::Feedback,
            UsersColumn::Inputs => Kind::Inputs,
            UsersColumn::Expected => Kind::Expected,
            UsersColumn::Prediction => Kind::Prediction(name.clone()),
            UsersColumn::PredictionField(field) => Kind::Prediction(field),
            UsersColumn::ExampleField(field) => Kind::Example(field),
            UsersColumn::Figure | UsersColumn::Score(_) => Kind::Other,
            // A number that no trace was given may be of the call; integers may be of the example.
            UsersColumn::Plain if values == Contents::Numbers && !(given.is_empty() && is_whole(cells_of, at)) => {
                Kind::Other
            }
            UsersColumn::Plain => Kind::Example(name.clone()),
        }
    };
    told.into_iter().enumerate().map(kind).collect()
}

fn is_whole(cells_of: &[Vec<Json>], at: usize) -> bool {
    cells_of.iter().filter_map(|cells| cells.get(at)).all(|cell| !cell.is_f64() && !cell.is_string())
}

/// The column whose score counts.
fn main_score(columns: &[String], kinds: &[Kind]) -> Option<(usize, ScoreRule)> {
    let scores = || kinds.iter().enumerate().filter(|(_, kind)| matches!(kind, Kind::Score(_))).map(|(at, _)| at);
    if let Some(at) = scores().find(|at| columns[*at] == prompts::AGGREGATE) {
        return Some((at, ScoreRule::Aggregate));
    }
    // The sort is stable: of equals the first leads.
    let mut in_order: Vec<usize> = scores().collect();
    in_order.sort_by_key(|at| UsersColumn::rank(&columns[*at]));
    let at = *in_order.first()?;
    let is_named = matches!(UsersColumn::of(&columns[at]), UsersColumn::Score(_));
    Some((at, if is_named { ScoreRule::Name } else { ScoreRule::TruthValues }))
}

fn row(columns: &[String], kinds: &[Kind], cells: Vec<Json>, found: &mut UsersTable) -> ResultRow {
    let mut row = ResultRow::default();
    let mut feedback: Vec<(&str, String)> = Vec::new();
    let put_all = |into: &mut Object, name: &str, cell: Json| -> Vec<String> {
        let Json::Object(fields) = cell else {
            into.insert(name.to_owned(), cell);
            return vec![name.to_owned()];
        };
        let names = fields.keys().cloned().collect();
        into.extend(fields);
        names
    };
    for ((column, kind), cell) in columns.iter().zip(kinds).zip(cells) {
        match kind {
            Kind::Score(name) => {
                if let Some(value) = score(&cell).or_else(|| judged(&cell)) {
                    row.scores.insert(name.clone(), value);
                }
                if *name == found.score {
                    row.stored_score = cell;
                } else {
                    row.other.insert(column.clone(), cell);
                }
            }
            Kind::Feedback => match cell {
                Json::String(text) if !text.trim().is_empty() => feedback.push((column, text)),
                _ => {}
            },
            Kind::Inputs => found.inputs.extend(put_all(&mut row.example, column, cell)),
            Kind::Expected => {
                put_all(&mut row.example, column, cell);
            }
            Kind::Prediction(name) => {
                put_all(&mut row.prediction, name, cell);
            }
            Kind::Example(name) => {
                row.example.insert(name.clone(), cell);
            }
            Kind::Other => {
                row.other.insert(column.clone(), cell);
            }
        }
    }
    row.feedback = spoken(feedback);
    row
}

/// What one said alone, or each in a line behind its name.
pub fn spoken(said: Vec<(&str, String)>) -> Option<String> {
    match said.len() {
        0 => None,
        1 => said.into_iter().next().map(|(_, text)| text),
        _ => Some(said.into_iter().map(|(name, text)| format!("{name}: {text}")).collect::<Vec<_>>().join("\n")),
    }
}

/// The fields of examples and predictions, in the order of their appearance.
fn fields(table: &ResultTable) -> (Vec<String>, Vec<String>) {
    let of = |object: fn(&ResultRow) -> &Object| {
        let mut places: BTreeMap<&String, usize> = BTreeMap::new();
        for name in table.rows.iter().flat_map(|row| object(row).keys()) {
            let next = places.len();
            places.entry(name).or_insert(next);
        }
        let mut names: Vec<(&String, usize)> = places.into_iter().collect();
        names.sort_by_key(|(_, place)| *place);
        names.into_iter().map(|(name, _)| name.clone()).collect()
    };
    (of(|row| &row.example), of(|row| &row.prediction))
}

#[cfg(test)]
mod tests;
