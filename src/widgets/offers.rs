//! The buttons of the page on screen, so that a palette can offer and press them. They are noted only while somebody
//! wants to know of them.

use std::sync::Arc;

use egui::accesskit::{Action, ActionRequest, TreeId};
use egui::{Context, Event, Id, Ui};

/// A button on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Its name.
    pub name: Arc<str>,
    /// Of something that is on or off: whether it is on.
    pub is_on: Option<bool>,
    id: Id,
}

#[derive(Clone, Default)]
struct Noted {
    /// In which pass somebody wanted to know of them last.
    wanted: Option<u64>,
    /// Those of the pass that is drawn now, and which one it is.
    drawn: (u64, Vec<Offer>),
    /// Those of the pass before.
    before: Arc<Vec<Offer>>,
    /// This one is to be pressed.
    pressed: Option<Id>,
}

fn key() -> Id {
    Id::unique("buttons on screen")
}

/// Notes a button that is on screen.
pub(super) fn note(ui: &Ui, id: Id, name: &str, is_on: Option<bool>) {
    let pass = ui.ctx().cumulative_pass_nr();
    ui.data_mut(|data| {
        let noted: &mut Noted = data.get_temp_mut_or_default(key());
        if noted.wanted.is_none_or(|wanted| wanted + 2 < pass) {
            return;
        }
        if noted.drawn.0 != pass {
            noted.drawn = (pass, Vec::new());
        }
        // Of several of the same name nobody could tell which one is meant.
        if !name.is_empty() && noted.drawn.1.iter().all(|offer| &*offer.name != name) {
            noted.drawn.1.push(Offer { name: name.into(), is_on, id });
        }
    });
}

/// The buttons that were drawn last, each name once. None at first: they are noted from now on, as long as they are
/// asked for in every frame.
pub fn on_screen(ctx: &Context) -> Arc<Vec<Offer>> {
    let pass = ctx.cumulative_pass_nr();
    let (offers, is_first) = ctx.data_mut(|data| {
        let noted: &mut Noted = data.get_temp_mut_or_default(key());
        let is_first = noted.wanted.replace(pass).is_none_or(|wanted| wanted + 2 < pass);
        let drawn = if noted.drawn.0 == pass { noted.drawn.1.as_slice() } else { &[] };
        if is_first || *noted.before != drawn {
            noted.before = if is_first { Arc::default() } else { Arc::new(drawn.to_vec()) };
        }
        (Arc::clone(&noted.before), is_first)
    });
    if is_first {
        ctx.request_repaint();
    }
    offers
}

/// Presses a button in the next frame, as a click would.
pub fn press(ctx: &Context, offer: &Offer) {
    ctx.data_mut(|data| data.get_temp_mut_or_default::<Noted>(key()).pressed = Some(offer.id));
    ctx.request_repaint();
}

/// Passes on what is to be pressed; call it before anything is drawn.
pub fn begin_frame(ctx: &Context) {
    let pressed = ctx.data_mut(|data| data.get_temp_mut_or_default::<Noted>(key()).pressed.take());
    if let Some(id) = pressed {
        let request = ActionRequest {
            action: Action::Click,
            target_tree: TreeId::ROOT,
            target_node: id.accesskit_id(),
            data: None,
        };
        ctx.input_mut(|input| input.events.push(Event::AccessKitActionRequest(request)));
    }
}
