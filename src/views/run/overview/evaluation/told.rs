//! What the card of an evaluation says, as text.

use crate::analysis::statistics::{Interval, IntervalMethod};
use crate::model::dspy::artifacts::{CANDIDATES, RESULT_TABLE};
use crate::model::mlflow::prompts;
use crate::query::{NamedMean, PlainEvaluation, PromptCandidate, ScoreSource};
use crate::words;

/// An evaluation in words and figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The score that counts; `None` if none does.
    pub score: Option<String>,
    /// `3 scores`, where none of them counts by itself.
    pub several: String,
    /// `[4.56, 69.94]`; empty where there is none.
    pub interval: String,
    /// How that was made.
    pub how: String,
    /// `12 examples`
    pub examples: String,
    /// What else there is.
    pub lines: Vec<Line>,
    /// Sentences on how the scores were read.
    pub notes: Vec<String>,
}

/// A line of a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub key: String,
    pub value: String,
    pub note: String,
    pub is_figure: bool,
    /// The file that holds it whole.
    pub path: Option<String>,
}

impl Line {
    fn new(key: &str, value: String) -> Self {
        Self { key: key.to_owned(), value, ..Self::default() }
    }

    fn figure(key: &str, value: String) -> Self {
        Self { is_figure: true, ..Self::new(key, value) }
    }

    fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

/// What is said of an evaluation.
pub fn told(found: &PlainEvaluation) -> Told {
    let figures = found.figures();
    let main = found.means.iter().find(|one| one.counts);
    let mut lines = Vec::new();
    if let Some(main) = main {
        let from =
            if main.rule.is_binary { "1".to_owned() } else { format!("{} or more", words::value(main.rule.threshold)) };
        let right = format!("{} of {}", words::count(main.right as u64), words::count(main.scored as u64));
        lines.push(Line::figure("Right", right).noted(format!("a score of {from}")));
    }
    if found.adds_up() == Some(false)
        && let Some(score) = found.score
    {
        let note = "not the mean of the examples";
        lines.push(Line::figure("Logged score", words::value(score)).noted(note));
    }
    if found.means.len() > 1 {
        lines.extend(found.means.iter().map(|mean| mean_line(mean, found.examples)));
    }
    for (name, mean) in &found.objectives {
        lines.push(Line::figure(name, words::value(*mean)).noted("objective, on average"));
    }
    if found.with_feedback > 0 {
        lines.push(Line::figure("With feedback", words::count(found.with_feedback as u64)));
    }
    if found.failed > 0 {
        lines.push(Line::figure("Scorer failed", words::count(found.failed as u64)));
    }
    let source = found.source.words();
    let path = match &found.source {
        ScoreSource::Table => Some(RESULT_TABLE.to_owned()),
        ScoreSource::UsersTable { path, .. } => Some(path.clone()),
        _ => None,
    };
    let source = source.strip_prefix("from ").unwrap_or(&source).to_owned();
    lines.push(Line { path, ..Line::new("Scores", source) });
    let how = main.and_then(|main| main.interval).map(|interval| match interval.method {
        IntervalMethod::Wilson => "The true score lies in it at 95 %, by Wilson",
        IntervalMethod::Bootstrap => "The true score lies in it at 95 %, by examples resampled with a fixed seed",
    });
    Told {
        score: figures.map(|(score, _)| score).or(found.score.filter(|_| main.is_some())).map(words::value),
        several: words::counted(found.means.len(), "score"),
        interval: figures.and_then(|(_, interval)| interval).map(ends).unwrap_or_default(),
        how: how.unwrap_or_default().to_owned(),
        examples: words::counted(found.examples, "example"),
        lines,
        notes: found.notes.clone(),
    }
}

fn mean_line(mean: &NamedMean, examples: usize) -> Line {
    let interval = mean.interval.map(|it| format!(" {}", ends(it.interval))).unwrap_or_default();
    let line = Line::figure(mean.name.as_deref().unwrap_or("score"), format!("{}{interval}", words::value(mean.mean)));
    let mut notes = Vec::new();
    if mean.counts {
        notes.push("counts".to_owned());
    }
    if mean.scored < examples {
        notes.push(format!("of {} examples", words::count(mean.scored as u64)));
    }
    line.noted(notes.join(", "))
}

fn ends(interval: Interval) -> String {
    format!("[{}, {}]", words::value(interval.low), words::value(interval.high))
}

/// One line for each prompt that was tried.
pub fn prompt_lines(found: &[PromptCandidate]) -> Vec<Line> {
    let line = |(place, one): (usize, &PromptCandidate)| {
        let number = one.candidate.or(one.iteration).unwrap_or(place);
        let score = one.score.map_or_else(|| words::UNKNOWN.to_owned(), words::value);
        let texts: Vec<&str> = one.prompts.values().map(String::as_str).collect();
        let scored: Vec<f64> = one.table.rows.iter().filter_map(|row| row.score).collect();
        let note = if scored.is_empty() { String::new() } else { words::counted(scored.len(), "example") };
        // Its own file, else the table that holds all.
        let file = one
            .iteration
            .zip(one.prompts.keys().next())
            .map(|(iteration, name)| format!("{}{}{iteration}/{name}.txt", prompts::CANDIDATES, prompts::ITERATION));
        let path = file.or_else(|| one.candidate.filter(|index| *index > 0).map(|_| CANDIDATES.to_owned()));
        let key = if number == 0 { format!("given · {score}") } else { format!("{number} · {score}") };
        Line { path, ..Line::new(&key, words::one_line(&texts.join(" · "), 200).into_owned()).noted(note) }
    };
    found.iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::analysis::metric_match::ScoreRange;
    use crate::analysis::statistics::{Confidence, score_interval};
    use crate::query::NoScores;

    fn mean(name: Option<&str>, counts: bool, scores: &[f64]) -> NamedMean {
        let rule = ScoreRange::of(scores.iter().copied()).expect("scores").rule();
        NamedMean {
            name: name.map(str::to_owned),
            counts,
            scored: scores.len(),
            mean: scores.iter().sum::<f64>() / scores.len() as f64,
            interval: score_interval(scores, Confidence::USUAL),
            right: scores.iter().filter(|score| rule.is_right(**score)).count(),
            rule,
        }
    }

    fn evaluation(source: ScoreSource, score: Option<f64>, means: Vec<NamedMean>) -> PlainEvaluation {
        PlainEvaluation {
            source,
            notes: Vec::new(),
            examples: 4,
            score,
            means,
            objectives: BTreeMap::new(),
            with_feedback: 0,
            failed: 1,
        }
    }

    fn lines(told: &Told) -> Vec<String> {
        told.lines.iter().map(|line| format!("{}|{}|{}", line.key, line.value, line.note)).collect()
    }

    #[test]
    fn the_interval_has_the_scale_of_the_score() {
        let scores = [1.0, 0.0, 1.0, 1.0];
        let told = told(&evaluation(ScoreSource::Table, Some(75.0), vec![mean(None, true, &scores)]));
        assert_eq!((told.score.as_deref(), told.interval.as_str()), (Some("75"), "[30.06, 95.44]"));
        assert_eq!(told.examples, "4 examples");
        assert_eq!(lines(&told), ["Right|3 of 4|a score of 1", "Scorer failed|1|", "Scores|result_table.json|"]);
    }

    #[test]
    fn nothing_counts_until_it_is_chosen() {
        let names = vec!["label".to_owned(), "polite".to_owned()];
        let means =
            vec![mean(Some("label"), false, &[0.0, 1.0]), mean(Some("polite"), false, &[0.25, 0.5, 0.75, 0.75])];
        let told = told(&evaluation(ScoreSource::Nothing(NoScores::SeveralMetrics(names)), None, means));
        assert_eq!((told.score, told.interval.as_str()), (None, ""));
        assert!(told.lines[0].key == "label" && told.lines[0].note == "of 2 examples", "{:?}", told.lines);
        assert!(told.lines[1].value.starts_with("0.5625 ["), "{:?}", told.lines);
    }

    #[test]
    fn a_score_that_is_not_the_mean_is_said() {
        let told = told(&evaluation(ScoreSource::Table, Some(90.0), vec![mean(None, true, &[0.0, 0.5, 0.5, 1.0])]));
        assert_eq!(told.score.as_deref(), Some("0.5"));
        assert!(lines(&told).contains(&"Logged score|90|not the mean of the examples".to_owned()));
        assert!(lines(&told)[0].ends_with("a score of 0.5 or more"));
    }
}
