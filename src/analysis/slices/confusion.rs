//! What was taken for what: predictions of a field against what was expected in it.

use std::collections::HashMap;

/// An example with an expected value and what both programs predicted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its place in the matrix.
    pub example: u32,
    /// What was expected.
    pub expected: String,
    /// What seed and winner said; `None` where that is not known. Of one evaluation alone twice the same.
    pub told: [Option<String>; 2],
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
    /// What was counted: the example, and the places of expected, the seed's and the winner's value among the labels.
    counted: Vec<(u32, usize, [usize; 2])>,
    /// So many of the labels were expected.
    expected: usize,
}

/// How well one value was told from others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelScores {
    /// Of so many examples it is the expected one.
    pub support: usize,
    /// Of those predicted to be it, the share that is; `None` if it was never predicted.
    pub precision: Option<f64>,
    /// Of those that are it, the share predicted to be; `None` if it was never expected.
    pub recall: Option<f64>,
    /// Their harmonic mean; `None` without one of them, or if both are 0.
    pub f1: Option<f64>,
}

impl Confusion {
    /// More different values than this are no classes.
    pub const MOST_LABELS: usize = 60;

    /// Counts expected values with what seed and winner predicted. `None` if there are no pairs, more values than classes
    /// have, or hardly a value that repeats: then it is no classification.
    pub fn count(answers: &[Answered]) -> Option<Self> {
        let known: Vec<(u32, &str, [&str; 2])> = answers
            .iter()
            .filter_map(|one| {
                let [seed, winner] = &one.told;
                Some((one.example, &*one.expected, [seed.as_deref()?, winner.as_deref()?]))
            })
            .collect();
        let mut expected: HashMap<&str, usize> = HashMap::new();
        known.iter().for_each(|(_, value, _)| *expected.entry(value).or_default() += 1);
        if known.is_empty() || expected.len() * 2 > known.len() {
            return None;
        }
        let mut labels: Vec<&str> = expected.keys().copied().collect();
        labels.sort_by(|a, b| expected[b].cmp(&expected[a]).then_with(|| a.cmp(b)));
        let mut others: Vec<&str> =
            known.iter().flat_map(|(.., told)| told).copied().filter(|value| !expected.contains_key(value)).collect();
        others.sort_unstable();
        others.dedup();
        labels.extend(others);
        if labels.len() > Self::MOST_LABELS {
            return None;
        }
        let place: HashMap<&str, usize> = labels.iter().copied().zip(0..).collect();
        let counted: Vec<(u32, usize, [usize; 2])> =
            known.iter().map(|(at, value, told)| (*at, place[value], told.map(|told| place[told]))).collect();
        let mut matrices = [vec![vec![0; labels.len()]; labels.len()], vec![vec![0; labels.len()]; labels.len()]];
        for (_, expected, told) in &counted {
            for (matrix, predicted) in matrices.iter_mut().zip(told) {
                matrix[*expected][*predicted] += 1;
            }
        }
        let [seed, winner] = matrices;
        let labels = labels.into_iter().map(str::to_owned).collect();
        Some(Self { labels, seed, winner, counted, expected: expected.len() })
    }

    /// The matrix of the seed (0) or the winner (1).
    pub fn side(&self, side: usize) -> &[Vec<usize>] {
        if side == 0 { &self.seed } else { &self.winner }
    }

    /// So many of the labels, the first ones, were expected.
    pub fn expected_labels(&self) -> usize {
        self.expected
    }

    /// The examples of a cell, by their places in the matrix of scores: of the seed (0) or the winner (1), by the places of
    /// the expected and the predicted value among the labels.
    pub fn examples(&self, side: usize, expected: usize, predicted: usize) -> Vec<u32> {
        let is_it = |told: &[usize; 2], label: usize| told.get(side) == Some(&predicted) && label == expected;
        self.counted.iter().filter(|(_, label, told)| is_it(told, *label)).map(|(example, ..)| *example).collect()
    }

    /// Precision, recall and F1 of each label in one of the matrices.
    pub fn scores(matrix: &[Vec<usize>]) -> Vec<LabelScores> {
        let share = |part: usize, of: usize| (of > 0).then(|| part as f64 / of as f64);
        let of = |label: usize| {
            let right = matrix.get(label).and_then(|row| row.get(label)).copied().unwrap_or_default();
            let support: usize = matrix.get(label).into_iter().flatten().sum();
            let predicted: usize = matrix.iter().filter_map(|row| row.get(label)).sum();
            let (precision, recall) = (share(right, predicted), share(right, support));
            let f1 = precision
                .zip(recall)
                .filter(|(precision, recall)| precision + recall > 0.0)
                .map(|(precision, recall)| 2.0 * precision * recall / (precision + recall));
            LabelScores { support, precision, recall, f1 }
        };
        (0..matrix.len()).map(of).collect()
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let labels: usize = self.labels.iter().map(|label| label.len() + 24).sum();
        labels + 16 * self.labels.len() * self.labels.len() + 32 * self.counted.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(told: &[(&str, Option<&str>, Option<&str>)]) -> Vec<Answered> {
        let one = |((expected, seed, winner), example): (&(&str, Option<&str>, Option<&str>), u32)| Answered {
            example,
            expected: (*expected).to_owned(),
            told: [seed.map(str::to_owned), winner.map(str::to_owned)],
        };
        told.iter().zip(0..).map(one).collect()
    }

    #[test]
    fn predictions_are_counted_by_what_was_expected() {
        let answers = [("x", "x", "x"), ("x", "y", "x"), ("y", "y", "z"), ("y", "y", "y"), ("x", "y", "x")]
            .map(|(expected, seed, winner)| (expected, Some(seed), Some(winner)));
        let found = Confusion::count(&answered(&answers)).expect("classes");
        assert_eq!(found.labels, ["x", "y", "z"]);
        assert_eq!(found.seed, [[1, 2, 0], [0, 2, 0], [0, 0, 0]]);
        assert_eq!(found.winner, [[3, 0, 0], [0, 1, 1], [0, 0, 0]]);
        assert_eq!((found.examples(0, 0, 1), found.examples(1, 1, 2)), (vec![1, 4], vec![2]));
        assert_eq!(found.expected_labels(), 2);
        let scores = Confusion::scores(&found.seed);
        assert_eq!((scores[0].precision, scores[0].recall, scores[0].support), (Some(1.0), Some(1.0 / 3.0), 3));
        assert_eq!(scores[0].f1, Some(0.5));
        assert_eq!((scores[1].precision, scores[1].recall), (Some(0.5), Some(1.0)));
        assert_eq!(scores[2], LabelScores { support: 0, precision: None, recall: None, f1: None });
    }

    #[test]
    fn what_is_no_classification() {
        let missing = ["a", "b", "c"].map(|text| (text, Some(text), None));
        assert_eq!(Confusion::count(&answered(&missing)), None, "a prediction is missing");
        let unique = ["a", "b", "c"].map(|text| (text, Some(text), Some(text)));
        assert_eq!(Confusion::count(&answered(&unique)), None, "no value repeats");
        let names: Vec<String> = (0..200).map(|at| format!("class {at}")).collect();
        let many: Vec<_> = (0..400).map(|at| (&*names[at % 200], Some(&*names[0]), Some(&*names[1]))).collect();
        assert_eq!(Confusion::count(&answered(&many)), None, "200 values");
    }
}
