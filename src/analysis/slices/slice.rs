//! Seed against winner in each slice, and which slice got worse.

use super::value::SliceValue;
use crate::analysis::statistics::{Comparison, Confidence, Interval, compare_paired, score_interval};

/// What an example scored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// Its place in the matrix.
    pub example: u32,
    /// In the seed, or what is compared with; `None` if only one evaluation is looked at.
    pub before: Option<f64>,
    /// In the winner, or what is looked at.
    pub after: f64,
}

/// A mean and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SideScore {
    /// The mean, in the unit of the examples.
    pub mean: f64,
    /// In which interval the true mean lies, 95 %; `None` where it cannot be told.
    pub interval: Option<Interval>,
}

impl SideScore {
    fn of(scores: &[f64]) -> Option<Self> {
        let mean = scores.iter().sum::<f64>() / scores.len() as f64;
        let interval = score_interval(scores, Confidence::USUAL).map(|it| it.interval);
        mean.is_finite().then_some(Self { mean, interval })
    }
}

/// The examples that have one value in a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The value.
    pub value: SliceValue,
    /// The examples, by their places in the matrix.
    pub examples: Vec<u32>,
    /// The seed on them.
    pub before: Option<SideScore>,
    /// The winner on them.
    pub after: SideScore,
    /// Seed against winner on these examples, in the unit of the examples.
    pub comparison: Option<Comparison>,
    /// Those that the winner scored lower, by their places.
    pub worse: Vec<u32>,
    /// Those that it scored higher.
    pub better: Vec<u32>,
}

impl Slice {
    /// After less before; `None` if only one evaluation is looked at.
    pub fn difference(&self) -> Option<f64> {
        self.comparison.map(|told| told.difference())
    }

    /// p if all of `count` slices are looked at (Bonferroni).
    pub fn corrected_p(&self, count: usize) -> Option<f64> {
        self.comparison.map(|told| told.p_of_best(count))
    }

    /// Which share of its examples got worse.
    fn share_of_worse(&self) -> f64 {
        self.worse.len() as f64 / self.examples.len().max(1) as f64
    }
}

/// Groups of scores; what got worse most stands first, of one evaluation what is worst. A group without a finite score
/// is left out.
pub fn slices(groups: Vec<(SliceValue, Vec<Scored>)>) -> Vec<Slice> {
    let slice = |(value, scored): (SliceValue, Vec<Scored>)| {
        let pairs: Vec<(f64, f64)> = scored.iter().filter_map(|one| Some((one.before?, one.after))).collect();
        let after: Vec<f64> = scored.iter().map(|one| one.after).collect();
        let before: Vec<f64> = pairs.iter().map(|(before, _)| *before).collect();
        let turned = |is_it: fn(f64, f64) -> bool| {
            let of = |one: &&Scored| one.before.is_some_and(|before| is_it(before, one.after));
            scored.iter().filter(of).map(|one| one.example).collect::<Vec<u32>>()
        };
        Some(Slice {
            examples: scored.iter().map(|one| one.example).collect(),
            before: SideScore::of(&before),
            after: SideScore::of(&after)?,
            comparison: compare_paired(&pairs, Confidence::USUAL),
            worse: turned(|before, after| after < before),
            better: turned(|before, after| after > before),
            value,
        })
    };
    let mut found: Vec<Slice> = groups.into_iter().filter_map(slice).collect();
    let key = |one: &Slice| one.difference().unwrap_or(one.after.mean);
    found.sort_by(|a, b| key(a).total_cmp(&key(b)));
    found
}

/// Which of some slices is to be looked at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worst {
    /// The slice at this place: its mean fell.
    Fell(usize),
    /// The mean of none fell; of this one the largest share of examples got worse.
    HasWorse(usize),
}

/// The slice to be looked at first: of those whose mean fell the one where that is least likely luck, then the one that
/// lost most; else the one of which most examples got worse. `None` if no example got worse.
pub fn worst<'a>(slices: impl IntoIterator<Item = &'a Slice>) -> Option<Worst> {
    let all: Vec<(usize, &Slice)> = slices.into_iter().enumerate().collect();
    let fallen = all.iter().filter_map(|(at, one)| {
        let told = one.comparison.filter(|told| told.difference() < 0.0)?;
        Some((*at, told.p, told.difference() * told.examples as f64))
    });
    let fell = fallen.min_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)));
    if let Some((at, ..)) = fell {
        return Some(Worst::Fell(at));
    }
    let with_worse = all.iter().filter(|(_, one)| !one.worse.is_empty());
    with_worse
        // Of equals the first: it gained least.
        .rev()
        .max_by(|(_, a), (_, b)| {
            a.share_of_worse().total_cmp(&b.share_of_worse()).then(a.worse.len().cmp(&b.worse.len()))
        })
        .map(|(at, _)| Worst::HasWorse(*at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(value: &str, pairs: &[(f64, f64)]) -> (SliceValue, Vec<Scored>) {
        let scored = pairs.iter().zip(0..);
        let scored = scored.map(|((before, after), example)| Scored { example, before: Some(*before), after: *after });
        (SliceValue::Text(value.to_owned()), scored.collect())
    }

    #[test]
    fn what_got_worse_stands_first() {
        let found = slices(vec![
            group("a", &[(1.0, 0.0)]),
            group("b", &[(0.0, 1.0), (1.0, 1.0)]),
            group("c", &[(0.5, 0.5)]),
            group("none", &[]),
        ]);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.value.text(), one.examples.len(), one.before.expect("a seed").mean, one.after.mean))
            .collect();
        assert_eq!(told, [("a".into(), 1, 1.0, 0.0), ("c".into(), 1, 0.5, 0.5), ("b".into(), 2, 0.5, 1.0)]);
        assert_eq!((&found[0].worse, &found[2].better), (&vec![0], &vec![0]));
        // Wilson's interval of one of two: 9.45 % to 90.55 %.
        let interval = found[2].before.and_then(|side| side.interval).expect("an interval");
        assert!((interval.low - 0.094_53).abs() < 1e-4 && (interval.high - 0.905_47).abs() < 1e-4);
    }

    #[test]
    fn the_fall_that_is_least_likely_luck_is_told_first() {
        let down = |count: usize| vec![(1.0, 0.0); count];
        let found = slices(vec![group("one", &down(1)), group("six", &[down(6), vec![(1.0, 1.0); 6]].concat())]);
        assert_eq!(found[0].value.text(), "one", "it fell furthest");
        assert_eq!(worst(&found), Some(Worst::Fell(1)), "p = 0.03 against 1");
        let corrected = found[1].corrected_p(2).expect("a test");
        assert!((corrected - 0.0625).abs() < 1e-12, "twice 2 / 2⁶: {corrected}");
    }

    #[test]
    fn without_a_fall_the_largest_share_of_worse_examples() {
        let mixed = |worse: usize, of: usize| {
            (0..of).map(|at| if at < worse { (0.5, 0.4) } else { (0.1, 0.9) }).collect::<Vec<_>>()
        };
        let found = slices(vec![group("a", &mixed(2, 9)), group("b", &mixed(3, 9)), group("c", &mixed(0, 2))]);
        let Some(Worst::HasWorse(at)) = worst(&found) else { panic!("none fell") };
        assert_eq!(found[at].value.text(), "b");
        assert_eq!(worst(&slices(vec![group("c", &mixed(0, 2))])), None);
        let alone = Scored { example: 0, before: None, after: 0.0 };
        let alone = slices(vec![(SliceValue::Nothing, vec![alone])]);
        assert_eq!((worst(&alone), alone[0].comparison), (None, None), "one evaluation alone");
    }
}
