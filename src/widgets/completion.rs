//! A line to type a filter in: where it is wrong is underlined, what may follow is offered below the caret.

mod edit;
mod list;

pub use edit::{accept, layout_with_error};

use super::field::{self, Field};
use super::row_text;
use super::tokens::Tokens;
use super::tokens::size::{self, Type};
use egui::{Event, EventFilter, Key, Margin, Modifiers, Response, TextBuffer, TextEdit, Ui, pos2, vec2};
use std::ops::Range;

/// Something that may stand at the caret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The bytes of the text that it replaces.
    pub replace: Range<usize>,
    /// What is put there.
    pub text: String,
    /// What kind of thing it is: "metric", "operator".
    pub kind: &'static str,
    /// What it means, or how often it occurs.
    pub note: String,
}

/// What the field remembers; the caller keeps it.
#[derive(Clone, Debug, Default)]
pub struct CompletionState {
    items: Vec<Completion>,
    asked_for: Option<(String, usize)>,
    cursor: usize,
    is_open: bool,
    /// The keyboard was moved within the list.
    was_moved: bool,
}

impl CompletionState {
    /// Whether completions are shown.
    pub fn is_open(&self) -> bool {
        self.is_open && !self.items.is_empty()
    }

    /// What may follow has changed, although the text has not: ask for it again.
    pub fn ask_again(&mut self) {
        self.asked_for = None;
    }
}

/// What the user did with the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionEvents {
    /// The text is another one.
    pub changed: bool,
    /// Enter was pressed, and not on something that is offered: what is written is meant.
    pub submitted: bool,
}

/// A field for a small language.
#[must_use = "call `show`"]
pub struct CompletionField<'a> {
    field: Field<'a>,
    error: Option<(Range<usize>, &'a str)>,
    tells_error: bool,
    is_path: bool,
}

/// The room below a field for its message.
pub const MESSAGE_HEIGHT: f32 = size::LINE;

impl<'a> CompletionField<'a> {
    /// Completions for what is typed in `field`, of which name, id, hint and key count.
    pub fn new(field: Field<'a>) -> Self {
        Self { field, error: None, tells_error: true, is_path: false }
    }

    /// Which bytes cannot be read, and why. The message takes the line below the field.
    pub fn error(mut self, error: Option<(Range<usize>, &'a str)>) -> Self {
        self.error = error;
        self
    }

    /// The caller says why it cannot be read, somewhere near: no line below the field is taken for it.
    pub fn told_elsewhere(mut self) -> Self {
        self.tells_error = false;
        self
    }

    /// A path is typed: a folder that was taken leads on to what is in it.
    pub fn path(mut self) -> Self {
        self.is_path = true;
        self
    }

    /// Shows the field. `completions` is asked for what may stand at a byte of the text, only when text or caret
    /// have changed.
    pub fn show(
        self,
        ui: &mut Ui,
        text: &mut String,
        state: &mut CompletionState,
        mut completions: impl FnMut(&str, usize) -> Vec<Completion>,
    ) -> CompletionEvents {
        let tokens = Tokens::of(ui);
        let id = self.field.own_id().unwrap_or_else(|| ui.make_persistent_id(("completion", self.field.label())));
        let has_focus = ui.memory(|memory| memory.has_focus(id));
        let mut events = CompletionEvents::default();
        // Enter means what is written, unless the keyboard was moved within the list; Tab takes what stands first.
        let keys = if has_focus { Keys::take(ui, state.is_open(), state.was_moved) } else { Keys::default() };
        if keys.accept
            && let Some(item) = state.items.get(state.cursor)
        {
            edit::accept_into(ui, id, text, item);
            events.changed = true;
            state.is_open = self.leads_on(text);
        }
        state.is_open = (state.is_open || keys.open) && !keys.close && !keys.submit;

        let before = text.clone();
        let error = self.error.as_ref().map(|(range, _)| range.clone());
        let mut layouter = |ui: &Ui, buffer: &dyn TextBuffer, _width: f32| {
            ui.fonts_mut(|fonts| fonts.layout_job(layout_with_error(buffer.as_str(), error.as_ref(), tokens)))
        };
        let width = ui.available_width();
        let (rect, _) = ui.allocate_exact_size(vec2(width, size::CONTROL), egui::Sense::hover());
        let mut edit_ui = ui.new_child(egui::UiBuilder::new().max_rect(rect));
        field::faint_hints(&mut edit_ui);
        let output = TextEdit::singleline(text)
            .id(id)
            .hint_text(self.field.hint_text())
            .font(Type::Value.font())
            .margin(Margin::symmetric(8, 4))
            .min_size(rect.size())
            .desired_width(width)
            .text_color(tokens.text1)
            .event_filter(EventFilter {
                tab: state.is_open(),
                escape: state.is_open(),
                horizontal_arrows: true,
                vertical_arrows: true,
            })
            .layouter(&mut layouter)
            .show(&mut edit_ui);
        drop(edit_ui);
        let response = output.response.response.clone();
        ui.ctx().accesskit_node_builder(id, |node| {
            node.set_label(self.field.label());
            if let Some((_, message)) = self.error {
                node.set_description(message);
                node.set_invalid(egui::accesskit::Invalid::True);
            }
        });
        events.changed |= *text != before;
        events.submitted = keys.submit;
        self.frame_ui(ui, &response, text.is_empty());

        let caret = output.cursor_range.map(|range| edit::byte_of(text, range.primary.index.0));
        if has_focus && let Some(caret) = caret {
            let asked = (text.clone(), caret);
            if state.asked_for.as_ref() != Some(&asked) {
                state.items = completions(text, caret);
                (state.cursor, state.was_moved) = (0, false);
                state.is_open = state.is_open || (*text != before && !keys.accept);
                state.asked_for = Some(asked);
            }
            state.cursor = keys.moved(state.cursor, state.items.len());
            state.was_moved |= keys.has_moved();
        } else {
            state.is_open = false;
        }
        if state.is_open() && response.has_focus() {
            // Below the beginning of what would be replaced, so that the texts stand below each other.
            let from = state.items.first().map_or(0, |item| item.replace.start.min(text.len()));
            let from = text[..text.floor_char_boundary(from)].chars().count();
            let left = output.galley.pos_from_cursor(egui::text::CCursor::new(from)).left();
            let at = pos2(output.galley_pos.x + left - size::GAP_M - 1.0, rect.bottom() + 2.0);
            if let Some(item) = list::show(ui, id, at, state, keys.has_moved()) {
                edit::accept_into(ui, id, text, &item);
                events.changed = true;
                state.is_open = self.leads_on(text);
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
        events
    }

    fn leads_on(&self, text: &str) -> bool {
        self.is_path && text.ends_with(std::path::is_separator)
    }

    /// The border of a field that cannot be read, its message, and the key that leads to it.
    fn frame_ui(&self, ui: &mut Ui, response: &Response, is_empty: bool) {
        if let Some((_, message)) = &self.error {
            let tokens = Tokens::of(ui);
            field::bad_frame(ui, response.rect);
            if !self.tells_error {
                return;
            }
            let (rect, line) = ui.allocate_exact_size(vec2(ui.available_width(), MESSAGE_HEIGHT), egui::Sense::hover());
            line.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, *message));
            let room = rect.shrink2(vec2(size::GAP_S, 0.0));
            row_text::paint(ui.painter(), room, message, Type::Small, tokens.bad, egui::Align::Min);
        }
        if is_empty && !response.has_focus() {
            self.field.key_ui(ui, response.rect);
        }
    }
}

/// The keys of this frame that are not for the text.
#[derive(Clone, Copy, Debug, Default)]
struct Keys {
    accept: bool,
    submit: bool,
    open: bool,
    close: bool,
    steps: isize,
}

impl Keys {
    fn take(ui: &Ui, is_open: bool, takes_enter: bool) -> Self {
        let mut keys = Self::default();
        ui.input_mut(|input| {
            keys.open = input.consume_key(Modifiers::CTRL, Key::Space);
            input.events.retain(|event| {
                let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
                if !modifiers.is_none() {
                    return true;
                }
                match (key, is_open) {
                    (Key::Tab, true) => keys.accept = true,
                    (Key::Enter, true) if takes_enter => keys.accept = true,
                    (Key::Escape, true) => keys.close = true,
                    (Key::ArrowDown, true) => keys.steps += 1,
                    (Key::ArrowUp, true) => keys.steps -= 1,
                    (Key::ArrowDown, false) => keys.open = true,
                    (Key::Enter, _) => keys.submit = true,
                    _ => return true,
                }
                false
            });
        });
        keys
    }

    fn has_moved(self) -> bool {
        self.steps != 0
    }

    fn moved(self, from: usize, total: usize) -> usize {
        match total as isize {
            0 => 0,
            total => (from as isize + self.steps).rem_euclid(total) as usize,
        }
    }
}
