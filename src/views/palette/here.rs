//! What can be done on the page on screen: its tabs, what of it can be copied, its buttons.

use super::entry::{Entry, Group, Target};
use crate::state::{Action, CompareTab, ExperimentTab, Place, PromptTab, RunTab, ThemeChoice};
use crate::store::StoreLocation;
use crate::widgets::offers::Offer;

/// What the page is, as far as its names are known.
#[derive(Clone, Copy, Default)]
pub(in crate::views) struct Here<'a> {
    pub place: Option<&'a Place>,
    pub store: Option<&'a StoreLocation>,
    /// The tabs that the run on screen has.
    pub run_tabs: &'a [RunTab],
    pub experiment_name: Option<&'a str>,
    pub run_name: Option<&'a str>,
    /// The buttons on screen.
    pub buttons: &'a [Offer],
}

/// The lines.
pub(super) fn entries(here: &Here<'_>) -> Vec<Entry> {
    let mut entries = tabs(here);
    entries.extend(here.buttons.iter().map(button));
    entries.extend(copies(here));
    entries
}

/// The themes, each by its name.
pub(super) fn themes(shown: ThemeChoice) -> impl Iterator<Item = Entry> {
    let themes =
        [(ThemeChoice::Dark, "Dark theme"), (ThemeChoice::Light, "Light theme"), (ThemeChoice::System, "System theme")];
    themes.into_iter().map(move |(theme, text)| {
        let note = if theme == shown { "shown now" } else { "" };
        Entry::new(Group::Commands, text, note, Target::Act(Action::Theme(theme)))
    })
}

fn tabs(here: &Here<'_>) -> Vec<Entry> {
    let entry = |title: &str, note: &str, action: Action| Entry::new(Group::Here, title, note, Target::Act(action));
    match here.place {
        Some(Place::Experiment { .. }) => ExperimentTab::ALL
            .iter()
            .map(|tab| entry(tab.title(), "tab of this experiment", Action::ShowExperimentTab(tab.clone())))
            .collect(),
        Some(Place::Run { .. }) => here
            .run_tabs
            .iter()
            .map(|tab| entry(tab.title(), "tab of this run", Action::ShowRunTab(tab.unchosen())))
            .collect(),
        Some(Place::Compare { .. }) => CompareTab::ALL
            .iter()
            .map(|tab| entry(tab.title(), "tab of this comparison", Action::ShowCompareTab(*tab)))
            .collect(),
        Some(Place::Prompts(prompts)) if prompts.prompt.is_some() => PromptTab::ALL
            .iter()
            .map(|tab| entry(tab.title(), "tab of this prompt", Action::ShowPrompt(prompts.version, *tab)))
            .collect(),
        Some(
            // Those of the focused span are offered by the panel that has them, as buttons are.
            Place::Store
            | Place::Trace { .. }
            | Place::ProgramHistory(_)
            | Place::CompareTraces(_)
            | Place::Search(_)
            | Place::Prompts(_),
        )
        | None => Vec::new(),
    }
}

fn button(offer: &Offer) -> Entry {
    let note = match offer.is_on {
        None => "on this page",
        Some(true) => "on this page, it is on",
        Some(false) => "on this page, it is off",
    };
    Entry::new(Group::Here, &*offer.name, note, Target::Press(offer.clone()))
}

fn copies(here: &Here<'_>) -> Vec<Entry> {
    let Some(place) = here.place else { return Vec::new() };
    let mut found: Vec<(&str, String)> = Vec::new();
    if let Place::Trace { trace, span, .. } = place {
        found.push(("Copy trace id", trace.to_string()));
        found.extend(span.as_ref().map(|span| ("Copy span id", span.id.clone())));
    }
    if let Some(run) = place.run() {
        found.push(("Copy run id", run.to_string()));
        found.extend(here.run_name.map(|name| ("Copy run name", name.to_owned())));
    }
    if let Some(experiment) = place.experiment() {
        found.push(("Copy experiment id", experiment.to_string()));
        found.extend(here.experiment_name.map(|name| ("Copy experiment name", name.to_owned())));
    }
    match place {
        Place::ProgramHistory(hash) => found.push(("Copy program hash", hash.to_string())),
        Place::Compare { runs, .. } => {
            let ids: Vec<&str> = runs.iter().map(|run| run.as_str()).collect();
            found.push(("Copy ids of the compared runs", ids.join("\n")));
        }
        Place::CompareTraces(compared) => {
            let ids: Vec<&str> = compared.traces.iter().map(|trace| trace.as_str()).collect();
            found.push(("Copy ids of the compared traces", ids.join("\n")));
        }
        Place::Search(search) => {
            found.extend(search.trace.as_ref().map(|trace| ("Copy trace id", trace.to_string())));
        }
        Place::Prompts(prompts) => {
            found.extend(prompts.prompt.as_ref().map(|prompt| ("Copy name of the prompt", prompt.name.to_string())));
        }
        Place::Store | Place::Experiment { .. } | Place::Run { .. } | Place::Trace { .. } => {}
    }
    found.extend(here.store.map(|store| ("Copy path of the store", store.to_string())));
    let entry = |(name, text): (&str, String)| {
        let note = crate::words::one_line(&text, 80).into_owned();
        Entry::new(Group::Here, name, note, Target::Act(Action::Copy(text)))
    };
    found.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(here: &Here<'_>) -> Vec<String> {
        entries(here).into_iter().map(|entry| entry.text).collect()
    }

    #[test]
    fn every_tab_of_the_page_is_offered_and_everything_that_names_it_can_be_copied() {
        let store = StoreLocation::from("/data/mlflow.db");
        let place = |text: &str| Place::parse(text).0;
        let run = place("experiment/1/run/a");
        let tabs = [RunTab::Optimization { candidate: None }, RunTab::Program { predictor: Some("solve".to_owned()) }];
        let here = Here {
            place: Some(&run),
            store: Some(&store),
            run_tabs: &tabs,
            experiment_name: Some("router"),
            run_name: Some("bold-finch"),
            ..Here::default()
        };
        let expected = ["Optimization", "Program", "Copy run id", "Copy run name", "Copy experiment id"];
        assert_eq!(texts(&here)[..5], expected);
        assert_eq!(texts(&here)[5..], ["Copy experiment name", "Copy path of the store"]);
        // Another tab begins at its beginning.
        let program = Target::Act(Action::ShowRunTab(RunTab::Program { predictor: None }));
        assert_eq!(entries(&here)[1].target, program);
        for (place, count) in [
            (place("experiment/1"), ExperimentTab::ALL.len() + 1),
            (place("compare/a/b"), CompareTab::ALL.len() + 1),
            (place("compare-traces/a/b"), 1),
            (place("trace/t/span/s"), 2),
            (place("program/h"), 1),
            (Place::Store, 0),
        ] {
            let here = Here { place: Some(&place), ..Here::default() };
            assert_eq!(texts(&here).len(), count, "{place}");
        }
    }
}
