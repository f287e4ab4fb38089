//! Experiments and their runs as flat rows.

use std::collections::HashMap;
use std::sync::Arc;

use crate::loader::{Failure, RunTree, Slot};
use crate::model::{Experiment, ExperimentCounts, ExperimentId, Run};
use crate::state::{Folds, TreeKey};

/// What a row is.
#[derive(Clone, Debug)]
pub(super) enum RowKind {
    /// An experiment and how much it has.
    Experiment { name: String, counts: Option<ExperimentCounts> },
    /// A run: its tree and its place there.
    Run(Arc<RunTree>, usize),
    /// The runs of an experiment are on their way.
    Loading,
    /// The runs of an experiment could not be read.
    Failed(Failure),
    /// The experiment has no runs.
    Empty,
}

/// One row.
#[derive(Clone, Debug)]
pub(super) struct TreeLine {
    /// What it leads to.
    pub key: TreeKey,
    /// The experiment it belongs to.
    pub experiment: ExperimentId,
    pub kind: RowKind,
    pub depth: usize,
    /// Whether children are shown; `None` if there are none.
    pub is_open: Option<bool>,
    /// It names a parent that is not there.
    pub lacks_parent: bool,
    /// The place among its siblings that are shown, from 0, and their number.
    pub position: (usize, usize),
}

impl TreeLine {
    /// The run of this row.
    pub fn run(&self) -> Option<&Run> {
        match &self.kind {
            RowKind::Run(tree, index) => tree.runs.get(*index),
            _ => None,
        }
    }
}

/// What the rows are made of.
pub(super) struct Source<'a> {
    pub experiments: &'a [Experiment],
    pub counts: Option<&'a [(ExperimentId, ExperimentCounts)]>,
    /// The runs of those experiments that are unfolded; with a filter, of all.
    pub runs: &'a HashMap<ExperimentId, Slot<RunTree>>,
    pub unfolded: &'a Folds<TreeKey>,
    /// Lower case; empty shows everything.
    pub filter: &'a str,
}

/// Makes the rows. With a filter, a row stands if its name or the name of anything below it holds it.
pub(super) fn rows(source: &Source<'_>) -> Vec<TreeLine> {
    let mut lines = Vec::new();
    for experiment in source.experiments {
        let key = TreeKey::Experiment(experiment.id.clone());
        let count = source.counts.and_then(|list| list.iter().find(|(id, _)| *id == experiment.id));
        let counts = count.map(|(_, counts)| *counts);
        let start = lines.len();
        let matches = holds(&experiment.name, source.filter);
        let is_unfolded = source.unfolded.has(&key);
        let is_filtered = !source.filter.is_empty() && !matches;
        lines.push(TreeLine {
            key,
            experiment: experiment.id.clone(),
            kind: RowKind::Experiment { name: experiment.name.clone(), counts },
            depth: 0,
            is_open: counts.is_none_or(|counts| counts.runs > 0).then_some(is_unfolded),
            lacks_parent: false,
            position: (0, 0),
        });
        // What a filter finds below is shown without unfolding by hand.
        if is_unfolded || is_filtered {
            push_runs(&mut lines, source, experiment, !is_filtered);
        }
        if is_filtered && lines.len() == start + 1 {
            lines.pop();
        } else if is_filtered {
            lines[start].is_open = Some(true);
        }
    }
    number(&mut lines);
    lines
}

fn push_runs(lines: &mut Vec<TreeLine>, source: &Source<'_>, experiment: &Experiment, all: bool) {
    let leaf = |kind: RowKind| TreeLine {
        key: TreeKey::Experiment(experiment.id.clone()),
        experiment: experiment.id.clone(),
        kind,
        depth: 1,
        is_open: None,
        lacks_parent: false,
        position: (0, 0),
    };
    let slot = source.runs.get(&experiment.id);
    let Some(tree) = slot.and_then(Slot::value) else {
        if all {
            let error = slot.and_then(Slot::error);
            lines.push(leaf(error.map_or(RowKind::Loading, |error| RowKind::Failed(error.clone()))));
        }
        return;
    };
    if tree.runs.is_empty() && all {
        lines.push(leaf(RowKind::Empty));
    }
    let nodes = &tree.forest.nodes;
    let hits = if all { Vec::new() } else { hits_up_to(tree, source.filter) };
    // How many hits stand at or below a node.
    let below = |from: usize, to: usize| hits.get(to).zip(hits.get(from)).is_some_and(|(to, from)| to > from);
    let mut at = 0;
    while at < nodes.len() {
        let node = nodes[at];
        let end = at + node.descendants + 1;
        if !all && !below(at, end) {
            at = end;
            continue;
        }
        let run = &tree.runs[node.item];
        let key = TreeKey::Run(run.id.clone());
        let is_open = source.unfolded.has(&key) || !all && below(at + 1, end);
        lines.push(TreeLine {
            key,
            experiment: experiment.id.clone(),
            kind: RowKind::Run(Arc::clone(tree), node.item),
            depth: node.depth as usize + 1,
            is_open: (node.descendants > 0).then_some(is_open),
            lacks_parent: node.lacks_parent,
            position: (0, 0),
        });
        at += if is_open { 1 } else { node.descendants + 1 };
    }
}

/// How many names before each node hold the filter; each name is looked at once.
fn hits_up_to(tree: &RunTree, filter: &str) -> Vec<usize> {
    let mut sum = 0;
    let mut hits = Vec::with_capacity(tree.forest.nodes.len() + 1);
    hits.push(0);
    for node in &tree.forest.nodes {
        sum += usize::from(holds(&tree.runs[node.item].name, filter));
        hits.push(sum);
    }
    hits
}

/// Each row's place among its siblings, and how many they are.
fn number(lines: &mut [TreeLine]) {
    // The last sibling that was met at each depth, and how many there were.
    let mut open: Vec<Vec<usize>> = Vec::new();
    let close = |lines: &mut [TreeLine], siblings: Vec<usize>| {
        let total = siblings.len();
        for (place, line) in siblings.into_iter().enumerate() {
            lines[line].position = (place, total);
        }
    };
    for line in 0..lines.len() {
        let depth = lines[line].depth;
        while open.len() > depth + 1 {
            if let Some(siblings) = open.pop() {
                close(lines, siblings);
            }
        }
        open.resize_with(depth + 1, Vec::new);
        open[depth].push(line);
    }
    for siblings in open {
        close(lines, siblings);
    }
}

fn holds(name: &str, filter: &str) -> bool {
    filter.is_empty() || name.to_lowercase().contains(filter)
}

/// The row above this one that it is a child of.
pub(super) fn parent(lines: &[TreeLine], row: usize) -> Option<usize> {
    let depth = lines.get(row)?.depth;
    (0..row).rev().find(|above| lines[*above].depth < depth)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Forest, Lifecycle, RunStatus};

    fn experiment(id: &str, name: &str) -> Experiment {
        let (lifecycle, id, name) = (Lifecycle::Active, id.into(), name.to_owned());
        Experiment { id, name, lifecycle, creation_time_ms: None, artifact_location: None }
    }

    fn run(id: &str, parent: Option<&str>) -> Run {
        Run {
            id: id.into(),
            experiment_id: "1".into(),
            name: format!("run {id}"),
            parent_id: parent.map(Into::into),
            parent_inferred: false,
            status: RunStatus::Finished,
            lifecycle: Lifecycle::Active,
            start_time_ms: None,
            end_time_ms: None,
            artifact_uri: None,
        }
    }

    fn shown(unfolded: &[TreeKey], filter: &str) -> Vec<String> {
        let runs = vec![run("a", None), run("a1", Some("a")), run("a2", Some("a")), run("b", None)];
        let pairs: Vec<_> = runs.iter().map(|run| (run.id.clone(), run.parent_id.clone())).collect();
        let tree = RunTree { forest: Forest::build(&pairs), runs };
        let slot = Slot::Ready { value: Arc::new(tree), warnings: Arc::new([]) };
        let mut folds = Folds::default();
        for key in unfolded {
            folds.set(key.clone(), true);
        }
        let experiments = [experiment("1", "one"), experiment("2", "two")];
        let lines = rows(&Source {
            experiments: &experiments,
            counts: None,
            runs: &HashMap::from([("1".into(), slot)]),
            unfolded: &folds,
            filter,
        });
        let text = |line: &TreeLine| {
            let name = match &line.kind {
                RowKind::Experiment { name, .. } => name.clone(),
                RowKind::Run(..) => line.run().map(|run| run.name.clone()).unwrap_or_default(),
                other => format!("{other:?}"),
            };
            format!("{}{name}", "  ".repeat(line.depth))
        };
        lines.iter().map(text).collect()
    }

    #[test]
    fn children_show_where_unfolded() {
        let one = TreeKey::Experiment("1".into());
        assert_eq!(shown(&[], ""), ["one", "two"]);
        assert_eq!(shown(std::slice::from_ref(&one), ""), ["one", "  run a", "  run b", "two"]);
        let both = [one, TreeKey::Run("a".into()), TreeKey::Experiment("2".into())];
        assert_eq!(shown(&both, ""), ["one", "  run a", "    run a1", "    run a2", "  run b", "two", "  Loading"]);
    }

    #[test]
    fn a_filter_keeps_the_way_to_what_it_found() {
        let one = TreeKey::Experiment("1".into());
        assert_eq!(shown(std::slice::from_ref(&one), "a2"), ["one", "  run a", "    run a2"]);
        assert_eq!(shown(&[one], "two"), ["two"]);
        assert_eq!(shown(&[], "nothing"), [] as [String; 0]);
        assert_eq!(shown(&[], "a2"), ["one", "  run a", "    run a2"], "folded experiments are searched, too");
        assert_eq!(shown(&[], "one"), ["one"]);
    }

    #[test]
    fn each_row_has_its_place_among_its_siblings() {
        let leaf = |depth| TreeLine {
            key: TreeKey::Run("r".into()),
            experiment: "1".into(),
            kind: RowKind::Empty,
            depth,
            is_open: None,
            lacks_parent: false,
            position: (9, 9),
        };
        let mut lines: Vec<TreeLine> = [0, 1, 2, 2, 1, 0, 1].map(leaf).into();
        number(&mut lines);
        let places: Vec<_> = lines.iter().map(|line| line.position).collect();
        assert_eq!(places, [(0, 2), (0, 2), (0, 2), (1, 2), (1, 2), (1, 2), (0, 1)]);
    }
}
