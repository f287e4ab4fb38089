//! The examples that one run got right and the other wrong, and the traces that show it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::example_inputs;
use crate::analysis::example_traces::TraceLink;
use crate::analysis::result_table::{RightRule, join_examples};
use crate::model::RunId;
use crate::model::program::Object;
use crate::query::ask::Session;
use crate::query::example_rows::{ExampleRows, ScoreSource, example_rows, links};
use crate::store::Result;

/// So long traces are looked into, both runs taken together.
const TRACES: Duration = Duration::from_millis(1_500);

/// The examples that both runs evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleDiff {
    /// From which score on an example counts as right; `None` if there are no scores.
    pub rule: Option<RightRule>,
    /// How many examples both have.
    pub joined: usize,
    /// How many of these have a score in both.
    pub scored: usize,
    /// Wrong in `a`, right in `b`, in the order of `a`.
    pub fixed: Vec<ExampleChange>,
    /// Right in `a`, wrong in `b`, in the order of `a`.
    pub broken: Vec<ExampleChange>,
}

/// An example with two scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleChange {
    /// What the program was given; all of the example where no trace tells what that was.
    pub inputs: Object,
    /// The rest of the example.
    pub expected: Object,
    /// Its score in `a`.
    pub old: f64,
    /// Its score in `b`.
    pub new: f64,
    /// Its row in the table of `a`.
    pub old_row: usize,
    /// Its row in the table of `b`.
    pub new_row: usize,
    /// Its traces in `a` and in `b`.
    pub traces: [TraceLink; 2],
}

/// What is known of the examples of two runs.
pub(super) struct Examples {
    /// Those that both evaluated; `None` unless both have scores.
    pub diff: Option<ExampleDiff>,
    /// Where the scores of `a` and `b` were read.
    pub sources: [ScoreSource; 2],
    /// How many examples `a` and `b` have.
    pub rows: [Option<usize>; 2],
}

/// Compares the examples of two runs.
pub(super) fn examples(session: &mut Session<'_>, a: &RunId, b: &RunId) -> Result<Examples> {
    let start = Instant::now();
    // One run that is slow to read must not take all of the time.
    let until = |part: u32| start.checked_add(TRACES / 4 * part).unwrap_or(start);
    let old = example_rows(session, a, until(1))?;
    let new = example_rows(session, b, until(2))?;
    let rows = [old.count(), new.count()];
    let sources = [old.source.clone(), new.source.clone()];
    let mut diff = match rows {
        [Some(_), Some(_)] => {
            let inputs = match (old.is_from_table(), new.is_from_table()) {
                (true, true) => example_inputs(session, a, &old.table)?,
                (false, _) => Some(old.table.example_fields.iter().cloned().collect()),
                (true, false) => Some(new.table.example_fields.iter().cloned().collect()),
            };
            Some(compare(&old, &new, inputs.as_ref()))
        }
        _ => None,
    };
    if let Some(diff) = &mut diff {
        let changes = || diff.fixed.iter().chain(&diff.broken);
        let (old_rows, new_rows): (Vec<usize>, Vec<usize>) = changes().map(|one| (one.old_row, one.new_row)).unzip();
        let old = links(session, a, &old, &old_rows, until(3))?;
        let new = links(session, b, &new, &new_rows, until(4))?;
        for (change, traces) in diff.fixed.iter_mut().chain(&mut diff.broken).zip(old.into_iter().zip(new)) {
            change.traces = traces.into();
        }
    }
    Ok(Examples { diff, sources, rows })
}

fn compare(old: &ExampleRows, new: &ExampleRows, inputs: Option<&BTreeSet<String>>) -> ExampleDiff {
    // Traces alone do not know what was expected.
    let shows_new = !old.is_from_table() && new.is_from_table();
    let (old, new) = (&old.table, &new.table);
    let scores = old.rows.iter().chain(&new.rows).filter_map(|row| row.score);
    let rule = RightRule::of(scores);
    let pairs = join_examples(old, new);
    let mut diff = ExampleDiff { rule, joined: pairs.len(), scored: 0, fixed: Vec::new(), broken: Vec::new() };
    let Some(rule) = rule else { return diff };
    for (old_row, new_row) in pairs {
        let (Some(old_score), Some(new_score)) = (old.rows[old_row].score, new.rows[new_row].score) else { continue };
        diff.scored += 1;
        let list = match (rule.is_right(old_score), rule.is_right(new_score)) {
            (false, true) => &mut diff.fixed,
            (true, false) => &mut diff.broken,
            _ => continue,
        };
        let example = if shows_new { &new.rows[new_row].example } else { &old.rows[old_row].example };
        let is_input = |name: &String| inputs.is_none_or(|inputs| inputs.contains(name));
        let of = |is_wanted: bool| -> Object {
            let fields = example.iter().filter(|(name, _)| is_input(name) == is_wanted);
            fields.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let unknown = || TraceLink::Unknown(crate::analysis::example_traces::NoTrace::NotRead);
        list.push(ExampleChange {
            inputs: of(true),
            expected: of(false),
            old: old_score,
            new: new_score,
            old_row,
            new_row,
            traces: [unknown(), unknown()],
        });
    }
    diff
}
