//! Optimizations as lines of a table and as series of a chart: pure functions of what was read.

use std::collections::BTreeSet;

use crate::analysis::optimization::Optimizer;
use crate::analysis::optimizations::{Effort, progress};
use crate::query::optimizations::comparable;
use crate::query::{OverviewKind, OverviewRow};
use crate::views::costs::CostInRounds;
use crate::widgets::charts::{Series, SeriesStyle, TipLine};
use crate::widgets::table::{CellText, Column};
use crate::widgets::tokens::Tone;
use crate::words;

/// No more lines can be told apart: those with the best scores are drawn.
const LINES_MOST: usize = 24;

/// No more series tell their values under the pointer.
const TOLD: usize = 12;

/// One optimization.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// Its place among all that was found.
    pub place: usize,
    /// Its colour, in order among those that can share the chart.
    pub colour: usize,
    /// Why it is not on the chart.
    pub left_out: Option<String>,
    /// Of which experiment it is, where those of several stand together.
    pub experiment: String,
    /// Whether it helped, in a few words, once that is known.
    pub verdict: Option<String>,
    /// What it cost, once that is known.
    pub cost: CostInRounds,
}

/// The optimizations among what was found, by start.
pub(super) fn lines(found: &[OverviewRow]) -> Vec<Line> {
    let is_one = |(_, row): &(usize, &OverviewRow)| row.kind == OverviewKind::Optimization;
    let all: Vec<(usize, &OverviewRow)> = found.iter().enumerate().filter(is_one).collect();
    let rows: Vec<&OverviewRow> = all.iter().map(|(_, row)| *row).collect();
    let mut colours = 0;
    let line = |((place, _), judged): ((usize, &OverviewRow), Result<(), String>)| {
        let colour = colours;
        colours += usize::from(judged.is_ok());
        let left_out = judged.err();
        Line { place, colour, left_out, experiment: String::new(), verdict: None, cost: CostInRounds::default() }
    };
    all.iter().copied().zip(comparable(&rows)).map(line).collect()
}

/// What an optimization is called.
pub(super) fn name(row: &OverviewRow) -> String {
    let name = if row.run.name.is_empty() { row.run.id.as_str() } else { &row.run.name };
    words::one_line(name, 60).into_owned()
}

fn optimizer(row: &OverviewRow) -> &'static str {
    row.optimizer.map_or("optimizer unknown", Optimizer::name)
}

/// The lines that are drawn: of too many those with the best scores, of equal ones the earlier.
fn best_lines(found: &[OverviewRow], lines: &[Line]) -> Vec<usize> {
    let reached = |line: &Line| found.get(line.place)?.steps.iter().rev().find_map(|step| step.best_so_far);
    let mut all: Vec<(usize, f64)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.left_out.is_none())
        .map(|(at, line)| (at, reached(line).unwrap_or(f64::NEG_INFINITY)))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all.iter().take(LINES_MOST).map(|(at, _)| *at).collect()
}

/// That scores of valsets of different sizes are not of the same examples.
fn different_data(found: &[OverviewRow], lines: &[Line], drawn: &[usize]) -> Option<String> {
    let rows = drawn.iter().filter_map(|at| found.get(lines.get(*at)?.place));
    let sizes: BTreeSet<u64> = rows.filter_map(|row| row.n).collect();
    let (least, most) = (sizes.first()?, sizes.last()?);
    let ends = format!("{} to {}", words::count(*least), words::count(*most));
    (least < most).then(|| format!("Scored on different data: their valsets have {ends} examples"))
}

/// So many notes stand below the chart, and so many optimizations are named in one of them.
const NOTES_MOST: usize = 4;
const NAMED_MOST: usize = 4;

/// What the chart draws.
#[derive(Clone, Debug, Default)]
pub(super) struct Drawn {
    /// A line for each optimization and dots where it rose; the tone tells which it is.
    pub series: Vec<Series>,
    /// What is not there or not certain.
    pub notes: Vec<String>,
}

impl Drawn {
    /// The lines over an effort.
    pub fn of(found: &[OverviewRow], lines: &[Line], effort: Effort) -> Self {
        let mut made = Self::default();
        let mut left_out: Vec<(String, Vec<String>)> = Vec::new();
        let mut leave_out = |why: String, row: &OverviewRow| match left_out.iter_mut().find(|(known, _)| *known == why)
        {
            Some((_, names)) => names.push(name(row)),
            None => left_out.push((why, vec![name(row)])),
        };
        let drawn = best_lines(found, lines);
        for (at, line) in lines.iter().enumerate() {
            let Some(row) = found.get(line.place) else { continue };
            if let Some(why) = &line.left_out {
                leave_out(why.clone(), row);
                continue;
            }
            if !drawn.contains(&at) {
                leave_out("lower scores than those that are drawn".to_owned(), row);
                continue;
            }
            let progress = progress(&row.steps, effort);
            if progress.points.is_empty() {
                leave_out(nothing(effort).to_lowercase(), row);
                continue;
            }
            if progress.unknown > 0 {
                let of = words::counted(row.steps.len(), "evaluation");
                let (what, unknown) = (unit(effort), words::count(progress.unknown as u64));
                made.notes
                    .push(format!("{}: {what} of {unknown} of {of} not known in full, so it took more", name(row)));
            }
            let rose = progress.points.iter().zip(std::iter::once(None).chain(progress.points.iter().map(Some)));
            let last = progress.points.last();
            let rose = rose.filter(|(own, before)| before.is_none_or(|before| before.1 < own.1) || Some(*own) == last);
            let dots: Vec<(f64, f64)> = rose.map(|(own, _)| *own).collect();
            let end = last.map(|last| words::value(last.1)).unwrap_or_default();
            let title = format!("{end} {} {}", optimizer(row), name(row));
            let tone = Tone::Category(line.colour);
            made.series.push(Series::new(title, progress.points).tone(tone).style(SeriesStyle::Step));
            made.series.push(Series::new("", dots).tone(tone).style(SeriesStyle::Dots));
        }
        made.notes.extend(different_data(found, lines, &drawn));
        let more = made.notes.len().saturating_sub(NOTES_MOST);
        if more > 0 {
            made.notes.truncate(NOTES_MOST);
            made.notes.push(format!("the same holds for {} more", words::count(more as u64)));
        }
        made.notes.extend(left_out.iter().map(|(why, names)| {
            let (named, more) = (names.iter().take(NAMED_MOST).cloned().collect::<Vec<_>>().join(", "), names.len());
            match more.saturating_sub(NAMED_MOST) {
                0 => format!("Left out: {named}: {why}"),
                more => format!("Left out: {named} and {} more: {why}", words::count(more as u64)),
            }
        }));
        made
    }

    /// How far each had come after this effort.
    pub fn tip(&self, x: f64, effort: Effort) -> Vec<TipLine> {
        let mut told = vec![(at(effort, x), Tone::Muted)];
        let named: Vec<&Series> = self.series.iter().filter(|one| !one.name().is_empty()).collect();
        let reached = |one: &&Series| -> Option<TipLine> {
            let last = one.points().iter().take_while(|point| point.x <= x).last()?;
            let name = one.name().split_once(' ').map_or(one.name(), |(_, name)| name);
            Some((format!("{} {}", words::precise(last.y), words::one_line(name, 44)), one.tone_of()))
        };
        told.extend(named.iter().filter_map(reached).take(TOLD));
        told
    }
}

/// What an effort is called.
pub(super) fn title(effort: Effort) -> &'static str {
    match effort {
        Effort::Evaluations => "Evaluations",
        Effort::MetricCalls => "Metric calls",
        Effort::Tokens => "Tokens",
        Effort::Time => "Time",
    }
}

/// What the axis is.
pub(super) fn axis(effort: Effort) -> &'static str {
    match effort {
        Effort::Evaluations => "Evaluations, full and on minibatches",
        Effort::MetricCalls => "Examples scored in logged evaluations",
        Effort::Tokens => "Tokens of the evaluations, as stored, without proposing",
        Effort::Time => "Time since the start of the optimization",
    }
}

fn unit(effort: Effort) -> &'static str {
    match effort {
        Effort::Evaluations => "order",
        Effort::MetricCalls => "n",
        Effort::Tokens => "tokens",
        Effort::Time => "times",
    }
}

/// Why there is no line.
pub(super) fn nothing(effort: Effort) -> String {
    match effort {
        Effort::Evaluations => "No full evaluation has a score".to_owned(),
        Effort::MetricCalls => "No evaluation tells on how many examples it was made".to_owned(),
        Effort::Tokens => "No trace of its evaluations tells its tokens".to_owned(),
        Effort::Time => "Its evaluations do not tell when they were made".to_owned(),
    }
}

/// An effort in words.
fn at(effort: Effort, x: f64) -> String {
    let whole = words::count(x.max(0.0).round() as u64);
    match effort {
        Effort::Evaluations => format!("after {whole} evaluations"),
        Effort::MetricCalls => format!("after {whole} examples"),
        Effort::Tokens => format!("after {whole} tokens"),
        Effort::Time => format!("after {}", words::duration_ms(x as i64)),
    }
}

/// A mark of the axis.
pub(super) fn tick(effort: Effort, x: f64, step: f64) -> String {
    match effort {
        _ if x < 0.0 => String::new(),
        Effort::Time => words::duration_on_axis(x, step),
        Effort::Evaluations | Effort::MetricCalls | Effort::Tokens => words::count(x.round() as u64),
    }
}

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    Name,
    Optimizer,
    Seed,
    Best,
    Change,
    N,
    Evaluations,
    Calls,
    Tokens,
    Cost,
    Duration,
    Verdict,
}

/// What stands in the column of costs.
const COST: &str = "What its traces and those of its evaluations used, times the prices of the models";

pub(super) fn columns() -> Vec<(Shows, Column<'static>)> {
    let all = [
        (Shows::Name, Column::text("Optimization", 190.0)),
        (Shows::Optimizer, Column::text("Optimizer", 150.0).minor(4)),
        (Shows::Seed, Column::number("Seed", 62.0).hint("The full score of the program that it was given").minor(3)),
        (Shows::Best, Column::number("Winner", 66.0).hint("The full score of the program that it gave back")),
        (Shows::Change, Column::number("Change", 70.0).minor(1)),
        (Shows::N, Column::number("n", 48.0).hint("On how many examples the winner was scored in full").minor(6)),
        (Shows::Evaluations, Column::number("Evaluations", 88.0).minor(2)),
        (Shows::Calls, Column::number("Metric calls", 92.0).hint("Examples scored in its logged evaluations").minor(7)),
        (Shows::Tokens, Column::number("Tokens", 92.0).hint("Of all of its traces that tell, as stored").minor(5)),
        (Shows::Cost, Column::number("Cost", 92.0).hint(COST).minor(3)),
        (Shows::Duration, Column::number("Duration", 92.0).minor(4)),
        (Shows::Verdict, Column::text("Verdict", 300.0).growing()),
    ];
    all.into_iter().map(|(shows, column)| (shows, column.unsorted())).collect()
}

/// One cell.
pub(super) fn cell<'a>(line: &'a Line, row: &'a OverviewRow, shows: Shows) -> CellText<'a> {
    let score = |score: Option<f64>| score.map_or_else(CellText::unknown, |score| CellText::value(words::value(score)));
    let count = |count: Option<u64>| count.map_or_else(CellText::unknown, |count| CellText::value(words::count(count)));
    match shows {
        Shows::Name => {
            let cell = CellText::text(name(row)).strong().note(line.experiment.as_str());
            match &line.left_out {
                None => cell.dot(Tone::Category(line.colour)),
                Some(why) => cell.hover(format!("Not on the chart: {why}")),
            }
        }
        Shows::Optimizer => CellText::text(optimizer(row)).tone(Tone::Muted),
        Shows::Seed => score(row.seed),
        Shows::Best => match row.winner {
            Some(winner) => score(row.best).hover(winner.to_string()),
            None => score(row.best),
        },
        Shows::Change => match row.seed.zip(row.best) {
            Some((seed, best)) => {
                let change = best - seed;
                let tone = if change > 0.0 {
                    Tone::Good
                } else if change < 0.0 {
                    Tone::Bad
                } else {
                    Tone::Muted
                };
                CellText::value(words::signed(change)).tone(tone)
            }
            None => CellText::unknown(),
        },
        Shows::N => count(row.n).tone(Tone::Muted),
        Shows::Evaluations => count(Some(row.steps.len() as u64)).tone(Tone::Muted),
        Shows::Calls => {
            let is_part = row.steps.iter().any(|step| step.n.is_none());
            row.metric_calls().map_or_else(CellText::unknown, |calls| at_least(calls, is_part))
        }
        Shows::Tokens => {
            let total = row.traces.and_then(|traces| traces.tokens).and_then(|tokens| tokens.total);
            let is_part = row.traces.is_some_and(|traces| traces.with_tokens < traces.traces);
            total.map_or_else(CellText::unknown, |total| at_least(total, is_part))
        }
        Shows::Cost => line.cost.cell(),
        Shows::Duration => match row.run.duration_ms() {
            Some(ms) => CellText::value(words::duration_ms(ms)).tone(Tone::Muted),
            None => CellText::unknown(),
        },
        Shows::Verdict => match &line.verdict {
            Some(verdict) => CellText::text(verdict.as_str()).hover(verdict.as_str()),
            None => CellText::unknown(),
        },
    }
}

fn at_least(figure: u64, is_part: bool) -> CellText<'static> {
    let figure = words::count(figure);
    CellText::value(if is_part { format!("≥ {figure}") } else { figure }).tone(Tone::Muted)
}
