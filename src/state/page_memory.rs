//! How pages were left, so that who comes back finds them so: by going back, or by another way.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::charts::ChartChoice;
use super::fold::Folds;
use super::matrix::MatrixChoice;
use super::place::Subject;
use super::span_choice::SpanChoice;
use crate::model::{RunId, TraceId};

/// Of no more pages than this is it remembered how they were left; the one that was left longest ago goes.
const MOST: usize = 200;

/// A scroll position: a row, and a part of it that is above the edge.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Scroll {
    /// The row at the top.
    pub row: usize,
    /// The part of it above the edge, 0 to below 1.
    pub fraction: f32,
}

/// Something on a page that folds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FoldKey {
    /// A span of a trace, by its ordinal.
    Span(usize),
    /// A span that only another trace has than the first of those that are compared, by its ordinal.
    OtherSpan(TraceId, usize),
    /// A run of siblings that are alike, by the first of them that is left out; these are folded at first.
    Alike(usize),
    /// A session in a list of traces; `None`: the traces that belong to none.
    Session(Option<Arc<str>>),
    /// A run in the table of an experiment.
    Run(RunId),
    /// A folder of artifacts, by its path.
    Folder(String),
    /// A candidate of an optimization, by the first run that evaluated it; these are folded at first.
    Candidate(RunId),
    /// What was found in a trace.
    Found(TraceId),
}

/// How one page was left. Which tab of it, and what in that, is part of its place.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct PageMemory {
    /// How each list was scrolled, by the list's name.
    pub scrolls: BTreeMap<&'static str, Scroll>,
    /// The row that the keyboard stood on in each list, by a key that finds it again.
    pub rows: BTreeMap<&'static str, String>,
    /// What stood in each field that filters.
    pub filters: BTreeMap<&'static str, String>,
    /// What was folded, or unfolded where it is folded at first.
    pub folds: Folds<FoldKey>,
    /// The runs that were selected in the table of an experiment.
    pub selected_runs: Vec<RunId>,
    /// Which charts of a run are drawn.
    pub charts: ChartChoice,
    /// How its examples are looked at.
    pub matrix: MatrixChoice,
    /// How its spans are looked at.
    pub spans: SpanChoice,
}

/// How the pages of a store were left, and how the one on screen stands.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct PageMemories {
    shown: (Subject, PageMemory),
    /// The others, the one that was left last at the end.
    left: Vec<(Subject, PageMemory)>,
}

impl PageMemories {
    /// Another page is shown: as it was left, if that is known.
    pub fn show(&mut self, subject: Subject) {
        if self.shown.0 == subject {
            return;
        }
        let known = self.left.iter().position(|(known, _)| *known == subject);
        let memory = known.map(|at| self.left.remove(at).1).unwrap_or_default();
        let left = std::mem::replace(&mut self.shown, (subject, memory));
        if self.left.len() + 1 >= MOST {
            self.left.remove(0);
        }
        self.left.push(left);
    }

    /// How the page on screen stands.
    pub fn shown(&self) -> &PageMemory {
        &self.shown.1
    }

    /// The same, to note what the user does.
    pub fn shown_mut(&mut self) -> &mut PageMemory {
        &mut self.shown.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_as_it_was_left() {
        let run = |id: usize| Subject::Run(id.to_string().as_str().into());
        let mut pages = PageMemories::default();
        pages.shown_mut().filters.insert("runs", "of the store".to_owned());
        pages.show(run(1));
        assert_eq!(*pages.shown(), PageMemory::default());
        pages.shown_mut().scrolls.insert("traces", Scroll { row: 7, fraction: 0.5 });
        pages.shown_mut().folds.set(FoldKey::Folder("a".into()), true);
        pages.show(run(1));
        pages.show(run(2));
        pages.show(Subject::Store);
        assert_eq!(pages.shown().filters["runs"], "of the store");
        pages.show(run(1));
        assert_eq!(pages.shown().scrolls["traces"].row, 7);
        assert!(pages.shown().folds.has(&FoldKey::Folder("a".into())));
    }

    #[test]
    fn the_page_that_was_left_longest_ago_is_forgotten() {
        let run = |id: usize| Subject::Run(id.to_string().as_str().into());
        let mut pages = PageMemories::default();
        for id in 0..MOST + 3 {
            pages.show(run(id));
            pages.shown_mut().rows.insert("traces", id.to_string());
            // The first one is looked at again and again.
            pages.show(run(0));
        }
        assert_eq!(pages.left.len() + 1, MOST);
        assert_eq!(pages.shown().rows["traces"], "0");
        pages.show(run(4));
        assert!(!pages.shown().rows.is_empty());
        pages.show(run(3));
        assert!(pages.shown().rows.is_empty());
    }
}
