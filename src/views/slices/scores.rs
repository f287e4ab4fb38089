//! Which of several scores the tab tells of, and what is said where none of them counts by itself.

use egui::Ui;

use crate::query::Scores;
use crate::state::{Action, MatrixChoice};
use crate::views::scene::Scene;
use crate::views::score_choice::{choose, score_choice_ui};
use crate::widgets::chips::Chip;
use crate::widgets::empty::empty_ui;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// Which score, where examples have several: the choice of the whole page.
pub(super) fn chooser_ui(ui: &mut Ui, scene: &mut Scene<'_>, scores: &Scores) {
    let choice = scene.state.page().matrix.clone();
    let mut now = choice.clone();
    score_choice_ui(ui, &scores.score_names, &mut now);
    if now != choice {
        scene.act(Action::ArrangeMatrix(now));
    }
}

/// No evaluation has scores: why, and the scores that there are, to choose one of them.
pub(super) fn nothing_ui(ui: &mut Ui, scene: &mut Scene<'_>, scores: &Scores) {
    let choice = scene.state.page().matrix.clone();
    let sentence = nothing(scores, &choice);
    if scores.score_names.is_empty() {
        empty_ui(ui, &sentence, "");
        return;
    }
    ui.add_space(size::GAP_L);
    text_ui(ui, &sentence, Type::Body, Tone::Neutral);
    ui.add_space(size::GAP_S);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::vec2(size::GAP_S, size::GAP_XS);
        for name in &scores.score_names {
            let is_on = choice.score.as_ref() == Some(name);
            if ui.add(Chip::toggle(&words::one_line(name, 40), is_on)).clicked() {
                let mut now = choice.clone();
                choose(&mut now, Some(name.clone()));
                scene.act(Action::ArrangeMatrix(now));
            }
        }
    });
}

/// Why there is nothing to part.
fn nothing(scores: &Scores, choice: &MatrixChoice) -> String {
    let count = scores.score_names.len();
    match (&choice.score, count) {
        (_, 0) => "No evaluation has scores of examples: result_table.json or assessments would tell them".to_owned(),
        (Some(name), _) => format!("No example has a score of “{}”. Choose one of", words::one_line(name, 40)),
        (None, 1) => "The examples have a score that is not known to be the evaluation's. Choose it to part them by \
                      the values of a field"
            .to_owned(),
        (None, _) => format!(
            "The examples have {}, and none of them is known to be the evaluation's. Choose which one is looked at",
            words::counted(count, "score")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::score_matrix::ScoreMatrix;

    #[test]
    fn what_is_missing_is_told() {
        let scores = |names: &[&str]| Scores {
            matrix: ScoreMatrix::default(),
            columns: Vec::new(),
            score_names: names.iter().map(|name| (*name).to_owned()).collect(),
            range: None,
            inputs: None,
            seed: None,
            winner: None,
        };
        let own = MatrixChoice::default();
        assert!(nothing(&scores(&[]), &own).starts_with("No evaluation has scores of examples"));
        assert!(nothing(&scores(&["a", "b", "c"]), &own).contains("3 scores"));
        let chosen = MatrixChoice { score: Some("z".into()), ..MatrixChoice::default() };
        assert_eq!(nothing(&scores(&["a"]), &chosen), "No example has a score of “z”. Choose one of");
    }
}
