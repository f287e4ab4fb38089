//! A search for text: what is looked for, and where.

use crate::model::{ExperimentId, RunId, SearchPattern, TraceId};

/// How much of the store is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SearchWithin {
    /// All of it.
    Store,
    /// The experiment that the search began in.
    Experiment,
    /// The run.
    Run,
    /// The trace.
    Trace,
}

impl SearchWithin {
    /// All of them, the widest first.
    pub const ALL: [Self; 4] = [Self::Store, Self::Experiment, Self::Run, Self::Trace];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Experiment => "experiment",
            Self::Run => "run",
            Self::Trace => "trace",
        }
    }
}

/// A search for text in spans. What it began in is part of it: there it can be narrowed to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchPlace {
    /// The experiment that it began in.
    pub experiment: Option<ExperimentId>,
    /// The run.
    pub run: Option<RunId>,
    /// The trace.
    pub trace: Option<TraceId>,
    /// How much is searched; with none, the narrowest of these.
    pub within: Option<SearchWithin>,
    /// What is looked for. Unlike in the terminal capital and small letters are the same at first.
    pub pattern: SearchPattern,
    /// One hit after another instead of by trace.
    pub is_flat: bool,
}

impl Default for SearchPlace {
    fn default() -> Self {
        let pattern = SearchPattern { ignores_case: true, ..SearchPattern::default() };
        Self { experiment: None, run: None, trace: None, within: None, pattern, is_flat: false }
    }
}

impl SearchPlace {
    /// The same for another text.
    #[must_use]
    pub fn for_text(mut self, text: impl Into<String>) -> Self {
        self.pattern.text = text.into();
        self
    }

    /// What can be searched, the widest first.
    pub fn choices(&self) -> impl Iterator<Item = SearchWithin> {
        SearchWithin::ALL.into_iter().filter(|within| self.has(*within))
    }

    fn has(&self, within: SearchWithin) -> bool {
        match within {
            SearchWithin::Store => true,
            SearchWithin::Experiment => self.experiment.is_some(),
            SearchWithin::Run => self.run.is_some(),
            SearchWithin::Trace => self.trace.is_some(),
        }
    }

    /// What is searched.
    pub fn within(&self) -> SearchWithin {
        let narrowest = || self.choices().max().unwrap_or(SearchWithin::Store);
        self.within.filter(|within| self.has(*within)).unwrap_or_else(narrowest)
    }

    /// What an address says beside the path, by its keys.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let SearchPattern { text, ignores_case, is_whole_word, is_regex } = &self.pattern;
        let word = |is_so: bool, key, word: &str| is_so.then(|| (key, word.to_owned()));
        let parts = [
            (!text.is_empty()).then(|| ("text", text.clone())),
            word(!ignores_case, "case", "match"),
            word(*is_whole_word, "words", "whole"),
            word(*is_regex, "syntax", "regex"),
            self.within.map(|within| ("scope", within.name().to_owned())),
            word(self.is_flat, "list", "flat"),
        ];
        parts.into_iter().flatten().collect()
    }

    /// Chooses what an address says under a key; says whether there is such a thing.
    pub(super) fn choose(&mut self, key: &str, text: &str) -> bool {
        match (key, text) {
            ("text", _) => self.pattern.text = text.to_owned(),
            ("case", "match") => self.pattern.ignores_case = false,
            ("words", "whole") => self.pattern.is_whole_word = true,
            ("syntax", "regex") => self.pattern.is_regex = true,
            ("list", "flat") => self.is_flat = true,
            ("scope", name) => {
                let named = SearchWithin::ALL.into_iter().find(|within| within.name() == name);
                self.within = named.or(self.within);
                return named.is_some();
            }
            _ => return false,
        }
        true
    }
}
