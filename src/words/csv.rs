//! Tables as text: TSV for the clipboard, CSV as RFC 4180 describes it for files.
//!
//! Both keep every character: a cell that holds the separator, a quote or a line break is quoted, which
//! spreadsheets read back in both.

use std::borrow::Cow;

/// What stands between cells, and at the end of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separated {
    /// Commas, and CR LF after each row.
    Csv,
    /// Tabs, and LF after each row.
    Tsv,
}

impl Separated {
    fn separator(self) -> char {
        match self {
            Self::Csv => ',',
            Self::Tsv => '\t',
        }
    }

    fn row_end(self) -> &'static str {
        match self {
            Self::Csv => "\r\n",
            Self::Tsv => "\n",
        }
    }

    fn must_quote(self, cell: &str) -> bool {
        match self {
            Self::Csv => cell.contains([',', '"', '\r', '\n']),
            // In a clipboard a quote within a cell is only a quote.
            Self::Tsv => cell.contains(['\t', '\r', '\n']) || cell.starts_with('"'),
        }
    }

    /// Writes one row behind what `out` holds. For a file: write, clear, and go on with the next row.
    pub fn push_row<'c>(self, out: &mut String, cells: impl IntoIterator<Item = Cow<'c, str>>) {
        let begin = out.len();
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                out.push(self.separator());
            }
            if self.must_quote(&cell) {
                out.push('"');
                out.push_str(&cell.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(&cell);
            }
        }
        // One empty cell would be an empty line, which readers skip.
        if out.len() == begin {
            out.push_str("\"\"");
        }
        out.push_str(self.row_end());
    }

    /// A whole table: the titles, then the cells of `rows`.
    pub fn table<'c>(
        self,
        titles: &[&str],
        rows: impl IntoIterator<Item = usize>,
        mut cell: impl FnMut(usize, usize) -> Cow<'c, str>,
    ) -> String {
        let mut out = String::new();
        self.push_row(&mut out, titles.iter().map(|title| Cow::Borrowed(*title)));
        for row in rows {
            self.push_row(&mut out, (0..titles.len()).map(|column| cell(row, column)));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Separated::{self, Csv, Tsv};

    fn row(kind: Separated, cells: &[&str]) -> String {
        let mut out = String::new();
        kind.push_row(&mut out, cells.iter().map(|cell| (*cell).into()));
        out
    }

    #[test]
    fn csv_quotes_what_it_must() {
        assert_eq!(row(Csv, &["a", "b c", "佐藤"]), "a,b c,佐藤\r\n");
        assert_eq!(row(Csv, &["a,b", "say \"hi\"", "two\nlines"]), "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n");
        assert_eq!(row(Csv, &[""]), "\"\"\r\n");
        assert_eq!(row(Csv, &["", ""]), ",\r\n");
        assert_eq!(row(Csv, &["\t", " x "]), "\t, x \r\n");
    }

    #[test]
    fn tsv_keeps_tabs_and_lines() {
        assert_eq!(row(Tsv, &["a,b", "say \"hi\""]), "a,b\tsay \"hi\"\n");
        assert_eq!(row(Tsv, &["a\tb", "1\n2", "\"q\""]), "\"a\tb\"\t\"1\n2\"\t\"\"\"q\"\"\"\n");
    }

    #[test]
    fn a_table_has_its_titles_first() {
        let table = Csv.table(&["n", "square"], 2..4, |row, column| {
            if column == 0 { row.to_string().into() } else { (row * row).to_string().into() }
        });
        assert_eq!(table, "n,square\r\n2,4\r\n3,9\r\n");
        assert_eq!(Tsv.table(&["x"], [7], |row, _| row.to_string().into()), "x\n7\n");
    }
}
