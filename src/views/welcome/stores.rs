//! The stores that can be chosen: recent ones and those in the working folder, each with what it is.

use std::path::Path;
use std::sync::Arc;

use egui::{Align, Rect, Sense, Ui, pos2, vec2};

use crate::loader::{Nearby, NearbyKind, Slot, StoreLocation};
use crate::state::Action;
use crate::store::Address;
use crate::views::parts::icon_button;
use crate::views::scene::{Clock, Scene};
use crate::views::time::age;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::section::{section_ui, text_ui};
use crate::widgets::theme;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::words;

/// Recent stores that are shown.
const MAX_SHOWN: usize = 8;
const ROW: f32 = 46.0;

/// Recent stores, the latest first.
pub(super) fn recent_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let recent: Vec<StoreLocation> =
        scene.state.settings.recent.iter().take(MAX_SHOWN).map(StoreLocation::from).collect();
    if recent.is_empty() {
        return;
    }
    section_ui(ui, "Recent stores");
    for location in recent {
        let seen = location.path().map_or(Slot::Empty, |path| scene.loader.look_at(path));
        let facts = Facts::of(&location, &seen, scene.clock);
        match row_ui(ui, &location, &facts, true) {
            Some(RowEvent::Open) => scene.act(Action::OpenStore(location)),
            // Of a store that is gone there is nothing to lose.
            Some(RowEvent::Remove) if facts.is_missing => scene.act(Action::Forget(location)),
            Some(RowEvent::Remove) => scene.act(Action::AskToForget(Some(location))),
            None => {}
        }
    }
    ui.add_space(size::GAP_L);
}

/// What the working folder holds.
pub(super) fn found_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let Some(folder) = scene.state.working_folder.clone() else { return };
    let slot = scene.loader.stores_in(&folder);
    let Some(found) = slot.value().map(Arc::clone) else { return };
    let is_recent = |location: &StoreLocation| {
        scene.state.settings.recent.iter().take(MAX_SHOWN).any(|known| StoreLocation::from(known) == *location)
    };
    let at = |store: &Nearby| StoreLocation::Path(store.path.clone());
    let stores: Vec<(StoreLocation, &Nearby)> =
        found.stores.iter().map(|store| (at(store), store)).filter(|(location, _)| !is_recent(location)).collect();
    if stores.is_empty() && found.not_opened.is_empty() {
        return;
    }
    section_ui(ui, "In the folder where dspyglass was started");
    let mut chosen = None;
    for (location, store) in stores {
        let slot = Slot::Ready { value: Arc::new(store.clone()), warnings: Arc::new([]) };
        if row_ui(ui, &location, &Facts::of(&location, &slot, scene.clock), false).is_some() {
            chosen = Some(location);
        }
    }
    for store in &found.not_opened {
        let Some(what) = store.why_not_opened() else { continue };
        ui.add_space(size::GAP_XS);
        let name = store.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        text_ui(ui, &name, Type::Body, Tone::Muted).on_hover_text(store.path.display().to_string());
        let muted = Tokens::of(ui).text2;
        ui.add(egui::Label::new(egui::RichText::new(what).font(Type::Small.font()).color(muted)).wrap());
    }
    if found.is_cut {
        text_ui(ui, "There are more databases than were looked into", Type::Small, Tone::Muted);
    }
    if let Some(location) = chosen {
        scene.act(Action::OpenStore(location));
    }
    ui.add_space(size::GAP_L);
}

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Facts {
    name: String,
    folder: String,
    /// What it is, how large, when changed; empty until that is known.
    what: String,
    is_missing: bool,
    is_warning: bool,
}

impl Facts {
    fn of(location: &StoreLocation, seen: &Slot<Nearby>, clock: Clock) -> Self {
        let mut facts = Self { name: location.name(), folder: location.whereabouts(), ..Self::default() };
        let is_cached_sample = location.path().and_then(Path::parent).is_some_and(|folder| {
            let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
            name(folder).is_some_and(|name| name.starts_with("sample-"))
                && folder.parent().and_then(name).as_deref() == Some("dspyglass")
        });
        if is_cached_sample {
            facts.name = "Sample store".to_owned();
        }
        if location.address().is_some() {
            facts.what = Address::WORD.to_owned();
        }
        let Some(seen) = seen.value() else { return facts };
        facts.is_missing = seen.kind == NearbyKind::Missing;
        facts.is_warning = seen.needs_care();
        let mut parts = vec![seen.words()];
        parts.extend(seen.size_bytes.map(words::bytes));
        parts.extend(seen.modified_ms.map(|ms| match age(ms, clock).as_str() {
            "now" => "changed just now".to_owned(),
            age => format!("changed {age} ago"),
        }));
        facts.what = parts.join(" · ");
        facts
    }
}

enum RowEvent {
    Open,
    Remove,
}

fn row_ui(ui: &mut Ui, location: &StoreLocation, facts: &Facts, can_remove: bool) -> Option<RowEvent> {
    let tokens = Tokens::of(ui);
    let width = ui.available_width();
    let (rect, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
    // The texts stand below the headings; what is lit stands out at both sides.
    let rect = rect.expand2(vec2(size::GAP_S, 0.0));
    let id = ui.make_persistent_id(("store", location));
    let response = ui.interact(rect, id, Sense::click());
    let label = location.to_string();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Link, true, &label));
    ui.ctx().accesskit_node_builder(id, |node| node.set_description(facts.what.as_str()));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, f32::from(size::RADIUS), tokens.bg_raised);
    }
    if response.has_focus() {
        theme::focus_ring(ui.painter(), rect, tokens);
        response.scroll_to_me(None);
    }
    let mut inner = rect.shrink2(vec2(size::GAP_S, 5.0));
    let mut event = None;
    if can_remove {
        inner.max.x -= size::CONTROL + size::GAP_XS;
        let at = Rect::from_center_size(
            pos2(rect.right() - size::GAP_XS - size::CONTROL / 2.0, rect.center().y),
            vec2(size::CONTROL, size::CONTROL),
        );
        let mut corner = ui.new_child(egui::UiBuilder::new().id_salt(("remove", location)).max_rect(at));
        let name = format!("Forget {label}");
        if icon_button(&mut corner, Glyph::Cross, &name, "Take it off this list", true).clicked() {
            event = Some(RowEvent::Remove);
        }
    }
    let (upper, lower) = inner.split_top_bottom_at_fraction(0.5);
    let warn = if facts.is_warning { tokens.warn } else { tokens.text2 };
    let what = row_text::paint(ui.painter(), upper, &facts.what, Type::Small, warn, Align::Max);
    // What is not known yet takes no room.
    let upper = if facts.what.is_empty() { upper } else { upper.with_max_x(what.left() - size::GAP_M) };
    let color = if facts.is_missing { tokens.text2 } else { tokens.text1 };
    let cut = if facts.is_missing { Type::Body } else { Type::BodyStrong };
    row_text::paint(ui.painter(), upper, &facts.name, cut, color, Align::Min);
    let color = if facts.is_missing { tokens.text3 } else { tokens.text2 };
    row_text::paint(ui.painter(), lower, &facts.folder, Type::Value, color, Align::Min);
    if response.clicked() {
        event = Some(RowEvent::Open);
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::DiskKind;
    use std::time::Instant;

    #[test]
    fn a_row_says_what_became_of_a_store() {
        let clock = Clock { now: Instant::now(), now_ms: 100_000_000, is_utc: true, is_fixed: true };
        let path = Path::new("/data/mlflow.db");
        let location = StoreLocation::from(path);
        let facts = |kind: NearbyKind, size_bytes, modified_ms| {
            let value = Arc::new(Nearby { path: path.to_owned(), kind, is_folder: false, size_bytes, modified_ms });
            Facts::of(&location, &Slot::Ready { value, warnings: Arc::new([]) }, clock)
        };
        let store = NearbyKind::Store { kind: DiskKind::Sqlite, schema_of: Some("schema of MLflow 3.17".to_owned()) };
        let known = facts(store, Some(1_000_000), Some(92_800_000));
        assert_eq!((known.name.as_str(), known.folder.as_str()), ("mlflow.db", "/data"));
        assert_eq!(known.what, "schema of MLflow 3.17 · 1.0 MB · changed 2 h ago");
        assert!(!known.is_missing && !known.is_warning);
        let missing = facts(NearbyKind::Missing, None, None);
        assert!(missing.is_missing && missing.what == "missing");
        let folder = facts(NearbyKind::Store { kind: DiskKind::Folder, schema_of: None }, None, None);
        assert!(folder.is_warning && folder.what == "folder store, not opened yet");
        assert_eq!(Facts::of(&location, &Slot::Empty, clock).what, "");
        let sample = StoreLocation::from("/home/a/.cache/dspyglass/sample-0123/mlflow.db");
        assert_eq!(Facts::of(&sample, &Slot::Empty, clock).name, "Sample store");
        let server = Facts::of(&StoreLocation::from("http://me:pw1@host/ml"), &Slot::Empty, clock);
        let told = (server.name.as_str(), server.folder.as_str(), server.what.as_str());
        assert_eq!(told, ("host", "http://host/ml", "server"));
    }
}
