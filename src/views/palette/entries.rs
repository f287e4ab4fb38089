//! What the palette offers: pure, from what is known to lines and where each leads.

use super::entry::{Entry, Group, Target};
use super::here::{self, Here};
use super::index::{Hits, RunEntry};
use crate::analysis::optimization::{ProgramName, ProgramNames};
use crate::loader::StoreLocation;
use crate::model::{Experiment, RegisteredPrompt, RunId, TraceId};
use crate::state::{Action, Link, Place, PromptPlace, SearchWithin, ThemeChoice};
use crate::views::command::Command;
use crate::views::parts::short_id;
use crate::views::path::typed_store;
use crate::views::store_names::name_of;

/// So much of a text that is looked for is told.
const TYPED_MOST: usize = 60;

/// Recent places that are offered.
const MAX_RECENT: usize = 7;

/// What is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Known<'a> {
    /// What was typed.
    pub typed: &'a str,
    /// The commands that can be run now, with their keys.
    pub commands: &'a [(Command, String)],
    /// The theme that was chosen; none where only runs are offered.
    pub theme: Option<ThemeChoice>,
    /// The page on screen.
    pub here: Here<'a>,
    /// Where the user was before, the latest first.
    pub recent: &'a [Place],
    pub experiments: &'a [Experiment],
    pub runs: &'a [RunEntry],
    pub hits: Option<&'a Hits>,
    /// What the programs of the optimization on screen are called.
    pub programs: Option<&'a ProgramNames>,
    pub traces: &'a [TraceId],
    /// The prompts of the registry.
    pub prompts: &'a [RegisteredPrompt],
    /// Stores other than the one that is open, each with what it is called.
    pub stores: &'a [(String, StoreLocation)],
    /// Links and paths may be pasted.
    pub takes_pasted: bool,
}

/// The lines.
pub(super) fn entries(known: &Known<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    if known.takes_pasted {
        entries.extend(pasted(known));
    }
    // What is typed is looked for in everything: a recent place would only stand there twice.
    if known.typed.trim().is_empty() {
        for place in known.recent.iter().take(MAX_RECENT) {
            let (text, note) = words(place, known);
            entries.push(Entry::new(Group::Recent, text, note, Target::Go(place.clone())));
        }
    }
    // A button that a command stands for would stand there twice.
    let is_command = |entry: &Entry| known.commands.iter().any(|(command, _)| command.text() == entry.text);
    entries.extend(here::entries(&known.here).into_iter().filter(|entry| !is_command(entry)));
    for (command, key) in known.commands {
        let entry = Entry::new(Group::Commands, command.text(), command.tooltip(), Target::Run(*command));
        entries.push(Entry { shortcut: key.clone(), ..entry });
    }
    entries.extend(known.theme.into_iter().flat_map(here::themes));
    for experiment in known.experiments {
        let place = Place::of_experiment(experiment.id.clone());
        let note = format!("experiment {}", experiment.id);
        entries.push(Entry::new(Group::Experiments, experiment.name.as_str(), note, Target::Go(place)));
    }
    for run in known.hits.into_iter().flat_map(|hits| &hits.runs).filter_map(|at| known.runs.get(*at)) {
        let place = Place::of_run(Some(run.experiment.clone()), run.run.clone());
        let program = known.programs.and_then(|programs| programs.of_run(&run.run));
        let text = program.map_or_else(|| run.name.clone(), |name| format!("{} · {}", name.marked(), run.name));
        entries.push(Entry::new(Group::Runs, text, run.note.as_str(), Target::Go(place)));
    }
    for (name, run) in programs_like(known) {
        let place = Place::of_run(None, run.clone());
        entries.push(Entry::new(Group::Runs, name.marked(), PROGRAM, Target::Go(place)));
    }
    for trace in known.traces {
        let place = Place::of_trace(None, None, trace.clone());
        entries.push(Entry::new(Group::Traces, trace.to_string(), "trace", Target::Go(place)));
    }
    entries.extend(prompts(known));
    entries.extend(text_search(known));
    for (name, location) in known.stores {
        let target = Target::Open(location.clone());
        entries.push(Entry::new(Group::Stores, name.as_str(), location.to_string(), target));
    }
    entries
}

/// The list of prompts, and each of them; nothing where there are none.
fn prompts<'a>(known: &Known<'a>) -> impl Iterator<Item = Entry> + use<'a> {
    let list = (!known.prompts.is_empty()).then(|| {
        let note = "of the registry, with their versions";
        Entry::new(Group::Prompts, "Prompts", note, Target::Go(Place::Prompts(PromptPlace::default())))
    });
    let all = known.prompts.iter().map(|one| {
        let note = format!("prompt, {}", crate::words::counted(one.versions.len(), "version"));
        Entry::new(
            Group::Prompts,
            one.key.to_string(),
            note,
            Target::Go(Place::Prompts(PromptPlace::of(one.key.clone()))),
        )
    });
    list.into_iter().chain(all)
}

/// What is typed, looked for in the spans of what is on screen.
fn text_search(known: &Known<'_>) -> Option<Entry> {
    let typed = known.typed.trim();
    let place = known.here.place.filter(|_| !typed.is_empty() && known.takes_pasted)?;
    let search = place.search();
    let note = match search.within() {
        SearchWithin::Store => "in all spans of the store",
        SearchWithin::Experiment => "in the spans of this experiment",
        SearchWithin::Run => "in the spans of this run",
        SearchWithin::Trace => "in the spans of this trace",
    };
    let text = format!("Search text for «{}»", crate::words::one_line(typed, TYPED_MOST));
    Some(Entry::new(Group::Text, text, note, Target::Go(Place::Search(search.for_text(typed)))))
}

/// Where a link leads, or which store a path names.
fn pasted(known: &Known<'_>) -> Option<Entry> {
    let typed = known.typed.trim();
    if Link::is_link(typed) {
        let link = Link::parse(typed);
        let is_open = link.store.is_none() || link.store.as_ref() == known.here.store;
        let (text, note) = words(&link.place, if is_open { known } else { &NOTHING });
        let text = format!("Follow the link to {text}");
        let note = match link.store.filter(|_| !is_open) {
            Some(store) => format!("in {store}, which is opened"),
            None => note,
        };
        return Some(Entry::new(Group::Pasted, text, note, Target::Act(Action::GoTo(typed.to_owned()))));
    }
    let location = typed_store(typed)?;
    let text = format!("Open the store {}", name_of(&location));
    Some(Entry::new(Group::Pasted, text, location.to_string(), Target::Open(location)))
}

/// Of another store nothing is known.
const NOTHING: Known<'static> = Known {
    typed: "",
    commands: &[],
    theme: None,
    here: Here { place: None, store: None, run_tabs: &[], experiment_name: None, run_name: None, buttons: &[] },
    recent: &[],
    experiments: &[],
    runs: &[],
    hits: None,
    programs: None,
    traces: &[],
    prompts: &[],
    stores: &[],
    takes_pasted: false,
};

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
        Place::Search(search) => {
            let text = format!("«{}»", crate::words::one_line(&search.pattern.text, TYPED_MOST));
            (text, join([Some("text search".to_owned()), experiment, run]))
        }
        Place::Prompts(prompts) => match &prompts.prompt {
            None => ("Prompts".to_owned(), String::new()),
            Some(prompt) => {
                let version = prompts.version.map(|version| format!("version {}", crate::words::count(version)));
                (prompt.to_string(), join([Some("prompt".to_owned()), version, tab]))
            }
        },
        Place::Trace { trace, .. } => (trace.to_string(), join([Some("trace".to_owned()), experiment, run])),
        Place::CompareTraces(compared) => {
            let ids: Vec<String> = compared.traces.iter().map(|trace| short_id(trace.as_str())).collect();
            (ids.join(" → "), "comparison of traces".to_owned())
        }
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
            .filter(|entry| entry.group == Group::Recent)
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
        assert!(typed.iter().all(|entry| entry.group != Group::Recent));
    }

    #[test]
    fn a_pasted_link_and_a_pasted_path_stand_first() {
        let experiments = experiments();
        let open = StoreLocation::from("/data/mlflow.db");
        let here = Here { store: Some(&open), ..Here::default() };
        let known = Known { experiments: &experiments, here, takes_pasted: true, ..Known::default() };
        let first = |typed: &str| {
            let first = entries(&Known { typed, ..known }).into_iter().next().expect("a line");
            (first.group, first.text, first.note)
        };
        let link = "dspyglass:experiment/1?store=/data/mlflow.db";
        let told = |text: &str, note: &str| (Group::Pasted, text.to_owned(), note.to_owned());
        assert_eq!(first(link), told("Follow the link to ticket-router", "experiment"));
        assert_eq!(first("dspyglass:experiment/1"), told("Follow the link to ticket-router", "experiment"));
        // An experiment of another store may have the same id.
        let other = "dspyglass:experiment/1?store=/other/mlflow.db";
        let expected = told("Follow the link to experiment 1", "in /other/mlflow.db, which is opened");
        assert_eq!(first(other), expected);
        assert_eq!(first(" '/other/mlflow.db' "), told("Open the store other", "/other/mlflow.db"));
        assert_ne!(first("ticket").0, Group::Pasted);
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
