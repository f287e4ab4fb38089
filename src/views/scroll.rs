//! A list's scroll, and the row that the keyboard stands on, are part of the history: Back returns to where the
//! list was.

use super::scene::Scene;
use crate::state::{Action, Scroll};
use crate::widgets::scroll::RowScroll;

/// Keeps one list's scroll in step with the history.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptScroll {
    visit: Option<u64>,
    noted: RowScroll,
}

impl KeptScroll {
    /// Before the list is shown: another place was gone to, so its scroll is that of this step.
    /// Says whether it was set.
    pub fn restore(&mut self, scene: &Scene<'_>, list: &str, scroll: &mut RowScroll) -> bool {
        if self.visit == Some(scene.state.visit()) {
            return false;
        }
        self.visit = Some(scene.state.visit());
        let kept = scene.state.scroll(list);
        *scroll = kept.map_or_else(RowScroll::default, |kept| RowScroll { top: kept.row, fraction: kept.fraction });
        self.noted = *scroll;
        kept.is_some()
    }

    /// After the list was shown: what the user scrolled is noted in the history.
    pub fn note(&mut self, scene: &mut Scene<'_>, list: &'static str, scroll: RowScroll) {
        if scroll != self.noted {
            self.noted = scroll;
            scene.act(Action::Scrolled(list, Scroll { row: scroll.top, fraction: scroll.fraction }));
        }
    }
}

/// Keeps the row that the keyboard stands on in one list in step with the history.
#[derive(Clone, Debug, Default)]
pub(super) struct KeptRow {
    visit: Option<u64>,
}

impl KeptRow {
    /// Before the list is shown: if another place was gone to, the row of this step, if it has one.
    pub fn restore(&mut self, scene: &Scene<'_>, list: &str) -> Option<Option<String>> {
        let is_new = self.visit != Some(scene.state.visit());
        self.visit = Some(scene.state.visit());
        is_new.then(|| scene.state.selected(list).map(str::to_owned))
    }
}
