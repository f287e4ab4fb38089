//! What of a filter a server can look for by itself, as MLflow's search writes it.
//!
//! A server is asked for a part of what is wanted that leaves out nothing which passes: its grammar knows no `or`, no
//! `not` of several things and no quoting of quotes, and some databases compare texts without their case. What it
//! gives is looked at here again, so that the answer is the same whatever it could tell.

use crate::model::mlflow::OWN;
use crate::model::mlflow::trace::{RUN, SESSION};
use crate::model::{ExperimentId, Reveal, RunStatus};
use crate::store::{Comparison, RunCondition, RunQuery, TimeWindow, TraceColumn, TraceCondition, TraceQuery};

/// The most texts of a list in a filter: MLflow's parser gives up on thousands.
pub const LISTED: usize = 500;

/// Whole numbers up to here are floats without rounding.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Keys of tags and metadata that MLflow takes for something else, in small letters
/// (`SearchTraceUtils._replace_key_to_tag_or_metadata`, `SearchUtils.translate_key_alias`).
const TAKEN: [&str; 12] = [
    "name",
    "run_id",
    "prompt",
    "text",
    "timestamp",
    "timestamp_ms",
    "execution_time",
    "execution_time_ms",
    "end_time",
    "end_time_ms",
    "created",
    "run name",
];

/// What is asked of runs: clauses that all have to hold. `None`: no run can pass.
pub fn of_runs(query: &RunQuery, reveal: Reveal) -> Option<Vec<String>> {
    if query.filter.iter().any(|condition| condition.is_hidden(reveal)) {
        return None;
    }
    Some(query.filter.iter().flat_map(of_run).collect())
}

fn of_run(condition: &RunCondition) -> Vec<String> {
    let one = match condition {
        RunCondition::Status(RunStatus::Other(_)) => None,
        RunCondition::Status(status) => equal("attributes.status", status.as_str()),
        RunCondition::Name(name) => equal("attributes.run_name", name),
        RunCondition::Started(window) => return within("attributes.start_time", *window),
        RunCondition::Param { key, value } => field("params", key).and_then(|field| equal(&field, value)),
        RunCondition::Tag { key, value } => field("tags", key).and_then(|field| equal(&field, value)),
        RunCondition::Metric { key, comparison, value } => {
            let field = field("metrics", key).filter(|_| value.is_finite());
            field.map(|field| format!("{field} {} {value}", comparison.sign()))
        }
    };
    one.into_iter().collect()
}

/// What is asked of traces.
#[derive(Debug, Default, PartialEq)]
pub struct Asked {
    /// What the list is: nothing of it is looked at here.
    pub needed: Vec<String>,
    /// What holds for all that pass.
    pub wished: Vec<String>,
    /// What it gives passes, as a rule: no larger pages are needed than are wanted.
    pub is_all: bool,
}

/// What is asked of traces: clauses that all have to hold. `None`: no trace can pass.
pub fn of_traces(query: &TraceQuery, reveal: Reveal) -> Option<Asked> {
    let mut asked = Asked { is_all: true, ..Asked::default() };
    if let Some(run) = &query.run {
        asked.needed.push(equal(&format!("request_metadata.`{RUN}`"), run.as_str())?);
    }
    for condition in &query.filter {
        if condition.is_hidden(reveal) {
            return None;
        }
        of_trace(condition, query.run.is_some(), &mut asked);
    }
    Some(asked)
}

/// `is_of_run`: one run is asked for already, and MLflow remembers the last one alone.
fn of_trace(condition: &TraceCondition, is_of_run: bool, asked: &mut Asked) {
    let clauses: Vec<String> = match condition {
        TraceCondition::Status(status) => equal("attributes.status", status).into_iter().collect(),
        TraceCondition::Name(name) => equal("attributes.name", name).into_iter().collect(),
        TraceCondition::Session(id) => in_session(id).into_iter().collect(),
        TraceCondition::Started(window) => within("attributes.timestamp_ms", *window),
        // By where it is looked.
        TraceCondition::Is { column: TraceColumn::Experiment, .. } => return,
        TraceCondition::Is { column, values } => is_one_of(column, values, is_of_run).into_iter().collect(),
        TraceCondition::Holds { column, text } => holds(column, text).into_iter().collect(),
        TraceCondition::Compares { column, comparison, value } => {
            let field = match column {
                TraceColumn::Duration => Some("attributes.execution_time_ms"),
                TraceColumn::Started => Some("attributes.timestamp_ms"),
                _ => None,
            };
            field.and_then(|field| compares(field, *comparison, *value)).into_iter().collect()
        }
        TraceCondition::All(parts) => return parts.iter().for_each(|part| of_trace(part, is_of_run, asked)),
        TraceCondition::Any(parts) => match &**parts {
            [part] => return of_trace(part, is_of_run, asked),
            _ => Vec::new(),
        },
        // There are no words for it, or they say less than what is meant where nothing stands.
        TraceCondition::Present(_) | TraceCondition::Not(_) => Vec::new(),
    };
    asked.is_all &= !clauses.is_empty();
    asked.wished.extend(clauses);
}

/// The experiments that traces can be in, where a filter says so.
pub fn experiments(filter: &[TraceCondition]) -> Option<Vec<ExperimentId>> {
    filter.iter().find_map(|condition| match condition {
        TraceCondition::Is { column: TraceColumn::Experiment, values } => {
            Some(values.iter().map(|id| ExperimentId::from(id.as_str())).collect())
        }
        TraceCondition::All(parts) => experiments(parts),
        _ => None,
    })
}

fn is_one_of(column: &TraceColumn, values: &[String], is_of_run: bool) -> Option<String> {
    match (column, values) {
        (TraceColumn::Id, [id]) => equal("attributes.request_id", id),
        (TraceColumn::Id, ids) => among("attributes.request_id", ids),
        (TraceColumn::Status, [status]) => equal("attributes.status", status),
        (TraceColumn::Status, all) => among("attributes.status", all),
        (TraceColumn::Name, [name]) => equal("attributes.name", name),
        (TraceColumn::Session, [id]) => in_session(id),
        (TraceColumn::Run, [run]) if !is_of_run => equal(&format!("request_metadata.`{RUN}`"), run),
        (TraceColumn::Tag(key), [value]) => trace_field("tags", key).and_then(|field| equal(&field, value)),
        (TraceColumn::Metadata(key), [value]) => {
            trace_field("request_metadata", key).and_then(|field| equal(&field, value))
        }
        _ => None,
    }
}

/// Which traces of a list of ids, for who asks for their lines again.
pub fn ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
    among("attributes.request_id", &ids)
}

/// Which traces have ids that begin like this; in small or large letters in some databases.
pub fn id_begins(prefix: &str) -> Option<String> {
    like("attributes.request_id", prefix).map(|clause| format!("{clause}%'"))
}

/// Several clauses as one filter.
pub fn joined(clauses: &[String]) -> Option<String> {
    (!clauses.is_empty()).then(|| clauses.join(" AND "))
}

fn equal(field: &str, value: &str) -> Option<String> {
    Some(format!("{field} = {}", quoted(value)?))
}

/// A text between quotes that it does not hold: MLflow takes off the outer ones and leaves the rest as it is
/// (`SearchUtils._strip_quotes`). Its tokens end elsewhere behind a backslash.
pub fn quoted(value: &str) -> Option<String> {
    let is_plain = !value.is_empty() && !value.contains(['\\', '\0']);
    let quote = ['\'', '"'].into_iter().find(|quote| !value.contains(*quote)).filter(|_| is_plain)?;
    Some(format!("{quote}{value}{quote}"))
}

/// A list, which MLflow reads as a literal of Python.
fn among(field: &str, values: &[String]) -> Option<String> {
    let is_plain = |value: &String| {
        !value.is_empty() && value.chars().all(|one| one.is_ascii_alphanumeric() || "-_.:".contains(one))
    };
    if values.is_empty() || values.len() > LISTED || !values.iter().all(is_plain) {
        return None;
    }
    let values: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
    Some(format!("{field} IN ({})", values.join(", ")))
}

/// The beginning of a comparison with a pattern, up to its end: what a quote or a pattern cannot say is any sign there,
/// as `[`, which begins a set of signs for SQL Server.
fn like(field: &str, text: &str) -> Option<String> {
    let text: String = text.chars().map(|one| if "'\"\\[".contains(one) { '_' } else { one }).collect();
    (!text.contains('\0')).then(|| format!("{field} LIKE '{text}"))
}

fn holds(column: &TraceColumn, text: &str) -> Option<String> {
    let field = match column {
        TraceColumn::Id => "attributes.request_id".to_owned(),
        TraceColumn::Name => "attributes.name".to_owned(),
        TraceColumn::Tag(key) => trace_field("tags", key)?,
        TraceColumn::Metadata(key) => trace_field("request_metadata", key)?,
        _ => return None,
    };
    like(&field, &format!("%{text}")).map(|clause| format!("{clause}%'"))
}

/// Somewhere in what is stored, which may be a list of ids as JSON; there, what is no plain text is written otherwise.
fn in_session(id: &str) -> Option<String> {
    let is_same_in_json = id.chars().all(|one| (' '..='~').contains(&one) && !"\"\\".contains(one));
    let pattern = like(&format!("request_metadata.`{SESSION}`"), &format!("%{id}"))?;
    is_same_in_json.then(|| format!("{pattern}%'"))
}

/// A tag or metadata of traces of this key; `None` where MLflow may have it in a column, too.
fn trace_field(entity: &str, key: &str) -> Option<String> {
    field(entity, key).filter(|_| !key.starts_with(OWN))
}

/// A tag, a param, a metric of this key; `None` where MLflow takes it for something else.
fn field(entity: &str, key: &str) -> Option<String> {
    let is_taken = TAKEN.contains(&key.to_lowercase().as_str());
    let is_plain = !key.is_empty() && !key.contains(['`', '\'', '"', '\\', '\0']);
    (is_plain && !is_taken).then(|| format!("{entity}.`{key}`"))
}

fn within(field: &str, window: TimeWindow) -> Vec<String> {
    let from = window.from_ms.map(|from| format!("{field} >= {from}"));
    from.into_iter().chain(window.until_ms.map(|until| format!("{field} <= {until}"))).collect()
}

/// A comparison of whole milliseconds with any number.
fn compares(field: &str, comparison: Comparison, value: f64) -> Option<String> {
    let bound = match comparison {
        Comparison::Less | Comparison::GreaterOrEqual => value.ceil(),
        Comparison::LessOrEqual | Comparison::Greater => value.floor(),
        Comparison::Equal => value,
    };
    let is_whole = bound.fract() == 0.0 && bound.abs() < MOST_EXACT;
    is_whole.then(|| format!("{field} {} {}", comparison.sign(), bound as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stands_between_quotes_that_it_does_not_hold() {
        for (value, wanted) in [
            ("plain", Some("'plain'")),
            ("100%_ done; -- 問い", Some("'100%_ done; -- 問い'")),
            ("it's", Some("\"it's\"")),
            ("say \"so\"", Some("'say \"so\"'")),
            ("it's \"so\"", None),
            ("a\\b", None),
            ("", None),
        ] {
            assert_eq!(quoted(value).as_deref(), wanted, "{value}");
        }
    }

    #[test]
    fn what_mlflow_would_misread_is_not_asked() {
        let of = |condition: TraceCondition| {
            let query = TraceQuery { filter: vec![condition], ..TraceQuery::default() };
            of_traces(&query, Reveal::Masked).map(|asked| asked.wished.join(" AND "))
        };
        let tag = |key: &str, value: &str| TraceCondition::Is {
            column: TraceColumn::Tag(key.to_owned()),
            values: vec![value.to_owned()],
        };
        let duration =
            |comparison, value| TraceCondition::Compares { column: TraceColumn::Duration, comparison, value };
        for (condition, wanted) in [
            (tag("team", "a b"), Some("tags.`team` = 'a b'")),
            // A name is looked for by that, whatever the tag says.
            (tag("Name", "x"), Some("")),
            (tag("a`b", "x"), Some("")),
            (tag("api_key", "x"), None),
            (tag("team", "sk-proj-0123456789abcdefghijklmnop"), None),
            (TraceCondition::Not(Box::new(tag("team", "x"))), Some("")),
            (TraceCondition::Any(vec![tag("team", "x"), tag("team", "y")]), Some("")),
            (duration(Comparison::Greater, 1.5), Some("attributes.execution_time_ms > 1")),
            (duration(Comparison::Less, -0.5), Some("attributes.execution_time_ms < 0")),
            (duration(Comparison::Equal, 0.5), Some("")),
            (
                TraceCondition::Holds { column: TraceColumn::Name, text: "it's 5%".to_owned() },
                Some("attributes.name LIKE '%it_s 5%%'"),
            ),
            (
                TraceCondition::Holds { column: TraceColumn::Name, text: "x[0]".to_owned() },
                Some("attributes.name LIKE '%x_0]%'"),
            ),
            (
                TraceCondition::Session("desk-7".to_owned()),
                Some("request_metadata.`mlflow.trace.session` LIKE '%desk-7%'"),
            ),
            (TraceCondition::Session("机".to_owned()), Some("")),
        ] {
            assert_eq!(of(condition.clone()).as_deref(), wanted, "{condition:?}");
        }
        let ids = TraceCondition::Is { column: TraceColumn::Id, values: vec!["tr-1".to_owned(), "tr-2".to_owned()] };
        assert_eq!(of(ids).as_deref(), Some("attributes.request_id IN ('tr-1', 'tr-2')"));
        let query = TraceQuery { run: Some("r".into()), ..TraceQuery::default() };
        let needed = vec!["request_metadata.`mlflow.sourceRun` = 'r'".to_owned()];
        assert_eq!(of_traces(&query, Reveal::Masked), Some(Asked { needed, is_all: true, ..Asked::default() }));
    }

    #[test]
    fn runs_are_asked_for_by_what_must_hold() {
        let of = |condition: RunCondition| {
            let query = RunQuery { filter: vec![condition], ..RunQuery::default() };
            of_runs(&query, Reveal::Masked).map(|clauses| clauses.join(" AND "))
        };
        let metric = |value| RunCondition::Metric { key: "m x".to_owned(), comparison: Comparison::Less, value };
        let param = |key: &str, value: &str| RunCondition::Param { key: key.to_owned(), value: value.to_owned() };
        for (condition, wanted) in [
            (metric(-1e-7), Some("metrics.`m x` < -0.0000001")),
            (metric(f64::NAN), Some("")),
            (param("n", "6"), Some("params.`n` = '6'")),
            (param("Created", "6"), Some("")),
            (param("password", "6"), None),
            (RunCondition::Status(RunStatus::Failed), Some("attributes.status = 'FAILED'")),
            (RunCondition::Status(RunStatus::parse("odd")), Some("")),
            (
                RunCondition::Started(TimeWindow { from_ms: Some(-3), until_ms: Some(9) }),
                Some("attributes.start_time >= -3 AND attributes.start_time <= 9"),
            ),
        ] {
            assert_eq!(of(condition.clone()).as_deref(), wanted, "{condition:?}");
        }
    }
}
