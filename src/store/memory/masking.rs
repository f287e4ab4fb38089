//! Masks what leaves a [`MemoryStore`](super::MemoryStore), by the rules of [`crate::model::secret`].

use std::sync::Arc;

use crate::model::{
    Assessment, DatasetInput, Entry, Reveal, RunValues, Shown, SpanBody, SpanEvent, TraceHead, TraceRow, Unmasked,
};

fn text(key: &str, value: &Shown, reveal: Reveal) -> Shown {
    match value {
        Shown::Text(text) => Unmasked::new(Arc::clone(text)).shown(key, reveal),
        Shown::Masked => Shown::Masked,
    }
}

pub(super) fn entries(entries: &[Entry], reveal: Reveal) -> Vec<Entry> {
    entries
        .iter()
        .map(|entry| Entry { key: entry.key.clone(), value: text(&entry.key, &entry.value, reveal) })
        .collect()
}

pub(super) fn values(values: &RunValues, reveal: Reveal) -> RunValues {
    RunValues {
        metrics: values.metrics.clone(),
        params: entries(&values.params, reveal),
        tags: entries(&values.tags, reveal),
    }
}

pub(super) fn dataset(input: &DatasetInput, reveal: Reveal) -> DatasetInput {
    DatasetInput { source: text("", &input.source, reveal), tags: entries(&input.tags, reveal), ..input.clone() }
}

pub(super) fn row(row: &TraceRow, reveal: Reveal) -> TraceRow {
    TraceRow {
        request_preview: row.request_preview.as_ref().map(|value| text("", value, reveal)),
        response_preview: row.response_preview.as_ref().map(|value| text("", value, reveal)),
        session: row.session.as_ref().map(|session| session.masked(reveal)),
        ..row.clone()
    }
}

pub(super) fn head(head: &TraceHead, reveal: Reveal) -> TraceHead {
    let readable = |text: &Option<String>| text.clone().map(|text| Unmasked::new(text).readable(reveal));
    let assessment = |one: &Assessment| Assessment {
        value: Unmasked::new(one.value.clone()).mask(&one.name, reveal),
        metadata: Unmasked::new(one.metadata.clone()).mask("", reveal),
        error: one.error.clone().map(|text| Unmasked::new(text).readable_json(reveal)),
        rationale: readable(&one.rationale),
        source_id: readable(&one.source_id),
        ..one.clone()
    };
    TraceHead {
        row: row(&head.row, reveal),
        tags: entries(&head.tags, reveal),
        metadata: entries(&head.metadata, reveal),
        assessments: head.assessments.iter().map(assessment).collect(),
        client_request_id: head.client_request_id.as_ref().map(|id| text("", id, reveal)),
    }
}

pub(super) fn body(body: &SpanBody, reveal: Reveal) -> SpanBody {
    type Map = serde_json::Map<String, serde_json::Value>;
    let map = |map: &Map| -> Map { Unmasked::new(map.clone()).mask(reveal) };
    let event = |event: &SpanEvent| SpanEvent { attributes: map(&event.attributes), ..event.clone() };
    let message = text("", &Shown::Text(body.status_message.as_str().into()), reveal);
    SpanBody {
        inputs: body.inputs.clone().map(|value| Unmasked::new(value).mask("", reveal)),
        outputs: body.outputs.clone().map(|value| Unmasked::new(value).mask("", reveal)),
        attributes: map(&body.attributes),
        events: body.events.iter().map(event).collect(),
        status_message: message.as_str().to_owned(),
        other: map(&body.other),
    }
}
