//! What was expected and what was answered, field by field: a word diff where both are texts.

use std::sync::Arc;

use egui::{Align, Label, RichText, ScrollArea, Sense, Ui, vec2};

use super::BesideMemory;
use crate::loader::unique_id;
use crate::model::Json;
use crate::query::{ExpectedField, TraceAnswer};
use crate::views::example_words::{json_text, values_line};
use crate::views::scene::Scene;
use crate::views::text_change::marked;
use crate::views::wrapped::{Made, Wish, Wrapped};
use crate::widgets::diff_text::{self, DiffLine, Wrap, unified};
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// Texts of no more bytes stand beside each other on one line; what changed in them is seen at once.
const SHORT: usize = 40;
/// Texts of no more bytes are compared within the frame.
const AT_ONCE: usize = 4_000;
/// Of a difference so many lines are shown; the rest scrolls.
const LINES: f32 = 6.0;
/// More fields are counted.
const FIELDS: usize = 24;
/// The names of fields take no more of the width.
const NAMES: f32 = 0.25;

/// What is remembered of the fields.
#[derive(Default)]
pub(super) struct AnswerMemory {
    of: Option<Arc<TraceAnswer>>,
    fields: Vec<FieldShown>,
    /// What was answered and not asked for.
    rest: String,
}

/// A field as it is shown, written once.
struct FieldShown {
    id: u64,
    expected: ValueShown,
    answered: Option<ValueShown>,
    /// By what its expectation is known.
    by: Option<String>,
    is_same: bool,
    /// What it takes to show the difference, in bytes; `None` where the values stand beside each other.
    diff_bytes: Option<usize>,
    diff: Wrapped<DiffLines>,
}

impl FieldShown {
    fn of(field: &ExpectedField) -> Self {
        let diff = field.diff.as_ref().filter(|_| field.answered.is_some() && !is_short(field));
        Self {
            id: unique_id(),
            expected: ValueShown::of(&field.expected),
            answered: field.answered.as_ref().map(ValueShown::of),
            by: field.by.words().map(|by| words::one_line(&by, 80).into_owned()),
            is_same: field.is_same() == Some(true),
            diff_bytes: diff.map(|diff| diff.pieces.iter().map(|piece| piece.text.len()).sum()),
            diff: Wrapped::default(),
        }
    }
}

/// A value: on one line, and all of it where that is more.
struct ValueShown {
    line: String,
    whole: Option<String>,
}

impl ValueShown {
    fn of(value: &Json) -> Self {
        let text = json_text(value);
        let line = words::one_line(&text, 300).into_owned();
        Self { whole: (line != text).then(|| words::ellipsize_graphemes(&text, 2_000).into_owned()), line }
    }
}

/// The lines of a difference.
struct DiffLines(Vec<DiffLine>);

impl Made for DiffLines {
    fn bytes(&self) -> usize {
        self.0.iter().flat_map(|line| &line.pieces).map(|piece| 60 + piece.text.len() + piece.raw.len()).sum()
    }
}

pub(super) fn answer_ui(ui: &mut Ui, scene: &mut Scene<'_>, own: &mut BesideMemory) {
    let Some(answer) = own.told.answer.clone() else { return };
    let memory = &mut own.answer;
    if !memory.of.as_ref().is_some_and(|known| Arc::ptr_eq(known, &answer)) {
        memory.fields = answer.expected.iter().take(FIELDS).map(FieldShown::of).collect();
        memory.rest = rest(&answer);
        memory.of = Some(Arc::clone(&answer));
    }
    if answer.expected.is_empty() {
        return;
    }
    let names = answer.expected.iter().take(FIELDS).map(|field| field.name.as_str());
    let wide = |name| row_text::layout(ui.painter(), name, Type::Small.font(), f32::INFINITY).size().x;
    let column = names.map(wide).fold(0.0, f32::max).min(ui.available_width() * NAMES).ceil();
    for (at, (field, shown)) in answer.expected.iter().zip(&mut memory.fields).enumerate() {
        ui.push_id(("expected", at), |ui| {
            // A row is as high as its text.
            ui.spacing_mut().interact_size.y = size::LINE;
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = size::GAP_M;
                name_ui(ui, &field.name, column);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    field_ui(ui, scene, (&answer, at), shown);
                });
            });
        });
    }
    let more = answer.expected.len().saturating_sub(FIELDS);
    if more > 0 {
        text_ui(ui, &format!("{} not shown", words::counted(more, "more field")), Type::Small, Tone::Muted);
    }
    if !memory.rest.is_empty() {
        text_ui(ui, &memory.rest, Type::Small, Tone::Faint).on_hover_ui(|ui| {
            ui.label(values_line(&answer.rest, 600));
        });
    }
}

fn name_ui(ui: &mut Ui, name: &str, width: f32) {
    let (rect, response) = ui.allocate_exact_size(vec2(width, size::LINE), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, name));
    row_text::paint(ui.painter(), rect, name, Type::Small, Tokens::of(ui).text2, Align::Min);
}

fn field_ui(ui: &mut Ui, scene: &mut Scene<'_>, (answer, at): (&Arc<TraceAnswer>, usize), shown: &mut FieldShown) {
    let by = shown.by.as_deref();
    match (&shown.answered, shown.diff_bytes) {
        (Some(_), Some(bytes)) => {
            let at_once = Some(bytes).filter(|bytes| *bytes <= AT_ONCE);
            let wish = Wish { at_once, ..Wish::new("expected and answered", shown.id, ()) };
            let answer = Arc::clone(answer);
            shown.diff.make(ui, scene.loader, wish, move |(), paper| {
                let wrap = Wrap { width: paper.width, widths: &paper.widths, shows_space: false };
                let diff = answer.expected.get(at).and_then(|field| field.diff.as_ref());
                DiffLines(diff.map(|diff| unified(&marked(diff), wrap)).unwrap_or_default())
            });
            legend_ui(ui, by);
            if let Some(lines) = shown.diff.shown() {
                lines_ui(ui, &lines.0);
            }
        }
        (Some(_), None) if shown.is_same => same_ui(ui, &shown.expected, by),
        (answered, _) => pair_ui(ui, &shown.expected, answered.as_ref(), by),
    }
}

/// Both are so short that they stand beside each other.
fn is_short(field: &ExpectedField) -> bool {
    let is_short = |value: &Json| value.as_str().is_some_and(|text| text.len() <= SHORT && !text.contains('\n'));
    is_short(&field.expected) && field.answered.as_ref().is_some_and(is_short)
}

/// What is marked how.
fn legend_ui(ui: &mut Ui, by: Option<&str>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        text_ui(ui, "− expected", Type::Caption, Tone::Bad);
        text_ui(ui, "+ answered", Type::Caption, Tone::Good);
        by_ui(ui, by);
    });
}

fn by_ui(ui: &mut Ui, by: Option<&str>) {
    if let Some(by) = by {
        text_ui(ui, by, Type::Small, Tone::Faint);
    }
}

/// A difference, line by line.
fn lines_ui(ui: &mut Ui, lines: &[DiffLine]) {
    let tokens = Tokens::of(ui);
    let most = LINES * size::LINE;
    ScrollArea::vertical().id_salt("lines").max_height(most).auto_shrink([false, true]).show_rows(
        ui,
        size::LINE,
        lines.len(),
        |ui, rows| {
            for line in lines.get(rows).unwrap_or_default() {
                let room = vec2(ui.available_width(), size::LINE);
                let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
                let spoken = line.spoken();
                response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &spoken));
                diff_text::paint(ui.painter(), rect, line, Type::Body, tokens);
            }
        },
    );
}

/// `✓ as expected  numerics`
fn same_ui(ui: &mut Ui, value: &ValueShown, by: Option<&str>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_S;
        Glyph::Check.show(ui, Tone::Good);
        text_ui(ui, "as expected", Type::Small, Tone::Muted);
        by_ui(ui, by);
        value_ui(ui, value, Tone::Neutral);
    });
}

/// `expected rust-crate  answered python-language`
fn pair_ui(ui: &mut Ui, expected: &ValueShown, answered: Option<&ValueShown>, by: Option<&str>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_S, 0.0);
        text_ui(ui, "expected", Type::Small, Tone::Muted);
        value_ui(ui, expected, Tone::Neutral);
        by_ui(ui, by);
        match answered {
            Some(answered) => {
                text_ui(ui, "answered", Type::Small, Tone::Muted);
                value_ui(ui, answered, Tone::Neutral);
            }
            None => {
                text_ui(ui, "nothing answered to it", Type::Small, Tone::Muted);
            }
        }
    });
}

/// A value on one line, all of it where the pointer rests.
fn value_ui(ui: &mut Ui, value: &ValueShown, tone: Tone) {
    let color = tone.color(Tokens::of(ui));
    let label = Label::new(RichText::new(&value.line).font(Type::Value.font()).color(color)).wrap();
    let response = ui.add(label);
    if let Some(whole) = &value.whole {
        response.on_hover_text(whole);
    }
}

/// What was answered and not asked for.
fn rest(answer: &TraceAnswer) -> String {
    let mut said = Vec::new();
    if answer.is_unknown {
        said.push("What was answered is not known: the root of the trace has no outputs with names".to_owned());
    } else if !answer.rest.is_empty() {
        let names: Vec<&str> = answer.rest.keys().map(String::as_str).collect();
        said.push(format!("also answered: {}", words::one_line(&names.join(", "), 120)));
    }
    if answer.from_repr {
        said.push("read from the text of a prediction".to_owned());
    }
    said.join(" · ")
}
