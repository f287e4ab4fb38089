//! What was found, by trace, and the rows of it: pure. Hits only come at the end, so that a row keeps its name.

use std::collections::HashMap;
use std::sync::Arc;

use crate::loader::SearchSoFar;
use crate::model::{SearchField, SearchPattern, TraceId};
use crate::state::{DetailTab, FoldKey, Folds, Place, SearchPlace, SpanRef};
use crate::store::{SearchPage, SpanHit};
use crate::views::body::Wanted;

/// A row of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A trace in which something was found, by its place among them.
    Trace(usize),
    /// What was found in a span, by its place among all hits.
    Hit(usize),
}

impl Row {
    /// As it is noted of the page.
    pub fn to_text(self) -> String {
        match self {
            Self::Trace(at) => format!("trace/{at}"),
            Self::Hit(at) => format!("hit/{at}"),
        }
    }

    /// Reads what was noted.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once('/')? {
            ("trace", at) => at.parse().ok().map(Self::Trace),
            ("hit", at) => at.parse().ok().map(Self::Hit),
            _ => None,
        }
    }
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pages: Vec<Arc<SearchPage>>,
    /// Where each hit stands: in which page, and where there.
    hits: Vec<(u32, u32)>,
    /// The traces in the order in which something was first found in them, each with its hits.
    pub traces: Vec<(TraceId, Vec<usize>)>,
    known: HashMap<TraceId, usize>,
    /// Counts how often what was found was replaced: rows that were made before are none of it.
    pub replaced: u64,
}

impl Found {
    /// Takes what has come since. No more than `most` hits are listed.
    pub fn take(&mut self, so_far: &SearchSoFar, most: usize) {
        // Secrets were revealed: every page is read anew, and the old one stands there meanwhile.
        let are_same = |(known, now): (&Arc<SearchPage>, &Arc<SearchPage>)| Arc::ptr_eq(known, now);
        if so_far.pages.len() < self.pages.len() || !self.pages.iter().zip(&so_far.pages).all(are_same) {
            *self = Self { replaced: self.replaced + 1, ..Self::default() };
        }
        for page in so_far.pages.iter().skip(self.pages.len()) {
            let number = self.pages.len() as u32;
            for (at, hit) in page.hits.iter().enumerate() {
                let next = self.traces.len();
                let trace = *self.known.entry(hit.trace.clone()).or_insert(next);
                if trace == next {
                    self.traces.push((hit.trace.clone(), Vec::new()));
                }
                if let Some((_, hits)) = self.traces.get_mut(trace) {
                    hits.push(self.hits.len());
                }
                self.hits.push((number, at as u32));
            }
            self.pages.push(Arc::clone(page));
            if self.hits.len() >= most {
                return;
            }
        }
    }

    /// How many hits there are.
    pub fn len(&self) -> usize {
        self.hits.len()
    }

    /// A hit.
    pub fn hit(&self, at: usize) -> Option<&SpanHit> {
        let (page, at) = self.hits.get(at)?;
        self.pages.get(*page as usize)?.hits.get(*at as usize)
    }

    /// The rows: by trace, without those of the ones that are folded, or one hit after another.
    pub fn rows(&self, is_flat: bool, folds: &Folds<FoldKey>) -> Vec<Row> {
        if is_flat {
            return (0..self.len()).map(Row::Hit).collect();
        }
        let mut rows = Vec::with_capacity(self.len() + self.traces.len());
        for (at, (trace, hits)) in self.traces.iter().enumerate() {
            rows.push(Row::Trace(at));
            if !folds.has(&FoldKey::Found(trace.clone())) {
                rows.extend(hits.iter().copied().map(Row::Hit));
            }
        }
        rows
    }
}

/// Where a hit leads: to its span, where the field is told that it is in. A trace that the search did not begin in is
/// shown as part of the experiment or run that was searched.
pub(super) fn place_of(search: &SearchPlace, hit: &SpanHit) -> Place {
    let detail = match &hit.found.field {
        SearchField::Name | SearchField::Inputs => DetailTab::Inputs,
        SearchField::Outputs => DetailTab::Outputs,
        SearchField::Attribute(_) | SearchField::Other(_) => DetailTab::Attributes,
        SearchField::Events | SearchField::StatusMessage => DetailTab::Events,
    };
    let span = Some(SpanRef { id: hit.span_id.clone(), nth: 0 });
    let (experiment, run) = listed_in(search);
    Place::Trace { experiment, run, trace: hit.trace.clone(), span, detail }
}

/// The trace of a row of traces.
pub(super) fn trace_place(search: &SearchPlace, trace: &TraceId) -> Place {
    let (experiment, run) = listed_in(search);
    Place::of_trace(experiment, run, trace.clone())
}

fn listed_in(search: &SearchPlace) -> (Option<crate::model::ExperimentId>, Option<crate::model::RunId>) {
    use crate::state::SearchWithin::{Experiment, Run, Store, Trace};
    match search.within() {
        // What was found may be anywhere.
        Store => (None, None),
        Experiment => (search.experiment.clone(), None),
        Run | Trace => (search.experiment.clone(), search.run.clone()),
    }
}

/// What is looked for in the span that is opened: what was typed, or what a regular expression found.
pub(super) fn wanted(pattern: &SearchPattern, hit: &SpanHit) -> Wanted {
    match pattern.is_regex {
        true => Wanted { needle: hit.found.excerpt.parts()[1].to_owned(), is_exact: true },
        false => Wanted { needle: pattern.text.clone(), is_exact: !pattern.ignores_case },
    }
}

/// The field in which something was found, as it is called on screen.
pub(super) fn field_word(field: &SearchField) -> String {
    match field {
        SearchField::Name => "name".to_owned(),
        SearchField::Inputs => "inputs".to_owned(),
        SearchField::Outputs => "outputs".to_owned(),
        SearchField::Attribute(key) => key.clone(),
        SearchField::Events => "events".to_owned(),
        SearchField::StatusMessage => "status message".to_owned(),
        SearchField::Other(key) => key.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Excerpt, FoundText, SpanHandle};

    fn hit(trace: &str, span: &str) -> SpanHit {
        let excerpt = Excerpt { text: "a needle".to_owned(), found: 2..8 };
        SpanHit {
            trace: trace.into(),
            span_id: span.to_owned(),
            span_name: "LM".to_owned(),
            span_kind: "LLM".to_owned(),
            handle: SpanHandle(1),
            found: FoundText { field: SearchField::Outputs, excerpt },
        }
    }

    fn page(hits: &[(&str, &str)]) -> Arc<SearchPage> {
        let hits = hits.iter().map(|(trace, span)| hit(trace, span)).collect();
        Arc::new(SearchPage { hits, ..SearchPage::default() })
    }

    #[test]
    fn hits_stand_with_their_trace_and_keep_their_places() {
        let mut found = Found::default();
        let mut so_far = SearchSoFar { pages: vec![page(&[("a", "1"), ("b", "2")])], ..SearchSoFar::default() };
        found.take(&so_far, 100);
        let folds = Folds::default();
        let first = found.rows(false, &folds);
        assert_eq!(first, [Row::Trace(0), Row::Hit(0), Row::Trace(1), Row::Hit(1)]);
        so_far.pages.push(page(&[("a", "3"), ("c", "4")]));
        found.take(&so_far, 100);
        found.take(&so_far, 100);
        let mut folds = Folds::default();
        folds.set(FoldKey::Found("b".into()), true);
        let rows = found.rows(false, &folds);
        assert_eq!(rows, [Row::Trace(0), Row::Hit(0), Row::Hit(2), Row::Trace(1), Row::Trace(2), Row::Hit(3)]);
        assert_eq!(found.rows(true, &folds).len(), 4);
        assert_eq!(found.hit(2).map(|hit| hit.span_id.as_str()), Some("3"));
        for row in rows {
            assert_eq!(Row::parse(&row.to_text()), Some(row));
        }
    }

    #[test]
    fn a_hit_leads_to_its_span_with_what_was_found() {
        let search = SearchPlace { experiment: Some("1".into()), run: Some("r".into()), ..SearchPlace::default() };
        let place = place_of(&search, &hit("t", "s"));
        assert_eq!(place.to_string(), "dspyglass:experiment/1/run/r/trace/t/span/s?tab=outputs");
        let pattern = SearchPattern { text: "NEED".to_owned(), ignores_case: true, ..SearchPattern::default() };
        let plain = wanted(&pattern, &hit("t", "s"));
        assert_eq!(plain, Wanted { needle: "NEED".to_owned(), is_exact: false });
        let regex = wanted(&SearchPattern { is_regex: true, ..pattern }, &hit("t", "s"));
        assert_eq!(regex, Wanted { needle: "needle".to_owned(), is_exact: true });
    }
}
