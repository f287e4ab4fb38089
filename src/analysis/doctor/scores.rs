//! What the scores can tell.

use super::finding::{Evidence, Judgement, Severity, Target};
use super::rule::Rule;
use crate::model::{RunId, TraceId};
use crate::words;

/// No more evidence of one kind is named.
const MOST: usize = 8;

/// A row of a table that has no prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPrediction {
    /// The evaluation.
    pub run: RunId,
    /// The trace of the row, which ended well.
    pub trace: TraceId,
    /// What the metric raised, where an assessment tells.
    pub error: Option<String>,
}

/// A gain that is not proved.
#[derive(Clone, Debug, PartialEq)]
pub struct Small {
    /// The evaluation of the winner.
    pub winner: RunId,
    /// The gain with its test, as the verdict tells it.
    pub figures: String,
    /// What the verdict says of it.
    pub meaning: String,
    /// The places of the examples that became better or worse.
    pub changed: Vec<u32>,
}

/// The scores of an optimization.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreFacts {
    /// The optimization.
    pub parent: RunId,
    /// Distinct scores of examples over all evaluations: the only one, if there is but one.
    pub only_score: Option<f64>,
    /// How many scores of examples there are.
    pub scores: usize,
    /// Of how many programs.
    pub scored_programs: usize,
    /// The programs with a full evaluation that has a score: its run, its name, its best score.
    pub full: Vec<(RunId, String, f64)>,
    /// Rows without a score, by evaluation: run, name, count, the places of the examples in the matrix.
    pub without_score: Vec<(RunId, String, Vec<u32>)>,
    /// Rows without a prediction whose trace ended well.
    pub without_prediction: Vec<NoPrediction>,
    /// Whether any evaluation has a table of results.
    pub has_tables: bool,
    /// The gain over the seed where it is not more than luck; why it is not known.
    pub gain: Result<Option<Small>, &'static str>,
}

/// [`Rule::ScoresEqual`]
pub fn scores_equal(facts: &ScoreFacts) -> Judgement {
    let rule = (Rule::ScoresEqual, Severity::Warning);
    if let Some(score) = facts.only_score.filter(|_| facts.scores > 1) {
        let [scores, programs] =
            [(facts.scores, "score"), (facts.scored_programs, "program")].map(|(n, one)| words::counted(n, one));
        let text = format!("All {scores} of examples are {}, over {programs}", words::value(score));
        let examples = Evidence::new(Target::Examples(facts.parent.clone(), Vec::new()), "all examples");
        let advice = "A metric that says the same of everything cannot tell programs apart";
        return Judgement::found(rule, text, advice, vec![examples]);
    }
    let Some((_, _, first)) = facts.full.first() else {
        return Judgement::unknown("no full evaluation has a score");
    };
    if facts.full.len() < 2 || facts.full.iter().any(|(_, _, score)| score != first) {
        return Judgement::Nothing;
    }
    let evidence = facts.full.iter().take(MOST);
    let evidence = evidence.map(|(run, name, _)| Evidence::new(Target::Run(run.clone()), name.clone()));
    Judgement::found(
        rule,
        format!(
            "All {} with a full evaluation have the same score, {}",
            words::counted(facts.full.len(), "program"),
            words::value(*first)
        ),
        "Nothing but their order chose the winner among them: more examples, or a finer metric, would tell them apart",
        evidence.collect(),
    )
}

/// [`Rule::MetricRaised`]
pub fn metric_raised(facts: &ScoreFacts) -> Judgement {
    if !facts.has_tables {
        return Judgement::unknown("no evaluation has a table of results");
    }
    let rows: usize = facts.without_score.iter().map(|(_, _, places)| places.len()).sum();
    let raised = facts.without_prediction.len();
    let mut parts = Vec::new();
    if raised > 0 {
        let is_one = raised == 1;
        parts.push(format!(
            "{} no prediction though {} trace ended well: the metric raised on {}, or something behind the program did",
            words::counted(raised, "row") + if is_one { " has" } else { " have" },
            if is_one { "its" } else { "their" },
            if is_one { "it" } else { "them" },
        ));
    }
    if rows > 0 {
        parts.push(format!("{} no score", words::counted(rows, "row") + if rows == 1 { " has" } else { " have" }));
    }
    if parts.is_empty() {
        return Judgement::Nothing;
    }
    let mut evidence: Vec<Evidence> = Vec::new();
    for one in facts.without_prediction.iter().take(MOST) {
        let what = one.error.clone().unwrap_or_else(|| "a row without a prediction".to_owned());
        evidence.push(Evidence::new(Target::Trace(one.run.clone(), one.trace.clone()), what));
    }
    for (run, name, places) in facts.without_score.iter().take(MOST) {
        let what = format!("{name}: {} without a score", words::counted(places.len(), "row"));
        evidence.push(Evidence::new(Target::Run(run.clone()), what));
    }
    let mut places: Vec<u32> = facts.without_score.iter().flat_map(|(_, _, places)| places.iter().copied()).collect();
    places.sort_unstable();
    places.dedup();
    if !places.is_empty() {
        evidence.push(Evidence::new(Target::Examples(facts.parent.clone(), places), "the examples without a score"));
    }
    Judgement::found(
        (Rule::MetricRaised, Severity::Warning),
        parts.join("; "),
        "Each counts as failed, whatever the program said: call the metric on one of these examples",
        evidence,
    )
}

/// [`Rule::ValsetTooSmall`]
pub fn valset_too_small(facts: &ScoreFacts) -> Judgement {
    let small = match &facts.gain {
        Err(why) => return Judgement::unknown(*why),
        Ok(None) => return Judgement::Nothing,
        Ok(Some(small)) => small,
    };
    let mut evidence = vec![Evidence::new(Target::Run(small.winner.clone()), "the winner's evaluation")];
    if !small.changed.is_empty() {
        let what = format!("the {} whose score changed", words::counted(small.changed.len(), "example"));
        evidence.push(Evidence::new(Target::Examples(facts.parent.clone(), small.changed.clone()), what));
    }
    Judgement::found(
        (Rule::ValsetTooSmall, Severity::Warning),
        format!("The winner's gain is not proved ({}): {}", small.figures, small.meaning),
        "Evaluate seed and winner on more examples, best on examples that no choice depended on",
        evidence,
    )
}
