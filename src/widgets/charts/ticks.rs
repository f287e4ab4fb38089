//! Where the marks of an axis stand: at round values, round times, or round powers.

use egui_plot::{GridInput, GridMark};

/// No axis has more marks.
const MOST: usize = 200;

/// The finest grid, in points: marks stand at multiples of it.
pub(super) const GRID_STEP: f64 = 8.0;

/// What the values of an axis are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AxisKind {
    /// Numbers.
    #[default]
    Number,
    /// Whole numbers: there is no mark between two of them.
    Whole,
    /// Milliseconds: marks at seconds, minutes, hours, days.
    Time,
    /// Decimal logarithms: marks at powers of ten, or at 1, 2, 5 between them.
    Log,
}

/// The steps of time, in milliseconds.
const TIMES: [f64; 24] = [
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3,
    900e3, 1_800e3, 3_600e3, 10_800e3, 21_600e3,
];
const DAY: f64 = 86_400e3;

/// The distance that marks at 1, 2, 5 tell of themselves; even ones nearer than that tell theirs.
pub(super) const BETWEEN_POWERS: f64 = 0.3;

/// Marks about `base` × [`GRID_STEP`] points apart; all of one strength, so that none fades.
pub(super) fn ticks(input: GridInput, base: f64, kind: AxisKind) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let least = input.base_step_size * base;
    if !(least.is_finite() && least > 0.0 && low.is_finite() && high.is_finite()) {
        return Vec::new();
    }
    match kind {
        AxisKind::Log if least < 0.35 => within_powers(low, high, least),
        AxisKind::Log => even(low, high, round(least).max(1.0)),
        AxisKind::Whole => even(low, high, round(least).max(1.0)),
        AxisKind::Number => even(low, high, round(least)),
        AxisKind::Time => {
            let step = TIMES.into_iter().find(|step| *step >= least * 0.999);
            even(low, high, step.unwrap_or_else(|| round((least / DAY).max(0.5)) * DAY))
        }
    }
}

/// The next step of 1, 2, 5 × 10ⁿ.
pub(super) fn round(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|step| *step >= least * 0.999);
    step.unwrap_or(power * 10.0)
}

fn even(low: f64, high: f64, step: f64) -> Vec<GridMark> {
    let first = (low / step).ceil();
    let count = ((high / step).floor() - first).clamp(-1.0, MOST as f64);
    (0..(count + 1.0) as usize)
        .map(|index| GridMark { value: (first + index as f64) * step, step_size: step })
        .collect()
}

/// 1, 2, 5, 10, 20, 50, … or, where there is room, each figure.
fn within_powers(low: f64, high: f64, least: f64) -> Vec<GridMark> {
    const ALL: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    let few: &[f64] = if least < 0.05 { ALL } else { &[1.0, 2.0, 5.0] };
    let (first, last) = (low.floor() as i32, high.ceil() as i32);
    if last.saturating_sub(first) > MOST as i32 {
        return Vec::new();
    }
    let inside = |figures: &[f64]| -> Vec<f64> {
        let powers =
            (first..=last).flat_map(|power| figures.iter().map(move |figure| f64::from(power) + figure.log10()));
        powers.filter(|value| (low..=high).contains(value)).collect()
    };
    let inside = Some(inside(few)).filter(|marks| marks.len() > 1).unwrap_or_else(|| inside(ALL));
    if inside.len() < 2 {
        return within_figures(low, high, least);
    }
    inside.into_iter().map(|value| GridMark { value, step_size: BETWEEN_POWERS }).collect()
}

/// Round values where even the figures of a power are too far apart, each as far from the next as it says.
fn within_figures(low: f64, high: f64, least: f64) -> Vec<GridMark> {
    let (from, to) = (10f64.powf(low), 10f64.powf(high));
    let step = round((to - from) / (high - low) * least);
    if !(step.is_finite() && step > 0.0) {
        return even(low, high, round(least));
    }
    let mark = |value: f64| GridMark { value: value.log10(), step_size: (1.0 + step / value).log10() };
    even(from, to, step).into_iter().filter(|one| one.value > 0.0).map(|one| mark(one.value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(low: f64, high: f64, base_step_size: f64, kind: AxisKind) -> Vec<f64> {
        let input = GridInput { bounds: (low, high), base_step_size };
        ticks(input, 5.0, kind).into_iter().map(|mark| mark.value).collect()
    }

    #[test]
    fn ticks_are_round_and_never_too_many() {
        let number = AxisKind::Number;
        assert_eq!(values(18.0, 91.0, 3.0, number), [20.0, 40.0, 60.0, 80.0]);
        assert_eq!(values(-0.3, 1.1, 0.1, number), [0.0, 0.5, 1.0]);
        assert!(values(0.0, f64::NAN, 1.0, number).is_empty());
        assert!(values(0.0, 1e300, 1e-300, number).len() <= MOST + 1);
        assert!(values(0.0, 1.0, 0.0, number).is_empty());
        assert!(values(0.4, 0.6, 0.02, AxisKind::Whole).is_empty());
        assert_eq!(values(-0.2, 2.2, 0.02, AxisKind::Whole), [0.0, 1.0, 2.0]);
    }

    #[test]
    fn times_stand_at_minutes_and_days() {
        assert_eq!(values(0.0, 200e3, 10e3, AxisKind::Time), [0.0, 60e3, 120e3, 180e3]);
        assert_eq!(values(0.0, 5.0 * DAY, DAY / 6.0, AxisKind::Time).len(), 6);
    }

    #[test]
    fn powers_are_marked_as_powers() {
        assert_eq!(values(-3.2, 2.1, 0.2, AxisKind::Log), [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0]);
        let between: Vec<f64> =
            values(0.0, 1.0, 0.04, AxisKind::Log).into_iter().map(|v| 10f64.powf(v).round()).collect();
        assert_eq!(between, [1.0, 2.0, 5.0, 10.0]);
        let near: Vec<f64> =
            values(-0.36, -0.03, 0.02, AxisKind::Log).into_iter().map(|v| 10f64.powf(v) * 10.0).collect();
        assert_eq!(near.iter().map(|v| v.round()).collect::<Vec<f64>>(), [5.0, 6.0, 7.0, 8.0, 9.0]);
        assert!(!values(1.002, 1.004, 0.0002, AxisKind::Log).is_empty());
        let round: Vec<f64> = values(1.463, 1.533, 0.002, AxisKind::Log)
            .into_iter()
            .map(|v| (10f64.powf(v) * 1e6).round() / 1e6)
            .collect();
        assert_eq!(round, [30.0, 31.0, 32.0, 33.0, 34.0], "the labels are what the marks are");
        assert!(values(307.999_9, 308.3, 0.01, AxisKind::Log).len() < MOST);
    }
}
