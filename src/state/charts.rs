//! Which metrics of which runs the charts of a run draw.

use std::collections::HashSet;

use crate::model::RunId;

/// What the user chose of a run's charts. A metric is drawn until it is hidden; another run than the page's own is
/// not until it is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartChoice {
    /// Metrics that are not drawn.
    pub hidden: HashSet<String>,
    /// Other runs that are drawn.
    pub shown: HashSet<RunId>,
    /// The page's own run is not drawn.
    pub without_own: bool,
    followed: Vec<RunId>,
}

impl ChartChoice {
    /// Runs that have just been selected in the table are drawn; what the user turned since stays as it is.
    pub fn follow(&mut self, selected: &[RunId]) {
        if self.followed != selected {
            self.shown.extend(selected.iter().cloned());
            self.followed = selected.to_vec();
        }
    }

    /// Shows a run or hides it; `own` is the run of the page.
    pub fn toggle_run(&mut self, own: &RunId, id: &RunId) {
        if id == own {
            self.without_own = !self.without_own;
        } else if !self.shown.remove(id) {
            self.shown.insert(id.clone());
        }
    }

    /// Shows a metric or hides it.
    pub fn toggle_metric(&mut self, key: &str) {
        if !self.hidden.remove(key) {
            self.hidden.insert(key.to_owned());
        }
    }
}
