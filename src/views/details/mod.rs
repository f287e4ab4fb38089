//! The focused span: what it was given, gave back and noted.

use egui::{Frame, Margin, Ui};

use super::body::json::{JsonMemory, json_view_ui};
use super::body::text::{Face, TextMemory, searched_text_ui};
use super::body::{Body, Wanted};
use super::parts::{reveal_ui, slot_ui};
use super::scene::Scene;
use super::spans::{find_span, kind_tone, kind_word};
use crate::loader::{
    BodyPart, Lane, PreparedBody, PreparedText, Slot, SpanAt, SpanBodyOf, SpanJsonOf, Text, TraceTree, WholeSpanBodyOf,
};
use crate::model::{SearchPattern, SpanHandle, SpanHead, TraceId};
use crate::query::{TraceFiguresOf, TraceTreeOf};
use crate::state::{Action, DetailTab, Place};
use crate::widgets::chips::Chip;
use crate::widgets::empty::{empty_ui, skeleton_rows_ui};
use crate::widgets::glyphs::paint_square;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::section::text_ui;
use crate::widgets::tabs;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// What the panel remembers.
#[derive(Default)]
pub(super) struct DetailsMemory {
    text: TextMemory,
    json: JsonMemory,
    shape: Shape,
    /// What was looked for in the whole trace when that was last taken over.
    followed: Option<SearchPattern>,
    /// Asked to be copied as JSON, and waiting for it.
    copies: Option<Part>,
}

impl DetailsMemory {
    /// What was found elsewhere is looked for in whatever span is shown next.
    pub fn look_for(&mut self, wanted: &Wanted) {
        self.text.look_for(wanted);
        self.json.look_for(wanted);
    }

    /// What is looked for in all spans is looked for in this one, too.
    fn follow(&mut self, find: Option<&SearchPattern>) {
        if self.followed.as_ref() == find {
            return;
        }
        self.followed = find.cloned();
        // A part of a text is found as it is written here; an expression would not be.
        let Some(find) = find.filter(|one| !one.is_regex) else { return };
        self.look_for(&Wanted { needle: find.text.clone(), is_exact: !find.ignores_case });
    }
}

/// How a part is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shape {
    /// Real line breaks, no quotes.
    #[default]
    Rendered,
    /// Rows that fold.
    Json,
    /// The JSON text.
    Raw,
}

impl Shape {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Rendered, "Rendered", "For reading: real line breaks, no quotes"),
        (Self::Json, "JSON", "As rows that fold; Ctrl+C copies a value, Ctrl+Shift+C its path"),
        (Self::Raw, "Raw", "The JSON text, indented"),
    ];
}

/// A part of the body of one span.
type Part = (TraceId, SpanHandle, BodyPart);

pub(super) fn details_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DetailsMemory) {
    let Place::Trace { trace, span, detail, .. } = scene.place().clone() else { return };
    memory.follow(scene.state.page().spans.find.as_ref());
    let slot = scene.loader.ask(&TraceTreeOf(trace.clone()), Lane::Selection);
    let Some(tree) = slot.value().and_then(|tree| tree.as_ref().as_ref()) else { return };
    let focused = match &span {
        Some(span) => find_span(tree, span),
        None => tree.forest.nodes.first().map(|node| node.item),
    };
    Frame::new().inner_margin(Margin { left: 14, right: 14, top: 10, bottom: 10 }).show(ui, |ui| {
        let Some(ordinal) = focused else {
            let has_none = tree.spans.is_empty();
            let what = if has_none {
                "There is no span to show"
            } else {
                "This trace has no such span; choose one from the tree"
            };
            empty_ui(ui, what, "");
            return;
        };
        let span = &tree.spans[ordinal];
        head_ui(ui, scene, tree, ordinal);
        missing_ui(ui, scene, tree, ordinal);
        let body = body_of(scene, &trace, span);
        let known = body.value().and_then(|body| body.as_ref().as_ref());
        tabs_ui(ui, scene, known, detail);
        ui.add_space(size::GAP_S);
        let Some(answer) = slot_ui(ui, scene, &body, "The span", size::LINE) else { return };
        match answer.as_ref() {
            Some(body) => body_ui(ui, scene, memory, (&trace, span, detail), body),
            None => {
                empty_ui(ui, "This span is not in the store any more", "");
            }
        }
    });
}

/// The body, or the beginning of a long one until all of it is here.
fn body_of(scene: &mut Scene<'_>, trace: &TraceId, span: &SpanHead) -> Slot<Option<PreparedBody>> {
    let has_ended = span.end_ns.is_some();
    let body =
        scene.loader.ask(&SpanBodyOf(SpanAt { trace: trace.clone(), span: span.handle, has_ended }), Lane::Selection);
    if !body.value().is_some_and(|body| body.as_ref().as_ref().is_some_and(|body| body.is_beginning)) {
        return body;
    }
    let whole = scene
        .loader
        .ask(&WholeSpanBodyOf(SpanAt { trace: trace.clone(), span: span.handle, has_ended }), Lane::Selection);
    if whole.value().is_some() || whole.error().is_some() { whole } else { body }
}

/// `■ LM.__call__ gpt-4o-mini · chat model · 154 ms`
fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree, ordinal: usize) {
    let span = &tree.spans[ordinal];
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let model = figures.value().and_then(|figures| figures.spans.get(ordinal)?.model.clone());
    let mut facts: Vec<String> = model.into_iter().collect();
    facts.push(kind_word(&span.kind));
    facts.push(span.duration_ns().map_or_else(|| "in progress".to_owned(), words::duration_ns));
    ui.horizontal(|ui| {
        let side = egui::vec2(size::KIND_SQUARE, size::LINE);
        let (rect, _) = ui.allocate_exact_size(side, egui::Sense::hover());
        paint_square(ui.painter(), rect.center(), kind_tone(&span.kind).color(Tokens::of(ui)));
        let tone = if span.status == "ERROR" { Tone::Bad } else { Tone::Neutral };
        let name = if span.name.is_empty() { "(no name)" } else { &span.name };
        text_ui(ui, &words::one_line(name, 60), Type::BodyStrong, tone);
        ui.add(
            egui::Label::new(
                egui::RichText::new(facts.join(" · ")).font(Type::Small.font()).color(Tokens::of(ui).text2),
            )
            .truncate(),
        );
    });
}

/// Attachments that this span names and whose files are not there.
fn missing_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree, ordinal: usize) {
    /// No more are told one by one.
    const MOST: usize = 3;
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let Some(attachments) = figures.value().map(|figures| &figures.attachments) else { return };
    let missing: Vec<_> = attachments.of_span(ordinal).filter(|one| one.is_there == Some(false)).collect();
    for one in missing.iter().take(MOST) {
        let text = format!("Attachment missing ({}): {}", one.attachment.kind(), attachments.place(one));
        text_ui(ui, &words::one_line(&text, 400), Type::Small, Tone::Warn);
    }
    if missing.len() > MOST {
        let more = format!("{} more attachments missing", words::count((missing.len() - MOST) as u64));
        text_ui(ui, &more, Type::Small, Tone::Warn);
    }
}

fn tabs_ui(ui: &mut Ui, scene: &mut Scene<'_>, body: Option<&PreparedBody>, detail: DetailTab) {
    let count = |tab: &DetailTab| match tab {
        DetailTab::Inputs | DetailTab::Outputs => None,
        DetailTab::Attributes => body.map(|body| body.attribute_count),
        DetailTab::Events => body.map(|body| body.events.len()).filter(|events| *events > 0),
    };
    let text = |tab: &DetailTab| count(tab).map(|count| words::count(count as u64)).unwrap_or_default();
    let counts: Vec<String> = DetailTab::ALL.iter().map(text).collect();
    let titles: Vec<tabs::Tab<'_>> =
        DetailTab::ALL.iter().zip(&counts).map(|(tab, count)| tabs::Tab::new(tab.title()).count(count)).collect();
    let selected = DetailTab::ALL.iter().position(|tab| *tab == detail).unwrap_or(0);
    if let Some(chosen) = tabs::show(ui, "detail tabs", "Span", &titles, selected) {
        scene.act(Action::ShowDetail(DetailTab::ALL[chosen]));
    }
}

fn body_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DetailsMemory,
    (trace, span, detail): (&TraceId, &SpanHead, DetailTab),
    body: &PreparedBody,
) {
    exception_ui(ui, scene, body, detail == DetailTab::Events);
    let part = match detail {
        DetailTab::Inputs => BodyPart::Inputs,
        DetailTab::Outputs => BodyPart::Outputs,
        DetailTab::Attributes => BodyPart::Attributes,
        DetailTab::Events => BodyPart::Events,
    };
    let (text, empty) = match detail {
        DetailTab::Inputs => (&body.inputs, "No inputs were recorded for this span"),
        DetailTab::Outputs if span.status == "ERROR" => (&body.outputs, "No outputs: this span failed"),
        DetailTab::Outputs => (&body.outputs, "No outputs were recorded for this span"),
        DetailTab::Attributes => (&body.attributes, "No other attributes were recorded for this span"),
        DetailTab::Events => (&body.events_text, "No events; an exception would stand here with its stack"),
    };
    let Some(text) = text else {
        if body.is_beginning {
            skeleton_rows_ui(ui, 12, size::LINE);
        } else {
            empty_ui(ui, empty, "");
        }
        return;
    };
    let part = (trace.clone(), span.handle, part);
    let bytes = text.readable.text().len();
    tools_ui(ui, scene, memory, &part, Facts { bytes, has_masked: body.has_masked, is_beginning: body.is_beginning });
    copy_when_ready(scene, memory, text, &part);
    let json = if memory.shape == Shape::Rendered { None } else { json_of(ui, scene, text, &part) };
    let shown = match (memory.shape, &json) {
        (Shape::Rendered, _) => &text.readable,
        (_, Some(json)) => json,
        (_, None) => return,
    };
    let shown = |id| Body { id, label: detail.title(), text: shown };
    if memory.shape == Shape::Json {
        json_view_ui(ui, scene, &mut memory.json, shown("span JSON"));
    } else {
        let is_code = memory.shape == Shape::Raw || detail == DetailTab::Events;
        let face = if is_code { Face::Value } else { Face::Prose };
        searched_text_ui(ui, scene, &mut memory.text, shown("span text"), face);
    }
}

/// What went wrong stands above whichever tab is shown.
fn exception_ui(ui: &mut Ui, scene: &mut Scene<'_>, body: &PreparedBody, on_events: bool) {
    let exception = body.events.iter().rev().find(|event| event.exception.is_some() || event.message.is_some());
    let causes = exception.map(|event| event.causes.join("\n")).unwrap_or_default();
    let (what, message) = match exception {
        Some(event) => {
            (event.exception.clone().unwrap_or_else(|| event.name.clone()), event.message.clone().unwrap_or_default())
        }
        None if !body.status_message.is_empty() => ("Failed".to_owned(), body.status_message.clone()),
        None => return,
    };
    let short = words::ellipsize_graphemes(&message, 280);
    let causes = words::ellipsize_graphemes(&causes, 280);
    // What it says, then what led to it, as a reader of a traceback asks for them.
    let notice = Notice::failed(&what, "", &short).after(&causes);
    let notice = if exception.is_some() && !on_events { notice.action("Show stack") } else { notice };
    match notice.show(ui) {
        NoticeEvent::Action => scene.act(Action::ShowDetail(DetailTab::Events)),
        NoticeEvent::CopyDetails => {
            let stack = body.events_text.as_ref().map_or(message.clone(), |text| text.readable.text().to_string());
            scene.act(Action::Copy(stack));
        }
        _ => {}
    }
    ui.add_space(size::GAP_S);
}

/// The JSON of a part; while a long one is made, its place holds skeleton rows.
fn json_of(ui: &mut Ui, scene: &mut Scene<'_>, text: &PreparedText, part: &Part) -> Option<Text> {
    if let Some(json) = &text.json {
        return Some(json.clone());
    }
    let slot = scene.loader.ask(&SpanJsonOf { trace: part.0.clone(), span: part.1, part: part.2 }, Lane::Selection);
    slot_ui(ui, scene, &slot, "The JSON of this span", size::LINE)?.as_ref().clone()
}

fn copy_when_ready(scene: &mut Scene<'_>, memory: &mut DetailsMemory, text: &PreparedText, part: &Part) {
    if memory.copies.as_ref() != Some(part) {
        memory.copies = None;
        return;
    }
    let json = text.json.clone().or_else(|| {
        let slot = scene.loader.ask(&SpanJsonOf { trace: part.0.clone(), span: part.1, part: part.2 }, Lane::Selection);
        slot.value().and_then(|json| json.as_ref().clone())
    });
    if let Some(json) = json {
        memory.copies = None;
        scene.act(Action::Copy(json.text().to_string()));
    }
}

/// What is said of a part beside its tools.
#[derive(Clone, Copy)]
struct Facts {
    bytes: usize,
    /// Something in the span is masked.
    has_masked: bool,
    /// It is the beginning of a long one.
    is_beginning: bool,
}

fn tools_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DetailsMemory, part: &Part, facts: Facts) {
    ui.horizontal_wrapped(|ui| {
        for (shape, name, tip) in Shape::ALL {
            if ui.add(Chip::toggle(name, memory.shape == shape)).on_hover_text(tip).clicked() {
                memory.shape = shape;
            }
        }
        if ui.add(Chip::button("Copy as JSON")).clicked() {
            memory.copies = Some(part.clone());
        }
        if facts.has_masked || scene.state.is_revealed {
            reveal_ui(ui, scene);
        }
        if facts.is_beginning {
            text_ui(ui, "The beginning; the rest is being read…", Type::Small, Tone::Muted);
        } else if facts.bytes >= 100_000 {
            text_ui(ui, &words::bytes(facts.bytes as u64), Type::Small, Tone::Muted);
        }
    });
    ui.add_space(size::GAP_XS);
}
