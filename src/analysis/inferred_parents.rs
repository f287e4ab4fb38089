//! Evaluations that lost their parent.
//!
//! With DSPy 3.4, GEPA's evaluations after the first are runs of their own, named
//! `eval_full_N`, without the tag that names their parent. Such a run belongs to the
//! optimization during which it started.

use std::collections::{HashMap, HashSet};

use crate::model::dspy::run_names;
use crate::model::{ExperimentId, Run, RunId};

/// Gives orphans their inferred parent (`parent_id`, marked by `parent_inferred`).
///
/// Adopted are runs named `eval_full_N` without a parent tag. The parent is a run of the same
/// experiment that has tagged children, has no parent itself, and within whose time the orphan
/// started (both ends included; without an end it is open); the latest started if several.
/// `runs` must hold all runs of an experiment, deleted ones too, or none of it: a parent or a
/// tagged child that is left out changes who adopts.
pub fn infer_parents(runs: &mut [Run]) {
    let with_children: HashSet<&RunId> = runs.iter().filter_map(|run| run.parent_id.as_ref()).collect();
    let mut parents: HashMap<&ExperimentId, Vec<Parent<'_>>> = HashMap::new();
    for run in runs.iter().filter(|run| run.parent_id.is_none() && with_children.contains(&run.id)) {
        let Some(start) = run.start_time_ms else { continue };
        let end = run.end_time_ms.unwrap_or(i64::MAX);
        parents.entry(&run.experiment_id).or_default().push(Parent { id: &run.id, start, end, last_end: end });
    }
    for parents in parents.values_mut() {
        parents.sort_by_key(|parent| parent.start);
        let mut last_end = i64::MIN;
        for parent in parents {
            last_end = last_end.max(parent.end);
            parent.last_end = last_end;
        }
    }
    let adopted: Vec<(usize, RunId)> = runs
        .iter()
        .enumerate()
        .filter(|(_, run)| run.parent_id.is_none() && run_names::lacks_parent(&run.name))
        .filter_map(|(index, orphan)| {
            let parents = parents.get(&orphan.experiment_id)?;
            Some((index, latest_around(parents, orphan.start_time_ms?, &orphan.id)?.clone()))
        })
        .collect();
    for (index, parent) in adopted {
        runs[index].parent_id = Some(parent);
        runs[index].parent_inferred = true;
    }
}

/// Who may adopt.
struct Parent<'r> {
    id: &'r RunId,
    start: i64,
    end: i64,
    /// The latest end among this one and those that started before it: where it lies before an
    /// orphan's start, nobody further back adopts it, and thousands need not be asked.
    last_end: i64,
}

/// The latest started of those within whose time `started` lies, other than the orphan itself.
fn latest_around<'r>(parents: &[Parent<'r>], started: i64, orphan: &RunId) -> Option<&'r RunId> {
    let before = &parents[..parents.partition_point(|parent| parent.start <= started)];
    let possible = before.iter().rev().take_while(|parent| started <= parent.last_end);
    possible.filter(|parent| started <= parent.end).map(|parent| parent.id).find(|id| *id != orphan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lifecycle, RunStatus};

    fn run(id: &str, name: &str, parent: Option<&str>, start: i64, end: Option<i64>) -> Run {
        Run {
            id: id.into(),
            experiment_id: "1".into(),
            name: name.to_owned(),
            parent_id: parent.map(Into::into),
            parent_inferred: false,
            status: RunStatus::Finished,
            lifecycle: Lifecycle::Active,
            start_time_ms: Some(start),
            end_time_ms: end,
            artifact_uri: None,
        }
    }

    fn parent_of(runs: &[Run], id: &str) -> Option<(String, bool)> {
        let run = runs.iter().find(|run| run.id.as_str() == id).expect("there");
        run.parent_id.as_ref().map(|parent| (parent.to_string(), run.parent_inferred))
    }

    fn inferred(id: &str) -> Option<(String, bool)> {
        Some((id.to_owned(), true))
    }

    #[test]
    fn adopted_by_the_optimization_that_ran_at_the_time() {
        let mut runs = [
            run("p1", "a", None, 100, Some(200)),
            run("c1", "eval_0", Some("p1"), 110, Some(120)),
            run("p2", "b", None, 300, None),
            run("c2", "eval_0", Some("p2"), 310, Some(320)),
            run("o1", "eval_full_1", None, 100, Some(160)),
            run("o2", "eval_full_2", None, 200, Some(260)),
            run("o3", "eval_full_3", None, 250, Some(260)),
            run("o4", "eval_full_4", None, 9_999, None),
            run("x1", "eval_full_", None, 150, None),
            run("x2", "eval_5", None, 150, None),
        ];
        infer_parents(&mut runs);
        assert_eq!(parent_of(&runs, "o1"), inferred("p1"));
        assert_eq!(parent_of(&runs, "o2"), inferred("p1"));
        assert_eq!(parent_of(&runs, "o3"), None);
        assert_eq!(parent_of(&runs, "o4"), inferred("p2"));
        assert_eq!(parent_of(&runs, "x1"), None);
        assert_eq!(parent_of(&runs, "x2"), None);
        assert_eq!(parent_of(&runs, "c1"), Some(("p1".to_owned(), false)));
    }

    #[test]
    fn the_latest_of_several_and_only_roots_with_children() {
        let mut runs = [
            run("p1", "a", None, 100, None),
            run("c1", "eval_0", Some("p1"), 110, None),
            run("p2", "b", None, 120, Some(500)),
            run("c2", "eval_0", Some("p2"), 130, None),
            run("childless", "c", None, 140, Some(500)),
            run("nested", "d", Some("p1"), 145, Some(500)),
            run("grandchild", "e", Some("nested"), 146, Some(500)),
            run("o", "eval_full_1", None, 150, None),
        ];
        infer_parents(&mut runs);
        assert_eq!(parent_of(&runs, "o"), inferred("p2"));
    }

    #[test]
    fn never_across_experiments_nor_of_itself() {
        let mut other = run("p", "a", None, 0, None);
        other.experiment_id = "2".into();
        let mut runs = [
            other,
            run("c", "eval_0", Some("p"), 1, None),
            run("o", "eval_full_1", None, 5, None),
            run("oc", "eval_0", Some("o"), 6, None),
        ];
        infer_parents(&mut runs);
        assert_eq!(parent_of(&runs, "o"), None);
        let mut nowhere = [run("o", "eval_full_1", None, 5, None)];
        nowhere[0].start_time_ms = None;
        infer_parents(&mut nowhere);
        assert_eq!(nowhere[0].parent_id, None);
    }

    #[test]
    fn the_quick_search_adopts_as_asking_everybody_does() {
        let mut seed = 5_u64;
        let mut next = |end: i64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as i64 % end
        };
        for _ in 0..50 {
            let mut runs = Vec::new();
            for at in 0..40 {
                let start = next(60);
                let end = (next(4) != 0).then(|| start + next(30) - 2);
                // Some parents are named as orphans are.
                let name = if next(3) == 0 { "eval_full_1" } else { "parent" };
                runs.push(run(&format!("p{at}"), name, None, start, end));
                runs.push(run(&format!("c{at}"), "eval_full_0", Some(&format!("p{at}")), start, None));
                runs.push(run(&format!("o{at}"), "eval_full_2", None, next(90), None));
            }
            let mut adopted = runs.clone();
            infer_parents(&mut adopted);
            for (before, after) in runs.iter().zip(&adopted).filter(|(before, _)| before.parent_id.is_none()) {
                let holds = |parent: &&Run| {
                    parent.id.as_str().starts_with('p')
                        && parent.id != before.id
                        && parent.start_time_ms <= before.start_time_ms
                        && parent.end_time_ms.is_none_or(|end| before.start_time_ms.is_some_and(|start| start <= end))
                };
                let asked = runs.iter().filter(holds).max_by_key(|parent| parent.start_time_ms);
                let expected = asked.filter(|_| run_names::lacks_parent(&before.name)).map(|parent| parent.id.clone());
                assert_eq!(after.parent_id, expected, "{}", before.id);
            }
        }
    }
}
