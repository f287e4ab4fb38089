//! What the palette offers: pure, from what is known to lines and where each leads.

use super::index::{Hits, RunEntry};
use crate::analysis::optimization::{ProgramName, ProgramNames};
use crate::loader::StoreLocation;
use crate::model::{Experiment, RunId, TraceId};
use crate::state::Place;
use crate::views::command::Command;
use crate::views::parts::short_id;

/// The headings, in order.
pub(super) const GROUPS: [&str; 6] = ["Recent places", "Commands", "Experiments", "Runs", "Traces", "Recent stores"];
const RECENT: usize = 0;
const COMMANDS: usize = 1;
const EXPERIMENTS: usize = 2;
const RUNS: usize = 3;
const TRACES: usize = 4;
const STORES: usize = 5;

/// Recent places that are offered.
const MAX_RECENT: usize = 7;

/// Where a line leads.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    Run(Command),
    Go(Place),
    Open(StoreLocation),
}

/// A line of the palette.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub text: String,
    pub note: String,
    pub shortcut: String,
    pub group: usize,
    pub target: Target,
}

/// What is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Known<'a> {
    /// What was typed.
    pub typed: &'a str,
    /// The commands that can be run now, with their keys.
    pub commands: &'a [(Command, String)],
    /// Where the user was before, the latest first.
    pub recent: &'a [Place],
    pub experiments: &'a [Experiment],
    pub runs: &'a [RunEntry],
    pub hits: Option<&'a Hits>,
    /// What the programs of the optimization on screen are called.
    pub programs: Option<&'a ProgramNames>,
    pub traces: &'a [TraceId],
    /// Stores other than the one that is open.
    pub stores: &'a [String],
}

/// The lines.
pub(super) fn entries(known: &Known<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut add = |group: usize, text: String, note: String, shortcut: String, target: Target| {
        entries.push(Entry { text, note, shortcut, group, target });
    };
    // What is typed is looked for in everything: a recent place would only stand there twice.
    if known.typed.trim().is_empty() {
        for place in known.recent.iter().take(MAX_RECENT) {
            let (text, note) = words(place, known);
            add(RECENT, text, note, String::new(), Target::Go(place.clone()));
        }
    }
    for (command, key) in known.commands {
        let note = command.tooltip().to_owned();
        add(COMMANDS, command.text().to_owned(), note, key.clone(), Target::Run(*command));
    }
    for experiment in known.experiments {
        let place = Place::of_experiment(experiment.id.clone());
        let note = format!("experiment {}", experiment.id);
        add(EXPERIMENTS, experiment.name.clone(), note, String::new(), Target::Go(place));
    }
    for run in known.hits.into_iter().flat_map(|hits| &hits.runs).filter_map(|at| known.runs.get(*at)) {
        let place = Place::of_run(Some(run.experiment.clone()), run.run.clone());
        let program = known.programs.and_then(|programs| programs.of_run(&run.run));
        let text = program.map_or_else(|| run.name.clone(), |name| format!("{} · {}", name.marked(), run.name));
        add(RUNS, text, run.note.clone(), String::new(), Target::Go(place));
    }
    for (name, run) in programs_like(known) {
        let place = Place::of_run(None, run.clone());
        add(RUNS, name.marked(), PROGRAM.to_owned(), String::new(), Target::Go(place));
    }
    for trace in known.traces {
        let place = Place::of_trace(None, None, trace.clone());
        add(TRACES, trace.to_string(), "trace".to_owned(), String::new(), Target::Go(place));
    }
    for store in known.stores {
        let location = StoreLocation::from(store);
        add(STORES, location.name(), location.whereabouts(), String::new(), Target::Open(location));
    }
    entries
}

/// What stands behind the name of a program.
const PROGRAM: &str = "program of this optimization, where it was first evaluated";

/// The programs of the optimization on screen whose names begin as what is typed.
fn programs_like<'a>(known: &Known<'a>) -> impl Iterator<Item = (ProgramName, &'a RunId)> {
    let typed = known.typed.trim().to_uppercase();
    let is_it = move |name: &ProgramName| !typed.is_empty() && name.to_string().starts_with(&typed);
    let programs = known.programs;
    let all = programs.map(ProgramNames::all).unwrap_or_default().iter().copied().filter(is_it);
    all.filter_map(move |name| Some((name, programs?.first_run(name.place)?)))
}

/// What a place is called, and where it is.
fn words(place: &Place, known: &Known<'_>) -> (String, String) {
    let experiment = place.experiment().map(|id| {
        let found = known.experiments.iter().find(|one| one.id == *id);
        found.map_or_else(|| format!("experiment {id}"), |one| one.name.clone())
    });
    let run = place.run().map(|id| {
        let found = known.runs.iter().find(|one| one.run == *id);
        found.map_or_else(|| short_id(id.as_str()), |one| one.name.clone())
    });
    let tab = place.tab_title().map(str::to_owned);
    let join = |parts: [Option<String>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    match place {
        Place::Store => ("All experiments".to_owned(), String::new()),
        Place::Experiment { .. } => (experiment.unwrap_or_default(), join([Some("experiment".to_owned()), tab, None])),
        Place::Run { .. } => (run.unwrap_or_default(), join([experiment, tab, None])),
        Place::ProgramHistory(hash) => (short_id(hash.as_str()), "program".to_owned()),
        Place::Trace { trace, .. } => (trace.to_string(), join([Some("trace".to_owned()), experiment, run])),
        Place::Compare { runs, .. } => {
            let name = |id: &RunId| {
                let found = known.runs.iter().find(|one| one.run == *id);
                found.map_or_else(|| short_id(id.as_str()), |one| one.name.clone())
            };
            (runs.iter().map(name).collect::<Vec<_>>().join(" → "), join([Some("comparison".to_owned()), tab, None]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;
    use crate::store::{ReadCx, Store};

    fn experiments() -> Vec<Experiment> {
        let mut store = MemoryStore::new();
        store.add_experiment("1", "ticket-router");
        store.experiments(&ReadCx::new(), false).expect("readable")
    }

    #[test]
    fn places_are_named_as_in_the_window() {
        let experiments = experiments();
        let runs = [RunEntry {
            experiment: "1".into(),
            run: "a".into(),
            name: "eval_full_2".into(),
            note: "ticket-router · a".into(),
        }];
        let recent: Vec<Place> =
            ["experiment/1/run/a?tab=traces", "experiment/1", "experiment/1/run/zz/trace/tr-1", ""]
                .map(|text| Place::parse(text).0)
                .into();
        let known = Known { recent: &recent, experiments: &experiments, runs: &runs, ..Known::default() };
        let texts: Vec<(String, String)> = entries(&known)
            .into_iter()
            .filter(|entry| entry.group == RECENT)
            .map(|entry| (entry.text, entry.note))
            .collect();
        let expected = [
            ("eval_full_2", "ticket-router · Traces"),
            ("ticket-router", "experiment"),
            ("tr-1", "trace · ticket-router · zz"),
            ("All experiments", ""),
        ];
        assert_eq!(texts, expected.map(|(text, note)| (text.to_owned(), note.to_owned())));
        let typed = entries(&Known { typed: "e", ..known });
        assert!(typed.iter().all(|entry| entry.group != RECENT));
    }

    #[test]
    fn every_command_is_offered_with_its_key() {
        let commands: Vec<(Command, String)> =
            Command::ALL.into_iter().map(|command| (command, format!("{command:?}"))).collect();
        let entries = entries(&Known { commands: &commands, ..Known::default() });
        for command in Command::ALL {
            let found = entries.iter().find(|entry| entry.target == Target::Run(command));
            assert!(found.is_some_and(|entry| entry.shortcut == format!("{command:?}")), "{command:?}");
        }
    }
}
