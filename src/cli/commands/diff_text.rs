//! What changed between two runs, for people.

use super::Answer;
use super::program_text::{named, title};
use crate::analysis::program_diff::{ChangeKind, DemoDiff, FieldDiff, KeyChange, PredictorDiff};
use crate::analysis::text_diff::{PieceOp, TextDiff};
use crate::cli::failure::Failure;
use crate::cli::json::preview;
use crate::cli::style::{Color, Style};
use crate::cli::words;
use crate::model::program::Object;
use crate::model::{Demo, Json, Program, Run, Shown};
use crate::query::{ExampleChange, ExampleDiff, RunDiff, ScoreSource};

/// Values longer than this are cut.
const PREVIEW: usize = 120;

/// So many unchanged lines are shown around a change.
const CONTEXT: usize = 2;

/// No more examples of a kind are listed.
const EXAMPLES: usize = 20;

pub(super) fn print((a, b): (&Run, &Run), diff: &RunDiff, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let side = |run: &Run, program: &Program| format!("{} · {}", named(run), program.source.as_str());
    writeln!(answer.out, "a  {}", side(a, &diff.old))?;
    writeln!(answer.out, "b  {}", side(b, &diff.new))?;
    for stale in [&diff.old.stale, &diff.new.stale].into_iter().flatten() {
        writeln!(answer.out, "Stale: {stale}")?;
    }
    let verdict = match (diff.program.same, diff.program.complete) {
        (true, true) => "The programs do the same",
        (false, true) => "The programs differ",
        (true, false) => "The programs do the same as far as params tell",
        (false, false) => "The programs differ; only what params tell was compared",
    };
    writeln!(answer.out, "{verdict}")?;
    for predictor in &diff.program.predictors {
        print_predictor(predictor, answer)?;
    }
    print_keys("Other", &diff.program.other, answer)?;
    print_values(diff, answer)?;
    match &diff.examples {
        Some(examples) => print_examples(examples, &diff.sources, answer),
        None => {
            writeln!(answer.out, "\nExamples: unknown")?;
            for (side, source) in ["a", "b"].into_iter().zip(&diff.sources) {
                if let ScoreSource::Nothing(why) = source {
                    writeln!(answer.out, "  {side}: {why}")?;
                }
            }
            Ok(())
        }
    }
}

fn print_predictor(diff: &PredictorDiff, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let style = answer.style;
    let change = match diff.change {
        ChangeKind::Added => inserted("added", style),
        ChangeKind::Removed => deleted("removed", style),
        other => other.as_str().to_owned(),
    };
    let hidden = if diff.is_hidden { " (only in what is masked)" } else { "" };
    writeln!(answer.out, "\n{} · {change}{hidden}", title(&diff.path))?;
    if diff.change == ChangeKind::Same {
        return Ok(());
    }
    if diff.instructions.is_same() {
        writeln!(answer.out, "  Instructions are the same")?;
    } else {
        let only = if diff.instructions.is_whitespace_only() { " (spaces only)" } else { "" };
        writeln!(answer.out, "  Instructions{only}")?;
        if diff.instructions.is_cut {
            writeln!(answer.out, "    Not compared word by word in full: what is left counts as replaced")?;
        }
        for line in lines(&diff.instructions, style) {
            writeln!(answer.out, "    {line}")?;
        }
    }
    print_fields(&diff.fields, answer)?;
    print_demos(&diff.demos, answer)?;
    print_keys("  LM", &diff.lm, answer)?;
    print_keys("  Other", &diff.other, answer)
}

fn inserted(text: &str, style: Style) -> String {
    if style.has_color { Color::Good.paint(text) } else { format!("{{+{text}+}}") }
}

fn deleted(text: &str, style: Style) -> String {
    if style.has_color { Color::Bad.paint(text) } else { format!("[-{text}-]") }
}

/// The pieces as lines; long unchanged stretches are left out.
fn lines(diff: &TextDiff, style: Style) -> Vec<String> {
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

fn print_fields(fields: &[FieldDiff], answer: &mut Answer<'_>) -> Result<(), Failure> {
    for diff in fields {
        let field = diff.new.as_ref().or(diff.old.as_ref());
        let name = field.and_then(|field| field.name.as_deref().or(field.prefix.as_deref())).unwrap_or(words::UNKNOWN);
        writeln!(answer.out, "  Field {} · {} {}", words::clean(name), diff.change.as_str(), diff.keys.join(", "))?;
        if let (Some(old), Some(new)) = (&diff.old, &diff.new) {
            let values = [(&old.prefix, &new.prefix), (&old.description, &new.description)];
            for (old, new) in values.into_iter().filter(|(old, new)| old != new) {
                let text = |value: &Option<String>| words::clean(value.as_deref().unwrap_or(words::UNKNOWN));
                let (old, new) = (deleted(&text(old), answer.style), inserted(&text(new), answer.style));
                writeln!(answer.out, "    {old} {new}")?;
            }
        }
    }
    Ok(())
}

fn print_demos(diff: &DemoDiff, answer: &mut Answer<'_>) -> Result<(), Failure> {
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
    writeln!(answer.out, "  Demos: {}", facts.join(", "))?;
    let line = |demo: &Demo| {
        let values: Object = demo.fields().map(|(key, value)| (key.clone(), value.clone())).collect();
        preview(&Json::Object(values), PREVIEW)
    };
    for demo in &diff.removed {
        writeln!(answer.out, "    {}", deleted(&line(demo), answer.style))?;
    }
    for (at, demo) in diff.added.iter().enumerate() {
        let change = diff.changed.iter().find(|change| change.added == at);
        let changed =
            change.map_or_else(String::new, |it| format!("  (other {})", words::clean(&it.fields.join(", "))));
        writeln!(answer.out, "    {}{changed}", inserted(&line(demo), answer.style))?;
    }
    Ok(())
}

fn print_keys(label: &str, changes: &[KeyChange], answer: &mut Answer<'_>) -> Result<(), Failure> {
    for change in changes {
        let value = |value: &Option<Json>| value.as_ref().map(|value| preview(value, PREVIEW));
        let key = if change.key.is_empty() { String::new() } else { format!(" {}", words::clean(&change.key)) };
        print_change(&format!("{label}{key}"), value(&change.old), value(&change.new), answer)?;
    }
    Ok(())
}

fn print_change(key: &str, old: Option<String>, new: Option<String>, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let style = answer.style;
    let old = old.map(|old| format!(" {}", deleted(&old, style))).unwrap_or_default();
    let new = new.map(|new| format!(" {}", inserted(&new, style))).unwrap_or_default();
    Ok(writeln!(answer.out, "{key}{old}{new}")?)
}

/// Params and metrics; params that repeat the program's state are left out.
fn print_values(diff: &RunDiff, answer: &mut Answer<'_>) -> Result<(), Failure> {
    if !diff.metrics.is_empty() {
        writeln!(answer.out, "\nMetrics")?;
    }
    for change in &diff.metrics {
        let (old, new) = (change.old.map(words::value), change.new.map(words::value));
        print_change(&format!("  {}", words::clean(&change.key)), old, new, answer)?;
    }
    let params: Vec<_> = diff.params.iter().filter(|change| !change.is_of_program).collect();
    if !params.is_empty() {
        writeln!(answer.out, "\nParams")?;
    }
    for change in params {
        let value = |value: &Option<Shown>| value.as_ref().map(|it| preview(&Json::from(it.as_str()), PREVIEW));
        let key = format!("  {}", words::clean(&change.key));
        print_change(&key, value(&change.old), value(&change.new), answer)?;
    }
    Ok(())
}

fn print_examples(examples: &ExampleDiff, sources: &[ScoreSource; 2], answer: &mut Answer<'_>) -> Result<(), Failure> {
    let counted = words::counted(examples.joined as u64, "example");
    let right = match examples.rule {
        Some(rule) if rule.is_binary => "right is 1".to_owned(),
        Some(rule) => format!("right from {} on", words::value(rule.threshold)),
        None => "no scores".to_owned(),
    };
    writeln!(answer.out, "\nExamples: {counted} in both, {} scored in both, {right}", examples.scored)?;
    for (side, source) in ["a", "b"].into_iter().zip(sources) {
        if let ScoreSource::Assessments { metric, scored, examples, .. } = source {
            let metric = words::clean(metric);
            writeln!(answer.out, "  {side}: {scored} of {examples} scores, from assessments {metric} on its traces")?;
        }
    }
    print_list("  Fixed", &examples.fixed, answer)?;
    print_list("  Broken", &examples.broken, answer)
}

fn print_list(title: &str, list: &[ExampleChange], answer: &mut Answer<'_>) -> Result<(), Failure> {
    writeln!(answer.out, "{title}: {}", words::count(list.len() as u64))?;
    for one in list.iter().take(EXAMPLES) {
        let inputs = preview(&Json::Object(one.inputs.clone()), PREVIEW);
        writeln!(answer.out, "    {} → {}  {inputs}", words::value(one.old), words::value(one.new))?;
    }
    if list.len() > EXAMPLES {
        writeln!(answer.out, "    … {} more, --json has them", words::count((list.len() - EXAMPLES) as u64))?;
    }
    Ok(())
}
