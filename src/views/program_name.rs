//! How a program is named on screen, in every place alike: its mark in its colour, `C4`, a star for the winner.

use egui::{Painter, Rect, Response, Ui};

use super::names::run_name;
use super::scene::Scene;
use crate::analysis::optimization::ProgramName;
use crate::loader::Lane;
use crate::model::RunId;
use crate::query::{NamedProgram, ProgramOfRun};
use crate::widgets::category::CategoryName;
use crate::widgets::table::CellText;
use crate::widgets::tokens::size::Type;
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// The colour of a program.
pub(super) fn tone(name: ProgramName) -> Tone {
    Tone::Category(name.place)
}

/// What the optimization around a run calls the program that the run evaluated, once that is known.
pub(super) fn of_run(scene: &mut Scene<'_>, run: &RunId) -> Option<NamedProgram> {
    let slot = scene.loader.ask(&ProgramOfRun(run.clone()), Lane::Visible);
    slot.value().and_then(|found| found.as_ref().clone())
}

/// A name in a layout.
pub(super) fn name_ui(ui: &mut Ui, name: ProgramName, cut: Type) -> Response {
    let spoken = name.spoken();
    shown(name, &name.to_string(), &spoken).show(ui, cut)
}

/// A name at the left of a row; returns where it ends.
pub(super) fn paint(painter: &Painter, rect: Rect, name: ProgramName, cut: Type, tokens: &Tokens) -> f32 {
    shown(name, &name.to_string(), "").paint(painter, rect, cut, tokens)
}

/// A name in a table that has columns of its own for what the program is.
pub(super) fn cell(name: ProgramName) -> CellText<'static> {
    CellText::text(name.to_string()).dot(tone(name))
}

fn shown<'a>(name: ProgramName, text: &'a str, spoken: &'a str) -> CategoryName<'a> {
    CategoryName {
        tone: tone(name),
        name: text,
        has_star: name.rank.is_some(),
        note: name.seed_word().unwrap_or_default(),
        spoken,
    }
}

/// A run among others, by the program that it evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedRun {
    /// `C4 ★ · eval_full_2`; of a program of another optimization than the first one's `C4 ★ of bold-finch`.
    pub text: String,
    /// The colour of its program, else of its place.
    pub tone: Tone,
}

/// No more of a run's name is written beside others.
const NAME_MOST: usize = 40;

/// How runs beside each other are called.
pub(super) fn named_runs(scene: &mut Scene<'_>, runs: &[RunId]) -> Vec<NamedRun> {
    let found: Vec<Option<NamedProgram>> = runs.iter().map(|run| of_run(scene, run)).collect();
    let names: Vec<String> = runs.iter().map(|run| run_name(scene, run)).collect();
    beside(&found, &names)
}

/// The colours of programs tell nothing of what is none: with programs among them it has no colour.
fn beside(found: &[Option<NamedProgram>], names: &[String]) -> Vec<NamedRun> {
    let mut known = found.iter().flatten();
    let first = known.next().map(|one| &one.optimization);
    let has_several = known.any(|one| Some(&one.optimization) != first);
    let one = |(place, (program, name)): (usize, (&Option<NamedProgram>, &String))| {
        let name = words::one_line(name, NAME_MOST);
        match program {
            Some(program) => {
                let of = match has_several && !program.is_of_winner {
                    true => format!(" of {}", words::one_line(&program.optimization_name, NAME_MOST)),
                    false => String::new(),
                };
                NamedRun { text: format!("{}{of} · {name}", program.name.marked()), tone: tone(program.name) }
            }
            None if first.is_some() => NamedRun { text: name.into_owned(), tone: Tone::Faint },
            None => NamedRun { text: name.into_owned(), tone: Tone::Category(place) },
        }
    };
    found.iter().zip(names).enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::optimization::ProgramRank;

    fn program(place: usize, optimization: &str) -> Option<NamedProgram> {
        let rank = (place == 3).then_some(ProgramRank::Winner);
        Some(NamedProgram {
            name: ProgramName { place, is_seed: Some(place == 0), rank },
            optimization: optimization.into(),
            optimization_name: format!("run-{optimization}"),
            is_of_winner: false,
        })
    }

    fn told(found: &[Option<NamedProgram>]) -> Vec<(String, Tone)> {
        let names: Vec<String> = (0..found.len()).map(|at| format!("eval_{at}")).collect();
        beside(found, &names).into_iter().map(|one| (one.text, one.tone)).collect()
    }

    fn is(text: &str, tone: Tone) -> (String, Tone) {
        (text.to_owned(), tone)
    }

    #[test]
    fn runs_beside_each_other_are_called_by_their_programs() {
        let same = told(&[program(0, "a"), program(3, "a")]);
        assert_eq!(same, [is("C1 seed · eval_0", Tone::Category(0)), is("C4 ★ · eval_1", Tone::Category(3))]);
        let two = told(&[program(0, "a"), program(3, "b"), None]);
        let b = is("C4 ★ of run-b · eval_1", Tone::Category(3));
        assert_eq!(two, [is("C1 seed of run-a · eval_0", Tone::Category(0)), b, is("eval_2", Tone::Faint)]);
        let none = told(&[None, None]);
        assert_eq!(none, [is("eval_0", Tone::Category(0)), is("eval_1", Tone::Category(1))]);
    }
}
