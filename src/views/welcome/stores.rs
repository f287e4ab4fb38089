//! The stores that can be chosen: recent ones and those in the working folder, each with what it is.

use std::sync::Arc;

use egui::{Align, Rect, Sense, Ui, pos2, vec2};

use crate::loader::{Nearby, NearbyKind, Slot, StoreLocation};
use crate::state::Action;
use crate::views::parts::icon_button;
use crate::views::scene::{Clock, Scene};
use crate::views::store_names::{name_of, names_of};
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

/// The store that MLflow's own programs use, unless it stands among the recent ones.
pub(super) fn named_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let Some(location) = scene.state.tracking_uri.clone().filter(|location| !is_recent(scene, location)) else {
        return;
    };
    section_ui(ui, "Named by MLFLOW_TRACKING_URI");
    let seen = location.path().map_or(Slot::Empty, |path| scene.loader.look_at(path));
    let facts = Facts::of(&location, name_of(&location), &seen, scene.clock);
    if row_ui(ui, &location, &facts, false).is_some() {
        scene.act(Action::OpenStore(location));
    }
    ui.add_space(size::GAP_L);
}

/// Whether a store stands in the list of recent ones.
fn is_recent(scene: &Scene<'_>, location: &StoreLocation) -> bool {
    // As they are written there: without a name and a password.
    let text = location.to_string();
    scene.state.settings.recent.iter().take(MAX_SHOWN).any(|known| *known == text)
}

/// Recent stores, the latest first.
pub(super) fn recent_ui(ui: &mut Ui, scene: &mut Scene<'_>) {
    let recent: Vec<StoreLocation> =
        scene.state.settings.recent.iter().take(MAX_SHOWN).map(StoreLocation::from).collect();
    if recent.is_empty() {
        return;
    }
    section_ui(ui, "Recent stores");
    let names = names_of(&recent);
    for (location, name) in recent.into_iter().zip(names) {
        let seen = location.path().map_or(Slot::Empty, |path| scene.loader.look_at(path));
        let facts = Facts::of(&location, name, &seen, scene.clock);
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
    let at = |store: &Nearby| StoreLocation::Path(store.path.clone());
    let stores: Vec<(StoreLocation, &Nearby)> = found
        .stores
        .iter()
        .map(|store| (at(store), store))
        .filter(|(location, _)| !is_recent(scene, location))
        .collect();
    if stores.is_empty() && found.not_opened.is_empty() {
        return;
    }
    section_ui(ui, "In the folder where dspyglass was started, and below it");
    let mut chosen = None;
    let names = names_of(&stores.iter().map(|(location, _)| location.clone()).collect::<Vec<_>>());
    for ((location, store), name) in stores.into_iter().zip(names) {
        let slot = Slot::Ready { value: Arc::new(store.clone()), warnings: Arc::new([]) };
        if row_ui(ui, &location, &Facts::of(&location, name, &slot, scene.clock), false).is_some() {
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
        text_ui(ui, "There are more files and folders than were looked into", Type::Small, Tone::Muted);
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
    /// Its latest experiments, by name.
    experiments: String,
    /// All of its path or address.
    whereabouts: String,
    /// What it is, how large, when changed; empty until that is known.
    what: String,
    is_missing: bool,
    is_warning: bool,
}

impl Facts {
    fn of(location: &StoreLocation, name: String, seen: &Slot<Nearby>, clock: Clock) -> Self {
        let mut facts = Self { name, whereabouts: location.to_string(), ..Self::default() };
        if let Some(address) = location.address() {
            facts.what = address.word().to_owned();
        }
        let Some(seen) = seen.value() else { return facts };
        facts.experiments = seen.experiments.join(", ");
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
    let said = [facts.name.as_str(), &facts.experiments, &facts.what];
    let said: Vec<&str> = said.into_iter().filter(|part| !part.is_empty()).collect();
    ui.ctx().accesskit_node_builder(id, |node| node.set_description(said.join(" · ")));
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
    paint(ui, inner, facts, tokens);
    if response.clicked() {
        event = Some(RowEvent::Open);
    }
    event
}

/// Above what it is called, below where it is; what it is stands below, or above where its path needs all the room.
fn paint(ui: &Ui, inner: Rect, facts: &Facts, tokens: &Tokens) {
    let (mut upper, mut lower) = inner.split_top_bottom_at_fraction(0.5);
    let width = |text: &str, cut: Type| row_text::layout(ui.painter(), text, cut.font(), f32::INFINITY).size().x;
    let needed = width(&facts.whereabouts, Type::Value) + size::GAP_M + width(&facts.what, Type::Small);
    let line = if needed <= inner.width() { &mut lower } else { &mut upper };
    // What is not known yet takes no room.
    if !facts.what.is_empty() {
        let color = if facts.is_warning { tokens.warn } else { tokens.text2 };
        let what = row_text::paint(ui.painter(), *line, &facts.what, Type::Small, color, Align::Max);
        line.max.x = what.left() - size::GAP_M;
    }
    let (cut, color) = if facts.is_missing { (Type::Body, tokens.text2) } else { (Type::BodyStrong, tokens.text1) };
    let name = row_text::paint(ui.painter(), upper, &facts.name, cut, color, Align::Min);
    let rest = upper.with_min_x((name.right() + size::GAP_S).min(upper.right()));
    row_text::paint(ui.painter(), rest, &facts.experiments, Type::Body, tokens.text2, Align::Min);
    let color = if facts.is_missing { tokens.text3 } else { tokens.text2 };
    row_text::paint(ui.painter(), lower, &facts.whereabouts, Type::Value, color, Align::Min);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::DiskKind;
    use std::path::Path;
    use std::time::Instant;

    #[test]
    fn a_row_says_what_became_of_a_store() {
        let clock = Clock { now: Instant::now(), now_ms: 100_000_000, is_utc: true, is_fixed: true };
        let path = Path::new("/data/mlflow.db");
        let location = StoreLocation::from(path);
        let facts = |kind: NearbyKind, size_bytes, modified_ms| {
            let (path, experiments) = (path.to_owned(), vec!["router".to_owned(), "agents".to_owned()]);
            let value = Arc::new(Nearby { path, kind, is_folder: false, size_bytes, modified_ms, experiments });
            Facts::of(&location, name_of(&location), &Slot::Ready { value, warnings: Arc::new([]) }, clock)
        };
        let store = NearbyKind::Store { kind: DiskKind::Sqlite, schema_of: Some("schema of MLflow 3.17".to_owned()) };
        let known = facts(store, Some(1_000_000), Some(92_800_000));
        assert_eq!((known.name.as_str(), known.whereabouts.as_str()), ("data", "/data/mlflow.db"));
        assert_eq!(known.experiments, "router, agents");
        assert_eq!(known.what, "schema of MLflow 3.17 · 1.0 MB · changed 2 h ago");
        assert!(!known.is_missing && !known.is_warning);
        let missing = facts(NearbyKind::Missing, None, None);
        assert!(missing.is_missing && missing.what == "missing");
        let folder = facts(NearbyKind::Store { kind: DiskKind::Folder, schema_of: None }, None, None);
        assert!(folder.is_warning && folder.what == "folder store, not opened yet");
        assert_eq!(Facts::of(&location, "data".to_owned(), &Slot::Empty, clock).what, "");
        let server = StoreLocation::from("http://me:pw1@host/ml");
        let server = Facts::of(&server, name_of(&server), &Slot::Empty, clock);
        let told = (server.name.as_str(), server.whereabouts.as_str(), server.what.as_str());
        assert_eq!(told, ("host", "http://host/ml", "server"));
    }
}
