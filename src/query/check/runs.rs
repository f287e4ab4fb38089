//! The part of a check that concerns experiments and runs.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{CheckReport, Findings, tally};
use crate::model::{ArtifactOwner, Experiment, ExperimentId, Lifecycle, Run, RunId, RunStatus};
use crate::query::ask::Session;
use crate::query::runs::RelatedRuns;
use crate::store::Result;

/// The ids that traces may refer to.
pub(super) struct Known {
    pub(super) experiments: HashSet<ExperimentId>,
    pub(super) runs: HashSet<RunId>,
}

pub(super) fn check_runs(session: &mut Session<'_>, report: &mut CheckReport) -> Result<Known> {
    let experiments = session.store.experiments(session.cx, true)?;
    let runs = session.ask(&RelatedRuns { experiment: None, with_deleted: true })?;
    let is_active = |lifecycle| lifecycle == Lifecycle::Active;
    report.experiments = experiments.iter().filter(|one| is_active(one.lifecycle)).count() as u64;
    report.experiments_deleted = experiments.len() as u64 - report.experiments;
    report.runs = runs.iter().filter(|run| is_active(run.lifecycle)).count() as u64;
    report.runs_deleted = runs.len() as u64 - report.runs;
    report.run_statuses =
        tally(runs.iter().filter(|run| is_active(run.lifecycle)).map(|run| run.status.as_str().to_owned()));

    let mut findings = Findings::default();
    find_missing_artifacts(session, &experiments, &runs, &mut findings)?;
    find_relations(&experiments, &runs, &mut findings);
    report.findings.append(&mut findings.0);
    Ok(Known {
        experiments: experiments.into_iter().map(|one| one.id).collect(),
        runs: runs.iter().map(|run| run.id.clone()).collect(),
    })
}

/// Artifact folders that cannot be found, as one place per experiment.
fn find_missing_artifacts(
    session: &mut Session<'_>,
    experiments: &[Experiment],
    runs: &[Run],
    findings: &mut Findings,
) -> Result<()> {
    #[derive(Default)]
    struct Missing {
        runs: u64,
        missing: u64,
        why: String,
    }
    let names: HashMap<&ExperimentId, &str> = experiments.iter().map(|one| (&one.id, &*one.name)).collect();
    let mut by_experiment: BTreeMap<&ExperimentId, Missing> = BTreeMap::new();
    for run in runs.iter().filter(|run| run.lifecycle == Lifecycle::Active) {
        session.cx.check()?;
        let tree = session.store.artifacts(session.cx, &ArtifactOwner::Run(run.id.clone()))?;
        let missing = by_experiment.entry(&run.experiment_id).or_default();
        missing.runs += 1;
        if let Some(why) = tree.absent {
            missing.missing += 1;
            if missing.why.is_empty() {
                missing.why = why;
            }
        }
    }
    let all: u64 = by_experiment.values().map(|one| one.runs).sum();
    let lost: u64 = by_experiment.values().map(|one| one.missing).sum();
    let what = if lost < all {
        "has runs without an artifact folder, as is normal for runs that logged nothing"
    } else {
        "has no artifact folder here; copy mlruns or mlartifacts beside the database, or name it with --artifacts"
    };
    for (id, missing) in by_experiment.into_iter().filter(|(_, missing)| missing.missing > 0) {
        let name = names.get(id).copied().unwrap_or("not in the store");
        let place = format!("{id} ({name}): {} of {} runs; {}", missing.missing, missing.runs, missing.why);
        findings.add("experiment", what, place);
    }
    Ok(())
}

/// Runs that refer to what is not there, that did not end, that repeat.
fn find_relations(experiments: &[Experiment], runs: &[Run], findings: &mut Findings) {
    let known: HashSet<&ExperimentId> = experiments.iter().map(|one| &one.id).collect();
    let by_id: HashMap<&RunId, &Run> = runs.iter().map(|run| (&run.id, run)).collect();
    let mut seen = HashSet::new();
    for run in runs {
        let place = || if run.name.is_empty() { run.id.to_string() } else { format!("{} ({})", run.id, run.name) };
        if !seen.insert(&run.id) {
            findings.add("run", "stands twice in the store", place());
        }
        if !known.contains(&run.experiment_id) {
            findings.add("run", "belongs to an experiment that the store does not have", place());
        }
        if run.lifecycle == Lifecycle::Deleted {
            continue;
        }
        match run.parent_id.as_ref().map(|parent| by_id.get(parent)) {
            Some(None) => findings.add("run", "names a parent that the store does not have", place()),
            Some(Some(parent)) if parent.lifecycle == Lifecycle::Deleted => {
                findings.add("run", "names a parent that was deleted", place());
            }
            _ => {}
        }
        if run.parent_inferred {
            findings.add("run", "lost its parent (GEPA with DSPy 3.4); it was adopted by time", place());
        }
        if run.status == RunStatus::Running {
            findings.add("run", "says RUNNING: it still runs, or its process was killed", place());
        }
    }
    let mut names = HashSet::new();
    for experiment in experiments.iter().filter(|one| one.lifecycle == Lifecycle::Active) {
        if !names.insert(&*experiment.name) {
            findings.add(
                "experiment",
                "has the name of another one",
                format!("{} ({})", experiment.id, experiment.name),
            );
        }
    }
}
