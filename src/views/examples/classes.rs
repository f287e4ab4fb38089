//! What became of examples, as switches: all, fixed, broken, …

use std::collections::BTreeSet;

use egui::Ui;

use super::look::Look;
use crate::analysis::matrix_view::MatrixSettings;
use crate::analysis::score_matrix::ExampleClass;
use crate::widgets::chips::Chip;
use crate::widgets::glyphs::Glyph;
use crate::widgets::tokens::Tone;
use crate::words;

/// The icon and tone of a class.
fn mark(class: Option<ExampleClass>) -> (Glyph, Tone) {
    match class {
        Some(ExampleClass::Fixed) => (Glyph::Up, Tone::Good),
        Some(ExampleClass::Broken) => (Glyph::Down, Tone::Bad),
        Some(ExampleClass::Unstable) => (Glyph::Diamond, Tone::Warn),
        Some(ExampleClass::AlwaysWrong) => (Glyph::Cross, Tone::Bad),
        Some(ExampleClass::AlwaysRight) => (Glyph::Check, Tone::Good),
        None => (Glyph::Ring, Tone::Faint),
    }
}

fn about(class: Option<ExampleClass>) -> &'static str {
    match class {
        Some(ExampleClass::Fixed) => "Wrong in the seed, right in the winner",
        Some(ExampleClass::Broken) => "Right in the seed, wrong in the winner",
        Some(ExampleClass::Unstable) => "One program gave different outcomes, or it changed and changed back",
        Some(ExampleClass::AlwaysWrong) => "Wrong in every full evaluation",
        Some(ExampleClass::AlwaysRight) => "Right in every full evaluation",
        None => "No full evaluation scored it",
    }
}

/// The classes to offer: those that there can be, and those that are chosen.
fn offered(look: &Look, settings: &MatrixSettings) -> Vec<Option<ExampleClass>> {
    let has_ends = look.view.ends.iter().all(Option::is_some);
    let columns = look.scores().map_or(0, |scores| scores.columns.len());
    let is_offered = |class: &Option<ExampleClass>| {
        let can_be = match class {
            Some(ExampleClass::Fixed | ExampleClass::Broken) => has_ends,
            Some(ExampleClass::Unstable) => columns > 1,
            Some(ExampleClass::AlwaysWrong | ExampleClass::AlwaysRight) => true,
            None => false,
        };
        can_be || look.view.counts.of(*class) > 0 || settings.classes.contains(class)
    };
    ExampleClass::ALL.into_iter().map(Some).chain([None]).filter(is_offered).collect()
}

/// `always wrong`; of a single evaluation `wrong`.
fn word(class: Option<ExampleClass>, columns: usize) -> &'static str {
    match class {
        Some(ExampleClass::AlwaysWrong) if columns == 1 => "wrong",
        Some(ExampleClass::AlwaysRight) if columns == 1 => "right",
        Some(class) => class.as_str(),
        None => "in no full evaluation",
    }
}

pub(super) fn classes_ui(ui: &mut Ui, look: &Look, settings: &mut MatrixSettings) {
    if look.view.rule.is_none() {
        return;
    }
    let columns = look.scores().map_or(0, |scores| scores.columns.len());
    let is_adding = ui.input(|input| input.modifiers.command || input.modifiers.shift);
    let all = format!("All {}", words::count(look.view.counts.all() as u64));
    if ui.add(Chip::toggle(&all, settings.classes.is_empty())).clicked() {
        settings.classes.clear();
    }
    for class in offered(look, settings) {
        let count = look.view.counts.of(class);
        let text = format!("{} {}", word(class, columns), words::count(count as u64));
        let (glyph, tone) = mark(class);
        let is_on = settings.classes.contains(&class);
        let chip = Chip::toggle(&text, is_on).glyph(glyph, tone);
        let response = ui.add_enabled(count > 0 || is_on, chip).on_hover_text(about(class));
        if response.clicked() {
            settings.classes = toggled(&settings.classes, class, is_adding);
        }
    }
}

/// A click shows one class alone, or all again; with Ctrl or Shift it is shown beside the others.
fn toggled(
    shown: &BTreeSet<Option<ExampleClass>>,
    class: Option<ExampleClass>,
    is_adding: bool,
) -> BTreeSet<Option<ExampleClass>> {
    let is_alone = shown.len() == 1 && shown.contains(&class);
    let mut now = if is_adding { shown.clone() } else { BTreeSet::new() };
    if is_alone || is_adding && shown.contains(&class) {
        now.remove(&class);
    } else {
        now.insert(class);
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_shows_one_class_or_adds_it() {
        let (fixed, broken) = (Some(ExampleClass::Fixed), Some(ExampleClass::Broken));
        let one = toggled(&BTreeSet::new(), fixed, false);
        assert_eq!(one, BTreeSet::from([fixed]));
        assert_eq!(toggled(&one, broken, false), BTreeSet::from([broken]));
        let both = toggled(&one, broken, true);
        assert_eq!(both, BTreeSet::from([fixed, broken]));
        assert_eq!(toggled(&both, fixed, true), BTreeSet::from([broken]));
        assert_eq!(toggled(&both, fixed, false), BTreeSet::from([fixed]));
        assert_eq!(toggled(&one, fixed, false), BTreeSet::new());
    }
}
