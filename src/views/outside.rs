//! Nothing leaves the window at one click: what is to be opened outside is named first, and asked for.

use egui::Ui;

use super::scene::Scene;
use crate::state::{Action, NoticeText, Outside};
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::tokens::size;

/// What the user has asked for once.
#[derive(Debug, Default)]
pub(super) struct AskMemory {
    asked: Option<Outside>,
}

impl AskMemory {
    /// The user asked for it; the next thing is to ask back.
    pub fn ask(&mut self, what: Outside) {
        self.asked = Some(what);
    }

    /// The user clicked a link in a text of the store.
    pub fn ask_for_link(&mut self, scene: &mut Scene<'_>, address: &str) {
        match Outside::page(address) {
            Some(page) => self.ask(page),
            None => {
                let what = "This link leads to no web page, so it is not opened";
                scene.act(Action::Notify(NoticeText::hint(what, address)));
            }
        }
    }

    /// Shows the question, if there is one.
    pub fn show(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        let Some(what) = self.asked.clone() else { return };
        let advice = match &what {
            Outside::File(_) => "It is opened as it lies on the disk; secrets in it are not masked there",
            Outside::Page(_) => "",
        };
        match Notice::hint(&what.question()).advice(advice).action("Open").dismissible().show(ui) {
            NoticeEvent::Action => {
                self.asked = None;
                scene.act(Action::OpenOutside(what));
            }
            NoticeEvent::Dismiss => self.asked = None,
            _ => {}
        }
        ui.add_space(size::GAP_S);
    }
}
