//! What the user wants to compare.

use serde::{Deserialize, Serialize};

use super::AppState;
use super::notice::NoticeText;
use crate::analysis::evolution::Against;
use crate::model::{RunId, TraceId};

/// How comparisons are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CompareSettings {
    /// Both texts in one, else side by side.
    pub is_unified: bool,
    /// What is the same is shown too.
    pub shows_all: bool,
    /// Spaces, tabs and line ends as signs.
    pub shows_space: bool,
    /// With what each state of an evolution is compared, if that was chosen: where it is known, it is chosen again.
    #[serde(with = "as_word", skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
}

/// A word that is not known here is no choice.
mod as_word {
    use super::Against;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(chosen: &Option<Against>, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(chosen.map_or("", Against::as_str))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Against>, D::Error> {
        Ok(serde_json::Value::deserialize(from)?.as_str().and_then(|word| word.parse().ok()))
    }
}

impl CompareSettings {
    /// Nothing was set.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// With what a run is to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareWith {
    /// The last evaluation before it of another program in its optimization; for an optimization, its seed.
    Previous,
    /// The program that its optimization was given.
    Seed,
    /// The program that its optimization gave back.
    Winner,
}

/// A wish that has to be looked up in the store first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CompareWish {
    /// The run.
    pub run: RunId,
    /// With what.
    pub with: CompareWith,
}

/// What is on its way to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparing {
    /// The run that others are compared with, if the user set one.
    pub baseline: Option<RunId>,
    /// What has to be looked up first.
    pub wish: Option<CompareWish>,
    /// The runs to which one is to be chosen in the palette; empty if none is.
    pub choosing: Vec<RunId>,
    /// The traces to which one is to be chosen in the palette; empty if none is.
    pub choosing_trace: Vec<TraceId>,
}

impl AppState {
    /// Sets the baseline, and says so: nothing else on screen may tell.
    pub(super) fn set_baseline(&mut self, run: Option<RunId>, name: &str) {
        let notice = match &run {
            Some(_) => NoticeText::done(format!("{name} is the baseline now"), "The key d compares other runs with it"),
            None => NoticeText::done(
                "There is no baseline any more",
                "The key d compares a run with the previous different program",
            ),
        };
        self.comparing.baseline = run;
        self.notify(notice);
    }

    /// A run is to be chosen in the palette, to be compared with these.
    pub(super) fn choose_to_compare(&mut self, runs: Vec<RunId>) {
        self.shows_palette = !runs.is_empty();
        self.comparing.choosing = runs;
        self.comparing.choosing_trace.clear();
    }

    /// A trace is to be chosen in the palette, to be compared with these.
    pub(super) fn choose_trace_to_compare(&mut self, traces: Vec<TraceId>) {
        self.shows_palette = !traces.is_empty();
        self.comparing.choosing_trace = traces;
        self.comparing.choosing.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Action, Settings};

    #[test]
    fn what_is_to_be_compared_is_forgotten_with_the_store() {
        let mut state = AppState::new(Settings::default(), None);
        state.apply(Action::StoreOpened("/a".into()));
        state.apply(Action::SetBaseline(Some("a".into()), "eval_0".into()));
        assert!(state.passing().is_some_and(|(_, notice)| notice.what.contains("eval_0")));
        assert!(state.notices.is_empty(), "it is said in passing");
        state.apply(Action::Passed);
        assert!(state.passing().is_none());
        state.apply(Action::ChooseToCompare(vec!["a".into()]));
        assert!(state.shows_palette);
        state.apply(Action::ShowPalette(false));
        assert!(state.comparing.choosing.is_empty());
        state.apply(Action::WishToCompare(Some(CompareWish { run: "b".into(), with: CompareWith::Seed })));
        assert!(state.comparing.wish.is_some() && state.comparing.baseline.is_some());
        state.apply(Action::StoreOpened("/b".into()));
        assert_eq!(state.comparing, Comparing::default());
    }
}
