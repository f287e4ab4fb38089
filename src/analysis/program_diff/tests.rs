use super::*;
use crate::analysis::program_state::from_json;
use crate::analysis::text_diff::PieceOp;
use crate::model::{Demo, ProgramSource, Reveal, Unmasked};
use serde_json::json;

fn program(state: Json) -> Program {
    from_json(Unmasked::new(state), ProgramSource::ModelJson, Reveal::Masked).expect("a state").program
}

fn predictor(instructions: &str, demos: Json, lm: Json) -> Json {
    json!({"traces": [], "train": [], "demos": demos, "lm": lm, "signature": {"instructions": instructions,
        "fields": [{"prefix": "Question:", "description": "q"}, {"prefix": "Answer:", "description": "a"}]}})
}

#[test]
fn everything_that_can_change() {
    let old = program(json!({
        "plan": predictor("Plan it", json!([]), json!(null)),
        "solve": predictor("Solve the task", json!([{"q": 1, "a": 2}]), json!({"model": "m", "n": 1, "top_p": 0.5})),
        "gone": predictor("Bye", json!([{"q": 1}]), json!(null)),
        "past": {"k": 3},
        "metadata": {"v": 1},
    }));
    let new = program(json!({
        "solve": predictor("Solve this task", json!([{"a": 2, "q": 1}]), json!({"model": "m", "n": 2, "seed": 7})),
        "plan": predictor("Plan it", json!([]), json!(null)),
        "past": {"k": 5},
        "fresh": predictor("Hello", json!([]), json!({"model": "x"})),
        "metadata": {"v": 2},
    }));
    let diff = diff_programs(&old, &new, None);
    assert!(!diff.same && diff.complete);
    let changes: Vec<(&str, &str)> = diff.predictors.iter().map(|one| (&*one.path, one.change.as_str())).collect();
    let wanted = [("plan", "same"), ("solve", "changed"), ("gone", "removed"), ("past", "changed"), ("fresh", "added")];
    assert_eq!(changes, wanted);
    let solve = &diff.predictors[1];
    let pieces: Vec<(PieceOp, &str)> = solve.instructions.pieces.iter().map(|one| (one.op, &*one.text)).collect();
    let (equal, delete, insert) = (PieceOp::Equal, PieceOp::Delete, PieceOp::Insert);
    assert_eq!(pieces, [(equal, "Solve "), (delete, "the"), (insert, "this"), (equal, " task")]);
    assert!(solve.demos.is_same() && solve.fields.is_empty());
    let lm: Vec<(&str, Option<&Json>, Option<&Json>)> =
        solve.lm.iter().map(|one| (&*one.key, one.old.as_ref(), one.new.as_ref())).collect();
    assert_eq!(
        lm,
        [("n", Some(&json!(1)), Some(&json!(2))), ("top_p", Some(&json!(0.5)), None), ("seed", None, Some(&json!(7))),]
    );
    assert_eq!(diff.predictors[2].demos.removed.len(), 1);
    assert_eq!((&*diff.predictors[3].other[0].key, diff.predictors[3].other[0].new.as_ref()), ("k", Some(&json!(5))));
    assert!(diff.predictors[4].instructions.pieces.iter().all(|piece| piece.op == insert));
}

#[test]
fn only_what_programs_do_counts() {
    let state = |version: u8| json!({"p": predictor("x", json!([]), json!({"n": 1})), "metadata": {"v": version}});
    let (mut old, new) = (program(state(1)), program(state(2)));
    let diff = diff_programs(&old, &new, None);
    assert!(diff.same && diff.predictors[0].change == ChangeKind::Same);
    // Without a hash the parts are compared.
    old.state_hash = None;
    old.predictors[0].state_hash = None;
    assert!(diff_programs(&old, &new, None).same);
}

#[test]
fn a_masked_difference_is_not_called_equal() {
    let state = |key: &str| json!({"p": predictor("x", json!([]), json!({"api_key": key}))});
    let diff = diff_programs(&program(state("one")), &program(state("two")), None);
    assert!(!diff.same && diff.predictors[0].is_hidden && diff.predictors[0].lm.is_empty());
}

#[test]
fn a_program_of_params_is_compared_by_what_params_tell() {
    let long = "word ".repeat(2_000);
    let whole = program(json!({
        "p": predictor(&long, json!([{"augmented": true, "q": 1, "list": [null]}]), json!({"n": 1, "max_tokens": null})),
        "past": {"k": 3},
    }));
    let entry = |key: &str, text: &str| crate::model::Entry {
        key: key.into(),
        value: crate::model::Shown::Text(text.chars().take(6000).collect::<String>().into()),
    };
    let mut params = vec![
        entry("M.p.signature.instructions", &long),
        entry("M.p.signature.fields.0.prefix", "Question:"),
        entry("M.p.signature.fields.0.description", "q"),
        entry("M.p.signature.fields.1.prefix", "Answer:"),
        entry("M.p.signature.fields.1.description", "a"),
        entry("M.p.demos.0.augmented", "True"),
        entry("M.p.demos.0.q", "1"),
        entry("M.p.demos.0.list.0", "None"),
        entry("M.p.lm.n", "1"),
        entry("M.past.k", "3"),
    ];
    let known = crate::analysis::program_state::from_params(&params).expect("a program").program;
    let diff = diff_programs(&whole, &known, None);
    assert!(diff.same && !diff.complete, "{diff:?}");
    params[6] = entry("M.p.demos.0.q", "2");
    let known = crate::analysis::program_state::from_params(&params).expect("a program").program;
    assert!(!diff_programs(&whole, &known, None).same);
    params[6] = entry("M.p.demos.0.q", "1");
    params[8] = entry("M.p.lm.n", "2");
    let known = crate::analysis::program_state::from_params(&params).expect("a program").program;
    let diff = diff_programs(&whole, &known, None);
    assert_eq!(diff.predictors[0].lm.len(), 1, "{diff:?}");
}

#[test]
fn fields_are_matched_by_name_then_prefix_then_place() {
    let field = |name: Option<&str>, prefix: &str, description: &str| crate::model::Field {
        name: name.map(str::to_owned),
        prefix: Some(prefix.to_owned()),
        description: Some(description.to_owned()),
        ..crate::model::Field::default()
    };
    let old = [field(Some("q"), "Q:", "x"), field(Some("r"), "R:", "y"), field(Some("a"), "A:", "z")];
    let new = [field(Some("q"), "Question:", "x"), field(Some("a"), "A:", "z"), field(Some("h"), "H:", "w")];
    let diffs = diff_fields(&old, &new);
    let told: Vec<(&str, Vec<String>)> = diffs.iter().map(|one| (one.change.as_str(), one.keys.clone())).collect();
    assert_eq!(told, [("changed", vec!["prefix".to_owned()]), ("removed", vec![]), ("added", vec![])]);
    assert!(diff_fields(&old, &old).is_empty());
    let swapped = diff_fields(&old[..2], &[old[1].clone(), old[0].clone()]);
    assert_eq!(swapped.iter().map(|one| &one.keys[0][..]).collect::<Vec<_>>(), ["order"]);
    let renamed = diff_fields(&[field(None, "Old one!", "x")], &[field(None, "New one!", "x")]);
    assert_eq!(renamed[0].change, ChangeKind::Changed);
}

fn with_demos(demos: &[Demo]) -> Predictor {
    Predictor { demos: demos.to_vec(), ..Predictor::default() }
}

fn demo(values: Json) -> Demo {
    match values {
        Json::Object(values) => Demo { values },
        _ => Demo::default(),
    }
}

#[test]
fn demos_of_the_same_example_are_paired() {
    let old = [demo(json!({"augmented": true, "q": "one", "r": "so", "a": 1})), demo(json!({"q": "two", "a": 2}))];
    let new = [demo(json!({"augmented": true, "q": "two", "r": "thus", "a": 2})), demo(json!({"q": "three", "a": 2}))];
    let diff = diff_demos(&with_demos(&old), &with_demos(&new));
    assert_eq!((diff.added.len(), diff.removed.len(), diff.kept), (2, 2, 0));
    let fields = vec!["augmented".to_owned(), "r".to_owned()];
    assert_eq!(diff.changed, [DemoChange { removed: 1, added: 0, fields }]);
}

/// Demo sets against the plainest way to count them.
#[test]
fn demo_sets_are_counted_as_naively() {
    let mut seed = 3_u64;
    let mut next = |end: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % end
    };
    for _ in 0..500 {
        let mut list = || -> Vec<Demo> {
            let keys = ["q", "a"];
            let value = |n: usize, turn: usize| match turn {
                0 => format!(r#"{{"{}": {n}, "{}": 1}}"#, keys[0], keys[1]),
                _ => format!(r#"{{"{}": 1.0, "{}": {n}.0}}"#, keys[1], keys[0]),
            };
            (0..next(8)).map(|_| demo(serde_json::from_str(&value(next(6), next(2))).expect("json"))).collect()
        };
        let (old, new) = (list(), list());
        let diff = diff_demos(&with_demos(&old), &with_demos(&new));
        let number = |demo: &Demo| demo.values["q"].as_f64().expect("a number") as usize;
        let distinct = |list: &[Demo]| {
            let mut seen = Vec::new();
            for demo in list {
                if !seen.contains(&number(demo)) {
                    seen.push(number(demo));
                }
            }
            seen
        };
        let (before, after) = (distinct(&old), distinct(&new));
        let missing = |list: &[usize], other: &[usize]| -> Vec<usize> {
            list.iter().copied().filter(|one| !other.contains(one)).collect()
        };
        assert_eq!(diff.added.iter().map(number).collect::<Vec<_>>(), missing(&after, &before));
        assert_eq!(diff.removed.iter().map(number).collect::<Vec<_>>(), missing(&before, &after));
        let kept: Vec<usize> = before.iter().copied().filter(|one| after.contains(one)).collect();
        assert_eq!(diff.kept, kept.len());
        // The fewest moves: try every subset that may stay where it is.
        let order: Vec<usize> = after.iter().copied().filter(|one| before.contains(one)).collect();
        let stays = |subset: usize| {
            let of = |list: &[usize]| -> Vec<usize> {
                list.iter()
                    .copied()
                    .filter(|one| subset >> kept.iter().position(|k| k == one).unwrap_or(31) & 1 == 1)
                    .collect()
            };
            of(&kept) == of(&order)
        };
        let most = (0..1_usize << kept.len()).filter(|subset| stays(*subset)).map(|subset| subset.count_ones()).max();
        assert_eq!(diff.moved, kept.len() - most.unwrap_or(0) as usize);
    }
}

/// Sentences that all differ, together longer than a param.
fn long_instructions() -> String {
    (0..200).map(|at| format!("Rule {at}: weigh the {at}th case by its own facts. ")).collect()
}

fn from_instructions_param(text: &str) -> Program {
    let kept: String = text.chars().take(6000).collect();
    let entry = crate::model::Entry {
        key: "M.p.signature.instructions".into(),
        value: crate::model::Shown::Text(kept.as_str().into()),
    };
    crate::analysis::program_state::from_params(&[entry]).expect("a program").program
}

#[test]
fn nothing_behind_the_cut_of_a_param_is_deleted() {
    let whole = long_instructions();
    assert!(whole.chars().count() > 8000);
    let state = json!({"p": {"demos": [], "lm": null, "signature": {"instructions": whole, "fields": []}}});
    let stored = program(state);
    let longer = format!("Read the case twice before you decide anything. {whole}");
    let known = from_instructions_param(&longer);
    for (old, new, other) in [(&stored, &known, PieceOp::Insert), (&known, &stored, PieceOp::Delete)] {
        let diff = diff_programs(old, new, None);
        assert!(!diff.same && !diff.complete && !diff.texts_complete());
        let text = &diff.predictors[0].instructions;
        let changed: Vec<&str> =
            text.pieces.iter().filter(|piece| piece.op != PieceOp::Equal).map(|piece| &*piece.text).collect();
        assert_eq!(changed, ["Read the case twice before you decide anything. "]);
        assert!(text.pieces.iter().all(|piece| piece.op == PieceOp::Equal || piece.op == other));
        let unknown = text.unknown.as_ref().expect("a cut");
        let rest = if other == PieceOp::Insert { &unknown.old_rest } else { &unknown.new_rest };
        assert_eq!(rest.chars().count(), whole.chars().count() - 6000 + 48, "all that the param lacks");
        assert!(whole.ends_with(rest.as_str()));
    }
    // A param that was cut says the same as far as it goes, and says that it goes no further.
    let diff = diff_programs(&stored, &from_instructions_param(&whole), None);
    assert!(diff.same && !diff.texts_complete());
    // Two params that were cut: what one lost behind its cut was not deleted from the other.
    let diff = diff_programs(&from_instructions_param(&whole), &known, None);
    assert!(diff.predictors[0].instructions.pieces.iter().all(|piece| piece.op != PieceOp::Delete));
    assert!(!diff.same && !diff.texts_complete());
    // A param that is shorter is known to its end: what it lacks was deleted.
    let short = from_instructions_param(&whole[..300]);
    let diff = diff_programs(&stored, &short, None);
    assert!(diff.texts_complete());
    let deleted = diff.predictors[0].instructions.pieces.iter().filter(|piece| piece.op == PieceOp::Delete);
    assert_eq!(deleted.map(|piece| piece.text.len()).sum::<usize>(), whole.len() - 300);
}
