//! The examples that one run got right and the other wrong, and the traces that show it.

use std::collections::BTreeSet;

use super::metric::metric_match;
use super::stand_in::{StandIn, stand_in};
use crate::analysis::example_traces::TraceLink;
use crate::analysis::metric_match::{MetricMatch, ScoreRange};
use crate::analysis::result_table::{RightRule, join_examples};
use crate::model::program::Object;
use crate::model::{ResultTable, RunId};
use crate::query::ask::Session;
use crate::query::example_answer::{ExampleAnswer, answer};
use crate::query::example_rows::{ExampleRows, NoScores, ScoreSource, example_rows, links};
use crate::query::result_table::example_inputs;
use crate::query::run_page::score_of_run;
use crate::query::verdict::Between;
use crate::store::{Allowance, Part, Result};

/// The examples that both runs evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleDiff {
    /// Whether one metric scored both: only then an example is fixed or broken.
    pub metric: MetricMatch,
    /// From which score on an example counts as right in `a` and in `b`: one rule for both where
    /// they have one metric, else each its own; `None` where there are no scores.
    pub rules: [Option<RightRule>; 2],
    /// Between which numbers the scores of `a` and of `b` lie.
    pub ranges: [Option<ScoreRange>; 2],
    /// What a program was given is told apart from the rest of the examples: the newest trace of
    /// either run tells it.
    pub tells_inputs: bool,
    /// How many examples both have.
    pub joined: usize,
    /// How many of these have a score in both.
    pub scored: usize,
    /// How many of these are right in `a` and in `b`, each by its rule.
    pub right: [usize; 2],
    /// Wrong in `a`, right in `b`, in the order of `a`; empty unless they have one metric.
    pub fixed: Vec<ExampleChange>,
    /// Right in `a`, wrong in `b`, in the order of `a`; empty unless they have one metric.
    pub broken: Vec<ExampleChange>,
    /// Whether the second is better by more than luck; `None` unless one metric scored both and they share scored examples.
    pub verdict: Option<Between>,
}

impl ExampleDiff {
    /// The rule for both, if they have one metric and examples that it judged in both.
    pub fn rule(&self) -> Option<RightRule> {
        self.rules[0].filter(|_| self.scored > 0 && self.metric.is_same())
    }

    /// How many are wrong in both, and how many right in both; `None` unless they have one metric.
    pub fn unchanged(&self) -> Option<[usize; 2]> {
        self.rule()?;
        let right = self.right[0].checked_sub(self.broken.len())?;
        let wrong = self.scored.checked_sub(right + self.fixed.len() + self.broken.len())?;
        Some([wrong, right])
    }
}

/// An example with two scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ExampleChange {
    /// What the program was given; all of the example where no trace tells what that was.
    pub inputs: Object,
    /// The rest of the example.
    pub expected: Object,
    /// Its score in `a`.
    pub old: f64,
    /// Its score in `b`.
    pub new: f64,
    /// Its row in the table of `a`.
    pub old_row: usize,
    /// Its row in the table of `b`.
    pub new_row: usize,
    /// Its traces in `a` and in `b`.
    pub traces: [TraceLink; 2],
    /// What was answered in `a` and in `b`, if known.
    pub answers: [Option<ExampleAnswer>; 2],
}

/// The examples that became neither right nor wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnchangedExamples {
    /// Wrong in both, in the order of `a`.
    pub wrong: Vec<ExampleChange>,
    /// Right in both, in the order of `a`.
    pub right: Vec<ExampleChange>,
}

/// Which examples are told with their traces and answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Those that were fixed and broken.
    Changed,
    /// Those that were not.
    Unchanged,
}

/// What is known of the examples of two runs.
pub(super) struct Examples {
    /// Those that both evaluated; `None` unless both have scores.
    pub diff: Option<ExampleDiff>,
    /// Those that became neither right nor wrong, where they are wanted.
    pub unchanged: UnchangedExamples,
    /// Where the scores of `a` and `b` were read.
    pub sources: [ScoreSource; 2],
    /// How many examples `a` and `b` have.
    pub rows: [Option<usize>; 2],
    /// The evaluations that `a` and `b` stand for, where they are optimizations.
    pub stands_for: [Option<StandIn>; 2],
    /// The scores of `a` and `b`.
    pub scores: [Option<f64>; 2],
    /// The verdict by each score that both have by the same name, where examples have several.
    pub named: Vec<(String, Between)>,
}

/// One side of a comparison.
struct Side {
    /// The run whose examples these are.
    run: RunId,
    rows: ExampleRows,
    stands_for: Option<StandIn>,
    score: Option<f64>,
}

impl Side {
    fn read(session: &mut Session<'_>, run: &RunId, time: Allowance) -> Result<Self> {
        let rows = example_rows(session, run, time)?;
        if rows.source != ScoreSource::Nothing(NoScores::HasChildren) {
            let score = score_of_run(session, run)?;
            return Ok(Self { run: run.clone(), rows, stands_for: None, score });
        }
        // What an optimization has under the name of a score is that of some evaluation of many.
        Ok(match stand_in(session, run)? {
            None => Self { run: run.clone(), rows, stands_for: None, score: None },
            Some(it) => {
                let rows = example_rows(session, &it.run, time)?;
                Self { run: it.run.clone(), rows, score: it.score, stands_for: Some(it) }
            }
        })
    }
}

/// Compares the examples of two runs.
pub(super) fn examples(session: &mut Session<'_>, a: &RunId, b: &RunId, wanted: Wanted) -> Result<Examples> {
    // One run that is slow to read must not take all of the time.
    let time = session.cx.begin(Part::ExampleTraces);
    let old = Side::read(session, a, time.quarters(1))?;
    let new = Side::read(session, b, time.quarters(2))?;
    let mut unchanged = UnchangedExamples::default();
    let mut diff = match [old.rows.has_scores(), new.rows.has_scores()] {
        [true, true] => {
            let inputs = match (old.rows.is_from_table(), new.rows.is_from_table()) {
                (true, true) => match example_inputs(session, &old.run, &old.rows.table)? {
                    None => example_inputs(session, &new.run, &new.rows.table)?,
                    told => told,
                },
                (false, _) => Some(old.rows.given_fields().into_iter().collect()),
                (true, false) => Some(new.rows.given_fields().into_iter().collect()),
            };
            let pairs = join_examples(&old.rows.table, &new.rows.table);
            let runs = [&old.run, &new.run];
            let metric = metric_match(session, runs, [&old.rows, &new.rows], &pairs, time.quarters(3))?;
            let (mut diff, others) = compare(&old.rows, &new.rows, &pairs, metric, inputs.as_ref());
            diff.verdict = verdict(&diff, [&old, &new], &pairs);
            unchanged = others;
            Some(diff)
        }
        _ => None,
    };
    match (wanted, &mut diff) {
        (Wanted::Changed, diff) => {
            unchanged = UnchangedExamples::default();
            if let Some(diff) = diff {
                tell(session, [&old, &new], [&mut diff.fixed, &mut diff.broken], time)?;
            }
        }
        (Wanted::Unchanged, _) => {
            tell(session, [&old, &new], [&mut unchanged.wrong, &mut unchanged.right], time)?;
        }
    }
    Ok(Examples {
        named: named_verdicts(&old.rows.table, &new.rows.table),
        diff,
        unchanged,
        rows: [old.rows.count(), new.rows.count()],
        sources: [old.rows.source, new.rows.source],
        stands_for: [old.stands_for, new.stands_for],
        scores: [old.score, new.score],
    })
}

/// Whether `b` is better by more than luck.
fn verdict(diff: &ExampleDiff, sides: [&Side; 2], pairs: &[(usize, usize)]) -> Option<Between> {
    let rule = diff.rule()?;
    let score = |side: &Side, row: usize| side.rows.table.rows.get(row)?.score;
    let scores: Vec<(f64, f64)> =
        pairs.iter().filter_map(|(a, b)| Some((score(sides[0], *a)?, score(sides[1], *b)?))).collect();
    let logged = sides.map(|side| {
        let all: Vec<f64> = side.rows.table.rows.iter().filter_map(|row| row.score).collect();
        Some((side.score?, all.iter().sum::<f64>() / all.len() as f64))
    });
    Between::of(&scores, rule, logged)
}

/// Whether `b` is better by more than luck, by each of several scores: what has one name is taken for one scorer.
fn named_verdicts(old: &ResultTable, new: &ResultTable) -> Vec<(String, Between)> {
    let shared: Vec<&String> = old.score_names.iter().filter(|name| new.score_names.contains(name)).collect();
    if shared.is_empty() {
        return Vec::new();
    }
    let pairs = join_examples(old, new);
    let verdict = |name: &String| {
        let range = ScoreRange::of(old.scores_named(name).into_iter().chain(new.scores_named(name)))?;
        let score = |table: &ResultTable, row: usize| table.rows.get(row)?.scores.get(name).copied();
        let scores: Vec<(f64, f64)> =
            pairs.iter().filter_map(|(a, b)| Some((score(old, *a)?, score(new, *b)?))).collect();
        Between::of(&scores, range.rule(), [None, None])
    };
    shared.into_iter().filter_map(|name| Some((name.clone(), verdict(name)?))).collect()
}

/// Adds the traces of examples, and what was answered.
fn tell(
    session: &mut Session<'_>,
    [old, new]: [&Side; 2],
    lists: [&mut Vec<ExampleChange>; 2],
    time: Allowance,
) -> Result<()> {
    let changes = || lists.iter().flat_map(|list| list.iter());
    let (old_rows, new_rows): (Vec<usize>, Vec<usize>) = changes().map(|one| (one.old_row, one.new_row)).unzip();
    let old_links = links(session, &old.run, &old.rows, &old_rows, time.quarters(3))?;
    let new_links = links(session, &new.run, &new.rows, &new_rows, time.quarters(4))?;
    let changes = lists.into_iter().flatten();
    for (change, traces) in changes.zip(old_links.into_iter().zip(new_links)) {
        change.traces = traces.into();
        let sides = [(&old.rows, change.old_row), (&new.rows, change.new_row)];
        for ((answer, traced), (rows, at)) in change.answers.iter_mut().zip(&change.traces).zip(sides) {
            *answer = answered(session, rows, at, traced, time.quarters(4))?;
        }
    }
    Ok(())
}

/// What was answered: as the table of results says, else as the trace of the example does.
fn answered(
    session: &mut Session<'_>,
    rows: &ExampleRows,
    at: usize,
    traced: &TraceLink,
    time: Allowance,
) -> Result<Option<ExampleAnswer>> {
    let fields = rows.table.rows.get(at).map(|row| &row.prediction).filter(|fields| !fields.is_empty());
    match (fields, traced.trace()) {
        (Some(fields), _) => Ok(Some(ExampleAnswer { fields: fields.clone(), from_repr: false })),
        (None, Some(trace)) if !time.is_spent() => answer(session, trace),
        _ => Ok(None),
    }
}

fn compare(
    old: &ExampleRows,
    new: &ExampleRows,
    pairs: &[(usize, usize)],
    metric: MetricMatch,
    inputs: Option<&BTreeSet<String>>,
) -> (ExampleDiff, UnchangedExamples) {
    // Traces alone do not know what was expected.
    let shows_new = !old.is_from_table() && new.is_from_table();
    let (old, new) = (&old.table, &new.table);
    let ranges = [old, new].map(|table| ScoreRange::of(table.rows.iter().filter_map(|row| row.score)));
    let rules = match (metric.is_same(), ranges) {
        (true, [a, b]) => [a.zip(b).map(|(a, b)| a.with(b)).or(a).or(b).map(ScoreRange::rule); 2],
        (false, ranges) => ranges.map(|range| range.map(ScoreRange::rule)),
    };
    let mut diff = ExampleDiff {
        metric,
        rules,
        ranges,
        tells_inputs: inputs.is_some(),
        joined: pairs.len(),
        scored: 0,
        right: [0, 0],
        fixed: Vec::new(),
        broken: Vec::new(),
        verdict: None,
    };
    let mut unchanged = UnchangedExamples::default();
    let [Some(old_rule), Some(new_rule)] = rules else { return (diff, unchanged) };
    for (old_row, new_row) in pairs.iter().copied() {
        let (Some(old_score), Some(new_score)) = (old.rows[old_row].score, new.rows[new_row].score) else { continue };
        diff.scored += 1;
        let is_right = [old_rule.is_right(old_score), new_rule.is_right(new_score)];
        for (count, is_right) in diff.right.iter_mut().zip(is_right) {
            *count += usize::from(is_right);
        }
        let list = match is_right {
            _ if !diff.metric.is_same() => continue,
            [false, true] => &mut diff.fixed,
            [true, false] => &mut diff.broken,
            [false, false] => &mut unchanged.wrong,
            [true, true] => &mut unchanged.right,
        };
        let example = if shows_new { &new.rows[new_row].example } else { &old.rows[old_row].example };
        let is_input = |name: &String| inputs.is_none_or(|inputs| inputs.contains(name));
        let of = |is_wanted: bool| -> Object {
            let fields = example.iter().filter(|(name, _)| is_input(name) == is_wanted);
            fields.map(|(name, value)| (name.clone(), value.clone())).collect()
        };
        let unknown = || TraceLink::Unknown(crate::analysis::example_traces::NoTrace::NotRead);
        list.push(ExampleChange {
            inputs: of(true),
            expected: of(false),
            old: old_score,
            new: new_score,
            old_row,
            new_row,
            traces: [unknown(), unknown()],
            answers: [None, None],
        });
    }
    (diff, unchanged)
}
