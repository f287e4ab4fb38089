//! How a run looks in the tree: its status, its best score, how old it is.

use super::rows::TreeLine;
use crate::loader::Lane;
use crate::model::Run;
use crate::model::dspy::keys::SCORE;
use crate::query::table::RunsOf;
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
    /// How much of the scale it fills, if all scores of the experiment are on one.
    pub share: Option<f64>,
    pub age: String,
    pub note: &'static str,
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
    said.extend((!note.is_empty()).then(|| note.to_owned()));
    Look {
        status: standing.status,
        score: score.map(|score| words::value(score.value)).unwrap_or_default(),
        share: prepared.and_then(|runs| runs.scale).zip(score).map(|(scale, score)| scale.share(score.value)),
        age,
        note,
        description: said.join(", "),
    }
}

fn age_of(ms: i64, scene: &Scene<'_>) -> String {
    age(ms, scene.clock)
}
