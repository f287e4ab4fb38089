//! Back and forward.

use super::place::Place;

/// The oldest steps are forgotten beyond this many.
const MAX_STEPS: usize = 200;

/// The places that were gone to, and where among them the window is.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    steps: Vec<Place>,
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
        Self { steps: vec![place], at: 0 }
    }

    /// The present place.
    pub fn place(&self) -> &Place {
        &self.steps[self.at]
    }

    /// Changes the present step without making a new one: another tab, another span.
    pub fn replace(&mut self, place: Place) {
        self.steps[self.at] = place;
    }

    /// The places that were gone to, the latest first, each page once.
    pub fn recent(&self) -> Vec<&Place> {
        let mut subjects = Vec::new();
        let mut recent = Vec::new();
        for place in self.steps[..=self.at].iter().rev().chain(&self.steps[self.at + 1..]) {
            let subject = place.subject();
            if !subjects.contains(&subject) {
                subjects.push(subject);
                recent.push(place);
            }
        }
        recent
    }

    /// Goes to a new place; what lay ahead is forgotten.
    pub fn push(&mut self, place: Place) {
        if *self.place() == place {
            return;
        }
        self.steps.truncate(self.at + 1);
        self.steps.push(place);
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
    fn back_and_forward() {
        let mut history = History::new(at(""));
        history.push(at("experiment/1"));
        history.push(at("run/a"));
        history.push(at("run/a"));
        assert!(history.back());
        assert_eq!(*history.place(), at("experiment/1"));
        assert_eq!(history.recent(), [&at("experiment/1"), &at(""), &at("run/a")]);
        assert!(history.back() && !history.back());
        assert!(history.forward() && history.can_go_forward());
        history.push(at("run/b"));
        assert!(!history.can_go_forward());
        // The same page, another way.
        history.push(at("experiment/1/run/b?tab=traces"));
        assert_eq!(history.recent(), [&at("experiment/1/run/b?tab=traces"), &at("experiment/1"), &at("")]);
        for step in 0..500 {
            history.push(at(&format!("run/{step}")));
        }
        assert_eq!(history.steps.len(), MAX_STEPS);
    }
}
