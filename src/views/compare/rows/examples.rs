//! Examples that one run got right and the other wrong.

use super::values::json_text;
use super::{ExampleCell, Row, cut_text};
use crate::analysis::result_table::RightRule;
use crate::model::program::Object;
use crate::query::{Comparison, ExampleChange, ExampleDiff, ScoreSource, TraceLink};
use crate::words;

/// How the two runs are called.
const SIDES: [&str; 2] = ["the baseline", "the compared run"];
/// Below this width, or where there is but one list, one stands under the other.
const TWO_COLUMNS: f32 = 620.0;
/// A tooltip shows no more of a field that was answered.
const ANSWER: usize = 600;
/// A tooltip shows no more.
const WHOLE: usize = 3_000;

pub(super) fn examples(diff: &Comparison, width: f32, rows: &mut Vec<Row>) {
    let Some(all) = &diff.examples else {
        for (who, source) in SIDES.iter().zip(&diff.sources) {
            if let ScoreSource::Nothing(why) = source {
                rows.push(Row::sentence(format!("No score of an example is known of {who}: {why}")));
            }
        }
        return;
    };
    if all.scored == 0 {
        let text = match all.joined {
            0 => "The two runs have no example in common",
            _ => "No example has a score in both runs",
        };
        rows.push(Row::sentence(text.to_owned()));
        return;
    }
    let count = |n: usize| words::count(n as u64);
    let Some(rule) = all.rule() else {
        apart(all, rows);
        for (who, source) in SIDES.iter().zip(&diff.sources) {
            rows.extend(from_elsewhere(who, source).map(Row::caption));
        }
        return;
    };
    let right = right_from(rule);
    rows.push(Row::caption(format!(
        "Examples · {} scored by both of {} joined · {right}",
        count(all.scored),
        count(all.joined)
    )));
    if all.metric.inferred {
        rows.push(Row::caption(format!("One metric, inferred: {}", all.metric.reason)));
    }
    for (who, source) in SIDES.iter().zip(&diff.sources) {
        rows.extend(from_elsewhere(who, source).map(Row::caption));
    }
    if !(all.tells_inputs || all.fixed.is_empty() && all.broken.is_empty()) {
        let text = "Inputs are not told apart from what was expected: the newest traces of the runs do not show them";
        rows.push(Row::caption(text.to_owned()));
    }
    let cell = |change: &ExampleChange, is_fixed: bool| ExampleCell {
        text: one_line(&change.inputs),
        whole: whole(change),
        scores: [change.old, change.new],
        is_fixed,
        traces: change.traces.each_ref().map(|link| match link {
            TraceLink::One(trace) => Ok(trace.clone()),
            TraceLink::Unknown(why) => Err(why.to_string()),
        }),
    };
    let fixed: Vec<ExampleCell> = all.fixed.iter().map(|change| cell(change, true)).collect();
    let broken: Vec<ExampleCell> = all.broken.iter().map(|change| cell(change, false)).collect();
    let captions = (format!("Fixed · {}", count(fixed.len())), format!("Broken · {}", count(broken.len())));
    let has_both = !fixed.is_empty() && !broken.is_empty();
    if width >= TWO_COLUMNS && has_both {
        rows.push(Row::Captions(captions.0, captions.1));
        let (mut fixed, mut broken) = (fixed.into_iter(), broken.into_iter());
        loop {
            match (fixed.next(), broken.next()) {
                (None, None) => break,
                (left, right) => rows.push(Row::Examples(left, right)),
            }
        }
    } else {
        rows.push(Row::caption(captions.0));
        rows.extend(fixed.into_iter().map(Row::Example));
        rows.push(Row::caption(captions.1));
        rows.extend(broken.into_iter().map(Row::Example));
    }
}

fn right_from(rule: RightRule) -> String {
    match rule.is_binary {
        true => "right is a score of 1".to_owned(),
        false => format!("right is a score of {} or more, half of the observed range", words::value(rule.threshold)),
    }
}

/// Scores of two metrics, each for itself: nothing is fixed or broken.
fn apart(all: &ExampleDiff, rows: &mut Vec<Row>) {
    let count = |n: usize| words::count(n as u64);
    let what = match all.metric.same {
        Some(_) => "Different metrics scored the two runs (inferred)",
        None => "Whether one metric scored both runs is not known",
    };
    rows.push(Row::sentence(format!("{what}, so that no example is fixed or broken: {}", all.metric.reason)));
    rows.push(Row::caption(format!("Examples · {} scored by both of {} joined", count(all.scored), count(all.joined))));
    for (((who, rule), range), right) in SIDES.iter().zip(all.rules).zip(all.ranges).zip(all.right) {
        let (Some(rule), Some(range)) = (rule, range) else { continue };
        let scores = format!("scores from {} to {}", words::value(range.low), words::value(range.high));
        let right = format!("{} of {} right", count(right), count(all.scored));
        rows.push(Row::caption(format!("{} · {right} · {scores} · {}", capitalized(who), right_from(rule))));
    }
}

/// What is to be known of scores that are not of the run's own table.
fn from_elsewhere(who: &str, source: &ScoreSource) -> Option<String> {
    if let ScoreSource::Valset { candidate, .. } = source {
        let (who, candidate) = (capitalized(who), words::count(*candidate as u64));
        return Some(format!(
            "{who} has no result_table.json: its scores are those of candidate {candidate} in GEPA's valset_scores.json"
        ));
    }
    let ScoreSource::Assessments { metric, scored, examples, complete } = source else { return None };
    let count = |n: &usize| words::count(*n as u64);
    let lost = if scored < examples && *complete { ", none is stored of the others" } else { "" };
    let rest = if *complete { "" } else { "; not all of its traces could be read" };
    Some(format!(
        "{} has no result_table.json: its scores are assessments “{metric}” on traces, of {} of {} examples{lost}{rest}",
        capitalized(who),
        count(scored),
        count(examples)
    ))
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// One input is shown without its name.
fn one_line(inputs: &Object) -> String {
    let text = match inputs.iter().next() {
        Some((_, value)) if inputs.len() == 1 => json_text(value),
        _ => inputs.iter().map(|(key, value)| format!("{key}: {}", json_text(value))).collect::<Vec<_>>().join(" · "),
    };
    words::one_line(&text, 300).into_owned()
}

fn whole(change: &ExampleChange) -> String {
    let values = change.inputs.iter().chain(&change.expected);
    let mut lines: Vec<String> = values.map(|(key, value)| format!("{key}: {}", json_text(value))).collect();
    for (who, answer) in SIDES.iter().zip(&change.answers) {
        let Some(answer) = answer else { continue };
        let repr = if answer.from_repr { " (read from the repr of a prediction)" } else { "" };
        lines.push(format!("\n{} answered{repr}:", capitalized(who)));
        lines
            .extend(answer.fields.iter().map(|(key, value)| format!("{key}: {}", cut_text(&json_text(value), ANSWER))));
    }
    cut_text(&lines.join("\n"), WHOLE)
}
