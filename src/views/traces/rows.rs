//! One line of a list of traces as cells.

use std::borrow::Cow;

use crate::model::{Cached, Shown, TraceRow};
use crate::views::parts::{DURATION, trace_status, trace_status_word};
use crate::views::scene::Clock;
use crate::views::time::moment_short;
use crate::widgets::table::{CellText, Column, Sort};
use crate::widgets::tokens::Tone;
use crate::words;

/// What inputs and outputs each keep where columns are given up.
const BODY: f32 = 150.0;

/// The columns before those of the cells: the boxes.
pub(super) const BEFORE: usize = 1;

/// The place of the cost among the cells.
pub(super) const COST: usize = 5;

/// The columns. What was asked and answered stays on screen the longest; after it what the trace is, and how it ended.
/// That by which the list was sorted is never given up.
pub(super) fn columns(sorted: Option<Sort>) -> [Column<'static>; 11] {
    let mut columns = [
        Column::check(),
        Column::text("Started", 134.0).figures().minor(1),
        Column::text("Name", 190.0),
        Column::text("Status", 92.0),
        Column::number("Duration", DURATION).minor(2),
        Column::number("Tokens", 76.0).minor(3),
        Column::number("Cost", 112.0).minor(6),
        Column::text("Cached", 64.0).minor(4),
        Column::number("Spans", 56.0).unsorted().minor(5),
        Column::text("Inputs", BODY).unsorted().growing(),
        Column::text("Outputs", BODY).unsorted().growing(),
    ];
    if let Some(column) = sorted.and_then(|sort| columns.get_mut(sort.column)) {
        *column = column.minor(0);
    }
    columns
}

/// One cell of a line that stands under its session. Of a session with parts, the part is told.
pub(super) fn cell_in_session(row: &TraceRow, column: usize, clock: Clock) -> CellText<'static> {
    let made = cell(row, column, clock);
    if column != 1 {
        return made;
    }
    let part = row.session.as_ref().and_then(|session| session.ids().get(1..)).unwrap_or_default().join(", ");
    made.note(part).in_tree(1, None)
}

/// One cell of the head of a session. `newest`: its newest trace, if that is here.
pub(super) fn session_cell(
    (id, traces): (Option<&str>, usize),
    is_open: bool,
    newest: Option<&TraceRow>,
    column: usize,
    clock: Clock,
) -> CellText<'static> {
    match (column, id) {
        (0, _) => CellText::text(newest.map_or_else(String::new, |row| moment_short(row.start_time_ms, clock)))
            .tone(Tone::Muted),
        (1, id) => {
            let name = match id {
                Some(id) => CellText::text(id.to_owned()).strong(),
                None => CellText::text("No session").tone(Tone::Muted),
            };
            name.in_tree(0, Some(is_open))
        }
        (2, _) => CellText::text(words::counted(traces, "trace")).tone(Tone::Muted),
        _ => CellText::text(""),
    }
}

/// One cell.
pub(super) fn cell(row: &TraceRow, column: usize, clock: Clock) -> CellText<'static> {
    match column {
        0 => CellText::text(moment_short(row.start_time_ms, clock)).tone(Tone::Muted),
        1 if row.name.is_empty() => CellText::value(row.id.to_string()).tone(Tone::Muted),
        1 => CellText::text(row.name.clone()).strong(),
        2 => {
            let status = trace_status(&row.status);
            CellText::text(trace_status_word(&row.status)).glyph(status.glyph(), status.tone()).tone(Tone::Muted)
        }
        3 => row.duration_ms.map_or_else(CellText::unknown, |ms| CellText::value(words::duration_ms(ms))),
        4 => row.tokens.map_or_else(CellText::unknown, |usage| {
            CellText::value(words::tokens(usage.total, usage.input, usage.output))
        }),
        // It is told by the spans: see the file of costs.
        COST => CellText::default(),
        6 => match row.cached {
            Some(cached) => {
                let tone = if cached == Cached::No { Tone::Faint } else { Tone::Muted };
                CellText::text(cached.as_str()).tone(tone)
            }
            None => CellText::unknown(),
        },
        7 => row.span_count.map_or_else(CellText::unknown, |count| CellText::value(words::count(count))),
        8 => preview(row.request_preview.as_ref()),
        _ => preview(row.response_preview.as_ref()),
    }
}

fn preview(text: Option<&Shown>) -> CellText<'static> {
    match text {
        None => CellText::unknown(),
        Some(shown) => CellText::text(plain(shown.as_str()).into_owned()).tone(Tone::Muted),
    }
}

/// A preview without the braces and quotes that are the same in every line: `{"question": "x"}` is
/// `question: x`. Previews are cut anywhere, so this is not read as JSON.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    let head = &text[..text.floor_char_boundary(400)];
    let Some(inner) = head.strip_prefix("{\"") else { return Cow::Borrowed(head) };
    let Some((key, value)) = inner.split_once("\": ") else { return Cow::Borrowed(head) };
    if key.contains('"') {
        return Cow::Borrowed(head);
    }
    let value = value.strip_suffix('}').unwrap_or(value);
    let value = match value.strip_prefix('"') {
        Some(text) if !text.contains("\", \"") => text.strip_suffix('"').unwrap_or(text),
        _ => value,
    };
    Cow::Owned(format!("{key}: {}", value.replace("\\n", " ").replace("\\\"", "\"")))
}

/// A line that is not here yet.
pub(super) fn waiting(column: usize) -> CellText<'static> {
    if column == 1 { CellText::text("…").tone(Tone::Faint) } else { CellText::text("") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Tokens, TraceRow};
    use crate::store::memory::MemoryStore;

    fn row() -> TraceRow {
        MemoryStore::trace_head("t", "1", None, "QA.forward", 0).row
    }

    #[test]
    fn unknown_is_never_zero() {
        let clock = Clock { now: std::time::Instant::now(), now_ms: 0, is_utc: true, is_fixed: true };
        let mut unknown = row();
        (unknown.tokens, unknown.cached, unknown.span_count, unknown.duration_ms) = (None, None, None, None);
        for column in [3, 4, 6, 7] {
            assert_eq!(cell(&unknown, column, clock).text, "–", "column {column}");
        }
        let half = TraceRow { tokens: Tokens::new(Some(3), None, None), ..row() };
        assert_eq!(cell(&half, 4, clock).text, "3 in");
        let zero = TraceRow { tokens: Tokens::new(Some(0), Some(0), None), ..row() };
        assert_eq!(cell(&zero, 4, clock).text, "0");
    }

    #[test]
    fn previews_read_as_words() {
        for (text, wanted) in [
            (r#"{"question": "What is\n2 + 2?"}"#, "question: What is 2 + 2?"),
            (r#"{"question": "cut in the mid"#, "question: cut in the mid"),
            (r#"{"a": "x", "b": "y"}"#, r#"a: "x", "b": "y""#),
            (r#"{"n": 3}"#, "n: 3"),
            ("plain", "plain"),
            (r#"["a"]"#, r#"["a"]"#),
            ("{\"", "{\""),
        ] {
            assert_eq!(plain(text), wanted);
        }
        assert!(plain(&"é".repeat(1_000)).len() <= 400);
    }
}
