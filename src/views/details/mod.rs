//! The focused span: what it was given and gave back in one scroll, read for what it is; behind that what else was noted.

mod attempts;
mod chat;
mod copy;
mod fields;
mod part;
mod parts_ui;
mod passages;
mod raw;
mod reading;
mod steps;
mod told;

use egui::{Align, Frame, Layout, Margin, Ui};

use super::body::Wanted;
use super::body::page::TextsMemory;
use super::command::SpanCommand;
use super::costs::told;
use super::parts::slot_ui;
use super::scene::Scene;
use super::spans::{find_span, kind_tone, kind_word};
use crate::loader::{BodyPart, Lane, PreparedBody, Slot, SpanAt, SpanBodyOf, SpanFigures, TraceTree, WholeSpanBodyOf};
use crate::model::{SearchPattern, SpanHandle, SpanHead, TraceId};
use crate::query::{TraceFiguresOf, TraceTreeOf};
use crate::state::{Action, DetailTab, Place, SpanRef};
use crate::widgets::empty::empty_ui;
use crate::widgets::glyphs::paint_square;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::section::text_ui;
use crate::widgets::tabs;
use crate::widgets::tokens::Tokens;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;
use chat::ChatMemory;
use copy::CopyMemory;
use part::PartMemory;
use raw::RawMemory;
use reading::{Choices, Reading};
use steps::StepsMemory;

/// What the panel remembers.
#[derive(Default)]
pub(super) struct DetailsMemory {
    choices: Choices,
    texts: TextsMemory,
    raw: RawMemory,
    part: PartMemory,
    copy: CopyMemory,
    steps: StepsMemory,
    chat: ChatMemory,
    /// What was looked for in the whole trace when that was last taken over.
    followed: Option<SearchPattern>,
    /// A key was pressed that has not been answered, and of which trace.
    pressed: Option<(TraceId, SpanCommand)>,
    /// The span that is shown, and what of it.
    shown: Option<(TraceId, Option<SpanRef>, DetailTab)>,
    /// How it is read.
    read_as: Option<Reading>,
}

impl DetailsMemory {
    /// What was found elsewhere is looked for in whatever span is shown next.
    pub fn look_for(&mut self, wanted: &Wanted) {
        self.texts.look_for(wanted);
        self.raw.look_for(wanted);
        self.part.look_for(wanted);
    }

    /// Does what a key says as soon as a span of this trace is on screen.
    pub fn press(&mut self, trace: TraceId, command: SpanCommand) {
        self.pressed = Some((trace, command));
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

/// The span that is looked at.
#[derive(Clone, Copy)]
struct Focused<'a> {
    trace: &'a TraceId,
    tree: &'a TraceTree,
    /// Its place among [`TraceTree::spans`].
    ordinal: usize,
    span: &'a SpanHead,
}

impl Focused<'_> {
    /// What no other span has.
    fn key(&self) -> (TraceId, SpanHandle) {
        (self.trace.clone(), self.span.handle)
    }
}

pub(super) fn details_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DetailsMemory) {
    let Place::Trace { trace, span, detail, .. } = scene.place().clone() else { return };
    memory.follow(scene.state.page().spans.find.as_ref());
    // What was said of a trace is not done to another one.
    memory.pressed.take_if(|(of, _)| *of != trace);
    let slot = scene.loader.ask(&TraceTreeOf(trace.clone()), Lane::Selection);
    let Some(tree) = slot.value().and_then(|tree| tree.as_ref().as_ref()) else { return };
    let focused = match &span {
        Some(span) => find_span(tree, span),
        None => tree.forest.nodes.first().map(|node| node.item),
    };
    Frame::new().inner_margin(Margin { left: 14, right: 14, top: 10, bottom: 10 }).show(ui, |ui| {
        let Some((ordinal, head)) = focused.and_then(|ordinal| Some((ordinal, tree.spans.get(ordinal)?))) else {
            memory.pressed = None;
            let has_none = tree.spans.is_empty();
            let what = if has_none {
                "There is no span to show"
            } else {
                "This trace has no such span; choose one from the tree"
            };
            empty_ui(ui, what, "");
            return;
        };
        let one = Focused { trace: &trace, tree, ordinal, span: head };
        let shown = Some((trace.clone(), span.clone(), detail));
        if memory.shown != shown {
            memory.shown = shown;
            memory.texts.go_to_section((detail == DetailTab::Outputs).then_some(fields::OUTPUTS));
        }
        span_ui(ui, scene, memory, one, detail);
    });
}

fn span_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut DetailsMemory, one: Focused<'_>, detail: DetailTab) {
    let offered = reading::offered(scene, one);
    match memory.pressed.take().map(|(_, command)| command) {
        Some(SpanCommand::Raw) if matches!(detail, DetailTab::Inputs | DetailTab::Outputs) => {
            memory.choices.toggle_raw(&offered);
        }
        Some(SpanCommand::Raw) => {
            memory.choices.choose(&offered, Reading::Raw);
            scene.act(Action::ShowDetail(DetailTab::Inputs));
        }
        Some(command) => {
            if let Some(what) = copy::copied_by(command) {
                memory.copy.ask(one, what);
            }
        }
        None => {}
    }
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            memory.copy.menu_ui(ui, one);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| head_ui(ui, scene, one));
        });
    });
    memory.copy.copy_when_ready(scene, one);
    missing_ui(ui, scene, one.tree, one.ordinal);
    let body = body_of(scene, one);
    let known = body.value().and_then(|body| body.as_ref().as_ref());
    tabs_ui(ui, scene, memory, &offered, (known, detail));
    ui.add_space(size::GAP_S);
    let Some(answer) = slot_ui(ui, scene, &body, "The span", size::LINE) else { return };
    let Some(body) = answer.as_ref() else {
        empty_ui(ui, "This span is not in the store any more", "");
        return;
    };
    exception_ui(ui, scene, body, detail == DetailTab::Events);
    let reading = memory.choices.chosen(&offered);
    if memory.read_as.replace(reading) != Some(reading) {
        memory.texts.read_anew();
    }
    match detail {
        DetailTab::Attributes => part::part_ui(ui, scene, memory, one, (BodyPart::Attributes, body)),
        DetailTab::Events => part::part_ui(ui, scene, memory, one, (BodyPart::Events, body)),
        DetailTab::Inputs | DetailTab::Outputs => match reading {
            Reading::Steps => steps::steps_ui(ui, scene, memory, one, body),
            Reading::Attempts => attempts::attempts_ui(ui, scene, memory, one),
            Reading::Passages => passages::passages_ui(ui, scene, memory, one),
            Reading::LikelyCalls => attempts::likely_ui(ui, scene, memory, one),
            Reading::Chat => chat::chat_ui(ui, scene, memory, one, body),
            Reading::Fields => fields::fields_ui(ui, scene, memory, one, body),
            Reading::Raw => raw::raw_ui(ui, scene, memory, one, body),
        },
    }
}

/// The body, or the beginning of a long one until all of it is here.
fn body_of(scene: &mut Scene<'_>, one: Focused<'_>) -> Slot<Option<PreparedBody>> {
    let (trace, span) = one.key();
    let at = SpanAt { trace, span, has_ended: one.span.end_ns.is_some() };
    let body = scene.loader.ask(&SpanBodyOf(at.clone()), Lane::Selection);
    if !body.value().is_some_and(|body| body.as_ref().as_ref().is_some_and(|body| body.is_beginning)) {
        return body;
    }
    let whole = scene.loader.ask(&WholeSpanBodyOf(at), Lane::Selection);
    if whole.value().is_some() || whole.error().is_some() { whole } else { body }
}

/// `■ LM.__call__ gpt-4o-mini · chat model · 154 ms`
fn head_ui(ui: &mut Ui, scene: &mut Scene<'_>, Focused { tree, ordinal, span, .. }: Focused<'_>) {
    let figures = scene.loader.ask(&TraceFiguresOf(tree.head.row.id.clone()), Lane::Visible);
    let model = figures.value().and_then(|figures| figures.spans.get(ordinal)?.model.clone());
    let mut facts: Vec<String> = model.into_iter().collect();
    facts.push(kind_word(&span.kind));
    facts.push(span.duration_ns().map_or_else(|| "in progress".to_owned(), words::duration_ns));
    facts.extend(figures.value().and_then(|figures| figures.spans.get(ordinal)).and_then(cost_of));
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

/// What a span cost; nothing of one that uses nothing or is part of what a span above it tells.
fn cost_of(figures: &SpanFigures) -> Option<String> {
    match figures.cost {
        Some(cost) => Some(told(cost)),
        None => figures.tells_cost.then(|| "cost unknown".to_owned()),
    }
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

/// The ways in which the span can be read, and what else was noted of it.
fn tabs_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DetailsMemory,
    offered: &[Reading],
    (body, detail): (Option<&PreparedBody>, DetailTab),
) {
    let count = |count: usize| words::count(count as u64);
    let attributes = body.map(|body| count(body.attribute_count)).unwrap_or_default();
    let events = body.map(|body| body.events.len()).filter(|events| *events > 0).map(count).unwrap_or_default();
    let mut titles: Vec<tabs::Tab<'_>> = offered.iter().map(|reading| tabs::Tab::new(reading.title())).collect();
    titles.push(tabs::Tab::new(DetailTab::Attributes.title()).count(&attributes));
    titles.push(tabs::Tab::new(DetailTab::Events.title()).count(&events));
    // Only this panel knows how its span can be read.
    let titles: Vec<tabs::Tab<'_>> = titles.into_iter().map(tabs::Tab::offered).collect();
    let reading = memory.choices.chosen(offered);
    let selected = match detail {
        DetailTab::Attributes => offered.len(),
        DetailTab::Events => offered.len() + 1,
        DetailTab::Inputs | DetailTab::Outputs => offered.iter().position(|one| *one == reading).unwrap_or(0),
    };
    let Some(chosen) = tabs::show(ui, "detail tabs", "Span", &titles, selected) else { return };
    match offered.get(chosen) {
        Some(reading) => {
            memory.choices.choose(offered, *reading);
            if !matches!(detail, DetailTab::Inputs | DetailTab::Outputs) {
                scene.act(Action::ShowDetail(DetailTab::Inputs));
            }
        }
        None if chosen == offered.len() => scene.act(Action::ShowDetail(DetailTab::Attributes)),
        None => scene.act(Action::ShowDetail(DetailTab::Events)),
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
