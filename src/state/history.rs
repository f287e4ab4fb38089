//! Back and forward.

use super::place::Place;
use super::trace_listing::TraceListing;

/// The oldest steps are forgotten beyond this many.
const MAX_STEPS: usize = 200;

/// The places that were gone to, and where among them the window is.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    steps: Vec<Step>,
    at: usize,
}

/// A place that was gone to.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    place: Place,
    /// A trace: the list that it was opened from.
    listing: Option<TraceListing>,
}

impl From<Place> for Step {
    fn from(place: Place) -> Self {
        Self { place, listing: None }
    }
}

impl Default for History {
    fn default() -> Self {
        Self::new(Place::default())
    }
}

impl History {
    /// A history that begins here.
    pub fn new(place: Place) -> Self {
        Self { steps: vec![place.into()], at: 0 }
    }

    /// The present place.
    pub fn place(&self) -> &Place {
        &self.steps[self.at].place
    }

    /// What the list showed that the present place was opened from, if it was opened from a list.
    pub fn listing(&self) -> Option<&TraceListing> {
        self.steps[self.at].listing.as_ref()
    }

    /// Changes the present step without making a new one: another tab, another span.
    pub fn replace(&mut self, place: Place) {
        self.steps[self.at].place = place;
    }

    /// The places that were gone to, the latest first, each page once.
    pub fn recent(&self) -> Vec<&Place> {
        let mut subjects = Vec::new();
        let mut recent = Vec::new();
        for Step { place, .. } in self.steps[..=self.at].iter().rev().chain(&self.steps[self.at + 1..]) {
            let subject = place.subject();
            if !subjects.contains(&subject) {
                subjects.push(subject);
                recent.push(place);
            }
        }
        recent
    }

    /// Goes to a new place; what lay ahead is forgotten. `listing`: what the list shows that it is opened from.
    pub fn push(&mut self, place: Place, listing: Option<TraceListing>) {
        if *self.place() == place {
            return;
        }
        self.steps.truncate(self.at + 1);
        self.steps.push(Step { place, listing });
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
        history.push(at("experiment/1"), None);
        history.push(at("run/a"), None);
        history.push(at("run/a"), None);
        assert!(history.back());
        assert_eq!(*history.place(), at("experiment/1"));
        assert_eq!(history.recent(), [&at("experiment/1"), &at(""), &at("run/a")]);
        assert!(history.back() && !history.back());
        assert!(history.forward() && history.can_go_forward());
        history.push(at("run/b"), None);
        assert!(!history.can_go_forward());
        // The same page, another way.
        history.push(at("experiment/1/run/b?tab=traces"), None);
        assert_eq!(history.recent(), [&at("experiment/1/run/b?tab=traces"), &at("experiment/1"), &at("")]);
        for step in 0..500 {
            history.push(at(&format!("run/{step}")), None);
        }
        assert_eq!(history.steps.len(), MAX_STEPS);
    }

    #[test]
    fn a_step_keeps_the_list_that_it_came_from() {
        let listing = TraceListing { text: "status = ERROR".to_owned(), ..TraceListing::default() };
        let mut history = History::new(at("experiment/1?tab=traces"));
        history.push(at("experiment/1/trace/a"), Some(listing.clone()));
        history.replace(at("experiment/1/trace/a/span/7"));
        history.push(at("experiment/1/trace/b"), None);
        assert_eq!(history.listing(), None);
        assert!(history.back());
        assert_eq!(history.listing(), Some(&listing));
        assert!(history.back());
        assert_eq!(history.listing(), None);
    }
}
