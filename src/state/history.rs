//! Back and forward. Each step remembers how its lists were scrolled.

use std::collections::BTreeMap;

use super::place::Place;

/// The oldest steps are forgotten beyond this many.
const MAX_STEPS: usize = 200;

/// A scroll position: a row, and a part of it that is above the edge.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Scroll {
    /// The row at the top.
    pub row: usize,
    /// The part of it above the edge, 0 to below 1.
    pub fraction: f32,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Step {
    /// Where.
    pub place: Place,
    /// How each list there was scrolled, by the list's name.
    pub scrolls: BTreeMap<&'static str, Scroll>,
    /// The row that the keyboard stood on in each list there, by a key that finds it again.
    pub selected: BTreeMap<&'static str, String>,
}

/// The steps that were taken, and where among them the window is.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    steps: Vec<Step>,
    at: usize,
}

impl Default for History {
    fn default() -> Self {
        Self::new(Place::default())
    }
}

impl History {
    /// A history that begins here.
    pub fn new(place: Place) -> Self {
        Self { steps: vec![Step { place, ..Step::default() }], at: 0 }
    }

    /// The present step.
    pub fn step(&self) -> &Step {
        &self.steps[self.at]
    }

    /// Changes the present step without making a new one: another tab, another span.
    pub fn replace(&mut self, place: Place) {
        self.steps[self.at].place = place;
    }

    /// Notes how a list of the present step is scrolled.
    pub fn note_scroll(&mut self, list: &'static str, scroll: Scroll) {
        self.steps[self.at].scrolls.insert(list, scroll);
    }

    /// Notes on which row of a list of the present step the keyboard stands.
    pub fn note_selected(&mut self, list: &'static str, row: String) {
        self.steps[self.at].selected.insert(list, row);
    }

    /// The places that were gone to, the latest first, each once.
    pub fn recent(&self) -> Vec<&Place> {
        let mut recent: Vec<&Place> = Vec::new();
        for step in self.steps[..=self.at].iter().rev().chain(self.steps[self.at + 1..].iter()) {
            if !recent.iter().any(|known| known.is_same_page(&step.place)) {
                recent.push(&step.place);
            }
        }
        recent
    }

    /// Goes to a new place; what lay ahead is forgotten.
    pub fn push(&mut self, place: Place) {
        if self.step().place == place {
            return;
        }
        self.steps.truncate(self.at + 1);
        self.steps.push(Step { place, ..Step::default() });
        if self.steps.len() > MAX_STEPS {
            self.steps.remove(0);
        }
        self.at = self.steps.len() - 1;
    }

    /// One step back.
    pub fn back(&mut self) -> bool {
        let can = self.can_go_back();
        self.at -= usize::from(can);
        can
    }

    /// One step forward.
    pub fn forward(&mut self) -> bool {
        let can = self.can_go_forward();
        self.at += usize::from(can);
        can
    }

    /// Whether there is a step before this one.
    pub fn can_go_back(&self) -> bool {
        self.at > 0
    }

    /// Whether there is a step after this one.
    pub fn can_go_forward(&self) -> bool {
        self.at + 1 < self.steps.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Place {
        Place::parse(text).0
    }

    #[test]
    fn back_and_forward_keep_their_scroll() {
        let mut history = History::new(at(""));
        history.push(at("experiment/1"));
        history.note_scroll("runs", Scroll { row: 40, fraction: 0.5 });
        history.note_selected("runs", "a".into());
        history.push(at("run/a"));
        history.push(at("run/a"));
        assert!(history.back());
        assert_eq!(history.step().scrolls["runs"].row, 40);
        assert_eq!(history.step().selected["runs"], "a");
        assert_eq!(history.recent(), [&at("experiment/1"), &at(""), &at("run/a")]);
        assert!(history.back() && !history.back());
        assert!(history.forward() && history.can_go_forward());
        history.push(at("run/b"));
        assert!(!history.can_go_forward());
        for step in 0..500 {
            history.push(at(&format!("run/{step}")));
        }
        assert_eq!(history.steps.len(), MAX_STEPS);
    }
}
