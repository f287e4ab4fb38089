//! From what was asked for – a filter, a sorting, parents or not – to the lines of a table.

use std::collections::HashSet;

use super::{PreparedRuns, RunAttribute, RunColumn, RunLine, flat_order, sort, sort_by_keys, tree_order};
use crate::model::RunId;
use crate::query::{Filter, TraceCounts};

/// Which lines, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineOptions {
    /// Which runs.
    pub filter: Filter,
    /// By which column, and whether the largest come first; else the newest first, each with its children in the
    /// order in which they were started.
    pub sort: Option<(RunColumn, bool)>,
    /// Without parents.
    pub is_flat: bool,
    /// Runs whose children are not shown.
    pub folded: HashSet<RunId>,
}

/// The lines of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunLines {
    /// What is shown.
    pub lines: Vec<RunLine>,
    /// How many runs pass the filter, whether they are folded away or not.
    pub matches: usize,
    line_of_row: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl RunLines {
    /// Puts the rows into lines.
    pub fn new(runs: &PreparedRuns, traces: &TraceCounts, options: &LineOptions) -> Self {
        let rows = &runs.table.rows;
        let mut order: Vec<usize> =
            if options.filter.is_empty() { (0..rows.len()).collect() } else { options.filter.matching(rows) };
        if let Some((column, descending)) = &options.sort {
            match column {
                RunColumn::Attribute(RunAttribute::Name) => sort_by_keys(&mut order, &runs.name_keys, *descending),
                _ => sort(&mut order, rows, traces, column, *descending),
            }
        }
        let is_by_start = options.sort.is_none();
        if is_by_start && options.is_flat {
            sort(&mut order, rows, traces, &RunColumn::Attribute(RunAttribute::Start), true);
        }
        let mut lines = if options.is_flat { flat_order(&order) } else { tree_order(&runs.forest, &order) };
        if is_by_start && !options.is_flat {
            lines = newest_first(&lines, runs);
        }
        if !options.is_flat && !options.folded.is_empty() {
            let mut shown_from = 0;
            let mut place = 0;
            lines.retain(|line| {
                let is_shown = place >= shown_from;
                if is_shown && rows.get(line.row).is_some_and(|(run, _)| options.folded.contains(&run.id)) {
                    shown_from = place + line.descendants + 1;
                }
                place += 1;
                is_shown
            });
        }
        let mut line_of_row = vec![NONE; rows.len()];
        for (line, place) in lines.iter().zip(0..) {
            line_of_row[line.row] = place;
        }
        Self { lines, matches: order.len(), line_of_row }
    }

    /// Where a row is shown.
    pub fn line_of(&self, row: usize) -> Option<usize> {
        self.line_of_row.get(row).filter(|line| **line != NONE).map(|line| *line as usize)
    }

    /// Whether the children of a line are shown; `None` if it has none.
    pub fn is_open(&self, line: usize) -> Option<bool> {
        let this = self.lines.get(line)?;
        (this.descendants > 0).then(|| self.lines.get(line + 1).is_some_and(|next| next.depth > this.depth))
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.lines.len() * size_of::<RunLine>() + self.line_of_row.len() * size_of::<u32>()
    }
}

/// The same with the runs at the edge the newest first, each with what is below it; those of unknown start last.
fn newest_first(lines: &[RunLine], runs: &PreparedRuns) -> Vec<RunLine> {
    let is_root = |line: &RunLine| line.depth == 0;
    let mut blocks: Vec<&[RunLine]> = lines.chunk_by(|_, next| !is_root(next)).collect();
    let start =
        |block: &&[RunLine]| block.first().and_then(|line| runs.run(line.row)).and_then(|run| run.start_time_ms);
    blocks.sort_by_key(|block| std::cmp::Reverse(start(block)));
    blocks.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RunValues;
    use crate::query::RunTable;
    use crate::store::memory::MemoryStore;

    fn runs() -> PreparedRuns {
        let row = |id: &str, parent: Option<&str>| {
            let mut run = MemoryStore::run(id, "1", id, 0);
            run.parent_id = parent.map(Into::into);
            (run, RunValues::default())
        };
        let rows =
            vec![row("a", None), row("a1", Some("a")), row("a2", Some("a")), row("a21", Some("a2")), row("b", None)];
        PreparedRuns::new(RunTable { rows })
    }

    fn shown(options: &LineOptions) -> (Vec<String>, usize) {
        let runs = runs();
        let lines = RunLines::new(&runs, &TraceCounts::default(), options);
        for (place, line) in lines.lines.iter().enumerate() {
            assert_eq!(lines.line_of(line.row), Some(place));
        }
        let text = |(place, line): (usize, &RunLine)| {
            let fold = match lines.is_open(place) {
                None => "",
                Some(true) => " -",
                Some(false) => " +",
            };
            format!("{}{}{fold}", "  ".repeat(line.depth as usize), runs.table.rows[line.row].0.id)
        };
        (lines.lines.iter().enumerate().map(text).collect(), lines.matches)
    }

    #[test]
    fn folded_runs_hide_what_is_below_them() {
        let folded = |ids: &[&str]| {
            let folded = ids.iter().map(|id| RunId::from(*id)).collect();
            shown(&LineOptions { folded, ..LineOptions::default() }).0
        };
        assert_eq!(folded(&[]), ["a -", "  a1", "  a2 -", "    a21", "b"]);
        assert_eq!(folded(&["a2"]), ["a -", "  a1", "  a2 +", "b"]);
        assert_eq!(folded(&["a", "a2", "b"]), ["a +", "b"]);
    }

    #[test]
    fn filter_sort_and_parents_together() {
        let name = RunColumn::Attribute(RunAttribute::Name);
        let filter = Filter::parse("run_name LIKE 'a%' AND NOT run_name = 'a'").expect("a filter");
        let options = LineOptions { filter, sort: Some((name, true)), ..LineOptions::default() };
        assert_eq!(shown(&options), (["a -", "  a2 -", "    a21", "  a1"].map(str::to_owned).to_vec(), 3));
        let flat = LineOptions { is_flat: true, ..options };
        assert_eq!(shown(&flat), (["a21", "a2", "a1"].map(str::to_owned).to_vec(), 3));
    }

    #[test]
    fn prepared_names_sort_as_names_do() {
        let names = ["eval_10", "", "eval_2", "7", "eval_2", "-3.5", "é", "Eval_1", "0x", "12", ""];
        let rows: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(at, name)| (MemoryStore::run(&format!("r{at}"), "1", name, 0), RunValues::default()))
            .collect();
        let runs = PreparedRuns::new(RunTable { rows });
        let column = RunColumn::Attribute(RunAttribute::Name);
        for (filter, count) in [("", names.len()), ("run_name LIKE '%_%'", 9), ("run_name LIKE 'eval%'", 3)] {
            let filter = Filter::parse(filter).expect("a filter");
            for descending in [false, true] {
                let mut wanted: Vec<usize> = filter.matching(&runs.table.rows);
                assert_eq!(wanted.len(), count);
                sort(&mut wanted, &runs.table.rows, &TraceCounts::default(), &column, descending);
                let options = LineOptions {
                    filter: filter.clone(),
                    sort: Some((column.clone(), descending)),
                    is_flat: true,
                    ..LineOptions::default()
                };
                let lines = RunLines::new(&runs, &TraceCounts::default(), &options);
                assert_eq!(lines.lines.iter().map(|line| line.row).collect::<Vec<_>>(), wanted);
            }
        }
    }
}
