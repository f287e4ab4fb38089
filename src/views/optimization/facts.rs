//! What is known of the optimization as a whole.

use egui::Ui;

use super::cost::CostShown;
use super::ranges::Ranges;
use super::rows::data;
use crate::loader::Optimization;
use crate::model::dspy::score_scale;
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::section::{card_heading_ui, card_ui};
use crate::widgets::tokens::size;
use crate::words;

/// The column of names.
const NAMES: f32 = 90.0;
/// Settings that are shown, beside those that fill pages.
const SETTING_MOST: usize = 60;
/// Settings are shown up to this length; the overview has all params.
const SETTINGS_LENGTH: usize = 110;

/// One fact: its name, its value, a faint note behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub name: &'static str,
    pub value: String,
    pub note: String,
}

/// The facts in a card, which is at least so high.
pub(super) fn card(ui: &mut Ui, found: &Optimization, (ranges, cost): (&Ranges, &CostShown), height: f32) {
    card_ui(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.set_min_height((height - 26.0).max(0.0));
        card_heading_ui(ui, "Facts");
        ui.add_space(size::GAP_XS);
        let costs = cost.facts().into_iter().map(|(name, value, note)| Fact { name, value, note });
        let facts: Vec<Fact> = facts(found, ranges).into_iter().chain(costs).collect();
        let rows: Vec<KeyValue<'_>> =
            facts.iter().map(|fact| KeyValue::prose(fact.name, &fact.value).note(&fact.note)).collect();
        key_value::show_wrapped(ui, "facts", NAMES, &rows);
    });
}

/// The facts in the order of reading.
pub(super) fn facts(found: &Optimization, ranges: &Ranges) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |name, value: String, note: String| facts.push(Fact { name, value, note });
    let reason = &found.optimizer.reason;
    match found.optimizer.name {
        Some(name) if found.optimizer.is_stored => add("Optimizer", name.to_string(), reason.clone()),
        Some(name) => add("Optimizer", name.to_string(), format!("inferred: {reason}")),
        None => add("Optimizer", "unknown".to_owned(), reason.clone()),
    }
    let mut settings: Vec<(&str, &str)> = found
        .settings
        .iter()
        .map(|entry| (&*entry.key, entry.value.as_str()))
        .filter(|(key, value)| !key.contains('.') && value.len() <= SETTING_MOST)
        .collect();
    if !settings.is_empty() {
        // What was left at nothing says least.
        settings.sort_by_key(|(_, value)| *value == "None");
        let mut length = 0;
        let fits = |setting: &String| {
            length += setting.len();
            length <= SETTINGS_LENGTH
        };
        let all = settings.iter().map(|(key, value)| format!("{key}\u{a0}{value}"));
        let shown: Vec<String> = all.take_while(fits).collect();
        let more = settings.len() - shown.len();
        let note =
            if more == 0 { String::new() } else { format!("and {} more in the overview", words::count(more as u64)) };
        // A line does not begin with what stands between two.
        add("Settings", shown.join("\u{a0}· "), note);
    }
    for (name, size) in [("Trainset", found.trainset), ("Valset", found.valset)] {
        match size {
            Some(size) => {
                let (value, note) = data(size);
                add(name, value, note);
            }
            None => add(name, "unknown".to_owned(), String::new()),
        }
    }
    let count = |kind: &str| found.evaluations.iter().filter(|one| one.kind.as_str() == kind).count();
    let kinds = [("full", count("full")), ("minibatch", count("minibatch")), ("of unknown kind", count("unknown"))];
    let kinds: Vec<String> =
        kinds.iter().filter(|(_, n)| *n > 0).map(|(kind, n)| format!("{} {kind}", words::count(*n as u64))).collect();
    if !kinds.is_empty() {
        let candidates = words::counted(found.candidates.len() as u64, "program");
        add("Evaluations", kinds.join(", "), format!("of {candidates}"));
    }
    if found.evaluations.iter().any(|one| one.score.is_some()) {
        add("Scores", score_scale::WORDS.to_owned(), String::new());
    }
    if let Some((noise, about)) = ranges.noise(found) {
        add("Noise", noise, about);
    }
    if let Some(ms) = found.run.duration_ms() {
        add("Duration", words::duration_ms(ms), String::new());
    }
    match found.traces {
        None => add("Traces", "unknown".to_owned(), String::new()),
        Some(traces) => {
            let errors = if traces.errors > 0 { words::counted(traces.errors, "error") } else { String::new() };
            add("Traces", words::count(traces.traces), errors);
            let total = found.tokens.and_then(|tokens| tokens.total);
            let part = match traces.with_tokens < traces.traces && total.is_some() {
                true => format!("known of {}", words::counted(traces.with_tokens, "trace")),
                false => String::new(),
            };
            add("Tokens", total.map_or_else(|| "unknown".to_owned(), words::count), part);
        }
    }
    facts
}
