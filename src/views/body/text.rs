//! A long text, wrapped to the width there is: short ones at once, long ones on a worker.

use std::ops::Range;
use std::sync::Arc;

use egui::{Align, Rect, Ui, vec2};

use super::Body;
use super::find::{FindMemory, HITS_MOST, Wanted};
use crate::loader::{DerivedKey, Lane, Text};
use crate::state::{Action, NoticeText};
use crate::views::scene::Scene;
use crate::views::wrapped::{Wish, Wrapped};
use crate::widgets::empty::skeleton_rows_ui;
use crate::widgets::fonts::missing_scripts;
use crate::widgets::text::{TextLines, TextState, VirtualText, find_all};
use crate::widgets::tokens::size::{self, Type};

/// Texts up to this many bytes are wrapped within the frame, if it has time.
const AT_ONCE: usize = 64 << 10;

/// What a text view remembers.
#[derive(Default)]
pub(in crate::views) struct TextMemory {
    state: TextState,
    /// The text that is shown.
    source: Option<u64>,
    lines: Wrapped<TextLines>,
    find: FindMemory,
    /// A byte to go to as soon as there are lines.
    go_to: Option<usize>,
}

impl TextMemory {
    /// This is looked for from now on.
    pub fn look_for(&mut self, wanted: &Wanted) {
        self.find.look_for(wanted);
    }

    /// This byte is gone to as soon as it is known where it stands.
    pub(super) fn go_to(&mut self, byte: usize) {
        self.go_to = Some(byte);
    }

    /// What was gone to is not gone to any more.
    pub(super) fn stay(&mut self) {
        self.go_to = None;
    }

    /// Whether its lines are still to be wrapped.
    pub(super) fn is_waiting(&self) -> bool {
        self.lines.is_late()
    }

    /// The bytes of the lines that are kept.
    pub(super) fn bytes(&self) -> usize {
        self.lines.shown().map_or(0, |lines| lines.bytes())
    }

    /// How many lines are shown; `None` while there are none.
    pub(super) fn line_count(&self) -> Option<usize> {
        self.lines.shown().map(|lines| lines.len())
    }
}

/// In which font a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::views) enum Face {
    /// For reading.
    Prose,
    /// That of values, whose characters are all equally wide.
    Value,
}

/// How a text is shown that is no higher than it needs to be.
#[derive(Clone, Copy, Debug)]
pub(in crate::views) struct Block<'a> {
    pub face: Face,
    /// What is more scrolls.
    pub most_lines: usize,
    /// What can be done with what is selected.
    pub offer: Option<&'a str>,
}

/// Shows a text with a search above it.
pub(in crate::views) fn searched_text_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut TextMemory,
    body: Body<'_>,
    face: Face,
) {
    let hits = search(scene, &memory.find, body.text);
    let found = hits.as_ref().map(|hits| hits.len());
    let to = memory.find.bar_ui(ui, &format!("Find in {}", body.label), body.text.id(), found);
    ui.add_space(size::GAP_XS);
    if let Some(hit) = to.and_then(|to| hits.as_ref()?.get(to)) {
        memory.go_to = Some(hit.start);
    }
    let none = Vec::new();
    let look = Look {
        face,
        most_lines: None,
        offer: None,
        hits: hits.as_deref().unwrap_or(&none),
        current: memory.find.current(),
    };
    marked_text_ui(ui, scene, memory, body, look);
}

/// Shows a text as high as it is, up to so many lines. Returns the passage with which is to be done what was offered.
pub(in crate::views) fn text_block_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut TextMemory,
    body: Body<'_>,
    block: Block<'_>,
) -> Option<String> {
    let Block { face, most_lines, offer } = block;
    let look = Look { face, most_lines: Some(most_lines), offer, hits: &[], current: None };
    marked_text_ui(ui, scene, memory, body, look)
}

/// How a text is shown.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub face: Face,
    /// It is as high as it is, up to so many lines; else it fills the space that is left.
    pub most_lines: Option<usize>,
    pub offer: Option<&'a str>,
    /// The places that are marked, and the one among them that was gone to.
    pub hits: &'a [Range<usize>],
    pub current: Option<usize>,
}

/// The places in a text; `None` while they are looked for, or nothing is.
pub(super) fn search(scene: &mut Scene<'_>, find: &FindMemory, text: &Text) -> Option<Arc<Vec<Range<usize>>>> {
    if find.needle().is_empty() {
        return None;
    }
    let (needle, case, owned) = (find.needle().to_owned(), find.case(), Arc::clone(text.text()));
    let key = DerivedKey { what: "search in a text", source: text.id(), variant: find.variant() };
    let slot = scene.loader.derive(key, Lane::Selection, move || {
        let hits: Vec<Range<usize>> = find_all(&owned, &needle, case).take(HITS_MOST).collect();
        let bytes = hits.len() * size_of::<Range<usize>>();
        (hits, bytes)
    });
    slot.value().map(Arc::clone)
}

/// Shows a text with some of its places marked.
pub(super) fn marked_text_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut TextMemory,
    body: Body<'_>,
    look: Look<'_>,
) -> Option<String> {
    let text = body.text;
    if memory.source != Some(text.id()) {
        memory.source = Some(text.id());
        hint_fonts(ui, scene, text.text());
        if !memory.lines.shown().is_some_and(|lines| goes_on(lines.text(), text.text())) {
            memory.state = TextState::default();
            memory.lines.forget();
        }
    }
    let cut = if look.face == Face::Prose { Type::Body } else { Type::Value };
    let wish = Wish {
        cut,
        at_once: Some(text.bytes()).filter(|bytes| *bytes <= AT_ONCE),
        ..Wish::new("wrapping", text.id(), ())
    };
    let owned = Arc::clone(text.text());
    memory.lines.make(ui, scene.loader, wish, |_, paper| TextLines::new(owned).wrapped(paper.width, &paper.widths));
    let Some(lines) = memory.lines.shown().cloned() else {
        skeleton_rows_ui(ui, look.most_lines.unwrap_or(12).min(12), size::LINE);
        return None;
    };
    let reveal = memory.go_to.take().map(|byte| lines.line_at(byte));
    if let Some(most) = look.most_lines {
        // It stands in a page: what nobody sees is not drawn, and what is gone to, the page goes to.
        let height = lines.len().min(most) as f32 * size::LINE;
        let place = Rect::from_min_size(ui.available_rect_before_wrap().min, vec2(ui.available_width(), height));
        if let Some(line) = reveal {
            let top = if lines.len() <= most { place.top() + line as f32 * size::LINE } else { place.top() };
            let line = Rect::from_min_size(egui::pos2(place.left(), top), vec2(place.width(), size::LINE));
            ui.scroll_to_rect(line, Some(Align::Center));
        }
        if reveal.is_none() && !ui.is_rect_visible(place) {
            ui.advance_cursor_after_rect(place);
            return None;
        }
    }
    let view = VirtualText::new(body.id, body.label, &lines)
        .key_ranges(text.keys())
        .hits(look.hits, look.current)
        .reveal(reveal);
    let view = if look.face == Face::Prose { view.prose() } else { view };
    let view = view.offer(look.offer);
    let view = match look.most_lines {
        Some(most) if lines.len() <= most => view.in_page(),
        Some(most) => view.height(lines.len().min(most) as f32 * size::LINE),
        None => view,
    };
    let events = view.show(ui, &mut memory.state);
    if let Some(range) = events.copy {
        scene.act(Action::Copy(lines.text().get(range).unwrap_or_default().to_owned()));
    }
    events.offered.and_then(|range| Some(lines.text().get(range)?.to_owned()))
}

/// Whether a text is the rest of one that was cut: the place in it stays, and what was shown of
/// it stays until all of it is wrapped.
fn goes_on(beginning: &str, text: &str) -> bool {
    !beginning.is_empty() && text.len() > beginning.len() && text.starts_with(beginning)
}

/// A script that no font here has is said once, with the package that brings one.
fn hint_fonts(ui: &Ui, scene: &mut Scene<'_>, text: &str) {
    let head = &text[..text.floor_char_boundary(20_000)];
    for script in missing_scripts(ui.ctx(), head) {
        let id = egui::Id::unique(("font hint", script.package, script.name));
        if ui.data(|data| data.get_temp::<bool>(id)).is_none() {
            ui.data_mut(|data| data.insert_temp(id, true));
            let what = format!("No font here has {} characters", script.name);
            let advice = format!("On Debian, `apt install {}` brings one; then start dspyglass again", script.package);
            scene.act(Action::Notify(NoticeText::hint(what, advice)));
        }
    }
}
