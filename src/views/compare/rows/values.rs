//! Params and metrics that differ.

use super::{ChangeRow, Row, differ};
use crate::model::Shown;
use crate::query::{Comparison, MetricChange, ParamChange, TagChange};
use crate::views::example_words::cut_text;
use crate::words;

/// Of a value no more is kept for the screen.
const MOST: usize = 4_000;

pub(super) fn params(diff: &Comparison, rows: &mut Vec<Row>) {
    let (of_program, others): (Vec<&ParamChange>, Vec<&ParamChange>) =
        diff.params.iter().partition(|param| param.is_of_program);
    if diff.params.is_empty() {
        rows.push(Row::sentence("All params are the same".to_owned()));
        return;
    }
    let text = |value: &Option<Shown>| value.as_ref().map(|value| cut_text(value.as_str(), MOST));
    let mut list = |caption: String, params: &[&ParamChange]| {
        if params.is_empty() {
            return;
        }
        rows.push(Row::caption(caption));
        rows.extend(params.iter().map(|param| {
            let (old, new) = (text(&param.old), text(&param.new));
            Row::Change(ChangeRow { key: param.key.clone(), note: String::new(), old, new, delta: String::new() })
        }));
        rows.push(Row::GAP);
    };
    list(format!("Params · {}", differ(others.len())), &others);
    list(format!("Params that repeat the program · {}", differ(of_program.len())), &of_program);
}

pub(super) fn tags(diff: &Comparison, rows: &mut Vec<Row>) {
    if diff.tags.is_empty() {
        rows.push(Row::sentence("All tags are the same".to_owned()));
        return;
    }
    let (of_mlflow, others): (Vec<&TagChange>, Vec<&TagChange>) = diff.tags.iter().partition(|tag| tag.is_of_mlflow());
    let text = |value: &Option<Shown>| value.as_ref().map(|value| cut_text(value.as_str(), MOST));
    for (caption, tags) in [("Tags", others), ("Tags that MLflow sets", of_mlflow)] {
        if tags.is_empty() {
            continue;
        }
        rows.push(Row::caption(format!("{caption} · {}", differ(tags.len()))));
        rows.extend(tags.into_iter().map(|tag| {
            let (old, new) = (text(&tag.old), text(&tag.new));
            Row::Change(ChangeRow { key: tag.key.clone(), note: String::new(), old, new, delta: String::new() })
        }));
        rows.push(Row::GAP);
    }
}

pub(super) fn metrics(diff: &Comparison, rows: &mut Vec<Row>) {
    if diff.metrics.is_empty() {
        rows.push(Row::sentence("All metrics have the same latest value, or there are none".to_owned()));
        return;
    }
    rows.push(Row::caption(format!("Metrics · {}, latest values", differ(diff.metrics.len()))));
    rows.extend(diff.metrics.iter().map(|metric| {
        let text = |value: Option<f64>| value.map(words::value);
        let note = diff.scale_note(metric);
        Row::Change(ChangeRow {
            key: metric.key.clone(),
            note: note.unwrap_or_default().to_owned(),
            old: text(metric.old),
            new: text(metric.new),
            // Figures on two scales have no difference.
            delta: if note.is_none() { delta(metric) } else { String::new() },
        })
    }));
}

/// `+23.4`; empty where one side is unknown or no number.
fn delta(metric: &MetricChange) -> String {
    let (Some(old), Some(new)) = (metric.old, metric.new) else { return String::new() };
    let delta = new - old;
    match delta.is_finite() {
        // The difference of two figures has digits that neither had.
        true => words::signed((delta * 1e9).round() / 1e9),
        false => String::new(),
    }
}
