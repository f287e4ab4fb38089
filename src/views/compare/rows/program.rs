//! What changed in the program: predictor by predictor.

use super::{ChangeRow, DemoCell, DemoRow, Options, Row, differ};
use crate::analysis::program_diff::{ChangeKind, DemoDiff, FieldDiff, KeyChange, PredictorDiff};
use crate::analysis::text_diff::TextDiff;
use crate::model::{Demo, Json, ProgramSource};
use crate::query::{Comparison, NO_PROGRAM};
use crate::views::example_words::{cut_text, json_text};
use crate::views::text_change::{Card, NOT_IN_FULL, TextRow};
use crate::views::wrapped::Paper;
use crate::widgets::diff_text::Mark;
use crate::widgets::tokens::Tone;
use crate::words;

/// No more columns of demos are shown.
const DEMO_COLUMNS: usize = 5;

pub(super) fn program(diff: &Comparison, options: &Options, paper: &Paper, rows: &mut Vec<Row>) {
    let Some(program) = &diff.program else {
        let who = match (&diff.old, &diff.new) {
            (None, None) => "Neither run has a program",
            (None, _) => "The baseline has no program",
            _ => "The compared run has no program",
        };
        rows.push(Row::sentence(format!("{who}: {NO_PROGRAM}")));
        return;
    };
    for stale in [&diff.old, &diff.new].into_iter().flatten().filter_map(|one| one.stale.as_ref()) {
        rows.push(Row::sentence(format!("Stale: {stale}")));
    }
    if !program.complete {
        let sources = || [&diff.old, &diff.new].into_iter().flatten().map(|program| program.source);
        let text = match sources().any(ProgramSource::has_instructions_only) {
            true => "Only instructions were compared: of one program nothing else is known than GEPA's tables tell",
            false if program.predictors.iter().any(|one| one.path.is_empty()) => {
                "Only what params tell was compared: MLflow cuts them at 6,000 characters and they lack LM settings"
            }
            false => "Only what params tell was compared: MLflow cuts them at 6,000 characters",
        };
        rows.push(Row::sentence(text.to_owned()));
    }
    let cut: Vec<String> = program.cut_texts().map(|one| title(&one.path)).collect();
    if !cut.is_empty() {
        let names = cut_text(&cut.join(", "), 200);
        rows.push(Row::sentence(format!("{NOT_IN_FULL}: {names}")));
    }
    let mut same = Vec::new();
    for (at, predictor) in program.predictors.iter().enumerate() {
        if options.only_differences && predictor.change == ChangeKind::Same && predictor.instructions.unknown.is_none()
        {
            same.push(title(&predictor.path));
            continue;
        }
        predictor_rows(at, predictor, options, paper, rows);
    }
    keys("Other parts of the state", &program.other, rows);
    if !same.is_empty() {
        let names = cut_text(&same.join(", "), 400);
        let what = if same.len() == 1 { "predictor is" } else { "predictors are" };
        rows.push(Row::Same(format!("{} {what} the same: {names}", words::count(same.len() as u64))));
    }
}

/// A bare predictor has an empty path.
fn title(path: &str) -> String {
    crate::model::predictor_title(path).to_owned()
}

fn predictor_rows(at: usize, diff: &PredictorDiff, options: &Options, paper: &Paper, rows: &mut Vec<Row>) {
    rows.push(Row::Predictor { title: title(&diff.path), facts: facts(diff) });
    let is_hidden = options.only_differences && diff.instructions.is_same() && diff.instructions.unknown.is_none();
    if !(diff.instructions.pieces.is_empty() && diff.instructions.unknown.is_none() || is_hidden) {
        instructions(at, &diff.instructions, options, paper, rows);
    }
    if !(diff.module_src.pieces.is_empty() || options.only_differences && diff.module_src.is_same()) {
        rows.push(Row::caption("Source".to_owned()));
        instructions(at, &diff.module_src, options, paper, rows);
    }
    demos(&diff.demos, options, rows);
    fields(&diff.fields, rows);
    keys("LM settings", &diff.lm, rows);
    keys("Other", &diff.other, rows);
    if !matches!(rows.last(), Some(Row::Text(TextRow::Gap | TextRow::Bottom))) {
        rows.push(Row::GAP);
    }
}

fn facts(diff: &PredictorDiff) -> Vec<(String, Tone)> {
    let mut facts: Vec<(String, Tone)> = Vec::new();
    let mut add = |text: String, tone: Tone| facts.push((text, tone));
    match diff.change {
        ChangeKind::Added => add("+ added".to_owned(), Tone::Good),
        ChangeKind::Removed => add("− removed".to_owned(), Tone::Bad),
        ChangeKind::Same => add("same".to_owned(), Tone::Muted),
        ChangeKind::Changed => {}
    }
    if diff.instructions.unknown.is_some() {
        add("cut at 6,000 characters".to_owned(), Tone::Warn);
    }
    if diff.change == ChangeKind::Same {
        return facts;
    }
    let has_source = !diff.module_src.pieces.is_empty();
    if has_source {
        add(if diff.module_src.is_same() { "source same" } else { "source changed" }.to_owned(), Tone::Muted);
    }
    // A Flex has no signature and no demos.
    let is_source_only = has_source && diff.instructions.pieces.is_empty();
    let text = match diff.instructions.is_same() {
        true => "instructions same",
        false if diff.instructions.is_whitespace_only() => "instructions changed, spaces only",
        false => "instructions changed",
    };
    if !is_source_only {
        add(text.to_owned(), Tone::Muted);
    }
    let demos = &diff.demos;
    if demos.is_same() && !is_source_only {
        add(
            if demos.kept == 0 {
                "no demos".to_owned()
            } else {
                format!("{} same", words::counted(demos.kept, "demo"))
            },
            Tone::Muted,
        );
    }
    if !demos.added.is_empty() {
        add(format!("+{}", words::counted(demos.added.len(), "demo")), Tone::Good);
    }
    if !demos.removed.is_empty() {
        add(format!("−{}", words::counted(demos.removed.len(), "demo")), Tone::Bad);
    }
    let fields = if diff.fields.is_empty() {
        "fields same".to_owned()
    } else {
        format!("{} changed", words::counted(diff.fields.len(), "field"))
    };
    if !is_source_only {
        add(fields, Tone::Muted);
    }
    if !diff.lm.is_empty() {
        add("LM changed".to_owned(), Tone::Muted);
    }
    if diff.is_hidden {
        add("changed only in what is masked".to_owned(), Tone::Warn);
    }
    facts
}

fn instructions(at: usize, diff: &TextDiff, options: &Options, paper: &Paper, rows: &mut Vec<Row>) {
    let differs = !diff.is_same() || diff.unknown.is_some();
    let card = Card {
        card: at,
        diff,
        whose: ["the baseline", "the compared run"],
        is_folded: options.only_differences && differs && !options.whole.contains(&at),
        is_unified: options.is_unified,
        shows_space: options.shows_space,
        paper,
    };
    rows.extend(card.rows().into_iter().map(Row::Text));
}

fn demos(diff: &DemoDiff, options: &Options, rows: &mut Vec<Row>) {
    if diff.is_same() && (options.only_differences || diff.kept == 0) {
        return;
    }
    let mut facts = Vec::new();
    for (count, what) in [
        (diff.added.len(), "added"),
        (diff.removed.len(), "removed"),
        (diff.kept, "kept"),
        (diff.moved, "moved"),
        (diff.recounted, "repeated more or less often"),
        (diff.changed.len(), "changed in a field"),
    ] {
        if count > 0 || matches!(what, "added" | "removed" | "kept") {
            facts.push(format!("{what} {}", words::count(count as u64)));
        }
    }
    rows.push(Row::caption(format!("Demos · {}", facts.join(" · "))));
    let mut columns: Vec<String> = Vec::new();
    for (name, _) in diff.removed.iter().chain(&diff.added).flat_map(Demo::fields) {
        if !columns.contains(name) {
            columns.push(name.clone());
        }
    }
    if columns.is_empty() {
        return;
    }
    let more = columns.len().saturating_sub(DEMO_COLUMNS);
    columns.truncate(DEMO_COLUMNS);
    let mut heads = columns.clone();
    heads.push(if more > 0 { format!("{more} more, and source") } else { "Source".to_owned() });
    rows.push(Row::DemoHead { columns: heads });
    let row = |demo: &Demo, mark: Mark, changed: &[String]| {
        let cell = |name: &String| DemoCell {
            text: demo
                .values
                .get(name)
                .map(|value| words::one_line(&json_text(value), 200).into_owned())
                .unwrap_or_default(),
            is_changed: changed.contains(name),
        };
        let source = if demo.is_bootstrapped() { "bootstrapped" } else { "labelled" };
        let note =
            if changed.is_empty() { source.to_owned() } else { format!("{source} · changed: {}", changed.join(", ")) };
        let values = demo.fields().map(|(key, value)| format!("{key}: {}", json_text(value)));
        let whole = values.collect::<Vec<_>>().join("\n");
        Row::Demo(DemoRow { mark, cells: columns.iter().map(cell).collect(), note, whole })
    };
    let mut is_shown = vec![false; diff.added.len()];
    for (at, demo) in diff.removed.iter().enumerate() {
        let change = diff.changed.iter().find(|change| change.removed == at);
        let fields = change.map(|change| change.fields.as_slice()).unwrap_or_default();
        rows.push(row(demo, Mark::Removed, fields));
        if let Some(change) = change
            && let Some(new) = diff.added.get(change.added)
        {
            is_shown[change.added] = true;
            rows.push(row(new, Mark::Added, fields));
        }
    }
    let added = diff.added.iter().zip(&is_shown).filter(|(_, is_shown)| !**is_shown);
    rows.extend(added.map(|(demo, _)| row(demo, Mark::Added, &[])));
    rows.push(Row::GAP);
}

fn fields(fields: &[FieldDiff], rows: &mut Vec<Row>) {
    if fields.is_empty() {
        return;
    }
    rows.push(Row::caption(format!("Fields · {}", differ(fields.len()))));
    for diff in fields {
        let name = |of: &Option<crate::model::Field>| {
            of.as_ref().and_then(|field| field.name.clone().or(field.prefix.clone()))
        };
        let key = name(&diff.new).or_else(|| name(&diff.old)).unwrap_or_else(|| "unknown".to_owned());
        let text = |of: &Option<crate::model::Field>| {
            let field = of.as_ref()?;
            let prefix = field.prefix.as_deref().unwrap_or("no prefix");
            let fitted: Vec<String> =
                field.fitted.iter().map(|(key, value)| format!(" · {key} {}", json_text(value))).collect();
            let description = field.description.as_deref().unwrap_or("no description");
            Some(format!("{prefix} {description}{}", fitted.concat()))
        };
        let note = match diff.change {
            ChangeKind::Changed => diff.keys.join(", "),
            other => other.as_str().to_owned(),
        };
        rows.push(Row::Change(ChangeRow {
            key,
            note,
            old: text(&diff.old),
            new: text(&diff.new),
            delta: String::new(),
        }));
    }
    rows.push(Row::GAP);
}

fn keys(caption: &str, changes: &[KeyChange], rows: &mut Vec<Row>) {
    if changes.is_empty() {
        return;
    }
    rows.push(Row::caption(format!("{caption} · {}", differ(changes.len()))));
    let text = |value: &Option<Json>| value.as_ref().map(json_text);
    rows.extend(changes.iter().map(|change| {
        let key = if change.key.is_empty() { "value".to_owned() } else { change.key.clone() };
        let (old, new) = (text(&change.old), text(&change.new));
        Row::Change(ChangeRow { key, note: String::new(), old, new, delta: String::new() })
    }));
    rows.push(Row::GAP);
}
