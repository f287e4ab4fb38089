//! When a command can be run, and whether it is on.

use super::{Command, SpanCommand};
use crate::state::{ExperimentTab, Place, RunTab, ZOOM};
use crate::views::scene::Scene;

impl Command {
    /// Whether running it would do something now.
    pub(in crate::views) fn can_run(self, scene: &Scene<'_>) -> bool {
        let state = scene.state;
        let has_store = scene.loader.state().open.is_some();
        let is_trace = has_store && matches!(scene.place(), Place::Trace { .. });
        match self {
            Self::Back => state.history().can_go_back(),
            Self::Forward => state.history().can_go_forward(),
            Self::Up => has_store && scene.place().parent().is_some(),
            Self::ToggleAdapters => is_trace || has_store && matches!(scene.place(), Place::CompareTraces(_)),
            Self::Spans(_) | Self::Labels(_) => is_trace,
            Self::Next | Self::Previous => {
                has_store && !matches!(scene.place(), Place::Store | Place::ProgramHistory(_))
            }
            Self::Filter
            | Self::SearchText
            | Self::CopyLink
            | Self::Reveal
            | Self::Refresh
            | Self::CloseStore
            | Self::ForgetStore => has_store,
            Self::FilterTraces => has_store && scene.place().lists_traces(),
            Self::ToggleTree => has_store,
            Self::TogglePanel => has_store && may_have_panel(scene.place()),
            Self::Compare | Self::CompareWith | Self::Baseline | Self::ProgramHistory | Self::ArtifactsFolder => {
                has_store
            }
            Self::CheckServer | Self::SignIn => scene.loader.server().is_some(),
            Self::ShowWarnings => !scene.loader.warnings().is_empty(),
            Self::ZoomIn => state.settings.zoom < *ZOOM.end(),
            Self::ZoomOut => state.settings.zoom > *ZOOM.start(),
            Self::ZoomReset => state.settings.zoom != 1.0,
            Self::Palette | Self::Leave | Self::OpenStore | Self::OpenSample | Self::ToggleTheme | Self::ShowKeys => {
                true
            }
        }
    }

    /// Of something that is on or off: whether it is on.
    pub(in crate::views) fn is_on(self, scene: &Scene<'_>) -> Option<bool> {
        match self {
            Self::ToggleAdapters => Some(scene.state.settings.show_adapters),
            Self::Reveal => Some(scene.state.is_revealed),
            Self::Spans(SpanCommand::Critical) => Some(scene.state.page().spans.shows_critical),
            Self::ToggleTree => Some(!scene.state.settings.hides_tree),
            _ => None,
        }
    }
}

/// Whether what is selected at this place is told at its right.
fn may_have_panel(place: &Place) -> bool {
    let of_run = |tab: &RunTab| matches!(tab, RunTab::Optimization { .. } | RunTab::Examples { .. });
    matches!(place, Place::Run { tab, .. } if tab.as_ref().is_none_or(of_run))
}

/// Whether the place on screen has no filter of its own and is about traces: the key leads to their texts.
pub(in crate::views) fn leads_to_search(scene: &Scene<'_>) -> bool {
    scene.place().lists_traces() || matches!(scene.place(), Place::Trace { .. } | Place::Search(_))
}

/// Whether the place on screen is a table of runs, whose filter the key for filters leads to.
pub(in crate::views) fn has_runs_filter(scene: &Scene<'_>) -> bool {
    matches!(scene.place(), Place::Experiment { tab: ExperimentTab::Runs, .. })
}
