use super::*;

fn named(names: &[&str]) -> Vec<EvaluationClue> {
    let clue = |name: &&str| EvaluationClue { name: (*name).to_owned(), ..EvaluationClue::default() };
    names.iter().map(clue).collect()
}

fn params(params: &[(&str, &str)]) -> Vec<(String, String)> {
    params.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn name(clues: &OptimizerClues) -> Option<Optimizer> {
    let guess = infer_optimizer(clues);
    assert!(!guess.reason.is_empty());
    // A reason says what was seen, not what nobody else does.
    assert!(!guess.reason.contains("only it"), "{}", guess.reason);
    guess.name
}

/// A finished compile with this program, of a trainset of 4 examples that were run so often.
fn compiled(best: ProgramClue, traces: u64) -> OptimizerClues {
    OptimizerClues {
        best: Some(best),
        traces: Some(traces),
        trainset: Some(4),
        is_of_one_compile: true,
        ..OptimizerClues::default()
    }
}

fn with_demos(labelled: usize, bootstrapped: usize) -> ProgramClue {
    ProgramClue { paths: texts(&["solve.predict"]), labelled, bootstrapped, is_fitted: false }
}

#[test]
fn each_optimizer_by_what_it_leaves_behind() {
    let none = OptimizerClues::default;
    assert_eq!(name(&none()), None);
    let minibatch = OptimizerClues { evaluations: named(&["eval_full_0", "eval_minibatch_0"]), ..none() };
    assert_eq!(name(&minibatch), Some(Optimizer::MiproV2));
    let trials =
        OptimizerClues { evaluations: named(&["eval_full_0"]), params: params(&[("num_trials", "6")]), ..none() };
    assert_eq!(name(&trials), Some(Optimizer::MiproV2));
    let numbered = OptimizerClues { evaluations: named(&["eval_0", "eval_1"]), ..none() };
    assert_eq!(name(&numbered), None);
    let sized = |sizes: [u64; 2]| {
        let clue = |(one, n): (EvaluationClue, u64)| EvaluationClue { n: Some(n), ..one };
        numbered.evaluations.clone().into_iter().zip(sizes).map(clue).collect()
    };
    let mixed = OptimizerClues { evaluations: sized([12, 3]), ..none() };
    assert_eq!(name(&mixed), Some(Optimizer::Gepa));
    let random = OptimizerClues { evaluations: sized([12, 12]), params: params(&[("sample", "True")]), ..none() };
    assert_eq!(name(&random), Some(Optimizer::BootstrapFewShotWithRandomSearch));
    let copro = OptimizerClues {
        signatures: texts(&["\"basic_instruction -> proposed_instruction, proposed_prefix_for_output_field\""]),
        ..numbered
    };
    assert_eq!(name(&copro), Some(Optimizer::Copro));
    let tables = OptimizerClues { files: texts(&["proposals.json"]), ..copro };
    assert_eq!(name(&tables), Some(Optimizer::Gepa));
    let flex = OptimizerClues {
        evaluations: named(&["eval_full_0"]),
        signatures: texts(&[
            "\"task_description, available_context, primitives_catalog, current_source, failures -> revised_source\"",
        ]),
        ..none()
    };
    assert_eq!(name(&flex), Some(Optimizer::Gepa));
}

#[test]
fn better_together_is_told_by_its_strategy_or_by_mixed_evaluations() {
    let mixed = named(&["eval_full_0", "eval_full_1", "eval_0", "eval_1"]);
    let better = OptimizerClues {
        evaluations: mixed.clone(),
        params: params(&[("minibatch", "False"), ("num_trials", "2"), ("strategy", "p -> b")]),
        ..OptimizerClues::default()
    };
    assert_eq!(name(&better), Some(Optimizer::BetterTogether));
    assert!(infer_optimizer(&better).reason.contains("strategy = p -> b"));
    // Whoever does not give a strategy has the default, which is no param.
    let default = OptimizerClues { params: params(&[("num_trials", "2")]), ..better };
    assert_eq!(name(&default), None, "a run of the user, who may have compiled twice");
    assert_eq!(name(&OptimizerClues { is_of_one_compile: true, ..default }), Some(Optimizer::BetterTogether));
    // The param of a user's run that happens to be called so.
    let users = OptimizerClues {
        evaluations: named(&["eval_full_0"]),
        params: params(&[("strategy", "greedy")]),
        ..OptimizerClues::default()
    };
    assert_eq!(name(&users), None);
    // GEPA's orphans are none of its tagged evaluations.
    let mut gepa = named(&["eval_0", "eval_full_0"]);
    gepa[1].has_inferred_parent = true;
    let gepa = OptimizerClues { evaluations: gepa, is_of_one_compile: true, ..OptimizerClues::default() };
    assert_eq!(name(&gepa), Some(Optimizer::Gepa));
}

#[test]
fn without_evaluations_demos_tell() {
    assert_eq!(name(&compiled(with_demos(2, 2), 5)), Some(Optimizer::BootstrapFewShot));
    assert_eq!(name(&compiled(with_demos(4, 0), 0)), Some(Optimizer::LabeledFewShot));
    assert_eq!(name(&compiled(with_demos(0, 0), 3)), None);
}

#[test]
fn an_ensemble_is_a_list_of_programs() {
    let paths = texts(&["programs[0]", "programs[1].predict"]);
    let best = ProgramClue { paths, ..with_demos(3, 0) };
    let ensemble = OptimizerClues { trainset: None, ..compiled(best.clone(), 0) };
    assert_eq!(name(&ensemble), Some(Optimizer::Ensemble));
    // A program of the user that keeps such a list, and was compiled on examples.
    assert_eq!(name(&compiled(best, 0)), Some(Optimizer::LabeledFewShot));
}

#[test]
fn examples_that_ran_repeatedly_are_simba_s_or_reanchor_s() {
    let of = |calls: CallClues| name(&OptimizerClues { calls, ..compiled(with_demos(0, 0), 16) });
    assert_eq!(of(CallClues { settings: 3, traces: 16, decisions: 0 }), Some(Optimizer::Simba));
    assert_eq!(of(CallClues { settings: 3, traces: 16, decisions: 16 }), Some(Optimizer::Simba));
    assert_eq!(of(CallClues { settings: 1, traces: 16, decisions: 16 }), Some(Optimizer::ReAnchor));
    assert_eq!(of(CallClues { settings: 1, traces: 16, decisions: 9 }), None);
    assert_eq!(of(CallClues::default()), None, "its traces may be gone");
    let fitted = ProgramClue { is_fitted: true, ..with_demos(0, 0) };
    assert_eq!(name(&compiled(fitted, 0)), Some(Optimizer::ReAnchor));
}

#[test]
fn rules_behind_a_bootstrap_are_infer_rules() {
    let rules =
        OptimizerClues { evaluations: named(&["eval", "eval"]), with_rules: 2, ..compiled(with_demos(0, 1), 2) };
    assert_eq!(name(&rules), Some(Optimizer::InferRules));
}

#[test]
fn what_optimized_nothing_is_told_as_what_it_is() {
    let purpose = |clues: &OptimizerClues| {
        let guess = infer_optimizer(clues);
        (guess.name, guess.purpose, guess.reason)
    };
    let none = OptimizerClues::default;
    let genai = OptimizerClues { run_type: Some("genai_evaluate".into()), ..none() };
    let (name, what, reason) = purpose(&genai);
    assert_eq!((name, what), (None, Some(Purpose::Evaluation)));
    assert!(reason.contains("mlflow.genai.evaluate"), "{reason}");
    let raised = OptimizerClues { files: texts(&["model.json"]), traces: Some(3), ..none() };
    let (_, what, reason) = purpose(&raised);
    assert_eq!(what, Some(Purpose::Evaluation));
    assert!(reason.contains("run 3 times") && reason.contains("no score was logged"), "{reason}");
    let scored = OptimizerClues { metrics: texts(&["eval"]), ..raised };
    assert!(purpose(&scored).2.contains("an evaluation itself"));
    let prompts = |class: &str| OptimizerClues {
        params: params(&[("num_prompts", "1"), ("optimizer", class)]),
        files: texts(&["proposals.json"]),
        ..none()
    };
    let gepa = infer_optimizer(&prompts("GepaPromptOptimizer"));
    assert_eq!((gepa.name, gepa.is_stored, gepa.purpose), (Some(Optimizer::Gepa), true, Some(Purpose::Prompts)));
    let other = infer_optimizer(&prompts("MetaPromptOptimizer"));
    assert_eq!((other.name, other.is_stored, other.purpose), (None, false, Some(Purpose::Prompts)));
    assert!(other.reason.contains("MetaPromptOptimizer"));
    assert_eq!(purpose(&OptimizerClues { has_no_files: true, ..none() }).1, None);
}
