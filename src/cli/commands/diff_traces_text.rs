//! Two traces beside each other, for people.

use super::Answer;
use super::diff_program_text::lines;
use super::diff_traces_compared::Compared;
use crate::analysis::span_difference::{PartChange, PartDiff};
use crate::analysis::trace_alignment::{AlignedRow, RowChange};
use crate::cli::failure::Failure;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::query::trace_alignment::AlignedTraces;

/// Deeper levels are told by a number.
const DEEPEST: u32 = 24;
/// Of a part so many lines are shown; all of them with `--full`.
const LINES: usize = 24;
/// What cannot be told.
const NO_SPAN: &str = "";

/// Prints each comparison.
pub(super) fn print(compared: &[Compared], is_full: bool, answer: &mut Answer<'_>) -> Result<(), Failure> {
    for (at, one) in compared.iter().enumerate() {
        if at > 0 {
            writeln!(answer.out)?;
        }
        head(one, answer)?;
        rows(one, is_full, answer)?;
        for (row, parts) in one.aligned.alignment.rows.iter().zip(&one.parts) {
            if let Some(parts) = parts {
                details(&one.aligned, row, (parts, is_full), answer)?;
            }
        }
    }
    Ok(())
}

fn head(one: &Compared, answer: &mut Answer<'_>) -> Result<(), Failure> {
    for (side, letter) in ["a", "b"].into_iter().enumerate() {
        let Some(tree) = one.aligned.tree(side) else { continue };
        let row = &tree.head.row;
        let name = words::clean(&row.name);
        let tokens = one.aligned.traces.get(side).and_then(|trace| trace.total);
        writeln!(
            answer.out,
            "{letter}  {name} · {} · {} · {} · {} tokens · {}",
            words::clean(row.id.as_str()),
            words::clean(&row.status),
            words::duration_or_unknown(row.duration_ms),
            words::tokens(tokens),
            words::counted(tree.spans.len() as u64, "span"),
        )?;
    }
    let counts = one.aligned.counts();
    let counted = [
        (counts.changed, "differ"),
        (counts.only_first, "only in a"),
        (counts.only_other, "only in b"),
        (counts.same, "the same"),
    ];
    let told = counted.into_iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told.map(|(count, what)| format!("{} {what}", words::count(count as u64))).collect();
    let none = if one.aligned.alignment.rows.is_empty() { "No spans are stored" } else { "Nothing differs" };
    match one.aligned.alignment.first {
        Some(_) => writeln!(answer.out, "   {}", told.join(" · "))?,
        None => writeln!(
            answer.out,
            "   {none}{}",
            if told.is_empty() { String::new() } else { format!(" · {}", told.join(" · ")) }
        )?,
    }
    Ok(())
}

/// The rows that differ, and those that they stand below.
fn rows(one: &Compared, is_full: bool, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let aligned = &one.aligned;
    let rows = &aligned.alignment.rows;
    let mut table = Table::new(&[
        ("  Span", Side::LeftCut),
        ("Differs", Side::Left),
        ("a", Side::Right),
        ("b", Side::Right),
        ("b − a", Side::Right),
        ("Tokens a", Side::Right),
        ("Tokens b", Side::Right),
    ]);
    let mut is_empty = true;
    for (at, row) in rows.iter().enumerate() {
        let differs = |row: &AlignedRow| row.change != RowChange::Same;
        let below = rows.get(at..=at + row.descendants).unwrap_or_default();
        if !is_full && !below.iter().any(differs) {
            continue;
        }
        is_empty = false;
        let is_first = aligned.alignment.first == Some(at);
        let (sign, what) = match row.change {
            RowChange::Same => (" ", String::new()),
            RowChange::Changed(differs) => ("~", differs.words().collect::<Vec<_>>().join(", ")),
            RowChange::OnlyFirst => ("-", "only in a".to_owned()),
            RowChange::OnlyOther => ("+", "only in b".to_owned()),
        };
        let sign = if is_first { ">" } else { sign };
        let side = |side: usize, of: &dyn Fn(usize) -> String| match row.spans.get(side) {
            Some(Some(_)) => of(side),
            _ => NO_SPAN.to_owned(),
        };
        let time = |side| {
            let ns = aligned.duration_ns(row, side);
            ns.map_or_else(|| words::UNKNOWN.to_owned(), words::duration_ns)
        };
        let tokens = |side| words::tokens(aligned.tokens(row, side));
        let difference = aligned.duration_difference_ns(row).map(words::signed_duration_ns).unwrap_or_default();
        table.row(vec![
            format!("{sign} {}{}", indent(row.depth), name(aligned, row)),
            what,
            side(0, &time),
            side(1, &time),
            difference,
            side(0, &tokens),
            side(1, &tokens),
        ]);
    }
    if !is_empty {
        table.print(answer.style, answer.out)?;
    }
    Ok(())
}

fn indent(depth: u32) -> String {
    if depth > DEEPEST { format!("[{depth}] ") } else { "  ".repeat(depth as usize) }
}

/// `Tool.search`, or `Tool.search → Tool.order` where the two are called otherwise.
fn name(aligned: &AlignedTraces, row: &AlignedRow) -> String {
    let name = |side: usize| {
        let at = row.spans.get(side).copied().flatten()?;
        aligned.tree(side)?.spans.get(at).map(|span| words::clean(&span.name))
    };
    match (name(0), name(1)) {
        (Some(first), Some(other)) if first != other => format!("{first} → {other}"),
        (first, other) => first.or(other).unwrap_or_default(),
    }
}

fn details(
    aligned: &AlignedTraces,
    row: &AlignedRow,
    (parts, is_full): (&[PartDiff], bool),
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    writeln!(answer.out, "\n{}", name(aligned, row))?;
    let mut before = None;
    let mut same = 0_u64;
    for part in parts {
        if part.change() == PartChange::Same {
            same += 1;
            continue;
        }
        if before != Some(&part.place) {
            before = Some(&part.place);
            writeln!(answer.out, "  {}", words::clean(&part.place.title()))?;
        }
        let title = words::clean(&part.title());
        if !title.is_empty() {
            writeln!(answer.out, "    {title}")?;
        }
        let lines = lines(&part.text, answer.style);
        let most = if is_full { usize::MAX } else { LINES };
        for line in lines.iter().take(most) {
            writeln!(answer.out, "      {line}")?;
        }
        if let Some(more) = lines.len().checked_sub(most).filter(|more| *more > 0) {
            writeln!(answer.out, "      … {}; --full shows them", words::counted(more as u64, "more line"))?;
        }
    }
    if same > 0 {
        writeln!(answer.out, "  {} the same", words::counted(same, "part"))?;
    }
    Ok(())
}
