//! Runs as a tree for people.

use std::collections::HashMap;

use super::Answer;
use crate::cli::failure::Failure;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::{ExperimentId, Forest, LatestMetric, Lifecycle, Run, RunId, RunValues};
use crate::query::{RunTable, RunTree};
use crate::words::natural;

/// Of a run, so many metrics are shown.
const METRICS_SHOWN: usize = 3;

/// Prints one tree per experiment, and how many of all runs these are.
pub(super) fn print(table: RunTable, total: usize, is_filtered: bool, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let shown = table.rows.len();
    let names: HashMap<ExperimentId, String> =
        answer.session.store.experiments(answer.session.cx, true)?.into_iter().map(|one| (one.id, one.name)).collect();
    let mut values: HashMap<RunId, RunValues> = HashMap::new();
    let mut by_experiment: Vec<(ExperimentId, Vec<Run>)> = Vec::new();
    let mut place_of: HashMap<ExperimentId, usize> = HashMap::new();
    for (run, of_run) in table.rows {
        values.insert(run.id.clone(), of_run);
        let place = *place_of.entry(run.experiment_id.clone()).or_insert_with(|| {
            by_experiment.push((run.experiment_id.clone(), Vec::new()));
            by_experiment.len() - 1
        });
        by_experiment[place].1.push(run);
    }
    by_experiment.sort_by(|a, b| natural::compare(a.0.as_str(), b.0.as_str()));
    for (experiment, runs) in by_experiment {
        let name = names.get(&experiment).map_or("not in the store", String::as_str);
        let count = words::counted(runs.len() as u64, "run");
        writeln!(answer.out, "Experiment {} · {} · {count}", words::clean(experiment.as_str()), words::clean(name))?;
        print_tree(&RunTree::new(runs), &values, is_filtered, answer)?;
        writeln!(answer.out)?;
    }
    if shown == total {
        writeln!(
            answer.out,
            "{}",
            if total == 0 { "No runs".to_owned() } else { words::counted(total as u64, "run") }
        )?;
    } else {
        writeln!(answer.out, "{} of {}", words::count(shown as u64), words::counted(total as u64, "run"))?;
    }
    Ok(())
}

fn print_tree(
    tree: &RunTree,
    values: &HashMap<RunId, RunValues>,
    is_filtered: bool,
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let started = words::time_header("Started", answer.style.is_utc);
    let mut table = Table::new(&[
        ("Run", Side::LeftCut),
        ("Status", Side::Left),
        (&*started, Side::Left),
        ("Duration", Side::Right),
        ("Metrics", Side::LeftCut),
        ("Id", Side::Left),
    ]);
    for (node, guide) in tree.forest.nodes.iter().zip(guides(&tree.forest)) {
        let run = &tree.runs[node.item];
        let name = if run.name.is_empty() { words::UNKNOWN } else { &run.name };
        let name = format!("{guide}{}", words::clean(name));
        let metrics = values.get(&run.id).map_or(&[][..], |values| &values.metrics);
        let status = run.status.as_str();
        let cells = vec![
            name,
            if status.is_empty() { words::UNKNOWN.to_owned() } else { status.to_owned() },
            words::time(run.start_time_ms, answer.style.is_utc),
            words::duration_or_unknown(run.duration_ms()),
            describe_metrics(metrics),
            run.id.to_string(),
        ];
        table.row_with(cells, Some(1));
        if run.lifecycle == Lifecycle::Deleted {
            table.mark(" (deleted)");
        }
        if run.parent_inferred {
            table.mark(" (inferred)");
        }
        // Under a filter a parent may merely not match.
        if node.lacks_parent && !is_filtered {
            table.mark(" (parent missing)");
        }
    }
    Ok(table.print(answer.style, answer.out)?)
}

/// `eval 72.5, best 80 … +4`
fn describe_metrics(metrics: &[LatestMetric]) -> String {
    if metrics.is_empty() {
        return words::UNKNOWN.to_owned();
    }
    let shown = metrics.iter().take(METRICS_SHOWN);
    let mut text = shown
        .map(|metric| format!("{} {}", metric.key, words::value(metric.point.value)))
        .collect::<Vec<_>>()
        .join(", ");
    if metrics.len() > METRICS_SHOWN {
        text.push_str(&format!(" … +{}", words::count((metrics.len() - METRICS_SHOWN) as u64)));
    }
    text
}

/// The lines of the tree before each node's name: `│  ├─ `.
pub(super) fn guides(forest: &Forest) -> Vec<String> {
    /// Deeper levels are told by a number: a chain of thousands must not fill the screen.
    const DEEPEST: usize = 24;
    let mut guides = Vec::with_capacity(forest.nodes.len());
    // For each open level, where the last of its siblings begins.
    let mut last_of: Vec<usize> = Vec::new();
    for (position, node) in forest.nodes.iter().enumerate() {
        let depth = node.depth as usize;
        if depth == 0 {
            last_of.clear();
            guides.push(String::new());
        } else {
            last_of.truncate(depth);
            let mut guide = String::new();
            let levels = &last_of[..depth.saturating_sub(1)];
            if depth > DEEPEST {
                guide.push_str(&format!("[{depth}] "));
            } else {
                guide.extend(levels.iter().map(|is_last| if *is_last < position { "   " } else { "│  " }));
            }
            guide.push_str(if last_of.get(depth - 1).is_none_or(|last| *last <= position) {
                "└─ "
            } else {
                "├─ "
            });
            guides.push(guide);
        }
        last_of.push(last_child(forest, position));
    }
    guides
}

/// Where the last child of a node stands; 0 if it has none.
fn last_child(forest: &Forest, position: usize) -> usize {
    let end = position + forest.nodes[position].descendants;
    let mut last = 0;
    let mut child = position + 1;
    while child <= end {
        last = child;
        child += forest.nodes[child].descendants + 1;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_tree() {
        let items = [(0, None), (1, Some(0)), (2, Some(1)), (3, Some(1)), (4, Some(0)), (5, Some(4)), (6, None)];
        let guides = guides(&Forest::build(&items));
        assert_eq!(guides, ["", "├─ ", "│  ├─ ", "│  └─ ", "└─ ", "   └─ ", ""]);
    }

    #[test]
    fn a_deep_chain_stays_readable() {
        let items: Vec<(u32, Option<u32>)> = (0..5_000).map(|i: u32| (i, i.checked_sub(1))).collect();
        let guides = guides(&Forest::build(&items));
        assert!(guides.iter().all(|guide| guide.chars().count() < 100));
        assert_eq!(guides[4_999], "[4999] └─ ");
    }
}
