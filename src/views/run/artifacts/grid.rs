//! Rows and columns that were read from a file: `{columns, data}` as DSPy and MLflow write tables, or CSV.

use std::sync::Arc;

use crate::model::secret::is_secret_key;
use crate::model::{Json, Reveal, Unmasked};

/// More rows than this are not listed; the text of the file has them.
pub(super) const ROWS_MOST: usize = 500_000;
const COLUMNS_MOST: usize = 1_000;

/// What kind of value stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellKind {
    Text,
    Number,
    /// `null`, or no value at all.
    Missing,
}

/// One cell.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub text: Arc<str>,
    pub kind: CellKind,
}

/// A table.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    pub columns: Vec<String>,
    /// Row after row, as many cells each as there are columns.
    cells: Vec<Cell>,
    /// How many rows were left out.
    pub missing_rows: usize,
    /// Rows of a CSV that had another number of cells than there are columns.
    pub uneven_rows: usize,
}

impl Grid {
    /// `{"columns": […], "data": [[…]]}`, if it is that.
    pub fn of_json(value: &Json) -> Option<Self> {
        let object = value.as_object().filter(|object| object.len() <= 4)?;
        let columns = object.get("columns")?.as_array()?;
        let data = object.get("data")?.as_array()?;
        if columns.is_empty() || columns.len() > COLUMNS_MOST {
            return None;
        }
        let is_even = data.iter().all(|row| row.as_array().is_some_and(|row| row.len() == columns.len()));
        if !is_even {
            return None;
        }
        let mut grid = Self {
            columns: columns.iter().map(|name| cell_text(name).to_string()).collect(),
            missing_rows: data.len().saturating_sub(ROWS_MOST),
            ..Self::default()
        };
        for cell in data.iter().take(ROWS_MOST).filter_map(Json::as_array).flatten() {
            let kind = match cell {
                Json::Null => CellKind::Missing,
                Json::Number(_) => CellKind::Number,
                _ => CellKind::Text,
            };
            grid.cells.push(Cell { text: cell_text(cell), kind });
        }
        Some(grid)
    }

    /// CSV or TSV whose first row names the columns. Of a file that is cut, the last row is left out.
    /// Its cells have names now, by which they are masked.
    pub fn separated(text: &str, separator: u8, is_cut: bool, reveal: Reveal) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let head = records.next()?.ok()?;
        if head.len() > COLUMNS_MOST || (head.len() == 1 && head.get(0).is_some_and(str::is_empty)) {
            return None;
        }
        let mut grid = Self { columns: head.iter().map(str::to_owned).collect(), ..Self::default() };
        let is_secret: Vec<bool> = grid.columns.iter().map(|name| is_secret_key(name)).collect();
        let mut rows = records.flatten().peekable();
        let mut count = 0;
        while let Some(row) = rows.next() {
            if is_cut && rows.peek().is_none() {
                break;
            }
            if count >= ROWS_MOST {
                grid.missing_rows += 1;
                continue;
            }
            count += 1;
            grid.uneven_rows += usize::from(row.len() != grid.columns.len());
            for (column, is_secret) in is_secret.iter().enumerate() {
                let cell = row.get(column).unwrap_or_default();
                let kind = match cell {
                    "" => CellKind::Missing,
                    cell if cell.trim().parse::<f64>().is_ok() => CellKind::Number,
                    _ => CellKind::Text,
                };
                let text = Unmasked::new(cell).shown_under(*is_secret, reveal);
                grid.cells.push(Cell { text: text.as_str().into(), kind });
            }
        }
        Some(grid)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.cells.len() / self.columns.len().max(1)
    }

    /// A cell.
    pub fn cell(&self, row: usize, column: usize) -> Option<&Cell> {
        if column >= self.columns.len() {
            return None;
        }
        self.cells.get(row * self.columns.len() + column)
    }

    /// Whether most of what stands in a column is numbers.
    pub fn is_numeric(&self, column: usize) -> bool {
        let count = |kind| {
            (0..self.rows().min(50)).filter(|row| self.cell(*row, column).is_some_and(|cell| cell.kind == kind)).count()
        };
        count(CellKind::Number) > 0 && count(CellKind::Text) == 0
    }

    /// How many characters the column's title and first cells have, at most `most`.
    pub fn width_of(&self, column: usize, most: usize) -> usize {
        let title = self.columns.get(column).map_or(0, |title| title.chars().take(most).count());
        let cells = (0..self.rows().min(30)).filter_map(|row| self.cell(row, column));
        cells.map(|cell| cell.text.chars().take(most).count()).fold(title, usize::max)
    }

    /// A row as one reads it, and which bytes of it are the names of columns.
    pub fn row_text(&self, row: usize) -> (String, Vec<std::ops::Range<usize>>) {
        let (mut text, mut keys) = (String::new(), Vec::new());
        for (column, name) in self.columns.iter().enumerate() {
            let Some(cell) = self.cell(row, column) else { continue };
            let name = name.replace(['\n', '\r'], " ");
            keys.push(text.len()..text.len() + name.len());
            text.push_str(&name);
            let is_long = cell.text.len() > 72 || cell.text.contains('\n');
            text.push_str(if is_long { "\n" } else { "  " });
            text.push_str(if cell.kind == CellKind::Missing { "–" } else { &cell.text });
            text.push_str(if is_long { "\n\n" } else { "\n" });
        }
        (text.trim_end().to_owned(), keys)
    }

    /// About how many bytes this keeps.
    pub fn bytes(&self) -> usize {
        self.cells.iter().map(|cell| size_of::<Cell>() + 16 + cell.text.len()).sum()
    }
}

/// A value of a cell as one reads it: a text as it is, anything else as JSON.
fn cell_text(value: &Json) -> Arc<str> {
    match value {
        Json::String(text) => text.as_str().into(),
        Json::Null => "".into(),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::MASK;
    use serde_json::json;

    #[test]
    fn tables_are_read_as_mlflow_writes_them() {
        let value = json!({"columns": ["score", "example_q"], "data": [[1.0, "a"], [null, {"x": 1}]]});
        let grid = Grid::of_json(&value).expect("a table");
        assert_eq!((grid.rows(), grid.is_numeric(0), grid.is_numeric(1)), (2, true, false));
        assert_eq!(grid.cell(1, 1).map(|cell| &*cell.text), Some(r#"{"x":1}"#));
        assert_eq!(grid.cell(1, 0).map(|cell| cell.kind), Some(CellKind::Missing));
        assert!(grid.cell(0, 2).is_none() && grid.cell(2, 0).is_none());
        let (text, keys) = grid.row_text(1);
        assert_eq!(text, "score  –\nexample_q  {\"x\":1}");
        assert_eq!(keys.len(), 2);
        assert!(Grid::of_json(&json!({"columns": [], "data": []})).is_none());
    }

    #[test]
    fn csv_keeps_quotes_and_says_what_is_uneven() {
        let secret = Grid::separated("a,api_key\n1,abcd\n", b',', false, Reveal::Masked).expect("a table");
        assert_eq!(secret.cell(0, 1).map(|cell| &*cell.text), Some(MASK), "by the name of its column");
        let separated = |text, separator, is_cut| Grid::separated(text, separator, is_cut, Reveal::Masked);
        let grid = separated("a,b\n\"x,\n1\",2\nonly\n", b',', false).expect("a table");
        assert_eq!((grid.rows(), grid.uneven_rows), (2, 1));
        assert_eq!(grid.cell(0, 0).map(|cell| &*cell.text), Some("x,\n1"));
        assert_eq!(grid.cell(1, 1).map(|cell| cell.kind), Some(CellKind::Missing));
        let cut = separated("a\n1\n2\n3", b',', true).expect("a table");
        assert_eq!(cut.rows(), 2);
        assert!(separated("", b',', false).is_none());
    }
}
