//! Rows of the table as text for the clipboard and for files, written on a worker.

use std::borrow::Cow;
use std::sync::Arc;

use super::lines::Shown;
use crate::loader::{DerivedKey, Lane, Slot, unique_id};
use crate::model::secret::MASK;
use crate::query::table::{Cell, RunAttribute, RunColumn, cell};
use crate::state::{Action, FileToSave, NoticeText};
use crate::views::scene::Scene;
use crate::views::time::moment_iso;
use crate::words::{self, csv::Separated};

/// Text that is being written.
pub(super) struct Export {
    key: DerivedKey,
    kind: Separated,
    shown: Shown,
    columns: Arc<[RunColumn]>,
    /// Lines of the table; all of them if there are none.
    lines: Arc<[usize]>,
    name: String,
}

impl Export {
    /// Begins to write these lines of what is shown, all if there are none, in these columns and
    /// with the id of each run.
    pub fn new(kind: Separated, shown: Shown, columns: &[RunColumn], lines: Vec<usize>, name: &str) -> Self {
        let mut columns = columns.to_vec();
        let id = RunColumn::Attribute(RunAttribute::Id);
        if !columns.contains(&id) {
            columns.push(id);
        }
        let key = DerivedKey { what: "runs as text", source: unique_id(), variant: 0 };
        let name = format!("{}-runs.csv", file_name(name));
        Self { key, kind, shown, columns: columns.into(), lines: lines.into(), name }
    }

    /// Goes on; hands the text over once it is there and says whether it is done.
    pub fn poll(&self, scene: &mut Scene<'_>) -> bool {
        let (kind, shown) = (self.kind, self.shown.clone());
        let (columns, lines) = (Arc::clone(&self.columns), Arc::clone(&self.lines));
        let slot = scene.loader.derive(self.key, Lane::Selection, move || {
            let text = text(kind, &shown, &columns, &lines);
            let bytes = text.len();
            (text, bytes)
        });
        match slot {
            Slot::Ready { value, .. } => {
                scene.act(match self.kind {
                    Separated::Tsv => Action::Copy(value.as_ref().clone()),
                    Separated::Csv => Action::Save(FileToSave::new(&self.name, value.as_bytes())),
                });
                true
            }
            Slot::Failed { error, .. } => {
                scene.act(Action::Notify(NoticeText::failed("The runs could not be written", error.to_string())));
                true
            }
            _ => false,
        }
    }
}

/// A name that every system takes.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = name.chars().take(60).map(plain).collect();
    let name = name.trim_matches(['.', '-']);
    if name.is_empty() { "experiment".to_owned() } else { name.to_owned() }
}

fn text(kind: Separated, shown: &Shown, columns: &[RunColumn], lines: &[usize]) -> String {
    let mut out = kind.rows();
    let titles = columns.iter().map(|column| {
        let title = column.to_text();
        title.strip_prefix("attributes.").map(str::to_owned).unwrap_or(title).into()
    });
    out.push(titles);
    let all = 0..if lines.is_empty() { shown.lines.lines.len() } else { 0 };
    for line in lines.iter().copied().chain(all) {
        let Some(line) = shown.lines.lines.get(line) else { continue };
        // Parents that only show where their children belong were not asked for.
        if lines.is_empty() && !line.is_match {
            continue;
        }
        let Some(row) = shown.source.runs.table.rows.get(line.row) else { continue };
        out.push(columns.iter().map(|column| exact(cell(row, &shown.source.traces, column), column)));
    }
    out.finish()
}

/// A value as other programs read it: all its digits, times in UTC, nothing where nothing is known.
fn exact<'a>(cell: Cell<'a>, column: &RunColumn) -> Cow<'a, str> {
    match cell {
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Number(number) => words::for_programs(number).into(),
        Cell::Whole(ms) if *column == RunColumn::Attribute(RunAttribute::Start) => moment_iso(ms).into(),
        Cell::Whole(whole) => whole.to_string().into(),
        Cell::Unknown => "".into(),
        Cell::Masked => MASK.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_exact_and_what_is_unknown_is_empty() {
        let metric = RunColumn::Metric("eval".into());
        for (cell, wanted) in [
            (Cell::Number(0.1 + 0.2), "0.30000000000000004"),
            (Cell::Number(f64::NAN), "NaN"),
            (Cell::Number(f64::NEG_INFINITY), "-Infinity"),
            (Cell::Unknown, ""),
            (Cell::Whole(0), "0"),
        ] {
            assert_eq!(exact(cell, &metric), wanted);
        }
        assert_eq!(exact(Cell::Whole(0), &RunColumn::Attribute(RunAttribute::Start)), "1970-01-01T00:00:00.000Z");
        assert!(!exact(Cell::Masked, &metric).is_empty());
        assert_eq!(file_name("../a b/c:d"), "a-b-c-d");
        assert_eq!(file_name("..."), "experiment");
    }
}
