//! The examples that both runs evaluated, by what became of them.

use super::{ExampleColumns, ExampleRow, Row};
use crate::analysis::result_table::RightRule;
use crate::model::Json;
use crate::model::program::Object;
use crate::query::{Comparison, ExampleAnswer, ExampleChange, ExampleDiff, ScoreSource, TraceLink, UnchangedExamples};
use crate::state::{Outcome, Outcomes};
use crate::views::example_words::{self, cut_text, json_text, one_line};
use crate::views::wrapped::Paper;
use crate::words;

/// How the two runs are called.
const SIDES: [&str; 2] = ["the baseline", "the compared run"];
/// Below this width what was expected and answered stands under the example.
const COLUMNS: f32 = 600.0;
/// Of a field no more is copied.
const FIELD: usize = 4_000;
/// Of an example no more is copied.
const WHOLE: usize = 20_000;
/// A tooltip shows so many characters of a field.
const TIP_FIELD: usize = 140;
/// Of all fields on a side a tooltip shows no more.
const TIP_FIELDS: usize = 8;
/// In little room, where a line of what was expected and answered begins, and about how wide a character of it is.
const BELOW: (f32, f32) = (150.0, 6.5);
/// So many characters of each part stand there at least.
const PART_LEAST: usize = 12;

pub(super) fn examples(
    diff: &Comparison,
    (outcomes, unchanged): (Outcomes, Option<&UnchangedExamples>),
    width: f32,
    rows: &mut Vec<Row>,
) {
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
    let known = all.unchanged().unwrap_or_default();
    let mut has_head = false;
    for outcome in Outcome::ALL.into_iter().filter(|one| outcomes.has(*one)) {
        let (list, total): (Option<&[ExampleChange]>, usize) = match outcome {
            Outcome::Fixed => (Some(&all.fixed), all.fixed.len()),
            Outcome::Broken => (Some(&all.broken), all.broken.len()),
            Outcome::StillWrong => (unchanged.map(|all| all.wrong.as_slice()), known[0]),
            Outcome::StillRight => (unchanged.map(|all| all.right.as_slice()), known[1]),
        };
        rows.push(Row::caption(format!("{} · {}", outcome.title(), count(total))));
        let Some(list) = list else {
            rows.push(Row::caption("Reading…".to_owned()));
            continue;
        };
        if !list.is_empty() && width >= COLUMNS && !std::mem::replace(&mut has_head, true) {
            rows.push(Row::ExampleHead);
        }
        for change in list {
            let row = example(change, outcome);
            let below = if width < COLUMNS { below(&row, width, is_alike(change)) } else { String::new() };
            rows.push(Row::Example(row));
            if !below.is_empty() {
                rows.push(Row::Answers(below));
            }
        }
    }
    rows.push(Row::GAP);
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
}

fn example(change: &ExampleChange, outcome: Outcome) -> ExampleRow {
    ExampleRow {
        id: change.old_row,
        outcome,
        text: one_line(&change.inputs),
        expected: one_line(&change.expected),
        answers: change.answers.each_ref().map(|answer| answer.as_ref().map(|answer| answered(change, answer))),
        whole: whole(change),
        tip: tip(change),
        scores: [change.old, change.new],
        traces: change.traces.each_ref().map(|link| match link {
            TraceLink::One(trace) => Ok(trace.clone()),
            TraceLink::Unknown(why) => Err(why.to_string()),
        }),
    }
}

/// What was answered in place of what was expected.
fn asked(change: &ExampleChange, answer: &ExampleAnswer) -> Object {
    example_words::asked(&change.inputs, &change.expected, &answer.fields)
}

fn answered(change: &ExampleChange, answer: &ExampleAnswer) -> String {
    example_words::answered(&change.inputs, &change.expected, &answer.fields)
}

/// Whether both runs answered the same; what is shown of it is too short to tell.
fn is_alike(change: &ExampleChange) -> bool {
    let [Some(old), Some(new)] = &change.answers else { return false };
    asked(change, old) == asked(change, new)
}

/// In little room: what was expected and answered, below the example; each of the three has its share of the line.
fn below(row: &ExampleRow, width: f32, is_alike: bool) -> String {
    let part = (((width - BELOW.0) / BELOW.1 / 3.0) as usize).max(PART_LEAST);
    let short = |text: &str| words::one_line(text, part).into_owned();
    let mut parts = Vec::new();
    if !row.expected.is_empty() {
        parts.push(format!("expected {}", short(&row.expected)));
    }
    if let [Some(old), Some(new)] = &row.answers {
        let (old, new) = (short(old), short(new));
        parts.push(if is_alike { format!("both answered {old}") } else { format!("{old} → {new}") });
    } else {
        let known = row.answers.iter().zip(SIDES).filter_map(|(answer, who)| Some((answer.as_ref()?, who)));
        parts.extend(known.map(|(answer, who)| format!("{who} answered {}", short(answer))));
    }
    parts.join(" · ")
}

/// What each column needs, as far as there is room: the example itself gets what the others leave.
pub(super) fn columns(rows: &[Row], paper: &Paper) -> ExampleColumns {
    let examples = || rows.iter().filter_map(|row| if let Row::Example(one) = row { Some(one) } else { None });
    let wide = |text: &str| text.chars().map(|c| paper.widths.of(c)).sum::<f32>().ceil();
    let score = |value: f64| wide(&words::value(value).replace(|c: char| c.is_ascii_digit(), "0"));
    let mut columns = ExampleColumns::default();
    for one in examples() {
        columns.score = one.scores.into_iter().map(score).fold(columns.score, f32::max);
        columns.text = columns.text.max(wide(&one.text));
        columns.expected = columns.expected.max(wide(&one.expected));
        for (column, answer) in columns.answers.iter_mut().zip(&one.answers) {
            *column = column.max(answer.as_deref().map_or(0.0, wide));
        }
    }
    let ExampleColumns { score, text, .. } = columns;
    if paper.width < COLUMNS {
        return ExampleColumns { score, text: paper.width, ..ExampleColumns::default() };
    }
    // A title is read whole, too.
    let column = |natural: f32| if natural > 0.0 { natural.max(TITLE) + GAP } else { 0.0 };
    let natural = [column(columns.expected), column(columns.answers[0]), column(columns.answers[1])];
    let room = (paper.width - 2.0 * score - FIXED).max(0.0);
    let least = text.min(room * TEXT_LEAST);
    let [expected, old, new] = shared(natural, (room - least).max(0.0));
    ExampleColumns { score, text: (room - expected - old - new).max(0.0), expected, answers: [old, new] }
}

/// A column of answers is at least so wide as its title.
const TITLE: f32 = 120.0;
/// Between two columns.
const GAP: f32 = 16.0;
/// The mark, the arrow between two scores, and what stands around them.
pub(in crate::views::compare) const FIXED: f32 = 22.0 + 24.0 + 16.0;
/// The example itself has at least this share of the room, if it needs it.
const TEXT_LEAST: f32 = 0.34;

/// Divides room among columns: those that need less than an equal share leave the rest to the others.
fn shared(natural: [f32; 3], room: f32) -> [f32; 3] {
    let mut given = natural;
    if natural.iter().sum::<f32>() <= room {
        return given;
    }
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| natural[*a].total_cmp(&natural[*b]));
    let mut left = room;
    for (at, column) in order.into_iter().enumerate() {
        given[column] = natural[column].min(left / (3 - at) as f32);
        left -= given[column];
    }
    given
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
    if let ScoreSource::UsersTable { .. } = source {
        return Some(format!("{}: its scores come {}", capitalized(who), source.words()));
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

fn whole(change: &ExampleChange) -> String {
    let values = change.inputs.iter().chain(&change.expected);
    let field = |(key, value): (&String, &Json)| format!("{key}: {}", cut_text(&json_text(value), FIELD));
    let mut lines: Vec<String> = values.map(field).collect();
    for (who, answer) in SIDES.iter().zip(&change.answers) {
        let Some(answer) = answer else { continue };
        lines.push(format!("\n{} answered{}:", capitalized(who), repr(answer)));
        lines.extend(answer.fields.iter().map(field));
    }
    cut_text(&lines.join("\n"), WHOLE)
}

fn repr(answer: &ExampleAnswer) -> &'static str {
    if answer.from_repr { " (read from the repr of a prediction)" } else { "" }
}

/// Every field in a line: what a row has no room for, and no more than can be looked over.
fn tip(change: &ExampleChange) -> String {
    let field =
        |(key, value): (&String, &Json)| format!("{key}: {}", words::one_line(json_text(value).trim(), TIP_FIELD));
    let fields = |fields: &Object| fields.iter().take(TIP_FIELDS).map(field).collect::<Vec<_>>();
    let mut lines = fields(&change.inputs);
    if !change.expected.is_empty() {
        lines.push("\nExpected:".to_owned());
        lines.extend(fields(&change.expected));
    }
    for (who, answer) in SIDES.iter().zip(&change.answers) {
        let Some(answer) = answer else { continue };
        lines.push(format!("\n{} answered{}:", capitalized(who), repr(answer)));
        lines.extend(fields(&answer.fields));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_share_what_room_there_is() {
        assert_eq!(shared([50.0, 60.0, 70.0], 200.0), [50.0, 60.0, 70.0]);
        assert_eq!(shared([50.0, 400.0, 300.0], 350.0), [50.0, 150.0, 150.0]);
        assert_eq!(shared([0.0, 900.0, 100.0], 350.0), [0.0, 250.0, 100.0]);
    }

    #[test]
    fn an_answer_is_what_was_asked_for() {
        let object = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
        let change = ExampleChange {
            inputs: object(json!({"ticket": "Where?"})),
            expected: object(json!({"queue": "billing"})),
            old: 0.0,
            new: 1.0,
            old_row: 0,
            new_row: 0,
            traces: [(); 2].map(|()| TraceLink::Unknown(crate::query::NoTrace::NotRead)),
            answers: [None, None],
        };
        let answer = |value| ExampleAnswer { fields: object(value), from_repr: false };
        assert_eq!(answered(&change, &answer(json!({"reasoning": "long", "queue": "support"}))), "support");
        assert_eq!(answered(&change, &answer(json!({"a": 1, "b": 2}))), "a: 1 · b: 2");
        let with = |old: &str, new: &str| ExampleChange {
            answers: [old, new]
                .map(|end| Some(answer(json!({"why": "", "queue": format!("{}{end}", "same ".repeat(40))})))),
            ..change.clone()
        };
        // Alike as far as they are shown is not alike.
        let [one, other] = [with("end", "end"), with("one", "other")];
        assert!(is_alike(&one) && !is_alike(&other));
        let below = |change: &ExampleChange| below(&example(change, Outcome::Fixed), 420.0, is_alike(change));
        assert!(below(&one).contains("both answered same") && below(&other).contains(" → same"), "{}", below(&other));
        let two = ExampleChange { expected: object(json!({"queue": "x", "urgent": true})), ..change };
        assert_eq!(answered(&two, &answer(json!({"queue": "support", "why": "y"}))), "queue: support");
    }
}
