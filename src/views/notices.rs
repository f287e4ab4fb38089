//! What the user is told: at the top of the middle until it is taken away, and in small windows.

use egui::{Align2, Frame, Margin, ScrollArea, Ui, Window};

use super::scene::Scene;
use crate::model::warning::{WarningGroup, group_warnings};
use crate::state::{Action, NoticeKind};
use crate::widgets::chips::Chip;
use crate::widgets::notice::{Notice, NoticeEvent};
use crate::widgets::section::text_ui;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// Kinds of warnings shown in their window; the rest is counted and can be copied.
const MAX_LISTED: usize = 200;
/// Of one kind, so many places are named.
const PLACES_SHOWN: usize = 3;

pub(super) fn notices_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let state = scene.state;
    for (index, notice) in state.notices.iter().enumerate() {
        let shape = match notice.kind {
            NoticeKind::Failed => Notice::failed(&notice.what, "", &notice.advice),
            NoticeKind::Warning => Notice::warning(&notice.what).advice(&notice.advice),
            NoticeKind::Hint | NoticeKind::Done => Notice::hint(&notice.what).advice(&notice.advice),
        };
        match shape_ui(ui, ("notice", index), shape.dismissible()) {
            NoticeEvent::Dismiss => scene.act(Action::Dismiss(index)),
            NoticeEvent::CopyDetails => scene.act(Action::Copy(notice.details())),
            _ => {}
        }
    }
    forget_ui(ui, scene);
    outside_ui(ui, scene);
}

/// Asks once more before anything is forgotten.
fn forget_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let Some(location) = scene.state.asks_to_forget.clone() else { return };
    let what = format!("Forget {}?", location.name());
    let advice = format!(
        "{location} is taken off the recent stores, with its last place, its folds and its other settings; the file itself stays as it is, and so do your labels"
    );
    let notice = Notice::warning(&what).advice(&advice).action("Forget it").dismissible();
    match shape_ui(ui, "forget", notice) {
        NoticeEvent::Action => scene.act(Action::Forget(location)),
        NoticeEvent::Dismiss => scene.act(Action::AskToForget(None)),
        _ => {}
    }
}

/// A store can name any folder: one that is not its own is opened only with the user's word.
fn outside_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let Some(folder) = scene.loader.outside().filter(|_| !scene.state.refuses_outside).cloned() else { return };
    let action = format!("Open artifacts in {}", words::one_line(&folder, 90));
    let what = "Artifacts of this store lie outside its own folder";
    let advice = "If you allow it, every folder that this store names is opened; that is remembered for this store";
    match shape_ui(ui, "outside", Notice::warning(what).advice(advice).action(&action).dismissible()) {
        NoticeEvent::Action => scene.act(Action::AllowOutside(true)),
        NoticeEvent::Dismiss => scene.act(Action::AllowOutside(false)),
        _ => {}
    }
}

fn shape_ui(ui: &mut Ui, id_salt: impl egui::AsIdSalt, notice: Notice<'_>) -> NoticeEvent {
    Frame::new()
        .inner_margin(Margin { left: 16, right: 16, top: 10, bottom: 0 })
        .show(ui, |ui| ui.push_id(id_salt, |ui| notice.show(ui)).inner)
        .inner
}

pub(super) fn windows_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    if scene.state.shows_warnings {
        warnings_ui(ui, scene);
    }
    if scene.state.shows_keys {
        super::keys::keys_ui(ui, scene);
    }
}

/// One kind of warnings: what it is, where it was seen first, and how often elsewhere.
fn warning_ui(ui: &mut Ui, group: &WarningGroup<'_>) {
    let what = words::ellipsize_graphemes(group.what, 600);
    let alike = if group.differs { " (or alike)" } else { "" };
    ui.add(egui::Label::new(format!("{what}{alike}")).wrap());
    for place in group.places.iter().take(PLACES_SHOWN) {
        text_ui(ui, &words::one_line(place, 200), Type::Value, Tone::Muted);
    }
    let more = group.places.len().saturating_sub(PLACES_SHOWN);
    if more > 0 {
        let more = format!("… and {}; copy to see all", words::counted(more as u64, "more place"));
        text_ui(ui, &more, Type::Small, Tone::Muted);
    }
}

fn warnings_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let warnings = std::sync::Arc::clone(scene.loader.warnings());
    let mut is_open = true;
    Window::new("Warnings")
        .open(&mut is_open)
        .collapsible(false)
        .anchor(Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .default_width(640.0)
        .show(ui.ctx(), |ui| {
            text_ui(ui, "Everything else was read all the same", Type::Body, Tone::Muted);
            ui.add_space(size::GAP_S);
            ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
                let groups = group_warnings(&warnings);
                for group in groups.iter().take(MAX_LISTED) {
                    warning_ui(ui, group);
                    ui.add_space(size::GAP_S);
                }
                if groups.len() > MAX_LISTED {
                    let more =
                        format!("{} more kinds; copy to see them", words::count((groups.len() - MAX_LISTED) as u64));
                    text_ui(ui, &more, Type::Body, Tone::Muted);
                }
            });
            if ui.add(Chip::button("Copy all")).clicked() {
                let lines: Vec<String> = warnings.iter().map(|one| format!("{}: {}", one.place, one.what)).collect();
                scene.act(Action::Copy(lines.join("\n")));
            }
        });
    if !is_open {
        scene.act(Action::ShowWarnings(false));
    }
}
