//! A list's scroll, and the row that the keyboard stands on, are noted in the state: who comes back to a page
//! finds its lists as they were left.

use super::scene::Scene;
use crate::state::{Action, Scroll};
use crate::widgets::scroll::RowScroll;

/// Keeps one list's scroll in step with what is noted of its page.
#[derive(Clone, Debug, Default)]
pub(super) struct NotedScroll {
    /// The visit to a page, and which of its lists was shown.
    shown: Option<(u64, &'static str)>,
    noted: RowScroll,
}

impl NotedScroll {
    /// Before the list is shown: if another page or another list of it was gone to, it is scrolled as it was left.
    pub fn restore(&mut self, scene: &Scene<'_>, list: &'static str, scroll: &mut RowScroll) {
        let shown = Some((scene.state.visit(), list));
        if std::mem::replace(&mut self.shown, shown) == shown {
            return;
        }
        let left = scene.state.scroll(list);
        *scroll = left.map_or_else(RowScroll::default, |left| RowScroll { top: left.row, fraction: left.fraction });
        self.noted = *scroll;
    }

    /// After the list was shown: what the user scrolled is noted.
    pub fn note(&mut self, scene: &mut Scene<'_>, list: &'static str, scroll: RowScroll) {
        if scroll != self.noted {
            self.noted = scroll;
            scene.act(Action::Scrolled(list, Scroll { row: scroll.top, fraction: scroll.fraction }));
        }
    }
}

/// Keeps the row that the keyboard stands on in one list in step with what is noted of its page.
#[derive(Clone, Debug, Default)]
pub(super) struct NotedRow {
    visit: Option<u64>,
}

impl NotedRow {
    /// Before the list is shown: if another page was gone to, the row of it, if there is one.
    pub fn restore(&mut self, scene: &Scene<'_>, list: &str) -> Option<Option<String>> {
        let is_new = self.visit.replace(scene.state.visit()) != Some(scene.state.visit());
        is_new.then(|| scene.state.page().rows.get(list).cloned())
    }
}
