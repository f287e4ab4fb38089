//! What the page of a program says, as lines.

use crate::analysis::optimization::{EvaluationKind, ProgramName};
use crate::model::Run;
use crate::query::ProgramHistory;
use crate::query::family_tree::called;
use crate::query::program_history::{EvaluationData, ProgramEvaluation};
use crate::state::Place;
use crate::views::provenance::Line;
use crate::words::{self, Decimals};

/// One evaluation in the columns of a table; its name leads to its run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Evaluated {
    pub name: String,
    pub score: Option<String>,
    pub n: Option<String>,
    pub data: String,
    /// The optimization it belongs to.
    pub optimization: Option<String>,
    /// What that calls the program.
    pub program: Option<ProgramName>,
    pub experiment: String,
    pub tokens: Option<String>,
    pub target: Place,
}

/// Evaluations as rows, their scores as one column.
pub(super) fn evaluations(all: &[ProgramEvaluation]) -> Vec<Evaluated> {
    let decimals = Decimals::of(all.iter().filter_map(|one| one.score));
    all.iter().map(|one| evaluation(one, decimals)).collect()
}

fn evaluation(one: &ProgramEvaluation, decimals: Decimals) -> Evaluated {
    let place = Place::of_run(Some(one.run.experiment_id.clone()), one.run.id.clone());
    Evaluated {
        name: if one.run.name.is_empty() { one.run.id.to_string() } else { one.run.name.clone() },
        score: one.score.map(|score| decimals.write(score)),
        n: one.n.map(words::count),
        data: one.data.words(),
        optimization: one.optimization.as_ref().map(|home| home.name.clone()),
        program: one.program,
        experiment: one.experiment.clone(),
        tokens: one.tokens.and_then(|tokens| tokens.total).map(words::count),
        target: place,
    }
}

/// The run that stands for the program where it is compared: a full evaluation within an optimization, if there is one,
/// else any; nothing where it was only given back.
pub(super) fn representative(program_history: &ProgramHistory) -> Option<&Run> {
    let is_full = |data: &EvaluationData| {
        matches!(data, EvaluationData::Valset(EvaluationKind::Full) | EvaluationData::Optimizer(EvaluationKind::Full))
    };
    let all = &program_history.evaluations;
    let full = all.iter().find(|one| one.optimization.is_some() && is_full(&one.data));
    let of_optimization = || all.iter().find(|one| one.optimization.is_some());
    full.or_else(of_optimization).or(all.first()).map(|one| &one.run)
}

/// What was made of it.
pub(super) fn descendants(program_history: &ProgramHistory) -> Vec<Line> {
    let run = |word: &str, one: &crate::query::program_history::RunRef| Line {
        text: one.name.clone(),
        note: word.to_owned(),
        target: Some(Place::of_run(None, one.run_id.clone())),
        ..Line::default()
    };
    let mut lines: Vec<Line> =
        program_history.winner_of.iter().map(|one| run("chose it as its best program", one)).collect();
    lines.extend(program_history.seed_of.iter().map(|one| run("began with it", one)));
    for family in &program_history.families {
        let inferred = if family.is_inferred { " · inferred" } else { "" };
        let groups = [("parent", &family.parents), ("child", &family.children)];
        for (word, relatives) in groups {
            lines.extend(relatives.iter().map(|one| Line {
                text: called(one.program, one.index),
                note: format!("{word} in {}{inferred}", family.parent.name),
                target: one.hash.clone().map(Place::ProgramHistory),
                ..Line::default()
            }));
        }
    }
    lines
}
