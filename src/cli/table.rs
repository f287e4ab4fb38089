//! Aligned columns for people.

use std::io::{self, Write};

use super::style::{Color, Style};
use super::words;

/// Which side a column's text stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    /// Numbers.
    Right,
    /// Left, and cut first where a terminal is too narrow.
    LeftCut,
}

/// A table: a header line and rows. Cells are cleaned on the way in.
pub(super) struct Table {
    header: Vec<(String, Side)>,
    rows: Vec<Line>,
}

enum Line {
    Cells(Vec<Cell>),
    /// A line across all columns.
    Note(String),
}

#[derive(Default)]
struct Cell {
    text: String,
    /// A mark behind the text that stays when the text is cut.
    mark: String,
    color: Option<Color>,
}

impl Cell {
    fn width(&self) -> usize {
        words::width(&self.text) + words::width(&self.mark)
    }

    /// The text in at most so many cells, with its mark if there is room for both.
    fn cut(&self, cells: usize) -> String {
        match cells.checked_sub(words::width(&self.mark)) {
            Some(room) if room > 1 => words::cut(&self.text, room) + &self.mark,
            _ => words::cut(&format!("{}{}", self.text, self.mark), cells),
        }
    }
}

/// Between two columns.
const GAP: usize = 2;

/// A column that is cut keeps at least this much.
const NARROWEST: usize = 12;

impl Table {
    pub(super) fn new(header: &[(&str, Side)]) -> Self {
        Self { header: header.iter().map(|(name, side)| ((*name).to_owned(), *side)).collect(), rows: Vec::new() }
    }

    /// Adds a row of as many cells as there are columns.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.row_with(cells, None);
    }

    /// Adds a row of which one cell says how something stands.
    pub(super) fn row_with(&mut self, cells: Vec<String>, status: Option<usize>) {
        let cell = |(at, text): (usize, String)| {
            let color = if status == Some(at) { Color::of_status(&text) } else { None };
            Cell { text: words::clean(&text), mark: String::new(), color }
        };
        self.rows.push(Line::Cells(cells.into_iter().enumerate().map(cell).collect()));
    }

    /// Puts a mark behind the first cell of the last row.
    pub(super) fn mark(&mut self, mark: &str) {
        if let Some(Line::Cells(cells)) = self.rows.last_mut()
            && let Some(first) = cells.first_mut()
        {
            first.mark.push_str(&words::clean(mark));
        }
    }

    /// Adds a line that belongs to the row before it and to no column.
    pub(super) fn note(&mut self, text: &str) {
        self.rows.push(Line::Note(words::clean(text)));
    }

    /// The widths of the columns, made to fit the terminal as far as possible.
    fn widths(&self, style: Style) -> Vec<usize> {
        let mut widths: Vec<usize> = self.header.iter().map(|(name, _)| words::width(name)).collect();
        for row in &self.rows {
            let Line::Cells(cells) = row else { continue };
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = cell.width().max(*width);
            }
        }
        let Some(available) = style.width else { return widths };
        let mut excess =
            (widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)).saturating_sub(available);
        while excess > 0 {
            let sides = self.header.iter().map(|(_, side)| *side);
            let widest =
                widths.iter_mut().zip(sides).filter(|(_, side)| *side == Side::LeftCut).map(|(width, _)| width);
            match widest.filter(|width| **width > NARROWEST).max() {
                Some(width) => *width -= 1,
                None => break,
            }
            excess -= 1;
        }
        widths
    }

    /// Prints the header and all rows.
    pub(super) fn print(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let widths = self.widths(style);
        let header = self.header.iter().map(|(name, _)| Cell { text: name.clone(), ..Cell::default() });
        let header: Vec<Cell> = header.collect();
        self.print_cells(&header, &widths, style, out)?;
        for row in &self.rows {
            match row {
                Line::Cells(cells) => self.print_cells(cells, &widths, style, out)?,
                Line::Note(text) => {
                    writeln!(out, "{}", style.width.map_or_else(|| text.clone(), |width| words::cut(text, width)))?;
                }
            }
        }
        Ok(())
    }

    fn print_cells(&self, cells: &[Cell], widths: &[usize], style: Style, out: &mut dyn Write) -> io::Result<()> {
        let mut line = String::new();
        let mut owed = 0; // blanks that are only written if something follows
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            let side = self.header.get(at).map_or(Side::Left, |(_, side)| *side);
            let text = if side == Side::LeftCut { cell.cut(*width) } else { format!("{}{}", cell.text, cell.mark) };
            let pad = width.saturating_sub(words::width(&text));
            if side == Side::Right {
                owed += pad;
            }
            if !text.is_empty() {
                line.extend(std::iter::repeat_n(' ', owed));
                owed = 0;
                match cell.color {
                    Some(color) if style.has_color => line.push_str(&color.paint(&text)),
                    _ => line.push_str(&text),
                }
            }
            owed += GAP + if side == Side::Right { 0 } else { pad };
        }
        writeln!(out, "{line}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(table: &Table, style: Style) -> String {
        let mut out = Vec::new();
        table.print(style, &mut out).expect("memory");
        String::from_utf8(out).expect("text")
    }

    fn table() -> Table {
        let mut table = Table::new(&[("Name", Side::LeftCut), ("Status", Side::Left), ("Runs", Side::Right)]);
        table.row_with(vec!["漢字 and more words".into(), "OK".into(), "1,234".into()], Some(1));
        table.mark(" (kept)");
        table.note("  a note");
        table.row(vec!["b\n\u{1b}[31m".into(), String::new(), "7".into()]);
        table
    }

    #[test]
    fn aligned_by_cells_and_never_cut_when_piped() {
        let wanted = "\
Name                        Status   Runs
漢字 and more words (kept)  OK      1,234
  a note
b [31m                                  7
";
        assert_eq!(printed(&table(), Style::default()), wanted);
    }

    #[test]
    fn cut_and_coloured_on_a_terminal() {
        let style = Style { width: Some(28), has_color: true, is_utc: false };
        let wanted = "\
Name           Status   Runs
漢字… (kept)   \u{1b}[32mOK\u{1b}[0m      1,234
  a note
b [31m                     7
";
        assert_eq!(printed(&table(), style), wanted);
    }
}
