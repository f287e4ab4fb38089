use super::*;
use crate::analysis::optimization::{Candidate, Evaluation, OptimizerGuess, ProgramNames, Seed, Winner};
use crate::model::{Lifecycle, Run, RunStatus};

fn evaluation(order: usize, kind: EvaluationKind, score: f64, n: Option<u64>, state: &str) -> Evaluation {
    Evaluation {
        run_id: RunId::from(format!("r{order}")),
        name: format!("eval_{order}"),
        start_time_ms: None,
        end_time_ms: None,
        order,
        kind,
        n,
        score: Some(score),
        completed: None,
        best_so_far: None,
        state_hash: Some(state.into()),
        parent_inferred: order == 3,
        is_ambiguous: false,
    }
}

pub(in crate::views::optimization) fn found() -> Optimization {
    use EvaluationKind::{Full, Minibatch};
    let run = Run {
        id: "p".into(),
        experiment_id: "1".into(),
        name: "p".into(),
        parent_id: None,
        parent_inferred: false,
        status: RunStatus::Finished,
        lifecycle: Lifecycle::Active,
        start_time_ms: None,
        end_time_ms: None,
        artifact_uri: None,
    };
    let evaluations = vec![
        evaluation(0, Full, 50.0, Some(12), "s"),
        evaluation(1, Minibatch, 80.0, Some(5), "t"),
        evaluation(2, Minibatch, 60.0, Some(5), "t"),
        evaluation(3, Full, 70.0, Some(12), "t"),
        evaluation(4, Full, 75.0, None, "t"),
    ];
    let candidate = |state: &str, evaluations: Vec<usize>, low, high| Candidate {
        state_hash: Some(state.into()),
        evaluations,
        full_range: Some((low, high)),
    };
    let candidates = vec![candidate("s", vec![0], 50.0, 50.0), candidate("t", vec![1, 2, 3, 4], 70.0, 75.0)];
    let seed = Some(Seed { run_ids: vec!["r0".into()], state_hash: Some("s".into()) });
    let winner = Some(Winner { run_ids: vec!["r3".into()], state_hash: Some("t".into()), inferred: true });
    Optimization {
        names: ProgramNames::new(&candidates, &evaluations, seed.as_ref(), winner.as_ref()).into(),
        tie: None,
        run,
        settings: Vec::new(),
        optimizer: OptimizerGuess { name: None, is_stored: false, purpose: None, reason: "nothing".into() },
        programs: vec![None; 5],
        candidates,
        seed,
        winner,
        evaluations,
        best: None,
        tokens: None,
        traces: None,
        trainset: None,
        valset: None,
        prompt_scores: [None; 2],
    }
}

#[test]
fn a_candidate_gathers_what_was_measured_of_one_program() {
    let made = Candidates::of(&found());
    let second = &made.rows[1];
    assert_eq!((second.full, second.mini, second.other), (Some(75.0), Some(70.0), None));
    assert_eq!((second.range, second.n.as_str()), (Some((70.0, 75.0)), "12 + ? + 2 × 5"));
    assert_eq!(second.opens, RunId::from("r4"), "its best full evaluation");
    let words: Vec<&str> = second.marks.iter().map(|mark| mark.word).collect();
    assert_eq!(words, ["best, inferred", "no parent"]);
    assert_eq!((&second.instruction, &second.demos), (&None, &None), "what is not known stays unknown");
    assert_eq!(made.rows[0].marks[0].word, "seed");
    assert!(made.has_ranges && made.has_mini && !made.has_other);
}

#[test]
fn evaluations_stand_below_what_is_unfolded() {
    let found = found();
    let made = Candidates::of(&found);
    let mut folds = Folds::default();
    assert_eq!(made.lines(&folds), [Line::Candidate(0), Line::Candidate(1)]);
    folds.set(FoldKey::Candidate(made.rows[0].first.clone()), true);
    for line in made.lines(&folds) {
        let id = made.id_of(&found, line).expect("a row");
        assert_eq!(RowId::parse(&id.to_text()), Some(id.clone()));
        assert_eq!(made.line_of(&found, &id), Some(line));
    }
    assert_eq!((RowId::parse("moon/1"), RowId::parse("candidate")), (None, None));
    assert_eq!(made.line_of(&found, &RowId::Evaluation("elsewhere".into())), None);
    assert_eq!(made.lines(&folds), [Line::Candidate(0), Line::Evaluation(0), Line::Candidate(1)]);
}

#[test]
fn a_standing_says_what_it_was_measured_on() {
    let found = found();
    let of = |run: &str| standing(&found, &[run.into()]).map(|one| (one.name.marked(), one.note));
    assert_eq!(of("r0"), Some(("C1 seed".into(), "n = 12".into())));
    assert_eq!(of("r3"), Some(("C2 ★".into(), "best of several full ones, 70 to 75".into())));
    assert_eq!(of("elsewhere"), None);
}

#[test]
fn repeated_rows_are_said() {
    assert_eq!(data(DataSize { rows: 12, distinct: 12 }), ("12 examples".into(), String::new()));
    assert!(data(DataSize { rows: 72, distinct: 12 }).1.contains("72 rows"));
    assert_eq!(no_evaluations(&found()), "No evaluation was logged, so no candidates can be compared");
}

#[test]
fn instructions_that_begin_alike_are_told_apart() {
    use crate::model::{Predictor, ProgramSource};
    let mut found = found();
    let program = |text: &str| {
        let predictor = Predictor { path: "p".into(), instructions: Some(text.into()), ..Predictor::default() };
        Some(Program {
            source: ProgramSource::ModelJson,
            complete: true,
            stale: None,
            state_hash: None,
            predictors: vec![predictor],
            metadata: None,
            other: Default::default(),
            missing: Vec::new(),
        })
    };
    let texts = ["Route.", "Route.\nBe brief.", "Route.\nBe brief.", "", "Route.\n\nBe kind.\nBe brief."];
    found.programs = texts.into_iter().map(program).collect();
    let candidate = |at: usize| Candidate { state_hash: None, evaluations: vec![at], full_range: None };
    found.candidates = (0..texts.len()).map(candidate).collect();
    let made = Candidates::of(&found);
    let shown: Vec<Option<&str>> = made.rows.iter().map(|row| row.instruction.as_deref()).collect();
    assert_eq!(shown[..3], [Some("Route."), Some("… Be brief."), Some("as C2: … Be brief.")]);
    assert_eq!(shown[3..], [Some("empty"), Some("… Be kind. Be brief.")]);
}

#[test]
fn rows_of_several_predictors_name_those_that_differ_and_their_demos() {
    use crate::model::{Demo, Predictor, ProgramSource};
    let mut found = found();
    let program = |(texts, demos): ([&str; 2], [usize; 2])| {
        let predictor = |at: usize| Predictor {
            path: ["find", "say"][at].into(),
            instructions: Some(texts[at].into()),
            demos: vec![Demo::default(); demos[at]],
            ..Predictor::default()
        };
        Some(Program {
            source: ProgramSource::ModelJson,
            complete: true,
            stale: None,
            state_hash: None,
            predictors: vec![predictor(0), predictor(1)],
            metadata: None,
            other: Default::default(),
            missing: Vec::new(),
        })
    };
    let states = [
        (["Find", "Say"], [0, 0]),
        (["Find", "Be kind"], [1, 0]),
        (["Quote", "Be kind"], [1, 2]),
        (["Find", "Say"], [0, 2]),
    ];
    found.programs = states.into_iter().map(program).collect();
    let candidate = |at: usize| Candidate { state_hash: None, evaluations: vec![at], full_range: None };
    found.candidates = (0..states.len()).map(candidate).collect();
    let made = Candidates::of(&found);
    let shown: Vec<Option<&str>> = made.rows.iter().map(|row| row.instruction.as_deref()).collect();
    assert_eq!(shown[..2], [Some("find: Find · say: Say"), Some("say: Be kind")]);
    assert_eq!(shown[2..], [Some("find: Quote · say as C2"), Some("instructions as the seed")]);
    let demos: Vec<Option<&str>> = made.rows.iter().map(|row| row.demos.as_deref()).collect();
    assert_eq!(demos[..2], [Some("none"), Some("sets 1 / – · 1 labelled")]);
    assert_eq!(demos[2..], [Some("sets 1 / 1 · 3 labelled"), Some("sets – / 1 · 2 labelled")]);
    assert_eq!(made.rows[2].about_demos, "find: set 1 of 1 demo, as C2\nsay: set 1 of 2 demos");
    assert_eq!(made.rows[2].about_instructions, "find: Quote\nsay: as C2");
}
