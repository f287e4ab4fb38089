//! How the two evaluations are called, and which can be chosen.

use crate::analysis::optimization::{EvaluationKind, ProgramName};
use crate::model::EvaluationId;
use crate::query::{BothSides, ScoreColumn, Scores, Sides};
use crate::words;

/// No more of a run's name is written.
const NAME_MOST: usize = 40;

/// What the two sides are called in headings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SideNames {
    /// `Seed` and `Winner`, else their programs; the first is empty of one evaluation alone.
    pub titles: [String; 2],
}

impl SideNames {
    pub fn of(scores: &Scores, both: &BothSides, sides: &Sides) -> Self {
        let short = |place: usize| scores.columns.get(place).map(program).unwrap_or_default();
        let titles = match (sides, both.before) {
            (Sides::SeedAndWinner, _) => ["Seed".to_owned(), "Winner".to_owned()],
            (_, None) => [String::new(), "Score".to_owned()],
            (_, Some(before)) => {
                let titles = [short(before), short(both.after)];
                // Two evaluations of one program are told apart by their order.
                if titles[0] == titles[1] { ["Before".to_owned(), "After".to_owned()] } else { titles }
            }
        };
        Self { titles }
    }

    /// Whether one evaluation is shown alone.
    pub fn is_alone(&self) -> bool {
        self.titles[0].is_empty()
    }
}

/// `C4`, else the name of the run.
fn program(column: &ScoreColumn) -> String {
    match &column.program {
        Some(program) => ProgramName::at(program.name.place).to_string(),
        None => words::one_line(&column.run_name, NAME_MOST).into_owned(),
    }
}

/// `C4 ★ · eval_full_2`, else the name of the run.
pub(super) fn whole_name(column: &ScoreColumn) -> String {
    let name = words::one_line(&column.run_name, NAME_MOST);
    match &column.program {
        Some(program) => format!("{} · {name}", program.name.marked()),
        None => name.into_owned(),
    }
}

/// The evaluations that were chosen, where they cannot be looked at.
pub(super) fn chosen_ids(sides: &Sides) -> [Option<EvaluationId>; 2] {
    match sides {
        Sides::SeedAndWinner => [None, None],
        Sides::Two { before, after } => [Some(before.clone()), Some(after.clone())],
        Sides::One(of) => [None, Some(of.clone())],
    }
}

/// The evaluation that is shown where seed and winner cannot be: the winner's, else the best one on all examples.
pub(super) fn best_alone(scores: &Scores) -> Option<EvaluationId> {
    let scored = || scores.columns.iter().filter(|column| column.scored > 0);
    let is_full = |column: &&ScoreColumn| column.kind == EvaluationKind::Full;
    let best = |columns: Vec<&ScoreColumn>| {
        let key = |column: &&ScoreColumn| column.mean.or(column.score).unwrap_or(f64::NEG_INFINITY);
        columns.into_iter().max_by(|a, b| key(a).total_cmp(&key(b))).map(ScoreColumn::id)
    };
    let of_winner = scored().filter(|column| Some(column.candidate) == scores.winner).filter(is_full).collect();
    best(of_winner).or_else(|| best(scored().filter(is_full).collect())).or_else(|| best(scored().collect()))
}
