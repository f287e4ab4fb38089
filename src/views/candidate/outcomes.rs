//! What became of the examples from the seed to a candidate: a pure function of the matrix.

use crate::model::RunId;
use crate::query::Scores;

/// An example that a candidate scored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    /// Its place in the matrix.
    pub example: usize,
    /// Its row in the evaluation that stands for the candidate, if it is known.
    pub row: Option<usize>,
    pub score: f64,
    /// What the seed scored.
    pub seed: Option<f64>,
}

/// The examples that a candidate scored, by what became of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcomes {
    /// Wrong in the seed, right in it.
    pub fixed: Vec<Told>,
    /// Right in the seed, wrong in it.
    pub broken: Vec<Told>,
    /// Wrong in it, and not right in the seed.
    pub wrong: Vec<Told>,
    /// How many it scored.
    pub scored: usize,
    /// How many of these are right.
    pub right: usize,
    /// How many of these the seed scored, too.
    pub shared: usize,
    /// It is compared with the seed: that is known and another program.
    pub is_compared: bool,
}

/// The examples of the evaluation `run`, beside those of the seed's evaluation.
pub(super) fn outcomes(scores: &Scores, run: &RunId, seed: Option<&RunId>) -> Outcomes {
    let column = |run: &RunId| scores.columns.iter().position(|column| column.run_id == *run);
    let (Some(own), Some(rule)) = (column(run), scores.usual_rule()) else { return Outcomes::default() };
    let seed = seed.filter(|seed| *seed != run).and_then(column);
    let mut told = Outcomes { is_compared: seed.is_some(), ..Outcomes::default() };
    for (example, one) in scores.matrix.examples.iter().enumerate() {
        let score = |column: usize| one.scores.get(column).copied().flatten();
        let Some(own_score) = score(own) else { continue };
        let seed_score = seed.and_then(score);
        told.scored += 1;
        told.shared += usize::from(seed_score.is_some());
        let row = one.rows.get(own).copied().flatten().map(|row| row as usize);
        let this = Told { example, row, score: own_score, seed: seed_score };
        match (seed_score.map(|score| rule.is_right(score)), rule.is_right(own_score)) {
            (Some(false), true) => told.fixed.push(this),
            (Some(true), false) => told.broken.push(this),
            (_, false) => told.wrong.push(this),
            (_, true) => {}
        }
        told.right += usize::from(rule.is_right(own_score));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::metric_match::ScoreRange;
    use crate::analysis::optimization::EvaluationKind;
    use crate::analysis::score_matrix::{MatrixExample, ScoreMatrix};
    use crate::query::{ScoreColumn, ScoreSource};

    fn scores(columns: &[&str], rows: &[&[Option<f64>]]) -> Scores {
        let column = |run: &&str| ScoreColumn {
            run_id: RunId::from(*run),
            prompt: None,
            run_name: String::new(),
            program: None,
            candidate: 0,
            kind: EvaluationKind::Full,
            source: ScoreSource::Table,
            examples: rows.len(),
            scored: rows.len(),
            mean: None,
            score: None,
            interval: None,
            objectives: Default::default(),
            told: Vec::new(),
        };
        let example = |(at, row): (usize, &&[Option<f64>])| MatrixExample {
            example: Default::default(),
            scores: row.to_vec(),
            rows: row.iter().map(|score| score.map(|_| at as u32)).collect(),
        };
        let examples = rows.iter().enumerate().map(example).collect();
        Scores {
            matrix: ScoreMatrix { examples, ..ScoreMatrix::default() },
            columns: columns.iter().map(column).collect(),
            score_names: Vec::new(),
            range: ScoreRange::of(rows.iter().flat_map(|row| row.iter().copied().flatten())),
            inputs: None,
            seed: None,
            winner: None,
        }
    }

    #[test]
    fn examples_are_sorted_by_what_became_of_them() {
        let (yes, no) = (Some(1.0), Some(0.0));
        let matrix =
            scores(&["seed", "own"], &[&[no, yes], &[yes, no], &[no, no], &[yes, yes], &[None, no], &[yes, None]]);
        let told = outcomes(&matrix, &"own".into(), Some(&"seed".into()));
        let places = |list: &[Told]| list.iter().map(|one| one.example).collect::<Vec<_>>();
        assert_eq!((places(&told.fixed), places(&told.broken), places(&told.wrong)), (vec![0], vec![1], vec![2, 4]));
        assert_eq!((told.scored, told.right, told.shared, told.is_compared), (5, 2, 4, true));
        assert_eq!(told.broken, [Told { example: 1, row: Some(1), score: 0.0, seed: Some(1.0) }]);
        // The seed itself is compared with nothing.
        let told = outcomes(&matrix, &"seed".into(), Some(&"seed".into()));
        assert_eq!((places(&told.wrong), told.right, told.is_compared), (vec![0, 2], 3, false));
        assert_eq!(outcomes(&matrix, &"other".into(), None), Outcomes::default());
    }
}
