//! What is known of a trace beside its spans: whose it is, its tags and metadata, what was judged of it.

use egui::{ScrollArea, Ui};

use crate::model::{Assessment, Json, TraceHead};
use crate::state::Action;
use crate::views::scene::Scene;
use crate::widgets::key_value::{self, KeyValue};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size;
use crate::words;

/// The panel is at most this part of the height that is left.
const MOST_OF_HEIGHT: f32 = 0.45;
/// A rationale is told in at most so many lines here; all of it where the pointer rests.
const RATIONALE_LINES: usize = 12;
/// No more rows of one kind.
const MOST_ROWS: usize = 200;

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub key: String,
    pub value: String,
    pub note: String,
    pub is_prose: bool,
    pub is_bad: bool,
}

impl Row {
    fn new(key: &str, value: impl Into<String>) -> Self {
        Self { key: key.to_owned(), value: value.into(), ..Self::default() }
    }
}

/// The rows: whose it is, what was judged, tags, metadata.
pub(super) fn rows(head: &TraceHead) -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(head.row.session.as_ref().map(|session| Row::new("Session", session.text())));
    rows.extend(head.user().map(|user| Row::new("User", user.as_str())));
    rows.extend(head.client_request_id.as_ref().map(|id| Row::new("Request", id.as_str())));
    for one in head.assessments.iter().take(MOST_ROWS) {
        rows.extend(assessment(head, one));
    }
    let note = |note: &str, key: &str, value: &str| Row { note: note.to_owned(), ..Row::new(key, value) };
    rows.extend(head.told_tags().take(MOST_ROWS).map(|tag| note("tag", &tag.key, tag.value.as_str())));
    rows.extend(head.told_metadata().take(MOST_ROWS).map(|one| note("metadata", &one.key, one.value.as_str())));
    rows
}

fn assessment(head: &TraceHead, one: &Assessment) -> Vec<Row> {
    let mut notes = vec![one.kind.clone(), one.source()];
    if let Some(id) = &one.overrides {
        notes.push(match head.overridden_by(one) {
            Some(other) => format!("overrides {} of {}", value_text(&other.value), other.source()),
            None => format!("overrides {id}, which is not here"),
        });
    }
    if !one.is_valid {
        notes.push("overridden".to_owned());
    }
    notes.retain(|note| !note.is_empty());
    let value = one.error_text().map_or_else(|| value_text(&one.value), |error| format!("error: {error}"));
    let first = Row { note: notes.join(" · "), is_bad: one.error.is_some(), ..Row::new(&one.name, value) };
    let rationale = one.rationale.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty());
    let lines = rationale.take(RATIONALE_LINES).map(|line| Row { is_prose: true, ..Row::new("", line) });
    std::iter::once(first).chain(lines).collect()
}

/// A value of an assessment as a person writes it.
pub(super) fn value_text(value: &Json) -> String {
    match value {
        Json::Number(number) => number.as_f64().map_or_else(|| number.to_string(), words::value),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Draws the panel.
pub(super) fn about_ui(ui: &mut Ui, scene: &mut Scene<'_>, rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    let height = ui.available_height() * MOST_OF_HEIGHT;
    let shown: Vec<KeyValue<'_>> = rows
        .iter()
        .map(|row| {
            let one =
                if row.is_prose { KeyValue::prose(&row.key, &row.value) } else { KeyValue::new(&row.key, &row.value) };
            one.note(&row.note).tone(if row.is_bad { Tone::Bad } else { Tone::Neutral })
        })
        .collect();
    let clicked = ScrollArea::vertical()
        .id_salt("about the trace")
        .max_height(height)
        .auto_shrink([false, true])
        .show(ui, |ui| key_value::show(ui, "about the trace", &shown))
        .inner;
    if let Some(row) = clicked.and_then(|row| rows.get(row)) {
        scene.act(Action::Copy(row.value.clone()));
    }
    ui.add_space(size::GAP_S);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entry, Shown};
    use crate::store::memory::MemoryStore;
    use serde_json::json;

    #[test]
    fn a_rationale_and_what_is_overridden_stand_with_their_source() {
        let mut head = MemoryStore::trace_head("t", "1", None, "QA", 0);
        let judge = Assessment {
            id: "a-1".into(),
            is_valid: false,
            source_type: "LLM_JUDGE".into(),
            source_id: Some("openai:/gpt-4o".into()),
            rationale: Some("Too short.".into()),
            ..MemoryStore::score("correct", json!("no"))
        };
        let person = Assessment {
            id: "a-2".into(),
            overrides: Some("a-1".into()),
            source_type: "HUMAN".into(),
            source_id: Some("ana@example.org".into()),
            rationale: Some("It is complete.\n\n- all of it".into()),
            ..MemoryStore::score("correct", json!("yes"))
        };
        head.assessments = vec![judge, person];
        let entry = |key: &str, value: &str| Entry { key: key.into(), value: Shown::Text(value.into()) };
        head.metadata =
            vec![entry("mlflow.trace.user", "ana"), entry("mlflow.traceInputs", "{}"), entry("release", "1")];
        let told: Vec<String> =
            rows(&head).iter().map(|row| format!("{}|{}|{}", row.key, row.value, row.note)).collect();
        let wanted = [
            "User|ana|",
            "correct|no|feedback · LLM_JUDGE openai:/gpt-4o · overridden",
            "|Too short.|",
            "correct|yes|feedback · HUMAN ana@example.org · overrides no of LLM_JUDGE openai:/gpt-4o",
            "|It is complete.|",
            "|- all of it|",
            "release|1|metadata",
        ];
        assert_eq!(told, wanted);
    }
}
