//! Above the list of traces: what it is filtered by, as a line that is typed and as chips that edit it; below it what
//! passes.

use std::ops::Range;

use egui::Ui;

use crate::query::{FactsProgress, FilterKeys, Now, TraceFilter};
use crate::store::Total;
use crate::views::command::Command;
use crate::views::filter_words::completion;
use crate::views::scene::Clock;
use crate::widgets::chips::Chip;
use crate::widgets::completion::{Completion, CompletionField, CompletionState};
use crate::widgets::field::Field;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// The name of the field, by which it is found.
const LABEL: &str = "Filter these traces";
const HINT: &str = "status = ERROR and latency_ms > 500, or words of inputs and outputs";

/// A remark is no longer; in letters.
const REMARK_MOST: usize = 300;

/// What most people look for: what a chip says, what it writes, what is told of it.
const CHIPS: [(&str, &str, &str); 6] = [
    ("Errors", "status = ERROR", "Traces that ended with an error"),
    ("Exceptions", "error is not null", "An exception was noted in any span, also where the trace went on"),
    ("Parse fallbacks", "parse_fallback = yes", "An answer could not be parsed, and another adapter was tried"),
    (
        "Failed tools",
        "failed_tool is not null",
        "A tool failed, or code that an agent wrote, also where the trace went on",
    ),
    ("Out of steps", "out_of_steps = yes", "An agent ended because it had no step left, also where the trace is OK"),
    ("Not cached", "cached = no", "A model was called: usage was recorded"),
];

/// What the line remembers.
#[derive(Default)]
pub(super) struct FilterMemory {
    /// The line is to get the keyboard.
    pub wants_focus: bool,
    pub text: String,
    /// The last filter that could be read.
    pub filter: TraceFilter,
    is_words: bool,
    error: Option<(Range<usize>, String)>,
    completion: CompletionState,
}

/// What is listed.
pub(super) struct Listed {
    /// How many pass, once that is known.
    pub passing: Option<Total>,
    /// How many there are.
    pub total: Option<Total>,
    pub facts: Option<FactsProgress>,
    pub is_waiting: bool,
}

impl FilterMemory {
    /// Reads what stands in the line.
    pub fn read(&mut self, text: &str, clock: Clock) {
        text.clone_into(&mut self.text);
        match TraceFilter::parse_typed(text, Now { ms: clock.now_ms, is_utc: clock.is_utc }) {
            Ok((filter, is_words)) => (self.filter, self.is_words, self.error) = (filter, is_words, None),
            Err(error) => self.error = Some((error.range.clone(), words::sentence(&error.to_string()))),
        }
    }

    /// The line, the chips and what passes; says whether the text is another one now.
    pub fn show(&mut self, ui: &mut Ui, keys: &FilterKeys, listed: &Listed) -> bool {
        let mut changed = self.line_ui(ui, keys);
        ui.add_space(size::GAP_XS);
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = size::GAP_S;
            for (name, condition, tip) in CHIPS {
                let is_on = has(&self.text, condition);
                if ui.add(Chip::toggle(name, is_on)).on_hover_text(tip).clicked() {
                    self.text = toggled(&self.as_filter(), condition);
                    changed = true;
                }
            }
            let models = usual(keys, "model", 3).map(|model| ("model", model, model.to_owned()));
            let sessions = usual(keys, "session", 2).map(|id| ("session", id, session_title(id)));
            for (key, value, title) in models.chain(sessions) {
                let condition = format!("{key} = '{}'", value.replace('\'', "''"));
                let is_on = has(&self.text, &condition);
                let tip = match key {
                    "model" => "Traces that called this model".to_owned(),
                    _ => format!("Traces of the session {value}"),
                };
                if ui.add(Chip::toggle(&title, is_on)).on_hover_text(tip).clicked() {
                    self.text = toggled(&self.as_filter(), &condition);
                    changed = true;
                }
            }
            text_ui(ui, &self.told(listed), Type::Small, Tone::Muted);
        });
        // While something is offered, what is typed is not finished, and no mistake yet.
        if let Some((_, text)) = self.error.as_ref().filter(|_| !self.completion.is_open()) {
            text_ui(ui, &words::one_line(text, REMARK_MOST), Type::Small, Tone::Bad);
        }
        ui.add_space(size::GAP_XS);
        changed
    }

    /// The text, with plain words written as the conditions that they stand for.
    fn as_filter(&self) -> String {
        if !self.is_words || self.error.is_some() {
            return self.text.clone();
        }
        let condition = |word: &str| format!("(input ~ '{word}' or output ~ '{word}' or name ~ '{word}')");
        self.text.split_whitespace().map(condition).collect::<Vec<_>>().join(" and ")
    }

    /// The text with another condition.
    pub fn and(&self, condition: &str) -> String {
        if has(&self.text, condition) { self.text.clone() } else { toggled(&self.as_filter(), condition) }
    }

    fn line_ui(&mut self, ui: &mut Ui, keys: &FilterKeys) -> bool {
        let id = egui::Id::unique("filter of the list of traces");
        if std::mem::take(&mut self.wants_focus) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let error = self.error.as_ref().filter(|_| !self.completion.is_open());
        let error = error.map(|(range, words)| (range.clone(), words.as_str()));
        let key = Command::FilterTraces.key_text(ui.ctx());
        let field = CompletionField::new(Field::new(LABEL).id(id).hint(HINT).key(&key)).error(error).told_elsewhere();
        let mut text = std::mem::take(&mut self.text);
        let done = field.show(ui, &mut text, &mut self.completion, |text, caret| completions(text, caret, keys));
        self.text = text;
        done.changed
    }

    fn told(&self, listed: &Listed) -> String {
        let total = match listed.total {
            None => String::new(),
            Some(Total::Exact(total)) => words::counted(total, "trace"),
            Some(Total::AtLeast(known)) => words::at_least(&words::counted(known, "trace")),
        };
        let mut text = match listed.passing.filter(|_| !self.filter.is_empty()) {
            Some(Total::Exact(passing)) => format!("{} of {total}", words::count(passing)),
            Some(Total::AtLeast(known)) => format!("{} of {total}", words::at_least(&words::count(known))),
            None => total,
        };
        // With a mistake in it the text is not what was looked for.
        if self.is_words && self.error.is_none() {
            let words: Vec<String> = self.text.split_whitespace().map(|word| format!("“{word}”")).collect();
            text.push_str(&format!(" with {} in name, inputs or outputs", words.join(" and ")));
        }
        if self.error.is_some() && !self.filter.is_empty() {
            text.push_str(", as filtered before");
        }
        if let Some(facts) = listed.facts.filter(|facts| !facts.is_whole()) {
            let (known, of) = (words::count(facts.known as u64), words::counted(facts.of, "trace"));
            text.push_str(&format!("; looked into {known} of {of}"));
        } else if listed.is_waiting {
            text.push_str("; filtering…");
        }
        text
    }
}

/// The values that most traces have, for chips; none where all have the same.
fn usual<'k>(keys: &'k FilterKeys, key: &str, most: usize) -> impl Iterator<Item = &'k str> {
    let found = keys.attributes.iter().find(|one| &*one.key == key).filter(|one| one.values.len() > 1);
    found.into_iter().flat_map(move |one| one.values.iter().take(most)).map(|value| &*value.value)
}

/// What a chip calls a session: ids can be of any length, and often differ at their ends alone.
fn session_title(id: &str) -> String {
    const HEAD: usize = 8;
    const TAIL: usize = 8;
    let id = words::one_line(id, usize::from(u16::MAX));
    format!("Session {}", words::ellipsize_middle(&id, HEAD, TAIL))
}

fn completions(text: &str, caret: usize, keys: &FilterKeys) -> Vec<Completion> {
    TraceFilter::complete(text, caret, keys).into_iter().map(completion).collect()
}

/// The parts of a text that all have to hold, where that can be told from how it is written.
fn parts(text: &str) -> Vec<&str> {
    text.split(" and ").map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn has(text: &str, condition: &str) -> bool {
    parts(text).contains(&condition)
}

/// The text with a condition more, or without it.
fn toggled(text: &str, condition: &str) -> String {
    let parts = parts(text);
    if parts.contains(&condition) {
        return parts.into_iter().filter(|part| *part != condition).collect::<Vec<_>>().join(" and ");
    }
    let text = text.trim();
    let lower = text.to_lowercase();
    match text {
        "" => condition.to_owned(),
        text if lower.contains(" or ") && !text.starts_with('(') => format!("({text}) and {condition}"),
        text => format!("{text} and {condition}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chip_writes_a_condition_and_takes_it_back() {
        let errors = "status = ERROR";
        for (before, after) in [
            ("", "status = ERROR"),
            ("latency_ms > 5", "latency_ms > 5 and status = ERROR"),
            ("name = a or name = b", "(name = a or name = b) and status = ERROR"),
        ] {
            assert_eq!(toggled(before, errors), after);
            assert!(has(after, errors) && !has(before, errors));
        }
        assert_eq!(toggled("latency_ms > 5 and status = ERROR and name = a", errors), "latency_ms > 5 and name = a");
        assert_eq!(toggled("status = ERROR", errors), "");
    }
}
