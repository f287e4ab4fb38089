//! A search within what is shown: a field, how many places there are, next and previous.

use std::hash::{DefaultHasher, Hash, Hasher};

use egui::Ui;

use crate::widgets::chips::Chip;
use crate::widgets::field::{Field, find_step};
use crate::widgets::section::text_ui;
use crate::widgets::text::Case;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use crate::words;

/// No search keeps more places than this.
pub(super) const HITS_MOST: usize = 100_000;

/// What was found elsewhere, to be found here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::views) struct Wanted {
    /// The text.
    pub needle: String,
    /// Capital and small letters differ.
    pub is_exact: bool,
}

/// What a search remembers. It outlives the text, so that the same words are found in the next span.
#[derive(Debug, Default)]
pub(super) struct FindMemory {
    needle: String,
    is_exact: bool,
    current: Option<usize>,
    /// The text and the words for which the first place was gone to.
    gone: Option<(u64, u64)>,
}

impl FindMemory {
    /// This is looked for from now on.
    pub fn look_for(&mut self, wanted: &Wanted) {
        *self = Self { needle: wanted.needle.clone(), is_exact: wanted.is_exact, ..Self::default() };
    }

    /// What is looked for, to be looked for elsewhere.
    pub fn wanted(&self) -> Wanted {
        Wanted { needle: self.needle.clone(), is_exact: self.is_exact }
    }

    /// What is looked for; empty if nothing is.
    pub fn needle(&self) -> &str {
        &self.needle
    }

    /// Whether `a` and `A` are the same.
    pub fn case(&self) -> Case {
        if self.is_exact { Case::Exact } else { Case::Ignored }
    }

    /// Changes with what is looked for.
    pub fn variant(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.needle, self.is_exact).hash(&mut hasher);
        hasher.finish()
    }

    /// The place that is gone to, among those that were found.
    pub fn current(&self) -> Option<usize> {
        self.current
    }

    /// Draws the search over the text `source`. `found` is how many places there are, `None` while it is not known.
    /// Returns the place to go to, once.
    pub fn bar_ui(&mut self, ui: &mut Ui, label: &str, source: u64, found: Option<usize>) -> Option<usize> {
        let mut step: Option<bool> = None;
        let before = (self.needle.clone(), self.is_exact);
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 300.0).clamp(110.0, 240.0);
            let field = Field::new(label).hint("Find").width(width).show(ui, &mut self.needle);
            step = find_step(ui, &field);
            if ui.add(Chip::toggle("Aa", self.is_exact)).on_hover_text("Tell capitals from small letters").clicked() {
                self.is_exact = !self.is_exact;
            }
            if self.needle.is_empty() {
                return;
            }
            let has_some = found.is_some_and(|found| found > 0);
            ui.add_enabled_ui(has_some, |ui| {
                if ui.add(Chip::button("Previous")).on_hover_text("Shift+Enter").clicked() {
                    step = Some(true);
                }
                if ui.add(Chip::button("Next")).on_hover_text("Enter").clicked() {
                    step = Some(false);
                }
            });
            let tone = if found == Some(0) { Tone::Warn } else { Tone::Muted };
            text_ui(ui, &self.told(found), Type::Small, tone);
        });
        if before != (self.needle.clone(), self.is_exact) {
            self.current = None;
            return None;
        }
        self.gone_to(source, found?, step)
    }

    fn told(&self, found: Option<usize>) -> String {
        match found {
            None => "…".to_owned(),
            Some(0) => "nowhere".to_owned(),
            Some(found) => {
                let many = if found >= HITS_MOST { "+" } else { "" };
                let at = self.current.map_or(0, |current| current.min(found - 1) + 1);
                format!("{} of {}{many}", words::count(at as u64), words::count(found as u64))
            }
        }
    }

    fn gone_to(&mut self, source: u64, found: usize, back: Option<bool>) -> Option<usize> {
        if self.needle.is_empty() || found == 0 {
            self.current = None;
            return None;
        }
        let key = (source, self.variant());
        let is_new = self.gone.replace(key) != Some(key);
        let to = match (self.current.filter(|_| !is_new), back) {
            (None, _) => 0,
            (Some(_), None) => return None,
            (Some(at), Some(true)) => (at + found - 1) % found,
            (Some(at), Some(false)) => (at + 1) % found,
        };
        self.current = Some(to);
        Some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_gone_to_once_then_step_by_step_around() {
        let mut find = FindMemory { needle: "x".into(), ..FindMemory::default() };
        assert_eq!(find.gone_to(1, 3, None), Some(0));
        assert_eq!(find.gone_to(1, 3, None), None);
        assert_eq!(find.gone_to(1, 3, Some(true)), Some(2));
        assert_eq!(find.gone_to(1, 3, Some(false)), Some(0));
        assert_eq!(find.told(Some(3)), "1 of 3");
        assert_eq!(find.gone_to(2, 1, None), Some(0), "another text");
        assert_eq!(find.gone_to(2, 0, None), None);
        assert_eq!(find.told(Some(0)), "nowhere");
    }
}
