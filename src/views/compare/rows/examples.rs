//! Examples that one run got right and the other wrong.

use super::values::json_text;
use super::{ExampleCell, Options, Row, cut_text};
use crate::model::program::Object;
use crate::query::{Comparison, ExampleChange};
use crate::widgets::format;

/// Below this width one list stands under the other.
const TWO_COLUMNS: f32 = 620.0;
/// A tooltip shows no more.
const WHOLE: usize = 3_000;

pub(super) fn examples(diff: &Comparison, options: &Options, rows: &mut Vec<Row>) {
    let Some(all) = &diff.examples else {
        let why = match diff.rows {
            [None, None] => "neither run has one",
            [None, _] => "the baseline has none",
            _ => "the compared run has none",
        };
        let text = format!("Evaluations without result_table.json cannot be joined example by example; {why}");
        rows.push(Row::Sentence(text));
        return;
    };
    let Some(rule) = all.rule.filter(|_| all.scored > 0) else {
        let text = match all.joined {
            0 => "The two tables of results have no example in common",
            _ => "No example has a score in both tables of results",
        };
        rows.push(Row::Sentence(text.to_owned()));
        return;
    };
    let count = |n: usize| format::count(n as u64);
    let right = match rule.is_binary {
        true => "right is a score of 1".to_owned(),
        false => format!("right is a score of {} or more, half of the observed range", format::value(rule.threshold)),
    };
    rows.push(Row::Caption(format!(
        "Examples · {} scored by both of {} joined · {right}",
        count(all.scored),
        count(all.joined)
    )));
    let cell = |change: &ExampleChange, is_fixed: bool| ExampleCell {
        text: one_line(&change.inputs),
        whole: whole(change),
        scores: [change.old, change.new],
        is_fixed,
    };
    let fixed: Vec<ExampleCell> = all.fixed.iter().map(|change| cell(change, true)).collect();
    let broken: Vec<ExampleCell> = all.broken.iter().map(|change| cell(change, false)).collect();
    let captions = (format!("Fixed · {}", count(fixed.len())), format!("Broken · {}", count(broken.len())));
    if options.width >= TWO_COLUMNS {
        rows.push(Row::Captions(captions.0, captions.1));
        let (mut fixed, mut broken) = (fixed.into_iter(), broken.into_iter());
        loop {
            match (fixed.next(), broken.next()) {
                (None, None) => break,
                (left, right) => rows.push(Row::Examples(left, right)),
            }
        }
    } else {
        rows.push(Row::Caption(captions.0));
        rows.extend(fixed.into_iter().map(|one| Row::Examples(Some(one), None)));
        rows.push(Row::Caption(captions.1));
        rows.extend(broken.into_iter().map(|one| Row::Examples(Some(one), None)));
    }
}

/// One input is shown without its name.
fn one_line(inputs: &Object) -> String {
    let text = match inputs.iter().next() {
        Some((_, value)) if inputs.len() == 1 => json_text(value),
        _ => inputs.iter().map(|(key, value)| format!("{key}: {}", json_text(value))).collect::<Vec<_>>().join(" · "),
    };
    format::one_line(&text, 300).into_owned()
}

fn whole(change: &ExampleChange) -> String {
    let values = change.inputs.iter().chain(&change.expected);
    let lines: Vec<String> = values.map(|(key, value)| format!("{key}: {}", json_text(value))).collect();
    cut_text(&lines.join("\n"), WHOLE)
}
