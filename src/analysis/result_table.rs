//! Reading `result_table.json`, and joining two of them by their examples.

use std::collections::{HashMap, HashSet, VecDeque};

use super::canonical;
use super::example_key::ExampleKey;
use super::value_text::value_text;
use crate::model::dspy::tables::{NoTable, RawTable};
use crate::model::program::Object;
use crate::model::result_table::{ResultRow, ResultTable, SCORE_COLUMN};
use crate::model::{Json, Reveal, Unmasked};
use crate::words;

/// Reads a table, which comes as stored and is masked here; beside it, what is wrong with the file, as sentences.
///
/// # Errors
/// Why it is no table, as the end of a sentence.
pub fn table_from_json(document: Unmasked<Json>, reveal: Reveal) -> Result<(ResultTable, Vec<String>), String> {
    let raw = RawTable::read(document).map_err(|why| {
        let why = match why {
            NoTable::NoObject => "holds no table: it is no object",
            NoTable::NoLists => "holds no table: it needs the lists `columns` and `data`",
        };
        why.to_owned()
    })?;
    Ok(table_of(raw, reveal))
}

/// The table that some rows make, masked here; beside it, what is wrong with the file, as sentences.
pub fn table_of(raw: RawTable, reveal: Reveal) -> (ResultTable, Vec<String>) {
    let columns: Vec<Column> = raw.columns.into_iter().map(Column::read).collect();
    let mut table = ResultTable::default();
    for column in &columns {
        match column {
            Column::Example(name) => table.example_fields.push(name.clone()),
            Column::Prediction(name) => table.prediction_fields.push(name.clone()),
            Column::Score | Column::Other(_) => {}
        }
    }
    let mut odd = 0_usize;
    for cells in raw.rows {
        let Ok(cells) = cells.into_items() else {
            odd += 1;
            continue;
        };
        odd += usize::from(cells.len() != columns.len());
        table.rows.push(row(&columns, cells, reveal));
    }
    let mut problems = Vec::new();
    if raw.is_cut {
        problems.push(format!("ends in the middle: {} before are whole, the rest is lost", counted(table.rows.len())));
    }
    if odd > 0 {
        problems.push(format!("has rows that are not as long as its list of columns: {odd}"));
    }
    table.notes.clone_from(&problems);
    if columns.contains(&Column::Score) {
        note_scores(&mut table);
    } else {
        table.notes.push("has no column `score`".to_owned());
        problems.push("has no column `score`".to_owned());
    }
    (table, problems)
}

fn counted(rows: usize) -> String {
    words::counted(rows, "row")
}

/// Notes which scores are none.
fn note_scores(table: &mut ResultTable) {
    let without = || table.rows.iter().filter(|row| row.score.is_none());
    let empty = without().filter(|row| row.stored_score.is_null()).count();
    let mut others = without().filter(|row| !row.stored_score.is_null());
    let mut notes = Vec::new();
    if empty > 0 {
        notes.push(format!("has no score in {}", counted(empty)));
    }
    if let Some(first) = others.next() {
        let example = words::one_line(&value_text(&first.stored_score), LONGEST_EXAMPLE).into_owned();
        let what = format!("has something else than a number for a score in {}", counted(others.count() + 1));
        notes.push(format!("{what}, such as “{example}”"));
    }
    table.notes.extend(notes);
}

/// A longer value is no example of anything.
const LONGEST_EXAMPLE: usize = 40;

/// What a column holds, by its name.
#[derive(PartialEq)]
enum Column {
    Score,
    Example(String),
    Prediction(String),
    Other(String),
}

impl Column {
    fn read(name: String) -> Self {
        if name == SCORE_COLUMN {
            Self::Score
        } else if let Some(field) = name.strip_prefix("example_") {
            Self::Example(field.to_owned())
        } else if let Some(field) = name.strip_prefix("pred_") {
            Self::Prediction(field.to_owned())
        } else {
            Self::Other(name)
        }
    }
}

fn row(columns: &[Column], cells: Vec<Unmasked<Json>>, reveal: Reveal) -> ResultRow {
    let mut row = ResultRow::default();
    for (column, cell) in columns.iter().zip(cells) {
        let put = |object: &mut Object, name: &str, cell: Unmasked<Json>| {
            object.insert(name.to_owned(), cell.mask(name, reveal));
        };
        match column {
            Column::Score => {
                row.score = score(cell.as_stored_for_structure());
                let cell = cell.mask("score", reveal);
                row.feedback = cell.get("feedback").and_then(Json::as_str).map(str::to_owned);
                row.stored_score = cell;
            }
            Column::Example(name) => put(&mut row.example, name, cell),
            Column::Prediction(name) => put(&mut row.prediction, name, cell),
            Column::Other(name) => put(&mut row.other, name, cell),
        }
    }
    row
}

/// A score as a number: true is 1, GEPA's `{score, feedback}` is its score.
pub fn score(cell: &Json) -> Option<f64> {
    match cell {
        Json::Bool(is_right) => Some(f64::from(u8::from(*is_right))),
        Json::Number(number) => number.as_f64().filter(|score| score.is_finite()),
        Json::Object(parts) => parts.get("score").filter(|inner| !inner.is_object()).and_then(score),
        _ => None,
    }
}

/// From which score on an example counts as right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RightRule {
    /// At or above it.
    pub threshold: f64,
    /// Every score is 0 or 1; otherwise the threshold is half of the observed range.
    pub is_binary: bool,
}

impl RightRule {
    /// Whether a score counts as right.
    pub fn is_right(self, score: f64) -> bool {
        score >= self.threshold
    }
}

/// Pairs the rows of two tables that evaluate the same example. Examples are the same if all
/// fields that both tables have are equal; if one stands in a table several times, its rows
/// are paired in their order. Pairs come in the order of `a`.
pub fn join_examples(a: &ResultTable, b: &ResultTable) -> Vec<(usize, usize)> {
    let fields: HashSet<&String> = b.example_fields.iter().collect();
    let shared = ExampleKey::new(a.example_fields.iter().filter(|field| fields.contains(field)));
    if shared.is_empty() {
        return Vec::new();
    }
    let key = |row: &ResultRow| shared.of(&row.example, canonical::bytes);
    let mut waiting: HashMap<Vec<u8>, VecDeque<usize>> = HashMap::new();
    for (at, row) in b.rows.iter().enumerate() {
        waiting.entry(key(row)).or_default().push_back(at);
    }
    let pair = |(at, row)| Some((at, waiting.get_mut(&key(row))?.pop_front()?));
    a.rows.iter().enumerate().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn table(columns: Json, data: Json) -> ResultTable {
        table_from_json(Unmasked::new(json!({"columns": columns, "data": data})), Reveal::Masked).expect("a table").0
    }

    #[test]
    fn scores_of_every_kind() {
        let read = table(
            json!(["score", "example_q", "pred_a", "note"]),
            json!([
                [true, 1, 2, 3],
                [0.25, 1, 2, 3],
                [null, 1, 2, 3],
                [{"score": 1.0, "feedback": "good"}, 1, 2, 3],
                [{"score": false}, 1, 2, 3],
                ["NaN", 1, 2, 3],
                [{"score": {"score": 1}}, 1, 2, 3],
            ]),
        );
        let scores: Vec<_> = read.rows.iter().map(|row| row.score).collect();
        assert_eq!(scores, [Some(1.0), Some(0.25), None, Some(1.0), Some(0.0), None, None]);
        assert_eq!(read.rows[3].feedback.as_deref(), Some("good"));
        assert_eq!((&*read.example_fields, &*read.prediction_fields), (&["q".to_owned()][..], &["a".to_owned()][..]));
        assert_eq!(read.rows[0].other["note"], 3);
        let told = ["has no score in 1 row", "has something else than a number for a score in 2 rows, such as “NaN”"];
        assert_eq!(read.notes, told);
    }

    #[test]
    fn damaged_tables() {
        for document in [json!([]), json!({"columns": []}), json!({"columns": "x", "data": []}), json!(null)] {
            assert!(table_from_json(Unmasked::new(document), Reveal::Masked).is_err());
        }
        let document = json!({"columns": ["example_q", 7], "data": [[1, 2, 3], [1], "x", []]});
        let (read, problems) = table_from_json(Unmasked::new(document), Reveal::Masked).expect("a table");
        assert_eq!((read.rows.len(), problems.len(), &read.notes), (3, 2, &problems));
        let (read, _) = table_from_json(
            Unmasked::new(json!({"columns": ["example_api_key", "score"], "data": [["abc", 1]]})),
            Reveal::Masked,
        )
        .expect("a table");
        assert_eq!(read.rows[0].example["api_key"], json!({"masked": true}));
    }

    #[test]
    fn rows_join_by_their_examples() {
        let a = table(
            json!(["score", "example_q", "example_a"]),
            json!([[1, "x", 1], [0, "y", 2], [1, "x", 1], [1, "z", 3]]),
        );
        let b = table(
            json!(["example_a", "score", "example_q", "example_more"]),
            json!([[2.0, 1, "y", 0], [1, 0, "x", 0], [1, 1, "x", 0], [1, 1, "x", 0], [4, 1, "z", 0]]),
        );
        assert_eq!(join_examples(&a, &b), [(0, 1), (1, 0), (2, 2)]);
        let other = table(json!(["score", "example_text"]), json!([[1, "x"]]));
        assert_eq!(join_examples(&a, &other), []);
    }
}
