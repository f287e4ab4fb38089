//! The one form in which MLflow and GEPA write tables: `{"columns": […], "data": [[…]]}`
//! (`mlflow.log_table`, MLflow 2.21 – 3.18).

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::model::json_beginning::decode_cut;
use crate::model::{Json, Unmasked};

/// A table as it stands in its file: nothing is masked, and rows may be anything.
#[derive(Debug, PartialEq, Default)]
pub struct RawTable {
    /// The names of the columns; what is no text is written as JSON.
    pub columns: Vec<String>,
    /// The rows: lists of cells, where nothing is odd.
    pub rows: Vec<Unmasked<Json>>,
    /// The file ends in the middle: these are the rows before.
    pub is_cut: bool,
}

/// Why a document is no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTable {
    /// It is no object.
    NoObject,
    /// It lacks the lists.
    NoLists,
}

impl RawTable {
    /// Reads a document.
    ///
    /// # Errors
    /// Why it is no table.
    pub fn read(document: Unmasked<Json>) -> Result<Self, NoTable> {
        let Json::Object(mut document) = document.into_stored_to_take_apart() else { return Err(NoTable::NoObject) };
        let (Some(Json::Array(columns)), Some(Json::Array(rows))) =
            (document.remove("columns"), document.remove("data"))
        else {
            return Err(NoTable::NoLists);
        };
        let name = |column: Json| if let Json::String(name) = column { name } else { column.to_string() };
        let rows = rows.into_iter().map(Unmasked::new).collect();
        Ok(Self { columns: columns.into_iter().map(name).collect(), rows, is_cut: false })
    }

    /// Reads the rows of a file that ends in the middle, by its text, but for the row in which it ends; `None` if it
    /// is no beginning of a table.
    pub fn read_cut(text: &Unmasked<Json>) -> Option<Self> {
        /// The brackets of the document and of its rows: between two rows nothing else is open.
        const BETWEEN_ROWS: usize = 2;
        let (document, depth) = decode_cut(text.as_stored_for_structure().as_str()?)?;
        let mut read = Self::read(document).ok()?;
        if depth > BETWEEN_ROWS {
            read.rows.pop();
        }
        Some(Self { is_cut: true, ..read })
    }
}

/// The rows of a table, or of a plain list as some files of examples are.
pub fn rows_of(document: &Unmasked<Json>) -> Option<&Vec<Json>> {
    let document = document.as_stored_for_structure();
    document.get("data").unwrap_or(document).as_array()
}

/// How many rows the bytes of a table hold, without keeping them; `None` if it is none.
pub fn count_rows(bytes: &Unmasked<Vec<u8>>) -> Option<u64> {
    #[derive(Deserialize)]
    struct Counted {
        data: Vec<IgnoredAny>,
    }
    if let Ok(table) = serde_json::from_slice::<Counted>(bytes.as_stored_for_structure()) {
        return Some(table.data.len() as u64);
    }
    // Something that Python writes and the standard forbids, or damage.
    rows_of(&bytes.decode().value).map(|rows| rows.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tables_are_read_as_they_stand() {
        let read =
            RawTable::read(Unmasked::new(json!({"columns": ["a", 7], "data": [[1, 2], "odd"]}))).expect("a table");
        assert_eq!(read.columns, ["a", "7"]);
        assert_eq!(read.rows, [json!([1, 2]), json!("odd")].map(Unmasked::new));
        assert_eq!(RawTable::read(Unmasked::new(json!([1]))), Err(NoTable::NoObject));
        for document in [json!({}), json!({"columns": []}), json!({"columns": "x", "data": []})] {
            assert_eq!(RawTable::read(Unmasked::new(document)), Err(NoTable::NoLists));
        }
    }

    #[test]
    fn a_file_that_ends_in_the_middle_keeps_its_whole_rows() {
        let whole = r#"{"columns": ["score", "q"], "data": [[1.0, "a]"], [0.5, "b"], [1, "c"]]}"#;
        let rows = |text: &str| RawTable::read_cut(&Unmasked::new(Json::from(text))).map(|read| read.rows.len());
        let data = whole.find("[[").expect("the rows");
        for end in 0..whole.len() {
            let text = &whole[..end];
            let ended = text.get(data..).map(|rows| rows.matches("\"]").count());
            assert_eq!(rows(text), (end > data).then_some(ended.unwrap_or_default()), "{text}");
        }
    }

    #[test]
    fn rows_are_counted_in_whatever_holds_them() {
        let count_rows = |bytes: &[u8]| count_rows(&Unmasked::new(bytes.to_vec()));
        assert_eq!(count_rows(br#"{"columns": ["a"], "data": [[1], [2]]}"#), Some(2));
        assert_eq!(count_rows(br#"{"data": [[NaN]]}"#), Some(1), "Python's NaN");
        assert_eq!(count_rows(b"[1, 2, 3]"), Some(3));
        assert_eq!((count_rows(b"{}"), count_rows(b"7"), count_rows(b"")), (None, None, None));
    }
}
