//! Candidates and facts as rows and words: pure functions of what was read.

use crate::analysis::optimization::{EvaluationKind, OVERLAP_REASON, ProgramName, ProgramRank};
use crate::loader::Optimization;
use crate::model::{Program, RunId};
use crate::query::DataSize;
use crate::state::{FoldKey, Folds};
use crate::words;
use crate::words::Decimals;

/// What the state calls the list of candidates.
pub(super) const LIST: &str = "candidates";

/// One distinct program.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CandidateRow {
    /// `C1`, …, in the order of first evaluation; also its colour everywhere.
    pub number: usize,
    /// The places of its evaluations.
    pub evaluations: Vec<usize>,
    /// The best score of its full evaluations.
    pub full: Option<f64>,
    /// The mean of its scores on minibatches, each counting once, as MIPROv2 ranks them (DSPy 2.6 – 3.4).
    pub mini: Option<f64>,
    /// On so many minibatches that is.
    pub batches: usize,
    /// Its place among all by that mean, from 1; equal ones share one.
    pub mini_rank: Option<usize>,
    /// The best score of evaluations that do not tell what they were made on.
    pub other: Option<f64>,
    /// In percent, the most that completed of an evaluation that has no score.
    pub completed: Option<f64>,
    /// On how many examples: `60 + 2 × 25`.
    pub n: String,
    /// The lowest and highest full score, where it was evaluated repeatedly.
    pub range: Option<(f64, f64)>,
    /// What its instructions are beside those of the seed and of the candidates before it.
    pub instruction: Option<String>,
    /// The same of every predictor, on lines of their own.
    pub about_instructions: String,
    /// Which demos, how many and of which kind; `None` where its program is not known.
    pub demos: Option<String>,
    /// How many demos and of which kind, for a table that has a column for which.
    pub demo_counts: Option<String>,
    /// The demos of every predictor, on lines of their own.
    pub about_demos: String,
    /// What it is beside a candidate.
    pub marks: Vec<Mark>,
    /// The place of its best full evaluation.
    pub best_full: Option<usize>,
    /// The run that a click opens: its best full evaluation, else its first one.
    pub opens: RunId,
    /// The first run that evaluated it.
    pub first: RunId,
}

/// A word beside a candidate or an evaluation, and why it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub word: &'static str,
    pub reason: &'static str,
    pub is_winner: bool,
}

const SEED: Mark = Mark { word: "seed", reason: "The program that the optimization was given", is_winner: false };
const NO_PARENT: Mark =
    Mark { word: "no parent", reason: "It has no parent tag; it belongs here by its name and time", is_winner: false };
const AMBIGUOUS: Mark = Mark { word: "ambiguous", reason: OVERLAP_REASON, is_winner: false };

/// The candidates of an optimization.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Candidates {
    pub rows: Vec<CandidateRow>,
    /// Some evaluation was made on a minibatch.
    pub has_mini: bool,
    /// Some evaluation does not tell what it was made on.
    pub has_other: bool,
    /// Some candidate has more than one full score.
    pub has_ranges: bool,
    /// Some evaluation has no score but a share of runs that completed.
    pub has_completed: bool,
    /// How all scores are written.
    pub decimals: Decimals,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A candidate, by its place.
    Candidate(usize),
    /// An evaluation of the candidate above it, by its place.
    Evaluation(usize),
}

/// A row by what it shows, so that it is found again wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RowId {
    /// A candidate, by the first run that evaluated it.
    Candidate(RunId),
    /// An evaluation, by its run.
    Evaluation(RunId),
}

impl RowId {
    /// The run that it is of.
    pub fn run(&self) -> &RunId {
        match self {
            Self::Candidate(run) | Self::Evaluation(run) => run,
        }
    }

    /// As it is noted of the page.
    pub fn to_text(&self) -> String {
        match self {
            Self::Candidate(run) => format!("candidate/{run}"),
            Self::Evaluation(run) => format!("evaluation/{run}"),
        }
    }

    /// Reads what was noted.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('/')? {
            ("candidate", run) => Some(Self::Candidate(run.into())),
            ("evaluation", run) => Some(Self::Evaluation(run.into())),
            _ => None,
        }
    }
}

impl Candidates {
    /// One row for each distinct program.
    pub fn of(found: &Optimization) -> Self {
        let mut rows: Vec<CandidateRow> =
            found.candidates.iter().enumerate().map(|(at, one)| row(found, at, &one.evaluations)).collect();
        instruction::tell_apart(found, &mut rows);
        rank_minibatches(&mut rows);
        let has_mini = rows.iter().any(|row| row.mini.is_some());
        let has_other = rows.iter().any(|row| row.other.is_some());
        let has_ranges = rows.iter().any(|row| row.range.is_some());
        let has_completed = rows.iter().any(|row| row.completed.is_some());
        let decimals = Decimals::of(found.evaluations.iter().filter_map(|one| one.score));
        Self { rows, has_mini, has_other, has_ranges, has_completed, decimals }
    }

    /// The lines of the table, with the evaluations of what is unfolded.
    pub fn lines(&self, folds: &Folds<FoldKey>) -> Vec<Line> {
        let mut lines = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            lines.push(Line::Candidate(at));
            if folds.has(&FoldKey::Candidate(row.first.clone())) {
                lines.extend(row.evaluations.iter().map(|place| Line::Evaluation(*place)));
            }
        }
        lines
    }

    /// The row of the candidate that a run evaluated.
    pub fn row_with(&self, found: &Optimization, run: &RunId) -> Option<RowId> {
        self.rows.get(found.candidate_of(run)?).map(|row| RowId::Candidate(row.first.clone()))
    }

    /// The row of the winner.
    pub fn winner(&self) -> Option<Line> {
        self.rows.iter().position(|row| row.marks.iter().any(|mark| mark.is_winner)).map(Line::Candidate)
    }

    /// What stands on a line.
    pub fn id_of(&self, found: &Optimization, line: Line) -> Option<RowId> {
        Some(match line {
            Line::Candidate(at) => RowId::Candidate(self.rows.get(at)?.first.clone()),
            Line::Evaluation(place) => RowId::Evaluation(found.evaluations.get(place)?.run_id.clone()),
        })
    }

    /// The line on which it stands.
    pub fn line_of(&self, found: &Optimization, id: &RowId) -> Option<Line> {
        match id {
            RowId::Candidate(run) => self.rows.iter().position(|row| row.first == *run).map(Line::Candidate),
            RowId::Evaluation(run) => found.evaluations.iter().position(|one| one.run_id == *run).map(Line::Evaluation),
        }
    }
}

/// Gives each candidate its place among those that were tried on minibatches.
fn rank_minibatches(rows: &mut [CandidateRow]) {
    let means: Vec<f64> = rows.iter().filter_map(|row| row.mini).collect();
    for row in rows {
        row.mini_rank = row.mini.map(|own| 1 + means.iter().filter(|other| **other > own).count());
    }
}

fn row(found: &Optimization, at: usize, evaluations: &[usize]) -> CandidateRow {
    let all = || evaluations.iter().filter_map(|place| found.evaluations.get(*place));
    let best = |kind: EvaluationKind| {
        let scores = all().filter(|one| one.kind == kind).filter_map(|one| one.score).filter(|score| !score.is_nan());
        scores.reduce(f64::max)
    };
    let full = best(EvaluationKind::Full);
    let batches = found.minibatch_scores(evaluations);
    let first = all().next();
    let stands = found.best_evaluation(at);
    let best_full =
        stands.filter(|one| one.kind == EvaluationKind::Full && one.score.is_some_and(|score| !score.is_nan()));
    let opens = stands.map(|one| one.run_id.clone());
    let program = program_of(found, evaluations);
    let mut marks = Vec::new();
    let name = found.names.at(at).unwrap_or(ProgramName::at(at));
    let ranked = |rank: ProgramRank| Mark { word: rank.word(), reason: rank.reason(), is_winner: true };
    marks.extend(name.rank.map(ranked));
    marks.extend(name.seed_word().map(|_| SEED));
    if all().any(|one| one.parent_inferred) {
        marks.push(NO_PARENT);
    }
    if all().any(|one| one.is_ambiguous) {
        marks.push(AMBIGUOUS);
    }
    CandidateRow {
        number: at,
        evaluations: evaluations.to_vec(),
        full,
        mini: Some(batches.iter().sum::<f64>() / batches.len() as f64).filter(|mean| mean.is_finite()),
        batches: batches.len(),
        mini_rank: None,
        other: best(EvaluationKind::Unknown),
        completed: all().filter_map(|one| one.completed).filter(|share| !share.is_nan()).reduce(f64::max),
        n: sizes(found, evaluations),
        range: found.candidates.get(at).and_then(|one| one.full_range).filter(|(low, high)| low < high),
        instruction: None,
        about_instructions: String::new(),
        demos: program.map(demos),
        demo_counts: program.map(demos),
        about_demos: String::new(),
        marks,
        best_full: best_full.map(|one| one.order),
        opens: opens.unwrap_or_else(|| found.run.id.clone()),
        first: first.map_or_else(|| found.run.id.clone(), |one| one.run_id.clone()),
    }
}

/// What these evaluations evaluated.
fn program_of<'a>(found: &'a Optimization, evaluations: &[usize]) -> Option<&'a Program> {
    evaluations.first().and_then(|place| found.programs.get(*place))?.as_ref()
}

/// The marks of one evaluation.
pub(super) fn evaluation_marks(found: &Optimization, place: usize) -> Vec<Mark> {
    let Some(one) = found.evaluations.get(place) else { return Vec::new() };
    let mut marks = Vec::new();
    if one.parent_inferred {
        marks.push(NO_PARENT);
    }
    if one.is_ambiguous {
        marks.push(AMBIGUOUS);
    }
    marks
}

/// `60 + 2 × 25`: full evaluations first; what is not known is `?`.
fn sizes(found: &Optimization, evaluations: &[usize]) -> String {
    let mut parts: Vec<(EvaluationKind, Option<u64>, usize)> = Vec::new();
    for kind in [EvaluationKind::Full, EvaluationKind::Minibatch, EvaluationKind::Unknown] {
        for one in evaluations.iter().filter_map(|at| found.evaluations.get(*at)).filter(|one| one.kind == kind) {
            match parts.iter_mut().find(|(known, n, _)| *known == kind && *n == one.n) {
                Some((_, _, times)) => *times += 1,
                None => parts.push((kind, one.n, 1)),
            }
        }
    }
    let part = |(_, n, times): &(EvaluationKind, Option<u64>, usize)| {
        let n = n.map_or_else(|| "?".to_owned(), words::count);
        if *times == 1 { n } else { format!("{} × {n}", words::count(*times as u64)) }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(" + ")
}

/// `3 bootstrapped · 1 labelled`, over all predictors.
pub(super) fn demos(program: &Program) -> String {
    let count = |demos: usize| words::count(demos as u64);
    let all = || program.predictors.iter().flat_map(|one| &one.demos);
    let made = all().filter(|demo| demo.is_bootstrapped()).count();
    match (made, all().count() - made) {
        (0, 0) => "none".to_owned(),
        (made, 0) => format!("{} bootstrapped", count(made)),
        (0, labelled) => format!("{} labelled", count(labelled)),
        (made, labelled) => format!("{} bootstrapped · {} labelled", count(made), count(labelled)),
    }
}

/// The score of a program over its evaluations: the best full one, and how far its full ones stray.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Standing {
    /// `C4`.
    pub name: ProgramName,
    pub score: Option<f64>,
    /// What the score was measured on, in words.
    pub note: String,
    pub demos: Option<String>,
    /// How many of its predictors have instructions.
    pub predictors: usize,
    /// A part of it is a Flex, which is its source.
    pub has_source: bool,
    /// Its best full evaluation, else its first one.
    pub run: RunId,
}

/// How the programs of these runs stand, if they are a candidate.
pub(super) fn standing(found: &Optimization, runs: &[RunId]) -> Option<Standing> {
    let is_it = |at: &usize| found.evaluations.get(*at).is_some_and(|one| runs.contains(&one.run_id));
    let at = found.candidates.iter().position(|one| one.evaluations.iter().any(is_it))?;
    let row = row(found, at, &found.candidates[at].evaluations);
    let note = match (row.full, row.range) {
        (None, _) if row.completed.is_some() => "no score was logged".to_owned(),
        (None, _) => "no full evaluation".to_owned(),
        (Some(_), Some((low, high))) => {
            format!("best of several full ones, {} to {}", words::value(low), words::value(high))
        }
        (Some(score), None) => {
            let evaluation = row.evaluations.iter().filter_map(|at| found.evaluations.get(*at));
            let n = evaluation.filter(|one| one.score == Some(score)).find_map(|one| one.n);
            n.map_or_else(|| "n unknown".to_owned(), |n| format!("n = {}", words::count(n)))
        }
    };
    let program = program_of(found, &row.evaluations);
    Some(Standing {
        name: found.names.at(at).unwrap_or(ProgramName::at(at)),
        score: row.full,
        note,
        demos: row.demos,
        predictors: program
            .map_or(0, |program| program.predictors.iter().filter(|one| one.instructions.is_some()).count()),
        has_source: program.is_some_and(Program::has_source),
        run: row.opens,
    })
}

/// What a candidate is called.
pub(super) fn name(number: usize) -> String {
    ProgramName::at(number).to_string()
}

/// `12 examples`, and what is repeated in the file.
pub(super) fn data(size: DataSize) -> (String, String) {
    let shown = words::counted(size.distinct, "example");
    let note = match size.rows == size.distinct {
        true => String::new(),
        false => format!("{} rows are written: nested compiles append theirs", words::count(size.rows)),
    };
    (shown, note)
}

/// Why there is no chart and no table.
pub(super) fn no_evaluations(found: &Optimization) -> String {
    let who = found.why_no_evaluations();
    let mut there = Vec::new();
    if found.best.is_some() {
        there.push("its program".to_owned());
    }
    if let Some(traces) = found.traces.filter(|traces| traces.traces > 0) {
        there.push(words::counted(traces.traces, "trace"));
    }
    match there.is_empty() {
        true => who,
        false => format!("{who}; what there is: {}", there.join(" and ")),
    }
}

mod instruction;
#[cfg(test)]
pub(super) mod tests;
