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
        other => place(other).unwrap_or_default().to_owned(),
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
    lines.extend(column.told.iter().cloned());
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

/// Where scores stand, as people call it.
fn place(source: &ScoreSource) -> Option<&'static str> {
    match source {
        ScoreSource::UsersTable { .. } => Some("a logged table"),
        other => other.as_str(),
    }
}

/// From what the scores come, by source, and of which evaluations there are none.
pub(super) fn told(scores: &Scores) -> Told {
    let mut sources: Vec<(&str, usize)> = Vec::new();
    for source in scores.columns.iter().filter_map(|column| place(&column.source)) {
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
    let mut remarks = Remarks::default();
    let columns_of = |is_one: &dyn Fn(&ScoreColumn) -> bool| scores.columns.iter().filter(|one| is_one(one)).count();
    let without = columns_of(&|one| matches!(one.source, ScoreSource::Nothing(_)));
    if without > 0 {
        trouble.push(format!("{} without scores", words::counted(without, "evaluation")));
    }
    if !scores.matrix.left_out.is_empty() {
        let left_out = words::counted(scores.matrix.left_out.len(), "evaluation");
        trouble.push(format!("{left_out} of other examples left out"));
    }
    let cut = columns_of(&|one| matches!(one.source, ScoreSource::Assessments { complete: false, .. }));
    if cut > 0 {
        trouble.push(format!("{} read in part", words::counted(cut, "evaluation")));
    }
    let unscored: usize =
        scores.columns.iter().filter(|one| one.scored > 0).map(|one| one.examples.saturating_sub(one.scored)).sum();
    if unscored > 0 {
        trouble.push(format!("{} without a score", words::counted(unscored, "row")));
    }
    for column in &scores.columns {
        let is_told =
            matches!(&column.source, ScoreSource::Nothing(_) | ScoreSource::Assessments { complete: false, .. });
        if is_told {
            remarks.add(source_words(&column.source), column);
        }
        if column.scored > 0 && column.scored < column.examples {
            let rows = words::counted(column.examples - column.scored, "row");
            remarks.add(format!("{rows} without a score"), column);
        }
        column.told.iter().for_each(|told| remarks.add(told.clone(), column));
    }
    if may_have_several_metrics(scores) {
        trouble.push("perhaps scores of different metrics, with one threshold".to_owned());
    }
    if trouble.is_empty() && !remarks.0.is_empty() {
        trouble.push(words::counted(remarks.0.len(), "remark"));
    }
    let lines = remarks.lines();
    Told { line, trouble: trouble.join(", "), about_trouble: lines }
}

/// Whether some plain evaluations have scores beyond 1 and all of others lie between 0 and 1: within an optimization
/// one metric scores them all.
fn may_have_several_metrics(scores: &Scores) -> bool {
    if scores.columns.iter().any(|column| column.program.is_some()) {
        return false;
    }
    let most = |at: usize| {
        let of_column = scores.matrix.examples.iter().filter_map(|one| one.scores.get(at).copied().flatten());
        of_column.reduce(f64::max)
    };
    let most: Vec<f64> = (0..scores.columns.len()).filter_map(most).collect();
    most.iter().any(|most| *most > 1.0) && most.iter().any(|most| (0.0..=1.0).contains(most))
}

/// What is said of evaluations, each remark once with those that it is said of.
#[derive(Default)]
struct Remarks<'a>(Vec<(String, Vec<&'a str>)>);

impl<'a> Remarks<'a> {
    fn add(&mut self, remark: String, column: &'a ScoreColumn) {
        let name = if column.run_name.is_empty() { column.run_id.as_str() } else { &column.run_name };
        match self.0.iter_mut().find(|(known, _)| *known == remark) {
            Some((_, names)) => names.push(name),
            None => self.0.push((remark, vec![name])),
        }
    }

    /// One in each line: `eval_full_2: 3 rows without a score`.
    fn lines(&self) -> String {
        /// Of more evaluations it is said how many there are.
        const NAMED: usize = 4;
        let line = |(remark, names): &(String, Vec<&str>)| match names.len() {
            ..=NAMED => format!("{}: {remark}", names.join(", ")),
            many => format!("{}: {remark}", words::counted(many, "evaluation")),
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::optimization::EvaluationKind;
    use crate::analysis::score_matrix::{MatrixExample, ScoreMatrix};
    use crate::query::NoScores;

    fn column(run: &str, source: ScoreSource, told: &[&str]) -> ScoreColumn {
        ScoreColumn {
            run_id: run.into(),
            prompt: None,
            run_name: run.to_owned(),
            candidate: 0,
            program: None,
            kind: EvaluationKind::Full,
            source,
            examples: 3,
            scored: 2,
            mean: Some(0.5),
            score: Some(50.0),
            interval: None,
            objectives: Default::default(),
            told: told.iter().map(|told| (*told).to_owned()).collect(),
        }
    }

    fn scores(columns: Vec<ScoreColumn>) -> Scores {
        Scores {
            matrix: ScoreMatrix::default(),
            columns,
            score_names: Vec::new(),
            range: None,
            inputs: None,
            seed: None,
            winner: None,
        }
    }

    #[test]
    fn sources_are_counted_and_remarks_stand_once() {
        let assessed = ScoreSource::Assessments { metric: "exact".into(), scored: 2, examples: 3, complete: false };
        let told = told(&scores(vec![
            column("a", ScoreSource::Table, &["It is strange"]),
            column("b", ScoreSource::Table, &["It is strange"]),
            column("c", assessed, &[]),
            column("d", ScoreSource::Nothing(NoScores::NoTraces), &[]),
        ]));
        assert_eq!(told.line, "4 evaluations · scores from result_table.json (2), assessments (1)");
        assert_eq!(told.trouble, "1 evaluation without scores, 1 evaluation read in part, 4 rows without a score");
        assert!(told.about_trouble.contains("a, b: It is strange"), "{}", told.about_trouble);
        assert!(told.about_trouble.contains("d: no scores: it has no result_table.json and no traces"));
        let about = about(&column("a", ScoreSource::Table, &["It is strange"]), 100.0);
        assert_eq!(
            about,
            "Mean 50 of 2 examples\n1 example without a score\nScores from result_table.json\nIt is strange\nClick to \
             open the run"
        );
    }

    #[test]
    fn different_metrics_are_suspected_of_plain_evaluations_alone() {
        let mut mixed = scores(vec![column("a", ScoreSource::Table, &[]), column("b", ScoreSource::Table, &[])]);
        let example = |scores: [f64; 2]| MatrixExample {
            example: crate::model::program::Object::default(),
            scores: scores.map(Some).to_vec(),
            rows: vec![Some(0); 2],
        };
        mixed.matrix.examples = vec![example([1.0, 4.0]), example([0.0, 0.5])];
        assert!(may_have_several_metrics(&mixed));
        mixed.matrix.examples = vec![example([1.0, 0.4])];
        assert!(!may_have_several_metrics(&mixed));
    }

    #[test]
    fn without_examples_the_reason_is_a_sentence() {
        let one = || column("a", ScoreSource::Nothing(NoScores::NoTraces), &[]);
        assert_eq!(
            nothing(&scores(vec![one()])),
            "This evaluation has no examples: it has no result_table.json and no traces"
        );
        assert!(
            nothing(&scores(vec![one(), one()])).starts_with("None of these evaluations has examples: of each, it")
        );
        assert!(nothing(&scores(Vec::new())).starts_with("No evaluation with examples"));
    }
}
