use super::*;
use crate::analysis::optimization::{EvaluationFacts, candidates, evaluations, test_facts::facts};
use crate::model::program::Object;
use crate::model::{Predictor as ModelPredictor, ProgramSource};
use serde_json::json;

fn program(of: &[(&str, &str, &[&str])]) -> Program {
    let predictor = |(path, text, demos): &(&str, &str, &[&str])| {
        let demo = |word: &&str| {
            let mut values = Object::new();
            values.insert("q".to_owned(), json!(word));
            Demo { values }
        };
        ModelPredictor {
            path: (*path).to_owned(),
            instructions: Some((*text).to_owned()),
            demos: demos.iter().map(demo).collect(),
            ..ModelPredictor::default()
        }
    };
    Program {
        source: ProgramSource::ModelJson,
        complete: true,
        stale: None,
        state_hash: None,
        predictors: of.iter().map(predictor).collect(),
        metadata: None,
        other: Object::new(),
        missing: Vec::new(),
    }
}

fn numbers(parts: &Parts) -> Vec<Option<Vec<(usize, usize)>>> {
    let of = |own: &Vec<Part>| own.iter().map(|part| (part.instruction, part.demo_set)).collect();
    parts.of.iter().map(|own| own.as_ref().map(of)).collect()
}

#[test]
fn each_predictor_counts_its_own_instructions_and_sets() {
    let all = [
        program(&[("find", "Find it", &[]), ("say", "Say it", &[])]),
        program(&[("find", "Find it", &["a"]), ("say", "Be kind ", &["a"])]),
        program(&[("find", "Look", &["a", "b"]), ("say", "Say it", &["a"])]),
        program(&[("find", "Look", &["a"]), ("say", "Be kind", &[])]),
    ];
    let programs = [Some(&all[0]), Some(&all[1]), None, Some(&all[2]), Some(&all[3])];
    let told = parts(&programs, Some(0));
    let expected = [
        Some(vec![(0, 0), (0, 0)]),
        Some(vec![(0, 1), (1, 1)]),
        None,
        Some(vec![(1, 2), (0, 1)]),
        Some(vec![(1, 1), (1, 0)]),
    ];
    assert_eq!(numbers(&told), expected);
    let find = &told.predictors[0];
    assert_eq!((find.path.as_str(), find.demo_sets.as_slice()), ("find", &[0, 1, 2][..]));
    assert_eq!(find.instructions, [Some("Find it".to_owned()), Some("Look".to_owned())]);
}

#[test]
fn nothing_is_called_the_seeds_where_it_is_not_known() {
    let all = [program(&[("say", "Say it", &[])]), program(&[("say", "Be kind", &[])])];
    let told = parts(&[Some(&all[0]), Some(&all[1])], None);
    assert_eq!(numbers(&told), [Some(vec![(1, 0)]), Some(vec![(2, 0)])]);
    assert_eq!(told.predictors[0].instructions[0], None);
}

#[test]
fn a_cell_is_the_mean_by_examples_and_says_what_it_left_out() {
    let all = [
        program(&[("say", "Say it", &[])]),
        program(&[("say", "Be kind", &["a"])]),
        program(&[("say", "Be kind", &[])]),
    ];
    let facts: [EvaluationFacts; 6] = [
        facts("a", "eval_full_0", Some(50.0), Some(60), "s"),
        facts("b", "eval_minibatch_0", Some(80.0), Some(10), "t"),
        facts("c", "eval_minibatch_1", Some(60.0), Some(5), "t"),
        facts("d", "eval_full_1", Some(70.0), Some(60), "t"),
        facts("e", "eval_full_2", Some(90.0), None, "u"),
        facts("f", "eval_minibatch_2", Some(f64::NAN), Some(5), "u"),
    ];
    let evaluations = evaluations(&facts, &[]);
    let made = candidates(&evaluations);
    let places: Vec<&[usize]> = made.iter().map(|one| one.evaluations.as_slice()).collect();
    let told = parts(&[Some(&all[0]), Some(&all[1]), Some(&all[2])], Some(0));
    let grid = grid(&told, "say", &places, &evaluations).expect("it has this predictor");
    let cell = &grid.cells[1][1];
    // (80 × 10 + 60 × 5 + 70 × 60) / 75
    assert_eq!((cell.mean.score.map(|mean| (mean * 100.0).round()), cell.mean.n), (Some(7067.0), 75));
    assert_eq!((cell.mean.full.as_slice(), cell.mean.minibatches.as_slice()), (&[3][..], &[1, 2][..]));
    assert_eq!(cell.candidates, [1]);
    let unscored = &grid.cells[1][0].mean;
    assert_eq!((unscored.score, unscored.n, unscored.left_out.as_slice()), (None, 0, &[4, 5][..]));
    assert!(grid.cells[0][1].mean.is_empty(), "never tried");
    assert_eq!((grid.instructions[0].score, grid.instructions[1].n, grid.demo_sets[0].n), (Some(50.0), 75, 60));
    assert!(super::grid(&told, "elsewhere", &places, &evaluations).is_none());
}
