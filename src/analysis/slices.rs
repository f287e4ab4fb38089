//! Examples by the value of one of their fields: in which group the winner gained, in which it lost.

use std::collections::{BTreeMap, HashMap};

use super::statistics::{Comparison, Confidence, compare_paired};

/// The examples that have one value in a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// The value as text; what is no text as JSON.
    pub value: String,
    /// Seed against winner on these examples, in the unit of the examples.
    pub comparison: Comparison,
}

/// Groups of pairs of scores, seed and winner, by a value; what got worse most stands first.
pub fn slices(scored: &[(String, (f64, f64))]) -> Vec<Slice> {
    let mut groups: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for (value, pair) in scored {
        groups.entry(value).or_default().push(*pair);
    }
    let slice = |(value, pairs): (&str, Vec<(f64, f64)>)| {
        Some(Slice { value: value.to_owned(), comparison: compare_paired(&pairs, Confidence::USUAL)? })
    };
    let mut found: Vec<Slice> = groups.into_iter().filter_map(slice).collect();
    found.sort_by(|a, b| a.comparison.difference().total_cmp(&b.comparison.difference()));
    found
}

/// How often which value was predicted where which was expected.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Confusion {
    /// The values, expected or predicted: rows and columns alike. Those that were expected stand first, the most frequent
    /// first.
    pub labels: Vec<String>,
    /// Of the seed: a row for each expected value, a column for each predicted one.
    pub seed: Vec<Vec<usize>>,
    /// Of the winner.
    pub winner: Vec<Vec<usize>>,
}

/// How well one value was told from others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelScores {
    /// Of those predicted to be it, the share that is; `None` if it was never predicted.
    pub precision: Option<f64>,
    /// Of those that are it, the share predicted to be; `None` if it was never expected.
    pub recall: Option<f64>,
    /// Their harmonic mean; `None` without one of them, or if both are 0.
    pub f1: Option<f64>,
}

impl Confusion {
    /// More different values than this are no classes.
    pub const MOST_LABELS: usize = 24;

    /// Counts expected values with what seed and winner predicted. `None` if there are no pairs, more values than classes
    /// have, or hardly a value that repeats: then it is no classification.
    pub fn count(answers: &[(String, [Option<String>; 2])]) -> Option<Self> {
        let known: Vec<(&str, [&str; 2])> = answers
            .iter()
            .filter_map(|(expected, [seed, winner])| Some((&**expected, [seed.as_deref()?, winner.as_deref()?])))
            .collect();
        let mut expected: HashMap<&str, usize> = HashMap::new();
        known.iter().for_each(|(value, _)| *expected.entry(value).or_default() += 1);
        if known.is_empty() || expected.len() * 2 > known.len() {
            return None;
        }
        let mut labels: Vec<&str> = expected.keys().copied().collect();
        labels.sort_by(|a, b| expected[b].cmp(&expected[a]).then_with(|| a.cmp(b)));
        let mut others: Vec<&str> =
            known.iter().flat_map(|(_, told)| told).copied().filter(|value| !expected.contains_key(value)).collect();
        others.sort_unstable();
        others.dedup();
        labels.extend(others);
        if labels.len() > Self::MOST_LABELS {
            return None;
        }
        let place: HashMap<&str, usize> = labels.iter().copied().zip(0..).collect();
        let mut matrices = [vec![vec![0; labels.len()]; labels.len()], vec![vec![0; labels.len()]; labels.len()]];
        for (expected, told) in known {
            for (matrix, predicted) in matrices.iter_mut().zip(told) {
                matrix[place[expected]][place[predicted]] += 1;
            }
        }
        let [seed, winner] = matrices;
        Some(Self { labels: labels.into_iter().map(str::to_owned).collect(), seed, winner })
    }

    /// Precision, recall and F1 of each label in one of the matrices.
    pub fn scores(matrix: &[Vec<usize>]) -> Vec<LabelScores> {
        let share = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
        let of = |label: usize| {
            let right = matrix.get(label).and_then(|row| row.get(label)).copied().unwrap_or_default();
            let expected: usize = matrix.get(label).into_iter().flatten().sum();
            let predicted: usize = matrix.iter().filter_map(|row| row.get(label)).sum();
            let (precision, recall) = (share(right, predicted), share(right, expected));
            let f1 = precision
                .zip(recall)
                .filter(|(precision, recall)| precision + recall > 0.0)
                .map(|(precision, recall)| 2.0 * precision * recall / (precision + recall));
            LabelScores { precision, recall, f1 }
        };
        (0..matrix.len()).map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_got_worse_stands_first() {
        let scored = [("b", 0.0, 1.0), ("a", 1.0, 0.0), ("b", 1.0, 1.0), ("c", 0.5, 0.5)]
            .map(|(value, seed, winner)| (value.to_owned(), (seed, winner)));
        let found = slices(&scored);
        let told: Vec<_> = found
            .iter()
            .map(|one| (&*one.value, one.comparison.examples, one.comparison.before, one.comparison.after))
            .collect();
        assert_eq!(told, [("a", 1, 1.0, 0.0), ("c", 1, 0.5, 0.5), ("b", 2, 0.5, 1.0)]);
    }

    #[test]
    fn predictions_are_counted_by_what_was_expected() {
        let answers = [("x", "x", "x"), ("x", "y", "x"), ("y", "y", "z"), ("y", "y", "y"), ("x", "y", "x")]
            .map(|(expected, seed, winner)| (expected.to_owned(), [Some(seed.to_owned()), Some(winner.to_owned())]));
        let found = Confusion::count(&answers).expect("classes");
        assert_eq!(found.labels, ["x", "y", "z"]);
        assert_eq!(found.seed, [[1, 2, 0], [0, 2, 0], [0, 0, 0]]);
        assert_eq!(found.winner, [[3, 0, 0], [0, 1, 1], [0, 0, 0]]);
        let scores = Confusion::scores(&found.seed);
        assert_eq!((scores[0].precision, scores[0].recall), (Some(1.0), Some(1.0 / 3.0)));
        assert_eq!(scores[0].f1, Some(0.5));
        assert_eq!((scores[1].precision, scores[1].recall), (Some(0.5), Some(1.0)));
        assert_eq!(scores[2], LabelScores { precision: None, recall: None, f1: None });
        let texts = ["a", "b", "c"].map(|text| (text.to_owned(), [Some(text.to_owned()), None]));
        assert_eq!(Confusion::count(&texts), None, "a prediction is missing");
        let texts = ["a", "b", "c"].map(|text| (text.to_owned(), [Some(text.to_owned()), Some(text.to_owned())]));
        assert_eq!(Confusion::count(&texts), None, "no value repeats");
    }
}
