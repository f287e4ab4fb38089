//! Findings as words and places.

use crate::analysis::doctor::{Evidence, Target};
use crate::model::ExperimentId;
use crate::query::Diagnosis;
use crate::state::{ExampleSet, Place, RunTab};
use crate::words;

/// What kind of thing evidence is.
pub(super) fn kind(evidence: &Evidence) -> &'static str {
    match evidence.target {
        Target::Run(_) => "run",
        Target::FamilyTree(_) => "tree",
        Target::Trace(..) => "trace",
        Target::Artifact(..) => "file",
        Target::Examples(..) => "examples",
    }
}

/// Whether it helps to know in which run it is.
pub(super) fn tells_run(evidence: &Evidence) -> bool {
    matches!(evidence.target, Target::Trace(..))
}

/// Where evidence is to be seen.
pub(super) fn place(evidence: &Evidence, experiment: &ExperimentId) -> Place {
    let run = evidence.run().clone();
    let at = |tab: RunTab| Place::Run { experiment: Some(experiment.clone()), run: run.clone(), tab: Some(tab) };
    match &evidence.target {
        Target::Run(run) => Place::of_run(Some(experiment.clone()), run.clone()),
        Target::FamilyTree(_) => at(RunTab::FamilyTree { candidate: None }),
        Target::Trace(run, trace) => Place::of_trace(Some(experiment.clone()), Some(run.clone()), trace.clone()),
        Target::Artifact(_, path) => at(RunTab::Artifacts { path: Some((*path).to_owned()) }),
        Target::Examples(_, places) => {
            let only = (!places.is_empty()).then(|| ExampleSet::new(sentence(&evidence.what), places.iter().copied()));
            at(RunTab::Examples { example: None, evaluation: None, only })
        }
    }
}

/// A phrase as the beginning of a sentence.
fn sentence(what: &str) -> String {
    let mut chars = what.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// How much was looked at: `23 rules looked, 570 traces looked into`.
pub(super) fn looked(diagnosis: &Diagnosis) -> String {
    let rules = words::counted(diagnosis.judged(), "rule");
    match diagnosis.traces {
        (_, 0) => format!("{rules} looked"),
        (looked, of) if looked == of => format!("{rules} looked, {} looked into", words::counted(of, "trace")),
        (looked, of) => format!(
            "{rules} looked, {} of {} looked into in time",
            words::count(looked as u64),
            words::counted(of, "trace")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_leads_to_where_it_is_seen() {
        let address = |place: Place| place.to_string().trim_start_matches("dspyglass:").to_owned();
        let leads = |target: Target| address(place(&Evidence::new(target, "the repeated examples"), &"1".into()));
        assert_eq!(leads(Target::Run("a".into())), "experiment/1/run/a");
        assert_eq!(leads(Target::FamilyTree("a".into())), "experiment/1/run/a?tab=lineage");
        assert_eq!(
            leads(Target::Trace("a".into(), "tr-1".into())),
            address(Place::of_trace(Some("1".into()), Some("a".into()), "tr-1".into()))
        );
        assert_eq!(
            leads(Target::Artifact("a".into(), "valset.json")),
            "experiment/1/run/a?tab=artifacts&item=valset.json"
        );
        let examples = Target::Examples("a".into(), vec![3, 1]);
        assert!(matches!(
            place(&Evidence::new(examples, "the repeated examples"), &"1".into()),
            Place::Run { tab: Some(RunTab::Examples { only: Some(only), .. }), .. }
                if only.examples() == [1, 3] && only.title() == "The repeated examples"
        ));
        assert_eq!(leads(Target::Examples("a".into(), Vec::new())), "experiment/1/run/a?tab=examples");
    }

    #[test]
    fn how_much_was_looked_at_is_said() {
        let told = |traces| looked(&Diagnosis { traces, ..Diagnosis::default() });
        assert_eq!(told((570, 570)), "23 rules looked, 570 traces looked into");
        assert_eq!(told((1_200, 60_000)), "23 rules looked, 1,200 of 60,000 traces looked into in time");
        assert_eq!(told((0, 0)), "23 rules looked");
    }
}
