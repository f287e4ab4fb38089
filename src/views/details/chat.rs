//! An LM call as a chat: messages by role, each read as its adapter wrote it, then what came back and what was made of
//! it.

mod demos;
mod media;
mod pieces;

use std::collections::{HashMap, HashSet};

use egui::{CornerRadius, Frame, Margin, Stroke, Ui};

use super::{DetailsMemory, Focused, fields};
use crate::loader::{CardKind, ChatCard, ChatOf, Lane, ParseError, PreparedBody, PreparedChat, TraceTree};
use crate::query::chat::CallOf;
use crate::state::Action;
use crate::views::body::page::{TextsMemory, Titles};
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::spans::span_ref;
use crate::widgets::image_view::ImageState;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// The margins within a card.
const MARGIN: Margin = Margin { left: 10, right: 10, top: 6, bottom: 8 };

/// What the chat remembers.
#[derive(Default)]
pub(super) struct ChatMemory {
    /// The chat that the rest belongs to: a number that no other has.
    shown: u64,
    /// What is unfolded: a card, and a piece or a demo of it.
    open: HashSet<(usize, usize)>,
    /// How images were left, by the numbers of their bytes.
    images: HashMap<u64, ImageState>,
}

/// What is drawn, and with what.
struct Drawing<'d> {
    one: Focused<'d>,
    texts: &'d mut TextsMemory,
    memory: &'d mut ChatMemory,
}

pub(super) fn chat_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut DetailsMemory,
    one: Focused<'_>,
    body: &PreparedBody,
) {
    let (trace, span) = one.key();
    let slot = scene.loader.ask(&ChatOf(CallOf { trace, span }), Lane::Selection);
    let chat = match slot.value().map(|chat| chat.as_ref().as_ref()) {
        Some(Some(chat)) => chat,
        // It only looks like a call; or its beginning can be read while the rest comes.
        Some(None) => return fields::fields_ui(ui, scene, memory, one, body),
        None if body.is_beginning && slot.error().is_none() => {
            return fields::fields_ui(ui, scene, memory, one, body);
        }
        None => {
            slot_ui(ui, scene, &slot, "The call", size::LINE);
            return;
        }
    };
    let texts = chat.texts();
    let source = texts.first().map_or(0, |text| text.id());
    if memory.chat.shown != source {
        memory.chat = ChatMemory { shown: source, ..ChatMemory::default() };
    }
    fields::find_ui(ui, scene, memory, one, (source, &texts));
    fields::notes_ui(ui, scene, body);
    let DetailsMemory { texts, chat: remembered, .. } = memory;
    texts.show(ui, source, |ui, texts, titles| {
        let mut drawing = Drawing { one, texts, memory: remembered };
        about_ui(ui, scene, one.tree, chat);
        for (at, card) in chat.cards.iter().enumerate() {
            if card.kind == CardKind::Answer {
                // What is after it belongs to the answer.
                titles_of_outputs(ui, titles, at, chat);
            }
            drawing.card_ui(ui, scene, titles, (at, card));
            if Some(at) == last_answer(chat) {
                parse_error_ui(ui, scene, one.tree, chat.parse_error.as_ref());
            }
        }
        if last_answer(chat).is_none() {
            fields::outputs_ui(ui, scene, (drawing.texts, titles), one, body);
            parse_error_ui(ui, scene, one.tree, chat.parse_error.as_ref());
        }
    });
}

/// The outputs begin at the first answer.
fn titles_of_outputs(ui: &Ui, titles: &mut Titles, at: usize, chat: &PreparedChat) {
    let is_first = chat.cards.iter().position(|card| card.kind == CardKind::Answer) == Some(at);
    if is_first {
        titles.pass(ui, fields::OUTPUTS);
    }
}

fn last_answer(chat: &PreparedChat) -> Option<usize> {
    chat.cards.iter().rposition(|card| card.kind == CardKind::Answer)
}

/// The adapter, and what the call was made for.
fn about_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree, chat: &PreparedChat) {
    if let Some(adapter) = &chat.adapter {
        let demos: usize = chat.cards.iter().map(|card| card.demos.len()).sum();
        let demos = if demos == 0 { String::new() } else { format!(" · {}", words::counted(demos, "demo")) };
        text_ui(ui, &format!("{adapter}{demos}"), Type::Small, Tone::Muted);
        ui.add_space(size::GAP_XS);
    }
    let Some((reason, before)) = &chat.fallback_of else { return };
    let link = before.and_then(|before| span_ref(tree, before));
    let notice = Notice::warning("Fallback").advice(reason);
    let notice = if link.is_some() { notice.action("Show the call before") } else { notice };
    if notice.show(ui) == NoticeEvent::Action {
        scene.act(Action::FocusSpan(link));
    }
    ui.add_space(size::GAP_S);
}

/// Why the answer could not be parsed, and what was tried next.
fn parse_error_ui(ui: &mut Ui, scene: &mut Scene<'_>, tree: &TraceTree, error: Option<&ParseError>) {
    let Some(error) = error else { return };
    let short = words::ellipsize_graphemes(&error.reason, 600);
    let next = error.next.clone().unwrap_or_else(|| "No other adapter was tried".to_owned());
    let link = error.call.and_then(|call| span_ref(tree, call));
    let notice = Notice::failed("The answer could not be parsed", "", &short).after(&next);
    let notice = if link.is_some() { notice.action("Show the next call") } else { notice };
    match notice.show(ui) {
        NoticeEvent::Action => scene.act(Action::FocusSpan(link)),
        NoticeEvent::CopyDetails => scene.act(Action::Copy(error.reason.clone())),
        _ => {}
    }
    ui.add_space(size::GAP_S);
}

fn tone(card: &ChatCard) -> Tone {
    match card.kind {
        CardKind::System | CardKind::Other => Tone::Muted,
        CardKind::Tools => Tone::Warn,
        CardKind::Demos => Tone::Violet,
        CardKind::Answer => Tone::Good,
        CardKind::Parsed => Tone::Teal,
        CardKind::Turn | CardKind::Request => match card.title.split(' ').next() {
            Some("assistant") => Tone::Good,
            Some("tool") => Tone::Warn,
            _ => Tone::Accent,
        },
    }
}

impl Drawing<'_> {
    fn card_ui(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, titles: &mut Titles, (at, card): (usize, &ChatCard)) {
        titles.pass(ui, &card.title);
        let Drawing { one, texts, memory } = self;
        if let Some(wanted) = texts.goes_to() {
            unfold(memory, wanted, (at, card));
        }
        texts.card_ui(ui, at as u64, |ui, texts| {
            let mut drawing = Drawing { one: *one, texts, memory };
            drawing.framed_ui(ui, scene, (at, card));
        });
        ui.add_space(size::GAP_S);
    }

    fn framed_ui(&mut self, ui: &mut Ui, scene: &mut Scene<'_>, (at, card): (usize, &ChatCard)) {
        let tokens = Tokens::of(ui);
        let frame = Frame::new()
            .fill(tokens.bg_window)
            .stroke(Stroke::new(size::RULE, tokens.line))
            .corner_radius(CornerRadius::same(size::RADIUS));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            let head = Frame::new().inner_margin(Margin { left: 10, right: 10, top: 4, bottom: 4 });
            let head = head.show(ui, |ui| {
                ui.set_width(ui.available_width());
                text_ui(ui, &words::one_line(&card.title, 80), Type::Small, tone(card));
            });
            let rule = head.response.rect;
            ui.painter().hline(rule.x_range(), rule.bottom(), (size::RULE, Tokens::of(ui).line));
            Frame::new().inner_margin(MARGIN).show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.spacing_mut().item_spacing.y = 2.0;
                if card.kind == CardKind::Demos {
                    demos::demos_ui(ui, scene, self, (at, card));
                } else {
                    pieces::pieces_ui(ui, scene, self, (at, 0), &card.pieces);
                }
                if card.pieces.is_empty() && card.demos.is_empty() {
                    text_ui(ui, "Empty", Type::Small, Tone::Muted);
                }
            });
        });
    }
}

/// Opens what holds the text that is gone to.
fn unfold(memory: &mut ChatMemory, wanted: u64, (at, card): (usize, &ChatCard)) {
    for (piece, one) in card.pieces.iter().enumerate() {
        if one.texts().any(|text| text.id() == wanted) {
            memory.open.insert((at, piece));
        }
    }
    for (number, demo) in card.demos.iter().enumerate() {
        for (piece, one) in demo.pieces.iter().enumerate() {
            if one.texts().any(|text| text.id() == wanted) {
                memory.open.insert((at, number));
                memory.open.insert((at, pieces::below(number) + piece));
            }
        }
    }
}
