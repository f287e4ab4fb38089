//! How the panels of the window share its width: pure, so that every size of window can be tried.

/// The left panel is never narrower.
pub const LEFT_LEAST: f32 = 160.0;
/// The right panel is never narrower; in a window that has no room for it, it becomes a tab.
pub const RIGHT_LEAST: f32 = 320.0;
/// The centre is never narrower while there is a panel at the right.
pub const CENTRE_LEAST: f32 = 470.0;

/// `wanted` points, but not less than `own_least` and not so much that less than `other_least` of `length` is left.
/// Where there is no room for both, the other one gives way.
pub fn clamp_size(wanted: f32, length: f32, own_least: f32, other_least: f32) -> f32 {
    let wanted = if wanted.is_finite() { wanted } else { own_least };
    wanted.min(length - other_least).max(own_least).min(length.max(0.0)).max(0.0).round()
}

/// The widths of the panels beside the centre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelPlan {
    /// The width of the left panel; 0 if it is hidden.
    pub left: f32,
    /// The width of the right panel; `None`: its content is a tab of the centre.
    pub right: Option<f32>,
}

impl PanelPlan {
    /// The plan for a window that is `window` points wide, with the widths that the user set. `left`: none if the
    /// panel is hidden.
    pub fn new(window: f32, left: Option<f32>, right: f32) -> Self {
        let right = if right.is_finite() { right.max(RIGHT_LEAST) } else { RIGHT_LEAST };
        let room = window - CENTRE_LEAST;
        let Some(left) = left else {
            let right = (room >= RIGHT_LEAST).then(|| right.min(room).round());
            return Self { left: 0.0, right };
        };
        let left = if left.is_finite() { left.max(LEFT_LEAST) } else { LEFT_LEAST };
        if room < LEFT_LEAST + RIGHT_LEAST {
            // The centre alone: the tree may take what is left, but not more than half.
            let left = left.min(room.max(window / 2.0)).max(LEFT_LEAST.min(window / 2.0));
            return Self { left: left.round(), right: None };
        }
        // First the details shrink, then the tree.
        let right = right.min(room - left).max(RIGHT_LEAST);
        let left = left.min(room - right);
        Self { left: left.round(), right: Some(right.round()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_of_the_look_fit() {
        assert_eq!(PanelPlan::new(1600.0, Some(292.0), 400.0), PanelPlan { left: 292.0, right: Some(400.0) });
        assert_eq!(PanelPlan::new(1600.0, Some(292.0), 560.0).right, Some(560.0));
        assert_eq!(PanelPlan::new(1100.0, Some(292.0), 400.0), PanelPlan { left: 292.0, right: Some(338.0) });
        assert_eq!(PanelPlan::new(800.0, Some(292.0), 400.0).right, None);
        assert_eq!(PanelPlan::new(800.0, None, 400.0), PanelPlan { left: 0.0, right: Some(330.0) });
        assert_eq!(PanelPlan::new(780.0, None, 400.0).right, None);
    }

    #[test]
    fn nothing_is_ever_too_narrow() {
        for window in (0..2_400).map(|w| w as f32) {
            for (left, right) in [(292.0, 400.0), (0.0, 5_000.0), (5_000.0, 0.0), (f32::NAN, f32::INFINITY)] {
                let plan = PanelPlan::new(window, Some(left), right);
                let rest = window - plan.left - plan.right.unwrap_or(0.0);
                assert!(plan.left >= 0.0 && rest >= 0.0, "{window} {plan:?}");
                if let Some(right) = plan.right {
                    assert!(plan.left >= LEFT_LEAST && right >= RIGHT_LEAST && rest >= CENTRE_LEAST - 1.0, "{plan:?}");
                }
            }
        }
    }

    #[test]
    fn sizes_stay_between_their_ends() {
        assert_eq!(clamp_size(300.0, 1_000.0, 100.0, 200.0), 300.0);
        assert_eq!(clamp_size(50.0, 1_000.0, 100.0, 200.0), 100.0);
        assert_eq!(clamp_size(950.0, 1_000.0, 100.0, 200.0), 800.0);
        assert_eq!(clamp_size(950.0, 250.0, 100.0, 200.0), 100.0);
        assert_eq!(clamp_size(f32::NAN, 60.0, 100.0, 200.0), 60.0);
        assert_eq!(clamp_size(9.0, -5.0, 100.0, 200.0), 0.0);
    }
}
