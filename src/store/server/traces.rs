//! Traces without their spans as a server tells them: as MLflow 3 does (`trace_info`), and as MLflow 2 did.

use super::fields::{duration_ms, entries, list, moment_ms, name, readable, stored, whole};
use crate::model::mlflow::trace as keys;
use crate::model::{
    Assessment, ExperimentId, Json, Reveal, RunId, Session, Shown, Tokens, TraceHead, TraceId, TraceRow, Unmasked,
};

/// A trace; `None` if it has no id.
pub fn head(of: &Json, reveal: Reveal) -> Option<TraceHead> {
    let mut assessments: Vec<Assessment> =
        list(of, "assessments").iter().filter_map(|one| assessment(one, reveal)).collect();
    assessments.sort_by_key(|one| one.created_ms);
    let client_request_id = name(of, "client_request_id").filter(|id| !id.is_empty());
    Some(TraceHead {
        row: row(of, reveal)?,
        tags: entries(of, "tags", reveal),
        metadata: entries(of, metadata_key(of), reveal),
        assessments,
        client_request_id: client_request_id.map(|id| Unmasked::new(id).shown("", reveal)),
    })
}

/// The line of a trace in a list.
pub fn row(of: &Json, reveal: Reveal) -> Option<TraceRow> {
    let metadata = |key: &str| stored(of, metadata_key(of), key);
    let decoded = |key: &str| metadata(key).map(|text| text.decode().value);
    let text = |key: &str| metadata(key).map(|text| (*text.as_stored_for_structure()).to_owned());
    let preview = |name_of: &str, key: &str| {
        let text = name(of, name_of).or_else(|| text(key)).filter(|text| !text.is_empty())?;
        let shown: Shown = Unmasked::new(text).shown("", reveal);
        Some(shown)
    };
    let place = of.get("trace_location").and_then(|place| place.get("mlflow_experiment"));
    let experiment = place.and_then(|place| name(place, "experiment_id")).or_else(|| name(of, "experiment_id"));
    Some(TraceRow {
        id: TraceId::from(name(of, "trace_id").or_else(|| name(of, "request_id"))?),
        experiment_id: ExperimentId::from(experiment.unwrap_or_default()),
        run_id: text(keys::RUN).filter(|run| !run.is_empty()).map(RunId::from),
        name: stored(of, "tags", keys::NAME)
            .map_or_else(String::new, |name| (*name.as_stored_for_structure()).to_owned()),
        status: name(of, "state").or_else(|| name(of, "status")).unwrap_or_default(),
        start_time_ms: moment_ms(of, "request_time").or_else(|| whole(of, "timestamp_ms")).unwrap_or(0),
        duration_ms: duration_ms(of, "execution_duration").or_else(|| whole(of, "execution_time_ms")),
        tokens: decoded(keys::TOKENS).and_then(|usage| Tokens::from_usage(usage.as_stored_for_structure())),
        cost_usd: decoded(keys::COST).and_then(|cost| cost.as_stored_for_structure().get("total_cost")?.as_f64()),
        // Only the times of its spans tell.
        cached: None,
        span_count: decoded(keys::SIZES).and_then(|sizes| sizes.as_stored_for_structure().get("num_spans")?.as_u64()),
        session: text(keys::SESSION).and_then(|id| Session::read(Unmasked::new(id), reveal)),
        request_preview: preview("request_preview", keys::INPUTS),
        response_preview: preview("response_preview", keys::OUTPUTS),
    })
}

fn metadata_key(of: &Json) -> &'static str {
    if of.get("trace_metadata").is_some() { "trace_metadata" } else { "request_metadata" }
}

fn assessment(of: &Json, reveal: Reveal) -> Option<Assessment> {
    let own_name = name(of, "assessment_name").or_else(|| name(of, "name"))?;
    let kinds = ["feedback", "expectation", "issue"];
    let (kind, said) = kinds.iter().find_map(|kind| Some((*kind, of.get(*kind)?)))?;
    let value = said.get("value").cloned().map(Unmasked::new).or_else(|| {
        // What is no number or text is sent as JSON within JSON.
        let text = said.get("serialized_value")?.get("value")?.as_str()?;
        Some(Unmasked::new(text).decode().value)
    });
    let source = of.get("source").unwrap_or(&Json::Null);
    let error = said.get("error").filter(|error| !error.is_null()).map(Json::to_string);
    Some(Assessment {
        id: name(of, "assessment_id").unwrap_or_default(),
        kind: kind.to_owned(),
        value: value.map_or(Json::Null, |value| value.mask(&own_name, reveal)),
        name: own_name,
        error: error.map(|error| Unmasked::new(error).readable_json(reveal)),
        rationale: readable(of, "rationale", reveal),
        source_type: name(source, "source_type").unwrap_or_default(),
        source_id: readable(source, "source_id", reveal),
        span_id: name(of, "span_id"),
        created_ms: moment_ms(of, "create_time"),
        is_valid: of.get("valid").and_then(Json::as_bool) != Some(false),
        overrides: name(of, "overrides").filter(|id| !id.is_empty()),
        metadata: of.get("metadata").cloned().map_or(Json::Null, |metadata| Unmasked::new(metadata).mask("", reveal)),
    })
}
