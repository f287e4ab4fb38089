//! The scores of two evaluations as bars and points: pure functions of what was read.

use std::collections::BTreeMap;

use crate::query::BothSides;
use crate::widgets::charts::{HistogramBin, ScatterPoint};
use crate::words;

/// Up to so many different scores each has a bar of its own.
const OWN_BARS: usize = 12;
/// Else there are so many bars of equal width.
const BARS: usize = 20;

/// How scores are spread, and the examples behind each bar and point.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spread {
    pub bins: Vec<HistogramBin>,
    /// The examples of each bar, of both series.
    pub bin_examples: Vec<[Vec<u32>; 2]>,
    pub points: Vec<ScatterPoint>,
    /// The examples of each point.
    pub point_examples: Vec<Vec<u32>>,
    /// What became of right and wrong, where all scores are 0 or 1: rows before, columns after, right first.
    pub turned: Option<[[Vec<u32>; 2]; 2]>,
}

/// The spread of the scores of both sides, on the scale of the evaluation's score.
pub(super) fn spread(both: &BothSides) -> Spread {
    let mut found = Spread::default();
    bars(both, &mut found);
    let mut places: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    for one in &both.scored {
        let Some(before) = one.before else { continue };
        let (x, y) = (both.scaled(before), both.scaled(one.after));
        let at = *places.entry((x.to_bits(), y.to_bits())).or_insert_with(|| {
            found.points.push(ScatterPoint { x, y, count: 0 });
            found.point_examples.push(Vec::new());
            found.points.len() - 1
        });
        found.points[at].count += 1;
        found.point_examples[at].push(one.example);
    }
    let has_both = both.scored.iter().all(|one| one.before.is_some()) && !both.scored.is_empty();
    if both.rule.is_binary && has_both {
        let mut turned: [[Vec<u32>; 2]; 2] = Default::default();
        for one in &both.scored {
            let side = |score: f64| usize::from(!both.rule.is_right(score));
            turned[side(one.before.unwrap_or_default())][side(one.after)].push(one.example);
        }
        found.turned = Some(turned);
    }
    found
}

fn bars(both: &BothSides, found: &mut Spread) {
    let scores =
        || both.scored.iter().flat_map(|one| [one.before, Some(one.after)]).flatten().map(|it| both.scaled(it));
    let mut values: Vec<f64> = scores().filter(|score| score.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    let (Some(low), Some(high)) = (values.first().copied(), values.last().copied()) else { return };
    let bin = |label: String, words: String| HistogramBin { label, words, counts: [0, 0] };
    let is_own = values.len() <= OWN_BARS;
    let width = (high - low) / BARS as f64;
    if is_own {
        found.bins =
            values.iter().map(|value| bin(words::value(*value), format!("score {}", words::value(*value)))).collect();
    } else {
        let range = |at: usize| {
            let (from, to) = (low + width * at as f64, low + width * (at + 1) as f64);
            bin(words::value(from), format!("score {} to {}", words::value(from), words::value(to)))
        };
        found.bins = (0..BARS).map(range).collect();
    }
    found.bin_examples = vec![Default::default(); found.bins.len()];
    let last = found.bins.len() - 1;
    let place = |score: f64| match is_own {
        true => values.iter().position(|value| *value == score),
        false => Some((((score - low) / width).floor().max(0.0) as usize).min(last)),
    };
    for one in &both.scored {
        for (series, score) in [one.before, Some(one.after)].into_iter().enumerate() {
            let Some(at) = score.map(|score| both.scaled(score)).and_then(place) else { continue };
            found.bins[at].counts[series] += 1;
            found.bin_examples[at][series].push(one.example);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::result_table::RightRule;
    use crate::analysis::slices::Scored;

    fn both(pairs: &[(Option<f64>, f64)], is_binary: bool) -> BothSides {
        let scored =
            pairs.iter().zip(0..).map(|((before, after), example)| Scored { example, before: *before, after: *after });
        BothSides {
            before: Some(0),
            after: 1,
            ids: [None, None],
            scored: scored.collect(),
            unit: 100.0,
            has_scale: true,
            rule: RightRule { threshold: if is_binary { 1.0 } else { 0.5 }, is_binary },
        }
    }

    #[test]
    fn right_and_wrong_are_a_square_and_two_bars() {
        let pairs = [(1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 1.0)].map(|(a, b)| (Some(a), b));
        let found = spread(&both(&pairs, true));
        let told: Vec<_> = found.bins.iter().map(|bin| (&*bin.label, bin.counts)).collect();
        assert_eq!(told, [("0", [2, 1]), ("100", [2, 3])]);
        assert_eq!(found.turned, Some([[vec![0], vec![2]], [vec![1, 3], vec![]]]));
        let points: Vec<_> = found.points.iter().map(|point| (point.x, point.y, point.count)).collect();
        assert_eq!(points, [(100.0, 100.0, 1), (0.0, 100.0, 2), (100.0, 0.0, 1)]);
    }

    #[test]
    fn graded_scores_are_in_bars_of_equal_width_and_none_is_lost() {
        let pairs: Vec<_> = (0..40).map(|at| (Some(f64::from(at) / 39.0), 1.0 - f64::from(at) / 39.0)).collect();
        let found = spread(&both(&pairs, false));
        assert_eq!((found.bins.len(), found.turned), (BARS, None));
        for series in 0..2 {
            assert_eq!(found.bins.iter().map(|bin| bin.counts[series]).sum::<usize>(), 40);
        }
        assert_eq!(found.bin_examples[BARS - 1][0], [38, 39], "the highest is in the last bar");
    }

    #[test]
    fn one_evaluation_alone_has_no_points() {
        let found = spread(&both(&[(None, 0.5), (None, 0.5)], false));
        assert_eq!((found.points.len(), found.turned, found.bins[0].counts), (0, None, [0, 2]));
        assert_eq!(spread(&both(&[], false)), Spread::default());
    }
}
