//! The palette: any command, experiment, run or trace, by a few letters.

mod entries;
mod entry;
mod here;
mod index;
mod near_traces;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Id, Ui};

use super::command::Command;
use super::program_name::{of_run, tone};
use super::scene::Scene;
use super::store_names::names_of;
use crate::analysis::optimization::ProgramNames;
use crate::loader::{DerivedKey, Lane, unique_id};
use crate::model::{Experiment, RegisteredPrompt, RunId, TraceId, TraceRow};
use crate::query::{Experiments, ProgramNamesOf, RegisteredPrompts, RunTreeOf, TraceIdsLike};
use crate::state::{Action, Place, RunTab};
use crate::store::StoreLocation;
use crate::widgets::offers::{self, Offer};
use crate::widgets::palette::{Palette, PaletteItem, PaletteState};
use crate::words;
use entries::Known;
use entry::{Entry, GROUPS, Group, Target};
use here::Here;
use index::{Hits, RunEntry, RunsOf};

/// So many letters of an id are worth a look into the store.
const LEAST_OF_ID: usize = 4;
/// No more experiments than this are read for their runs at a time.
const MAX_AT_A_TIME: usize = 8;
/// While more runs come, the index is made anew no more often than this.
const INDEX_EVERY: Duration = Duration::from_millis(400);

/// What the palette remembers while it is open.
#[derive(Default)]
pub(super) struct PaletteMemory {
    state: PaletteState,
    /// The runs that are known so far, and the number under which their index is kept.
    runs: Vec<RunsOf>,
    index_id: u64,
    indexed: Option<Instant>,
    is_stale: bool,
    index: Option<Arc<Vec<RunEntry>>>,
    hits: Option<Arc<Hits>>,
    made_of: Option<MadeOf>,
    entries: Vec<Entry>,
    version: u64,
    focus_before: Option<Id>,
    /// The runs that the chosen one is compared with; empty if it is gone to.
    compared: Vec<RunId>,
    /// The traces that the chosen one is compared with; empty if it is gone to.
    compared_traces: Vec<TraceId>,
}

impl PaletteMemory {
    /// A palette that is opened now.
    pub fn opened(ui: &Ui) -> Self {
        Self { focus_before: ui.memory(|memory| memory.focused()), ..Self::default() }
    }
}

/// What the lines were made of; they are made anew only when something of it changed.
#[derive(Clone, PartialEq)]
struct MadeOf {
    typed: String,
    experiments: usize,
    index: usize,
    hits: usize,
    programs: usize,
    traces: Vec<TraceId>,
    prompts: usize,
    recent: usize,
    near: Vec<usize>,
    buttons: Arc<Vec<Offer>>,
    run_tabs: Vec<RunTab>,
}

fn address<T>(value: Option<&Arc<T>>) -> usize {
    value.map_or(0, |value| Arc::as_ptr(value).addr())
}

/// Shows the palette; returns the command that was chosen. `run_tabs`: the tabs of the run on screen.
pub(super) fn palette_ui(
    ui: &Ui,
    scene: &mut Scene<'_>,
    memory: &mut PaletteMemory,
    run_tabs: &[RunTab],
) -> Option<Command> {
    let (compared, compared_traces) = (&scene.state.comparing.choosing, &scene.state.comparing.choosing_trace);
    if memory.compared != *compared || memory.compared_traces != *compared_traces {
        let (compared, compared_traces) = (compared.clone(), compared_traces.clone());
        *memory = PaletteMemory { compared, compared_traces, ..PaletteMemory::opened(ui) };
    }
    let has_store = scene.loader.state().open.is_some();
    let typed = memory.state.typed.trim().to_owned();
    let experiments = if has_store { scene.loader.ask(&Experiments, Lane::Visible).value().cloned() } else { None };
    let is_reading = has_store && experiments.as_deref().is_some_and(|list| read_runs(scene, memory, list));
    let is_searching = has_store && search_runs(scene, memory, &typed);
    let traces = if has_store { find_traces(scene, &typed) } else { Vec::new() };
    let near = near_traces::rows(scene, &memory.compared_traces);
    let prompts = if has_store { scene.loader.ask(&RegisteredPrompts, Lane::Visible).value().cloned() } else { None };
    let programs = programs_on_screen(scene);
    let experiments_known = experiments.as_ref();
    let found = Found {
        typed: &typed,
        experiments: experiments_known,
        programs: programs.clone(),
        traces,
        near,
        prompts,
        run_tabs,
    };
    make_entries(ui, scene, memory, found);

    let note = note(memory, has_store, is_reading, is_searching);
    let label = match (memory.compared.is_empty(), memory.compared_traces.is_empty()) {
        (true, true) => "Search or run a command",
        (_, true) => "Compare with which run?",
        (_, false) => "Compare with which trace?",
    };
    let program = |entry: &Entry| match &entry.target {
        Target::Go(Place::Run { run, .. }) => programs.as_ref()?.of_run(run),
        _ => None,
    };
    let entries = &memory.entries;
    let events = Palette::new(label, &GROUPS, entries.len(), memory.version).note(&note).show(
        ui.ctx(),
        &mut memory.state,
        |at| match entries.get(at) {
            Some(entry) => {
                let item = PaletteItem::new(entry.text.as_str()).note(entry.note.as_str()).group(entry.group as usize);
                let item = item.shortcut(entry.shortcut.as_str()).mark(program(entry).map(tone));
                match entry.group {
                    Group::Pasted => item.always(),
                    Group::Text => item.last(),
                    _ => item,
                }
            }
            None => PaletteItem::default(),
        },
    );
    let target = events.chosen.and_then(|at| entries.get(at)).map(|entry| entry.target.clone());
    if target.is_some() || events.closed {
        scene.act(Action::ShowPalette(false));
        // Whoever only looked goes on where the keyboard was.
        if let Some(id) = memory.focus_before.filter(|_| !matches!(target, Some(Target::Go(_)))) {
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }
    match target? {
        Target::Run(command) => return Some(command),
        Target::Go(place) if !memory.compared.is_empty() => compare(scene, memory, &place),
        Target::Go(place) if !memory.compared_traces.is_empty() => {
            near_traces::compare(scene, &memory.compared_traces, &place);
        }
        Target::Go(place) => scene.go(place),
        Target::Open(location) => scene.act(Action::OpenStore(location)),
        Target::Act(action) => scene.act(action),
        Target::Press(button) => offers::press(ui.ctx(), &button),
    }
    None
}

/// The chosen run beside those that are compared; among two or more it is the one that is shown.
fn compare(scene: &mut Scene<'_>, memory: &PaletteMemory, chosen: &Place) {
    let Some(run) = chosen.run().cloned() else { return };
    let mut runs = memory.compared.clone();
    let shown = (runs.len() > 1).then(|| run.clone());
    if let [only] = runs.as_slice() {
        // What is looked at is compared with what was chosen.
        runs = vec![run, only.clone()];
    } else if !runs.contains(&run) {
        runs.push(run);
    }
    scene.go(Place::Compare { runs, shown, tab: None });
}

fn note(memory: &PaletteMemory, has_store: bool, is_reading: bool, is_searching: bool) -> String {
    if !has_store {
        return "Experiments, runs and traces are found once a store is open".to_owned();
    }
    let runs = memory.index.as_ref().map_or(0, |index| index.len() as u64);
    let shown = memory.hits.as_ref().map(|hits| (hits.runs.len() as u64, hits.total as u64));
    match shown {
        _ if is_reading => format!("Reading runs… {} so far", words::count(runs)),
        _ if memory.index.is_none() && is_searching => "Reading runs…".to_owned(),
        _ if is_searching => "Searching…".to_owned(),
        Some((shown, total)) if shown < total => {
            format!("The best {} of {}", words::count(shown), words::counted(total, "run"))
        }
        _ => format!("{} by name or id, traces by id", words::counted(runs, "run")),
    }
}

/// Asks for the runs of every experiment, a few at a time; says whether some are still missing.
fn read_runs(scene: &mut Scene<'_>, memory: &mut PaletteMemory, experiments: &[Experiment]) -> bool {
    let mut under_way = 0;
    let mut has_changed = false;
    let mut is_missing = false;
    for experiment in experiments {
        let known = memory.runs.iter().position(|(id, ..)| *id == experiment.id);
        if under_way >= MAX_AT_A_TIME {
            is_missing |= known.is_none();
            continue;
        }
        let slot = scene.loader.ask(&RunTreeOf(experiment.id.clone()), Lane::Prefetch);
        under_way += usize::from(slot.is_pending());
        match (slot.value(), known) {
            (Some(tree), Some(at)) if Arc::ptr_eq(tree, &memory.runs[at].2) => {}
            (Some(tree), Some(at)) => (memory.runs[at].2, has_changed) = (Arc::clone(tree), true),
            (Some(tree), None) => {
                memory.runs.push((experiment.id.clone(), experiment.name.clone(), Arc::clone(tree)));
                has_changed = true;
            }
            (None, _) => is_missing |= slot.is_pending(),
        }
    }
    memory.is_stale |= has_changed;
    let is_due = memory.indexed.is_none_or(|at| scene.clock.now.saturating_duration_since(at) > INDEX_EVERY);
    if memory.is_stale && (is_due || !is_missing) {
        (memory.is_stale, memory.indexed) = (false, Some(scene.clock.now));
        memory.index_id = unique_id();
    }
    is_missing
}

/// Searches the runs on a worker; says whether that is still under way. What was found before stays meanwhile.
fn search_runs(scene: &mut Scene<'_>, memory: &mut PaletteMemory, typed: &str) -> bool {
    if memory.index_id == 0 {
        return false;
    }
    let key = DerivedKey { what: "list of all runs", source: memory.index_id, variant: 0 };
    let runs = memory.runs.clone();
    let make = move || {
        let entries = index::index(&runs);
        let bytes = index::bytes(&entries);
        (entries, bytes)
    };
    let slot = scene.loader.derive(key, Lane::Visible, make);
    let Some(index) = slot.value().cloned() else { return true };
    if typed.is_empty() {
        (memory.index, memory.hits) = (Some(index), None);
        return false;
    }
    let mut hasher = DefaultHasher::new();
    typed.hash(&mut hasher);
    let key = DerivedKey { what: "search of runs", source: memory.index_id, variant: hasher.finish() };
    let (entries, words) = (Arc::clone(&index), typed.to_owned());
    let slot = scene.loader.derive(key, Lane::Selection, move || {
        let hits = index::search(&entries, &words);
        let bytes = 64 + hits.runs.len() * 8;
        (hits, bytes)
    });
    let Some(hits) = slot.value().cloned() else { return true };
    (memory.index, memory.hits) = (Some(index), Some(hits));
    false
}

/// Traces whose id begins like this, if it can be one.
fn find_traces(scene: &mut Scene<'_>, typed: &str) -> Vec<TraceId> {
    let can_be_id = typed.len() >= LEAST_OF_ID && typed.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if !can_be_id {
        return Vec::new();
    }
    let slot = scene.loader.ask(&TraceIdsLike(typed.to_owned()), Lane::Selection);
    slot.value().map(|ids| ids.as_ref().clone()).unwrap_or_default()
}

/// What was found for what is typed.
struct Found<'a> {
    typed: &'a str,
    /// `None` without a store.
    experiments: Option<&'a Arc<Vec<Experiment>>>,
    programs: Option<Arc<ProgramNames>>,
    traces: Vec<TraceId>,
    /// Traces to compare with, where one is to be chosen.
    near: Vec<Arc<TraceRow>>,
    prompts: Option<Arc<Vec<RegisteredPrompt>>>,
    run_tabs: &'a [RunTab],
}

/// The names of the programs of the optimization that is looked at, itself or one of its evaluations.
fn programs_on_screen(scene: &mut Scene<'_>) -> Option<Arc<ProgramNames>> {
    let run = scene.place().run().cloned()?;
    let home = of_run(scene, &run)?.optimization;
    let slot = scene.loader.ask(&ProgramNamesOf(home), Lane::Visible);
    slot.value().and_then(|names| names.as_ref().clone())
}

fn make_entries(ui: &Ui, scene: &Scene<'_>, memory: &mut PaletteMemory, found: Found<'_>) {
    let Found { typed, experiments, programs, traces, near, prompts, run_tabs } = found;
    let mut recent = scene.state.recent_places();
    let only_traces = !memory.compared_traces.is_empty();
    let only_runs = !memory.compared.is_empty() || only_traces;
    if only_traces {
        let is_other = |trace: &TraceId| !memory.compared_traces.contains(trace);
        recent.retain(|place| matches!(place, Place::Trace { trace, .. } if is_other(trace)));
    } else if only_runs {
        let is_other = |run: &RunId| !memory.compared.contains(run);
        recent.retain(|place| matches!(place, Place::Run { run, .. } if is_other(run)));
    }
    let made_of = MadeOf {
        typed: typed.to_owned(),
        experiments: address(experiments),
        index: address(memory.index.as_ref()),
        hits: address(memory.hits.as_ref()),
        programs: address(programs.as_ref()),
        traces,
        prompts: address(prompts.as_ref()),
        recent: recent.len(),
        near: near.iter().map(|row| Arc::as_ptr(row).addr()).collect(),
        buttons: offers::on_screen(ui.ctx()),
        run_tabs: run_tabs.to_vec(),
    };
    if memory.made_of.as_ref() == Some(&made_of) {
        return;
    }
    let commands: Vec<(Command, String)> = Command::ALL
        .into_iter()
        .filter(|command| !only_runs && *command != Command::Palette && command.can_run(scene))
        .map(|command| (command, command.key_text(ui.ctx())))
        .collect();
    let open = scene.state.store();
    let stores: Vec<(String, StoreLocation)> = recent_stores(scene, open);
    let has_store = experiments.is_some();
    let runs = memory.index.as_ref().map(|index| index.as_slice()).unwrap_or_default();
    let (place, list) = (scene.place(), experiments.map(|list| list.as_slice()).unwrap_or_default());
    let name_of_run = |id: &RunId| runs.iter().find(|one| one.run == *id).map(|one| one.name.as_str());
    let here = Here {
        place: Some(place).filter(|_| has_store),
        store: open,
        run_tabs,
        experiment_name: place
            .experiment()
            .and_then(|id| list.iter().find(|one| one.id == *id))
            .map(|one| one.name.as_str()),
        run_name: place.run().and_then(name_of_run),
        buttons: &made_of.buttons,
    };
    let known = Known {
        typed,
        commands: &commands,
        theme: Some(scene.state.settings.theme).filter(|_| !only_runs),
        here: if only_runs { Here::default() } else { here },
        recent: if has_store { &recent } else { &[] },
        experiments: if only_runs { &[] } else { list },
        runs,
        hits: memory.hits.as_deref().filter(|_| !only_traces),
        programs: programs.as_deref().filter(|_| !only_traces),
        traces: if only_runs && !only_traces { &[] } else { &made_of.traces },
        prompts: prompts.as_deref().map(Vec::as_slice).filter(|_| !only_runs && !only_traces).unwrap_or_default(),
        stores: if only_runs { &[] } else { &stores },
        takes_pasted: !only_runs,
    };
    let mut entries = entries::entries(&known);
    let near = near.iter().map(|row| near_traces::entry(row, scene.clock));
    let near = near.filter(|one| !entries.iter().any(|known| known.target == one.target));
    let near: Vec<Entry> = near.collect();
    entries.extend(near);
    memory.entries = entries;
    memory.version += 1;
    memory.made_of = Some(made_of);
}

/// The stores that were opened before, and the one that MLflow's own programs use, but the one that is open.
fn recent_stores(scene: &Scene<'_>, open: Option<&StoreLocation>) -> Vec<(String, StoreLocation)> {
    let settings = &scene.state.settings;
    let named = scene.state.tracking_uri.iter().filter(|named| !settings.recent.contains(&named.to_string()));
    let open = open.map(ToString::to_string);
    let recent = settings.recent.iter().map(StoreLocation::from).chain(named.cloned());
    let recent: Vec<StoreLocation> = recent.filter(|location| Some(location.to_string()) != open).collect();
    names_of(&recent).into_iter().zip(recent).collect()
}
