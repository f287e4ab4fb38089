//! What changed between two programs, for people.

use std::io::Write;

use super::program_text::title;
use crate::analysis::program_diff::{
    ChangeKind, DemoDiff, FieldDiff, KeyChange, PredictorDiff, ProgramDiff, diff_objects,
};
use crate::analysis::program_state::PARAM_CUT;
use crate::analysis::text_diff::{PieceOp, TextCut, TextDiff};
use crate::cli::failure::Failure;
use crate::cli::json::preview;
use crate::cli::style::{Color, Style};
use crate::cli::words;
use crate::model::program::Object;
use crate::model::{Demo, Json};

/// Values longer than this are cut.
pub(super) const PREVIEW: usize = 120;

/// So many unchanged lines are shown around a change.
const CONTEXT: usize = 2;

/// Where text is printed, and how.
pub(in crate::cli) struct Page<'a> {
    pub(in crate::cli) style: Style,
    pub(in crate::cli) out: &'a mut dyn Write,
}

/// Everything that changed in a program, after a verdict.
pub(super) fn print(diff: &ProgramDiff, page: &mut Page<'_>) -> Result<(), Failure> {
    let verdict = match (diff.same, diff.complete) {
        (true, true) => "The programs do the same",
        (false, true) => "The programs differ",
        (true, false) => "The programs do the same as far as is known",
        (false, false) => "The programs differ; only what is known of both was compared",
    };
    writeln!(page.out, "{verdict}")?;
    for predictor in &diff.predictors {
        print_predictor(predictor, page)?;
    }
    print_keys("Other", &diff.other, page)
}

fn print_predictor(diff: &PredictorDiff, page: &mut Page<'_>) -> Result<(), Failure> {
    let style = page.style;
    let change = match diff.change {
        ChangeKind::Added => inserted("added", style),
        ChangeKind::Removed => deleted("removed", style),
        other => other.as_str().to_owned(),
    };
    let hidden = if diff.is_hidden { " (only in what is masked)" } else { "" };
    writeln!(page.out, "\n{} · {change}{hidden}", title(&diff.path))?;
    if diff.change == ChangeKind::Same {
        return print_cut(diff.instructions.unknown.as_ref(), page);
    }
    let has_source = !diff.module_src.pieces.is_empty();
    if has_source && diff.module_src.is_same() {
        writeln!(page.out, "  Source is the same")?;
    } else if has_source {
        writeln!(page.out, "  Source")?;
        if diff.module_src.is_cut {
            writeln!(page.out, "    Not compared line by line in full: what is left counts as replaced")?;
        }
        for line in source_lines(&diff.module_src, style) {
            writeln!(page.out, "    {line}")?;
        }
    }
    if has_source && diff.instructions.pieces.is_empty() {
        // A Flex has no signature of its own.
    } else if diff.instructions.is_same() {
        writeln!(page.out, "  Instructions are the same")?;
    } else {
        let only = if diff.instructions.is_whitespace_only() { " (spaces only)" } else { "" };
        writeln!(page.out, "  Instructions{only}")?;
        if diff.instructions.is_cut {
            writeln!(page.out, "    Not compared word by word in full: what is left counts as replaced")?;
        }
        for line in lines(&diff.instructions, style) {
            writeln!(page.out, "    {line}")?;
        }
    }
    print_cut(diff.instructions.unknown.as_ref(), page)?;
    print_fields(&diff.fields, page)?;
    print_demos(&diff.demos, page)?;
    print_keys("  LM", &diff.lm, page)?;
    print_keys("  Other", &diff.other, page)
}

/// Where MLflow cut the instructions, and what the other side has behind that.
fn print_cut(cut: Option<&TextCut>, page: &mut Page<'_>) -> Result<(), Failure> {
    let Some(cut) = cut else { return Ok(()) };
    let whose = match (cut.old, cut.new) {
        (true, true) => "a and b",
        (true, false) => "a",
        _ => "b",
    };
    let at = words::count(PARAM_CUT as u64);
    writeln!(page.out, "  MLflow cut the instructions of {whose} at {at} characters: what follows is not known")?;
    for (side, rest) in [("a", &cut.old_rest), ("b", &cut.new_rest)] {
        if !rest.is_empty() {
            let (length, text) = (words::counted(rest.chars().count() as u64, "character"), words::clean(rest));
            writeln!(page.out, "    … {side} goes on for {length}: {}", preview(&Json::from(text), PREVIEW))?;
        }
    }
    Ok(())
}

fn inserted(text: &str, style: Style) -> String {
    if style.has_color { Color::Good.paint(text) } else { format!("{{+{text}+}}") }
}

fn deleted(text: &str, style: Style) -> String {
    if style.has_color { Color::Bad.paint(text) } else { format!("[-{text}-]") }
}

/// The pieces as lines; long unchanged stretches are left out.
pub(super) fn lines(diff: &TextDiff, style: Style) -> Vec<String> {
    let mut lines: Vec<(String, bool)> = vec![(String::new(), false)];
    for piece in &diff.pieces {
        for (at, part) in piece.text.split('\n').enumerate() {
            if at > 0 {
                // A line end that changed is shown as one.
                let mark = match piece.op {
                    PieceOp::Equal => String::new(),
                    PieceOp::Insert => inserted("↵", style),
                    PieceOp::Delete => deleted("↵", style),
                };
                if let Some((line, is_changed)) = lines.last_mut() {
                    line.push_str(&mark);
                    *is_changed |= piece.op != PieceOp::Equal;
                }
                lines.push((String::new(), piece.op != PieceOp::Equal));
            }
            let part = words::clean(part);
            if let Some((line, is_changed)) = lines.last_mut().filter(|_| !part.is_empty()) {
                *is_changed |= piece.op != PieceOp::Equal;
                line.push_str(&match piece.op {
                    PieceOp::Equal => part,
                    PieceOp::Insert => inserted(&part, style),
                    PieceOp::Delete => deleted(&part, style),
                });
            }
        }
    }
    near_changes(lines)
}

/// A source that was compared line by line: each line with what became of it.
fn source_lines(diff: &TextDiff, style: Style) -> Vec<String> {
    let line = |op: PieceOp, text: &str| match op {
        PieceOp::Equal => (words::clean(text), false),
        PieceOp::Insert => (inserted(&words::clean(text), style), true),
        PieceOp::Delete => (deleted(&words::clean(text), style), true),
    };
    let pieces = diff.pieces.iter();
    near_changes(pieces.flat_map(|piece| piece.text.lines().map(move |text| line(piece.op, text))).collect())
}

/// Lines that changed, and a few around them.
fn near_changes(lines: Vec<(String, bool)>) -> Vec<String> {
    let is_near = |at: usize| {
        let around = at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines.len());
        lines[around].iter().any(|(_, is_changed)| *is_changed)
    };
    let mut shown = Vec::new();
    let mut hidden = 0_u64;
    for at in 0..=lines.len() {
        if at < lines.len() && !is_near(at) {
            hidden += 1;
            continue;
        }
        if hidden > 0 {
            shown.push(format!("… {} unchanged", words::counted(hidden, "line")));
            hidden = 0;
        }
        shown.extend(lines.get(at).map(|(line, _)| line.clone()));
    }
    shown
}

fn print_fields(fields: &[FieldDiff], page: &mut Page<'_>) -> Result<(), Failure> {
    for diff in fields {
        let field = diff.new.as_ref().or(diff.old.as_ref());
        let name = field.and_then(|field| field.name.as_deref().or(field.prefix.as_deref())).unwrap_or(words::UNKNOWN);
        writeln!(page.out, "  Field {} · {} {}", words::clean(name), diff.change.as_str(), diff.keys.join(", "))?;
        if let (Some(old_field), Some(new_field)) = (&diff.old, &diff.new) {
            let values = [(&old_field.prefix, &new_field.prefix), (&old_field.description, &new_field.description)];
            for (old, new) in values.into_iter().filter(|(old, new)| old != new) {
                let text = |value: &Option<String>| words::clean(value.as_deref().unwrap_or(words::UNKNOWN));
                let (old, new) = (deleted(&text(old), page.style), inserted(&text(new), page.style));
                writeln!(page.out, "    {old} {new}")?;
            }
            print_keys("   ", &diff_objects(&old_field.fitted, &new_field.fitted), page)?;
        }
    }
    Ok(())
}

fn print_demos(diff: &DemoDiff, page: &mut Page<'_>) -> Result<(), Failure> {
    if diff.is_same() && diff.kept == 0 {
        return Ok(());
    }
    let mut facts = vec![format!("{} kept", words::count(diff.kept as u64))];
    for (count, what) in [
        (diff.added.len(), "added"),
        (diff.removed.len(), "removed"),
        (diff.moved, "moved"),
        (diff.recounted, "repeated more or less often"),
    ] {
        if count > 0 {
            facts.push(format!("{} {what}", words::count(count as u64)));
        }
    }
    writeln!(page.out, "  Demos: {}", facts.join(", "))?;
    let line = |demo: &Demo| {
        let values: Object = demo.fields().map(|(key, value)| (key.clone(), value.clone())).collect();
        preview(&Json::Object(values), PREVIEW)
    };
    for demo in &diff.removed {
        writeln!(page.out, "    {}", deleted(&line(demo), page.style))?;
    }
    for (at, demo) in diff.added.iter().enumerate() {
        let change = diff.changed.iter().find(|change| change.added == at);
        let changed =
            change.map_or_else(String::new, |it| format!("  (other {})", words::clean(&it.fields.join(", "))));
        writeln!(page.out, "    {}{changed}", inserted(&line(demo), page.style))?;
    }
    Ok(())
}

fn print_keys(label: &str, changes: &[KeyChange], page: &mut Page<'_>) -> Result<(), Failure> {
    for change in changes {
        let value = |value: &Option<Json>| value.as_ref().map(|value| preview(value, PREVIEW));
        let key = if change.key.is_empty() { String::new() } else { format!(" {}", words::clean(&change.key)) };
        print_change(&format!("{label}{key}"), value(&change.old), value(&change.new), page)?;
    }
    Ok(())
}

pub(super) fn print_change(
    key: &str,
    old: Option<String>,
    new: Option<String>,
    page: &mut Page<'_>,
) -> Result<(), Failure> {
    let style = page.style;
    let old = old.map(|old| format!(" {}", deleted(&old, style))).unwrap_or_default();
    let new = new.map(|new| format!(" {}", inserted(&new, style))).unwrap_or_default();
    Ok(writeln!(page.out, "{key}{old}{new}")?)
}
