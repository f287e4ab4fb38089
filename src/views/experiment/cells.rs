//! What stands in a cell of the table of runs.

use super::lines::Shown;
use crate::query::table::{Cell, RunAttribute, RunColumn, cell as value_of};
use crate::views::scene::Clock;
use crate::views::standing::Standing;
use crate::views::time::{age, moment_short};
use crate::widgets::table::CellText;
use crate::widgets::tokens::Tone;
use crate::words::{self, Decimals};

/// One cell; `decimals` are those of its column.
pub(super) fn cell<'a>(
    shown: &'a Shown,
    line: usize,
    column: &RunColumn,
    clock: Clock,
    decimals: Decimals,
) -> CellText<'a> {
    let Some(this) = shown.lines.lines.get(line) else { return CellText::default() };
    let Some(row) = shown.source.runs.table.rows.get(this.row) else { return CellText::default() };
    let text = match (column, value_of(row, &shown.source.traces, column)) {
        (RunColumn::Attribute(RunAttribute::Name), value) => name(shown, line, value, clock),
        (RunColumn::Attribute(RunAttribute::Status), _) => status(shown, line, clock),
        (_, Cell::Unknown) => CellText::unknown(),
        (_, Cell::Masked) => CellText::text("‹masked›").tone(Tone::Warn),
        (RunColumn::Attribute(RunAttribute::Start), Cell::Whole(ms)) => {
            CellText::text(moment_short(ms, clock)).tone(Tone::Muted)
        }
        (RunColumn::Attribute(RunAttribute::Duration), Cell::Whole(ms)) => {
            CellText::value(words::duration_ms(ms)).tone(Tone::Muted)
        }
        (RunColumn::Attribute(RunAttribute::Id), Cell::Text(id)) => CellText::value(id).tone(Tone::Muted),
        (RunColumn::Attribute(_), Cell::Text(text)) => CellText::text(text).tone(Tone::Muted),
        (RunColumn::Errors, Cell::Whole(0)) => CellText::value("0").tone(Tone::Faint),
        (RunColumn::Errors, Cell::Whole(count)) => CellText::value(whole(count)).tone(Tone::Bad),
        (RunColumn::Tokens, Cell::Whole(count)) => {
            // What some traces do not tell is not in the sum.
            let counted = shown.source.traces.of(&row.0.id);
            let is_part = counted.is_some_and(|counted| counted.with_tokens < counted.traces);
            CellText::value(format!("{}{}", if is_part { "≥ " } else { "" }, whole(count))).tone(Tone::Muted)
        }
        (_, Cell::Number(number)) => CellText::value(decimals.write(number)),
        (_, Cell::Whole(count)) => CellText::value(whole(count)).tone(Tone::Muted),
        (_, Cell::Text(text)) => CellText::value(text),
    };
    // It only shows where its children belong.
    if this.is_match { text } else { CellText { strong: false, ..text.tone(Tone::Faint) } }
}

fn whole(count: i64) -> String {
    let digits = words::count(count.unsigned_abs());
    if count < 0 { format!("-{digits}") } else { digits }
}

fn name<'a>(shown: &'a Shown, line: usize, value: Cell<'a>, clock: Clock) -> CellText<'a> {
    let this = &shown.lines.lines[line];
    let run = &shown.source.runs.table.rows[this.row].0;
    let cell = match value {
        Cell::Text(name) => CellText::text(name).strong(),
        _ => CellText::value(run.id.as_str()).tone(Tone::Muted),
    };
    let status = standing(shown, line, clock).status;
    let cell = cell.glyph(status.glyph(), status.tone());
    let cell = if run.parent_inferred {
        cell.note("inferred")
    } else if shown.source.runs.lacks_parent(this.row) {
        cell.note("parent missing")
    } else {
        cell
    };
    if shown.options.is_flat { cell } else { cell.in_tree(this.depth as usize, shown.lines.is_open(line)) }
}

/// How a run stands.
fn standing(shown: &Shown, line: usize, clock: Clock) -> Standing {
    let (row, runs) = (shown.lines.lines[line].row, &shown.source.runs);
    let of = |run| Standing::among(run, runs, row, &shown.source.traces, clock);
    runs.run(row).map(of).unwrap_or_default()
}

fn status(shown: &Shown, line: usize, clock: Clock) -> CellText<'static> {
    let standing = standing(shown, line, clock);
    let since = standing.stalled_since_ms();
    let cell = CellText::text(standing.word);
    match since {
        Some(since) => cell.tone(Tone::Warn).note(age(since, clock)),
        None => cell.tone(Tone::Muted),
    }
}
