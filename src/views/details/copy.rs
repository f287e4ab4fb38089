//! Copying of a span: as JSON, a call of a model also as code that repeats it. What is copied is made on a worker.

use egui::Ui;

use super::Focused;
use crate::analysis::span_groups::SpanGroup;
use crate::loader::{BodyPart, Lane, SpanText, SpanTextOf};
use crate::query::chat::Language;
use crate::state::{Action, NoticeText};
use crate::views::command::{Command, SpanCommand};
use crate::views::scene::Scene;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::menu::{MenuEntry, MenuItem, button_menu};
use crate::widgets::tokens::Tone;

/// What is asked to be copied, and waited for.
#[derive(Default)]
pub(super) struct CopyMemory {
    wanted: Option<SpanTextOf>,
}

/// What can be copied of every span, and of calls of models.
const OF_SPANS: [(&str, SpanText); 3] = [
    ("Span as JSON", SpanText::Record),
    ("Inputs as JSON", SpanText::Part(BodyPart::Inputs)),
    ("Outputs as JSON", SpanText::Part(BodyPart::Outputs)),
];
const OF_CALLS: [(&str, SpanText); 4] = [
    ("Chat messages as JSON", SpanText::Messages),
    ("Python for dspy.LM", SpanText::Code(Language::Dspy)),
    ("Python for litellm", SpanText::Code(Language::LiteLlm)),
    ("curl", SpanText::Code(Language::Curl)),
];

impl CopyMemory {
    /// Copies this of the span as soon as it is made.
    pub fn ask(&mut self, one: Focused<'_>, what: SpanText) {
        let (trace, span) = one.key();
        self.wanted = Some(SpanTextOf { trace, span, what });
    }

    /// The button with what can be copied.
    pub fn menu_ui(&mut self, ui: &mut Ui, one: Focused<'_>) {
        let is_call = one.tree.shape.groups.get(one.ordinal) == Some(&SpanGroup::Lm);
        let offered: Vec<(&str, SpanText)> =
            OF_SPANS.into_iter().chain(OF_CALLS.into_iter().filter(|_| is_call)).collect();
        let key = |what: SpanText| {
            let command = SpanCommand::ALL.into_iter().find(|command| copied_by(*command) == Some(what));
            command.map(|command| Command::Spans(command).key_text(ui.ctx())).unwrap_or_default()
        };
        let keys: Vec<String> = offered.iter().map(|(_, what)| key(*what)).collect();
        let mut entries: Vec<(MenuEntry<'_>, Option<SpanText>)> = vec![(MenuEntry::Heading("Copy"), None)];
        for (at, ((title, what), key)) in offered.iter().zip(&keys).enumerate() {
            if at == OF_SPANS.len() {
                entries.push((MenuEntry::Rule, None));
            }
            entries.push((MenuEntry::Item(MenuItem::new(title).shortcut(key)), Some(*what)));
        }
        let button = ui.add(Chip::button("Copy").glyph(Glyph::FoldOpen, Tone::Muted));
        let lines: Vec<MenuEntry<'_>> = entries.iter().map(|(entry, _)| *entry).collect();
        let chosen = button_menu(&button, &lines);
        if let Some(what) = chosen.and_then(|at| entries.get(at)?.1) {
            self.ask(one, what);
        }
    }

    /// Copies what was asked for, once it is there. Whoever looks at another span does not want it any more.
    pub fn copy_when_ready(&mut self, scene: &mut Scene<'_>, one: Focused<'_>) {
        let Some(wanted) = self.wanted.take() else { return };
        if (wanted.trace.clone(), wanted.span) != one.key() {
            return;
        }
        let slot = scene.loader.ask(&wanted, Lane::Selection);
        if let Some(error) = slot.error() {
            let what = "Nothing was copied: the span could not be read".to_owned();
            scene.act(Action::Notify(NoticeText::failed(what, error.to_string())));
            return;
        }
        match slot.value().map(|text| text.as_ref().clone()) {
            Some(Some(text)) => scene.act(Action::Copy(text.text().to_string())),
            Some(None) => {
                let what = "Nothing was copied".to_owned();
                scene.act(Action::Notify(NoticeText::hint(what, none_of(wanted.what).to_owned())));
            }
            None => self.wanted = Some(wanted),
        }
    }
}

/// What a command copies, if it is one that does.
pub(super) fn copied_by(command: SpanCommand) -> Option<SpanText> {
    match command {
        SpanCommand::CopySpan => Some(SpanText::Record),
        SpanCommand::CopyMessages => Some(SpanText::Messages),
        SpanCommand::CopyDspy => Some(SpanText::Code(Language::Dspy)),
        SpanCommand::CopyLiteLlm => Some(SpanText::Code(Language::LiteLlm)),
        SpanCommand::CopyCurl => Some(SpanText::Code(Language::Curl)),
        _ => None,
    }
}

/// Why there is nothing to copy.
fn none_of(what: SpanText) -> &'static str {
    match what {
        SpanText::Record => "This span is not in the store any more",
        SpanText::Part(_) => "The store has nothing of this for the span",
        SpanText::Messages | SpanText::Code(_) => "This span sent no messages to a model",
    }
}
