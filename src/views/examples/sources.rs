//! From what scores come, and what could not be read, in words.

use crate::query::{ScoreColumn, ScoreSource, Scores};
use crate::words;

/// What is said of a source that is no file.
fn source_words(source: &ScoreSource) -> String {
    match source {
        ScoreSource::Assessments { metric, scored, examples, complete } => {
            let of = format!("{} of {}", words::count(*scored as u64), words::counted(*examples, "example"));
            let known = if *complete { "" } else { ", of the traces that could be read" };
            format!("assessments {metric} on traces, {of}{known}")
        }
        ScoreSource::Nothing(why) => format!("no scores: {why}"),
        other => other.as_str().unwrap_or_default().to_owned(),
    }
}

/// What is told of a column: its mean with the interval, and from what its scores come.
pub(super) fn about(column: &ScoreColumn, scale: f64) -> String {
    let mut lines = Vec::new();
    if let Some(mean) = column.mean {
        let of = words::counted(column.scored, "example");
        let interval = column.interval.map(|one| one.interval.scaled(scale));
        let interval = interval.map_or_else(String::new, |one| {
            format!(", 95 % interval {} to {}", words::value(one.low), words::value(one.high))
        });
        lines.push(format!("Mean {} of {of}{interval}", words::value(mean * scale)));
    }
    let unscored = column.examples.saturating_sub(column.scored);
    if unscored > 0 && column.scored > 0 {
        lines.push(format!("{} without a score", words::counted(unscored, "example")));
    }
    let source = source_words(&column.source);
    lines.push(match &column.source {
        ScoreSource::Nothing(why) => format!("No scores: {why}"),
        _ => format!("Scores from {source}"),
    });
    lines.push("Click to open the run".to_owned());
    lines.join("\n")
}

/// What is told of all columns together.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Told {
    /// `13 evaluations · scores from result_table.json`
    pub line: String,
    /// `2 evaluations without scores`; empty if there are none.
    pub trouble: String,
    /// Which, and why, one in each line.
    pub about_trouble: String,
}

/// From what the scores come, by source, and of which evaluations there are none.
pub(super) fn told(scores: &Scores) -> Told {
    let mut sources: Vec<(&str, usize)> = Vec::new();
    for source in scores.columns.iter().filter_map(|column| column.source.as_str()) {
        match sources.iter_mut().find(|(known, _)| *known == source) {
            Some((_, count)) => *count += 1,
            None => sources.push((source, 1)),
        }
    }
    let evaluations = words::counted(scores.columns.len(), "evaluation");
    let from: Vec<String> = match sources.as_slice() {
        [(source, _)] => vec![(*source).to_owned()],
        several => {
            several.iter().map(|(source, count)| format!("{source} ({})", words::count(*count as u64))).collect()
        }
    };
    let line = if from.is_empty() { evaluations } else { format!("{evaluations} · scores from {}", from.join(", ")) };
    let mut trouble = Vec::new();
    let mut lines = Vec::new();
    let name = |column: &ScoreColumn| match column.run_name.as_str() {
        "" => column.run_id.to_string(),
        name => name.to_owned(),
    };
    let without: Vec<&ScoreColumn> =
        scores.columns.iter().filter(|column| matches!(column.source, ScoreSource::Nothing(_))).collect();
    if !without.is_empty() {
        trouble.push(format!("{} without scores", words::counted(without.len(), "evaluation")));
        lines.extend(without.iter().map(|column| format!("{}: {}", name(column), source_words(&column.source))));
    }
    let foreign: Vec<&ScoreColumn> = scores.matrix.left_out.iter().filter_map(|at| scores.columns.get(*at)).collect();
    if !foreign.is_empty() {
        trouble.push(format!("{} of other examples left out", words::counted(foreign.len(), "evaluation")));
        lines.extend(foreign.iter().map(|column| format!("{}: its examples have no field in common", name(column))));
    }
    let cut = |column: &&ScoreColumn| matches!(column.source, ScoreSource::Assessments { complete: false, .. });
    let cut: Vec<&ScoreColumn> = scores.columns.iter().filter(cut).collect();
    if !cut.is_empty() {
        trouble.push(format!("{} read in part", words::counted(cut.len(), "evaluation")));
        lines.extend(cut.iter().map(|column| format!("{}: {}", name(column), source_words(&column.source))));
    }
    let unscored: Vec<&ScoreColumn> =
        scores.columns.iter().filter(|column| column.scored > 0 && column.scored < column.examples).collect();
    if !unscored.is_empty() {
        let rows: usize = unscored.iter().map(|column| column.examples - column.scored).sum();
        trouble.push(format!("{} without a score", words::counted(rows, "row")));
        lines.extend(unscored.iter().map(|column| {
            format!("{}: {} without a score", name(column), words::counted(column.examples - column.scored, "row"))
        }));
    }
    Told { line, trouble: trouble.join(", "), about_trouble: lines.join("\n") }
}

/// Why there is no example at all.
pub(super) fn nothing(scores: &Scores) -> String {
    let reasons = scores.columns.iter().filter_map(|column| match &column.source {
        ScoreSource::Nothing(why) => Some(why.to_string()),
        _ => None,
    });
    let mut reasons: Vec<String> = reasons.collect();
    reasons.sort_unstable();
    reasons.dedup();
    match (scores.columns.as_slice(), reasons.as_slice()) {
        ([], _) => {
            "No evaluation with examples; dspy.Evaluate writes result_table.json with mlflow.dspy.autolog()".to_owned()
        }
        ([_], [why]) => format!("This evaluation has no examples: {why}"),
        (_, [why]) => format!("None of these evaluations has examples: of each, {why}"),
        (_, []) => "These evaluations have tables without a row".to_owned(),
        (_, several) => format!("None of these evaluations has examples: {}", several.join("; ")),
    }
}
