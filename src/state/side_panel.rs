//! The panel at the right of a run: what is selected on the page, told beside it.

use serde::{Deserialize, Serialize};

/// What the panel tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SidePanel {
    /// The candidate that is selected in an optimization.
    Candidate,
    /// The example that is selected in a matrix.
    Example,
}

/// How the panel is shown.
#[derive(Clone, Copy, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SidePanelSettings {
    /// The width of a candidate's panel, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate_width: Option<f32>,
    /// The width of an example's panel, in points.
    #[serde(skip_serializing_if = "Option::is_none")]
    example_width: Option<f32>,
    /// It was closed where there is room for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_closed: bool,
    /// It was opened where others have to give way to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_open_in_little_room: bool,
}

impl SidePanelSettings {
    /// Nothing was set.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The width that the user gave it.
    pub fn width(&self, panel: SidePanel) -> Option<f32> {
        match panel {
            SidePanel::Candidate => self.candidate_width,
            SidePanel::Example => self.example_width,
        }
    }

    /// Whether it is shown: where there is room unless it was closed, in little room only if it was opened.
    pub fn is_shown(&self, has_room: bool) -> bool {
        if has_room { !self.is_closed } else { self.is_open_in_little_room }
    }

    pub(super) fn set_width(&mut self, panel: SidePanel, width: f32) {
        match panel {
            SidePanel::Candidate => self.candidate_width = Some(width),
            SidePanel::Example => self.example_width = Some(width),
        }
    }

    pub(super) fn show(&mut self, has_room: bool, shows: bool) {
        if has_room {
            self.is_closed = !shows;
        } else {
            self.is_open_in_little_room = shows;
        }
    }

    pub(super) fn widths_are_sane(&mut self, sane: impl Fn(Option<f32>) -> Option<f32>) {
        self.candidate_width = sane(self.candidate_width);
        self.example_width = sane(self.example_width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Settings;

    #[test]
    fn wide_and_narrow_windows_are_remembered_apart() {
        let mut panel = SidePanelSettings::default();
        assert!(panel.is_shown(true) && !panel.is_shown(false));
        panel.show(false, true);
        panel.show(true, false);
        assert!(!panel.is_shown(true) && panel.is_shown(false));
        panel.set_width(SidePanel::Example, 420.0);
        assert_eq!((panel.width(SidePanel::Candidate), panel.width(SidePanel::Example)), (None, Some(420.0)));
        let settings = Settings { side_panel: panel, ..Settings::default() };
        assert_eq!(Settings::parse(&settings.to_text()).expect("readable"), settings);
        assert!(!Settings::default().to_text().contains("side_panel"));
        let odd = r#"{"version": 1, "side_panel": {"example_width": 1e30}}"#;
        assert_eq!(Settings::parse(odd).expect("readable").side_panel, SidePanelSettings::default());
    }
}
