//! Which metrics of which runs are drawn.

use std::collections::{BTreeSet, HashMap};

use crate::analysis::optimization::ProgramNames;
use crate::model::{LatestMetric, Run, RunId, RunValues};
use crate::query::RunPage;
use crate::state::ChartChoice;
use crate::views::program_name::tone;
use crate::widgets::tokens::Tone;
use crate::words::natural;

/// A run whose metrics can be drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub run: Run,
    pub tone: Tone,
    /// `C4 · eval_full_2`, of what evaluated no program the name alone.
    pub label: String,
    pub is_shown: bool,
}

impl Candidate {
    /// What it is called.
    pub fn name(&self) -> &str {
        if self.run.name.is_empty() { self.run.id.as_str() } else { &self.run.name }
    }
}

fn run_label(run: &Run) -> String {
    if run.name.is_empty() { run.id.to_string() } else { run.name.clone() }
}

/// The run, its children, and `others`, which were selected in the table. The run leads with the accent; an
/// evaluation has the colour of its program, by `names`; the others have the colours behind those, in their order.
pub(super) fn candidates(
    choice: &ChartChoice,
    page: &RunPage,
    others: &[Run],
    names: Option<&ProgramNames>,
) -> Vec<Candidate> {
    let label = run_label(&page.run);
    let own = Candidate { run: page.run.clone(), tone: Tone::Accent, label, is_shown: !choice.without_own };
    let programs = names.map_or(0, |names| names.all().len());
    let is_known = |run: &Run| run.id == page.run.id || page.children.iter().any(|child| child.id == run.id);
    let others = others.iter().filter(|run| !is_known(run));
    let child = |(index, run): (usize, &Run)| {
        let program = names.and_then(|names| names.of_run(&run.id));
        Candidate {
            run: run.clone(),
            tone: program.map_or(Tone::Category(programs + index), tone),
            label: program.map_or_else(|| run_label(run), |program| format!("{} · {}", program, run_label(run))),
            is_shown: choice.shown.contains(&run.id),
        }
    };
    std::iter::once(own).chain(page.children.iter().chain(others).enumerate().map(child)).collect()
}

/// The metrics of the runs that are shown, in natural order. `values` are those of the experiment's runs.
pub(super) fn keys(
    page: &RunPage,
    candidates: &[Candidate],
    values: Option<&HashMap<RunId, RunValues>>,
) -> Vec<String> {
    let own = page.values.metrics.iter();
    let of_children = candidates
        .iter()
        .filter(|candidate| candidate.is_shown && candidate.run.id != page.run.id)
        .filter_map(|candidate| values?.get(&candidate.run.id))
        .flat_map(|values| &values.metrics);
    let unique: BTreeSet<&str> = own.chain(of_children).map(|metric| &*metric.key).collect();
    let mut keys: Vec<String> = unique.into_iter().map(str::to_owned).collect();
    keys.sort_by(|a, b| natural::compare(a, b));
    keys
}

/// The latest value of a metric of the page's own run.
pub(super) fn latest<'p>(page: &'p RunPage, key: &str) -> Option<&'p LatestMetric> {
    page.values.metrics.iter().find(|metric| &*metric.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    fn page() -> RunPage {
        let run = |id: &str| MemoryStore::run(id, "1", id, 0);
        RunPage {
            score: None,
            run: run("own"),
            values: RunValues::default(),
            datasets: Vec::new(),
            models: Vec::new(),
            experiment: None,
            parent: None,
            children: vec![run("child")],
        }
    }

    fn shown(choice: &ChartChoice, page: &RunPage, others: &[Run]) -> Vec<(String, bool)> {
        candidates(choice, page, others, None).iter().map(|one| (one.name().to_owned(), one.is_shown)).collect()
    }

    #[test]
    fn what_is_selected_in_the_table_is_drawn_until_it_is_turned_off() {
        let page = page();
        let others = ["own", "child", "other"].map(|id| MemoryStore::run(id, "1", id, 0));
        let selected = ["own".into(), "other".into()];
        let mut choice = ChartChoice::default();
        choice.follow(&selected);
        let at =
            |own, child, other| [("own", own), ("child", child), ("other", other)].map(|(n, on)| (n.to_owned(), on));
        assert_eq!(shown(&choice, &page, &others), at(true, false, true));
        choice.toggle_run(&page.run.id, &"other".into());
        choice.follow(&selected);
        assert_eq!(shown(&choice, &page, &others), at(true, false, false));
        choice.toggle_run(&page.run.id, &"own".into());
        assert_eq!(shown(&choice, &page, &others), at(false, false, false));
    }
}
