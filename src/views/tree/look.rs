//! How a run looks in the tree: its status, its best score, how old it is.

use super::rows::TreeLine;
use crate::analysis::optimization::ProgramName;
use crate::loader::Lane;
use crate::model::Run;
use crate::model::dspy::keys::SCORE;
use crate::model::dspy::{run_names, score_scale};
use crate::query::{ProgramNamesOf, table::RunsOf};
use crate::views::scene::Scene;
use crate::views::standing::standing;
use crate::views::time::age;
use crate::widgets::glyphs::Status;
use crate::words;

/// What stands beside a run's name.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub status: Status,
    /// The score in few digits; empty if there is none.
    pub score: String,
    /// How much of the scale of scores it fills; `None` without a score.
    pub share: Option<f64>,
    pub age: String,
    pub note: &'static str,
    /// The program that it evaluated.
    pub program: Option<ProgramName>,
    /// All of it in words.
    pub description: String,
}

pub(super) fn of(scene: &mut Scene<'_>, line: &TreeLine, run: &Run) -> Look {
    let clock = scene.clock;
    let slot = scene.loader.ask(&RunsOf(line.experiment.clone()), Lane::Prefetch);
    let prepared = slot.value();
    let row = prepared.and_then(|runs| runs.row_of(&run.id));
    let score = prepared.zip(row).and_then(|(runs, row)| runs.scores[row]);
    let standing = standing(scene, &line.experiment, run);
    let age = run.start_time_ms.map(|ms| age_of(ms, scene)).unwrap_or_default();
    let note = match (run.parent_inferred, line.lacks_parent) {
        (true, _) => "inferred",
        (_, true) => "parent missing",
        _ => "",
    };
    let mut said = vec![standing.said(clock)];
    said.extend(score.map(|score| {
        let of = if score.is_own { SCORE } else { "best eval of its full evaluations" };
        format!("{of} {}", words::value(score.value))
    }));
    if !age.is_empty() {
        said.push(if age == "now" { "started just now".to_owned() } else { format!("started {age} ago") });
    }
    let program = program_of(scene, run);
    said.extend(program.map(|name| format!("program {}", name.spoken())));
    said.extend((!note.is_empty()).then(|| note.to_owned()));
    Look {
        status: standing.status,
        score: score.map(|score| words::value(score.value)).unwrap_or_default(),
        share: score.map(|score| score_scale::share(score.value)),
        age,
        note,
        program,
        description: said.join(", "),
    }
}

/// What the optimization above a run calls the program that the run evaluated.
fn program_of(scene: &mut Scene<'_>, run: &Run) -> Option<ProgramName> {
    let parent = run.parent_id.as_ref().filter(|_| run_names::is_evaluation(&run.name))?;
    let slot = scene.loader.ask(&ProgramNamesOf(parent.clone()), Lane::Prefetch);
    slot.value().and_then(|names| names.as_ref().as_ref()?.of_run(&run.id))
}

fn age_of(ms: i64, scene: &Scene<'_>) -> String {
    age(ms, scene.clock)
}
