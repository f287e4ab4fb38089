//! All runs that are known, in one list to search in. Made and searched on a worker: there may be very many.

use std::collections::HashMap;
use std::sync::Arc;

use crate::loader::RunTree;
use crate::model::{ExperimentId, RunId};
use crate::views::parts::short_id;
use crate::widgets::palette::rank::Query;

/// No more runs than this are offered at a time.
pub(super) const MOST: usize = 200;

/// A run to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RunEntry {
    pub experiment: ExperimentId,
    pub run: RunId,
    pub name: String,
    /// Where it is, and its id: it is found by that, too.
    pub note: String,
}

/// The runs of an experiment, and what the experiment is called.
pub(super) type RunsOf = (ExperimentId, String, Arc<RunTree>);

/// The runs of these experiments.
pub(super) fn index(experiments: &[RunsOf]) -> Vec<RunEntry> {
    let mut entries = Vec::with_capacity(experiments.iter().map(|(_, _, tree)| tree.runs.len()).sum());
    for (id, experiment, tree) in experiments {
        // Optimizers call their runs alike: the parent tells them apart.
        let names: HashMap<&RunId, &str> = tree.runs.iter().map(|run| (&run.id, run.name.as_str())).collect();
        entries.extend(tree.runs.iter().map(|run| {
            let parent = run.parent_id.as_ref().and_then(|parent| names.get(parent));
            let parent = parent.map(|name| format!("{name} · ")).unwrap_or_default();
            RunEntry {
                experiment: id.clone(),
                run: run.id.clone(),
                name: if run.name.is_empty() { short_id(run.id.as_str()) } else { run.name.clone() },
                note: format!("{parent}{experiment} · {}", run.id),
            }
        }));
    }
    entries
}

/// About how many bytes an index holds.
pub(super) fn bytes(entries: &[RunEntry]) -> usize {
    entries.iter().map(|entry| 120 + entry.name.len() + entry.note.len() + entry.run.as_str().len()).sum()
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hits {
    /// Places in the index, the best first.
    pub runs: Vec<usize>,
    /// How many match.
    pub total: usize,
}

/// The best of the runs that are called like this, or whose id is.
pub(super) fn search(entries: &[RunEntry], typed: &str) -> Hits {
    let query = Query::new(typed);
    if query.is_empty() {
        return Hits::default();
    }
    let mut found: Vec<_> = (0..entries.len())
        .filter_map(|at| {
            let score = query.score_of(&entries[at].name, &entries[at].note)?;
            Some((std::cmp::Reverse(score), at))
        })
        .collect();
    let total = found.len();
    if total > MOST {
        found.select_nth_unstable(MOST);
        found.truncate(MOST);
    }
    found.sort_unstable();
    Hits { runs: found.into_iter().map(|(_, at)| at).collect(), total }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, id: &str) -> RunEntry {
        RunEntry { experiment: "1".into(), run: id.into(), name: name.into(), note: format!("router · {id}") }
    }

    #[test]
    fn runs_are_found_by_name_first_then_by_id() {
        let entries = [entry("eval_full_10", "abc1"), entry("eval_full_1", "def2"), entry("bold-finch", "e1a1")];
        assert_eq!(search(&entries, "eval_full_1").runs, [1, 0]);
        assert_eq!(search(&entries, "def2").runs, [1]);
        assert_eq!(search(&entries, "router").runs.len(), 3);
        assert_eq!(search(&entries, "  "), Hits::default());
    }

    #[test]
    fn of_many_only_the_best_are_kept() {
        let entries: Vec<RunEntry> = (0..3_000).map(|n| entry(&format!("eval_{n}"), &format!("{n:032x}"))).collect();
        let hits = search(&entries, "eval_29");
        assert_eq!(hits.runs.first(), Some(&29));
        let all = search(&entries, "eval");
        assert_eq!((all.runs.len(), all.total), (MOST, 3_000));
    }
}
