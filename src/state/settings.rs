//! What is remembered from one start to the next, as versioned JSON. Keys that are not known here
//! are kept, so that an older dspyglass never loses what a newer one wrote.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::comparing::CompareSettings;
use super::fingerprint::fingerprint;
use super::run_table::ColumnSettings;
use super::side_panel::SidePanelSettings;

/// The version that is written.
pub const VERSION: u64 = 1;
/// No more recent stores than this.
const MAX_RECENT: usize = 12;
/// No more recent places of a store than this.
const MAX_PLACES: usize = 12;
/// How small and how large everything can be made.
pub const ZOOM: std::ops::RangeInclusive<f32> = 0.8..=2.0;

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// As the system has it.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// What belongs to one store.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StoreSettings {
    /// The address that was last looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The addresses that were looked at, the latest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Experiments and runs whose children are shown in the tree.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfolded: Vec<String>,
    /// Where its artifacts are, if the user named a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts_dir: Option<String>,
    /// Folders of artifacts outside the store's own may be opened where it names them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub allow_outside: bool,
    /// How its tables are arranged.
    #[serde(skip_serializing_if = "ColumnSettings::is_empty", deserialize_with = "ColumnSettings::read")]
    pub columns: ColumnSettings,
    /// What is not known here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// All settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The version of the format.
    pub version: u64,
    /// Light or dark.
    pub theme: ThemeChoice,
    /// How large everything is; 1 is as the system has it.
    pub zoom: f32,
    /// From which score on an example counts as right, where scores are not only 0 and 1; none: half of the
    /// observed range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<f64>,
    /// The width of the tree, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tree_width: Option<f32>,
    /// Whether the tree is hidden.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub hides_tree: bool,
    /// The width of the details of a span, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details_width: Option<f32>,
    /// The panel at the right of a run.
    #[serde(skip_serializing_if = "SidePanelSettings::is_default")]
    pub side_panel: SidePanelSettings,
    /// The width of the tree of artifacts, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts_width: Option<f32>,
    /// Whether adapters (parser spans) are shown in traces.
    pub show_adapters: bool,
    /// Whether lists of traces are shown by session.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub by_session: bool,
    /// What counts over traces are shown by, where they stand in place of lists of traces: a word of `StatsBy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregates: Option<String>,
    /// How comparisons are shown.
    #[serde(skip_serializing_if = "CompareSettings::is_default")]
    pub compare: CompareSettings,
    /// Stores that were opened, the latest first.
    pub recent: Vec<String>,
    /// Per store, by its fingerprint.
    pub stores: BTreeMap<String, StoreSettings>,
    /// What is not known here.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: VERSION,
            theme: ThemeChoice::default(),
            zoom: 1.0,
            threshold: None,
            tree_width: None,
            hides_tree: false,
            details_width: None,
            side_panel: SidePanelSettings::default(),
            artifacts_width: None,
            show_adapters: false,
            by_session: false,
            aggregates: None,
            compare: CompareSettings::default(),
            recent: Vec::new(),
            stores: BTreeMap::new(),
            other: Map::new(),
        }
    }
}

/// Why a settings file was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is no JSON, or not of this shape.
    Damaged,
    /// A later dspyglass wrote it in a format that is not known here.
    Later,
}

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// [`Unusable`], when it should be kept aside.
    pub fn parse(text: &str) -> Result<Self, Unusable> {
        let value: Value = serde_json::from_str(text).map_err(|_| Unusable::Damaged)?;
        match value.get("version").and_then(Value::as_u64) {
            Some(version) if version > VERSION => return Err(Unusable::Later),
            Some(_) => {}
            None => return Err(Unusable::Damaged),
        }
        let mut settings: Self = serde_json::from_value(value).map_err(|_| Unusable::Damaged)?;
        settings.version = VERSION;
        settings.zoom = sane_zoom(settings.zoom);
        let sane = |width: Option<f32>| width.filter(|width| (100.0..4_000.0).contains(width));
        settings.tree_width = sane(settings.tree_width);
        settings.details_width = sane(settings.details_width);
        settings.side_panel.widths_are_sane(sane);
        settings.artifacts_width = sane(settings.artifacts_width);
        Ok(settings)
    }

    /// As it is written.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Puts a store first among the recent ones.
    pub fn note_recent(&mut self, path: &str) {
        self.recent.retain(|known| known != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(MAX_RECENT);
    }

    /// Forgets a store: it is no recent one any more, and nothing that belongs to it is kept.
    pub fn forget(&mut self, path: &str) {
        self.recent.retain(|known| known != path);
        self.stores.remove(&fingerprint(path));
    }

    /// What belongs to one store.
    pub fn store(&mut self, fingerprint: &str) -> &mut StoreSettings {
        self.stores.entry(fingerprint.to_owned()).or_default()
    }
}

impl StoreSettings {
    /// Puts addresses, the latest first, before those that were noted earlier.
    pub fn note_places(&mut self, latest: impl IntoIterator<Item = String>) {
        let mut places: Vec<String> = Vec::new();
        for place in latest.into_iter().chain(std::mem::take(&mut self.places)) {
            if !places.contains(&place) && places.len() < MAX_PLACES {
                places.push(place);
            }
        }
        self.places = places;
    }
}

/// The nearest zoom that is offered, in whole tenths; what is no number is 1.
pub fn sane_zoom(zoom: f32) -> f32 {
    if zoom.is_finite() { (zoom.clamp(*ZOOM.start(), *ZOOM.end()) * 10.0).round() / 10.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::evolution::Against;

    #[test]
    fn what_is_not_known_is_kept() {
        let text = r#"{"version": 1, "theme": "dark", "moon": 1.5, "stores": {"ab": {"pinned": ["x"]}}}"#;
        let mut settings = Settings::parse(text).expect("readable");
        assert_eq!(settings.theme, ThemeChoice::Dark);
        settings.note_recent("/a");
        settings.store("ab").location = Some("dspyglass:".into());
        let again = Settings::parse(&settings.to_text()).expect("readable");
        assert_eq!(again, settings);
        assert_eq!(again.other["moon"], 1.5);
        assert_eq!(again.stores["ab"].other["pinned"][0], "x");
    }

    #[test]
    fn how_comparisons_are_shown_is_kept() {
        let mut settings = Settings::default();
        assert!(!settings.to_text().contains("compare"));
        settings.compare.shows_all = true;
        settings.compare.against = Some(Against::Parent);
        assert_eq!(Settings::parse(&settings.to_text()).expect("readable").compare, settings.compare);
        for odd in [r#""moon""#, "7", "null"] {
            let text = format!(r#"{{"version": 1, "compare": {{"shows_all": true, "against": {odd}}}}}"#);
            let compare = Settings::parse(&text).expect("readable").compare;
            assert_eq!((compare.shows_all, compare.against), (true, None));
        }
    }

    #[test]
    fn what_cannot_be_used_is_told_apart() {
        assert_eq!(Settings::parse("{"), Err(Unusable::Damaged));
        assert_eq!(Settings::parse("[]"), Err(Unusable::Damaged));
        assert_eq!(Settings::parse(r#"{"version": 1, "recent": 3}"#), Err(Unusable::Damaged));
        assert_eq!(Settings::parse(r#"{"version": 2, "recent": 3}"#), Err(Unusable::Later));
        let odd = Settings::parse(r#"{"version": 1, "tree_width": 1e30}"#).expect("readable");
        assert_eq!(odd.tree_width, None);
        for (zoom, sane) in [("1e30", 2.0), ("-3", 0.8), ("1.2", 1.2)] {
            let text = format!(r#"{{"version": 1, "zoom": {zoom}}}"#);
            assert_eq!(Settings::parse(&text).expect("readable").zoom, sane);
        }
    }

    #[test]
    fn a_forgotten_store_leaves_nothing() {
        let mut settings = Settings::default();
        let empty = settings.to_text();
        settings.note_recent("/a");
        settings.store(&fingerprint("/a")).note_places(["dspyglass:run/a".to_owned()]);
        settings.forget("/a");
        assert_eq!(settings.to_text(), empty);
    }

    #[test]
    fn places_stand_once_the_latest_first() {
        let mut store = StoreSettings::default();
        store.note_places(["b", "a"].map(str::to_owned));
        store.note_places(["c", "b"].map(str::to_owned));
        assert_eq!(store.places, ["c", "b", "a"]);
    }

    #[test]
    fn recent_stores_stand_once_the_latest_first() {
        let mut settings = Settings::default();
        for path in ["/a", "/b", "/a"] {
            settings.note_recent(path);
        }
        assert_eq!(settings.recent, ["/a", "/b"]);
        assert_ne!(fingerprint("/a"), fingerprint("/b"));
    }
}
