//! Tables as text: CSV for files (RFC 4180, UTF-8 without a mark), TSV for the clipboard.
//!
//! Both keep every character. A text that begins with `=`, `+`, `-` or `@` stays one: who reads the file with a
//! program wants what the store says, not what keeps a spreadsheet from computing it.

use std::borrow::Cow;

use csv::{Terminator, Writer, WriterBuilder};

/// What stands between cells, and at the end of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separated {
    /// Commas, and CR LF after each row.
    Csv,
    /// Tabs, and LF after each row. In a clipboard a quote within a cell is only a quote.
    Tsv,
}

/// Rows that are written one after the other.
pub struct SeparatedRows(Rows);

enum Rows {
    Csv(Box<Writer<Vec<u8>>>),
    Tsv(String),
}

impl Separated {
    /// No rows yet.
    pub fn rows(self) -> SeparatedRows {
        let csv = || WriterBuilder::new().terminator(Terminator::CRLF).flexible(true).from_writer(Vec::new());
        SeparatedRows(match self {
            Self::Csv => Rows::Csv(Box::new(csv())),
            Self::Tsv => Rows::Tsv(String::new()),
        })
    }

    /// A whole table: the titles, then the cells of `rows`.
    pub fn table<'c>(
        self,
        titles: &[&str],
        rows: impl IntoIterator<Item = usize>,
        mut cell: impl FnMut(usize, usize) -> Cow<'c, str>,
    ) -> String {
        let mut out = self.rows();
        out.push(titles.iter().map(|title| Cow::Borrowed(*title)));
        for row in rows {
            out.push((0..titles.len()).map(|column| cell(row, column)));
        }
        out.finish()
    }
}

impl SeparatedRows {
    /// Writes one row more.
    pub fn push<'c>(&mut self, cells: impl IntoIterator<Item = Cow<'c, str>>) {
        match &mut self.0 {
            Rows::Csv(writer) => {
                let written = writer.write_record(cells.into_iter().map(Cell));
                debug_assert!(written.is_ok(), "memory takes every row: {written:?}");
            }
            Rows::Tsv(out) => push_tabbed(out, cells),
        }
    }

    /// The text of all rows.
    pub fn finish(self) -> String {
        match self.0 {
            Rows::Csv(writer) => {
                let bytes = writer.into_inner().unwrap_or_default();
                String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
            }
            Rows::Tsv(out) => out,
        }
    }
}

/// A cell as `csv` takes it.
struct Cell<'c>(Cow<'c, str>);

impl AsRef<[u8]> for Cell<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn push_tabbed<'c>(out: &mut String, cells: impl IntoIterator<Item = Cow<'c, str>>) {
    let begin = out.len();
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push('\t');
        }
        if cell.contains(['\t', '\r', '\n']) || cell.starts_with('"') {
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
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::Separated::{self, Csv, Tsv};

    fn row(kind: Separated, cells: &[&str]) -> String {
        let mut out = kind.rows();
        out.push(cells.iter().map(|cell| (*cell).into()));
        out.finish()
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

    #[test]
    fn a_hostile_table_reads_back_cell_by_cell() {
        let hostile = [
            "",
            " ",
            "plain",
            "a,b",
            "say \"hi\"",
            "\"",
            "\"\"",
            "two\nlines",
            "\r\n",
            "\r",
            "佐藤 🧮",
            "e\u{301}",
            "=1+1",
            "+1",
            "-1",
            "@x",
            "=HYPERLINK(\"http://x\",\"y\")",
            "\t",
            "\u{feff}",
            "\0",
            "'",
            ";",
            "#",
            "NaN",
            "007",
            "\u{202e}abc",
        ];
        let table = Csv.table(&hostile, 0..hostile.len(), |row, column| hostile[(row + column) % hostile.len()].into());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(table.as_bytes());
        let read: Vec<Vec<String>> =
            reader.records().map(|record| record.expect("a row").iter().map(str::to_owned).collect()).collect();
        assert_eq!(read.len(), hostile.len() + 1);
        assert_eq!(read[0], hostile);
        for (row, cells) in read[1..].iter().enumerate() {
            let wanted = (0..hostile.len()).map(|column| hostile[(row + column) % hostile.len()]);
            assert!(cells.iter().eq(wanted), "row {row}");
        }
        // Rows need not be of one length.
        let mut rows = Csv.rows();
        rows.push(["a".into()]);
        rows.push(["b".into(), "".into()]);
        assert_eq!(rows.finish(), "a\r\nb,\r\n");
    }
}
