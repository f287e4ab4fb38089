use serde_json::json;

use super::*;
use crate::model::SpanHandle;

/// Name, parent, start, end, inputs, outputs.
type Given<'a> = (&'a str, Option<usize>, i64, i64, Json, Json);

fn of(list: &[Given<'_>]) -> Vec<Attempts> {
    let id = |at: usize| format!("{at}");
    let (spans, bodies): (Vec<SpanHead>, Vec<SpanBody>) = list
        .iter()
        .enumerate()
        .map(|(at, (name, parent, start, end, inputs, outputs))| {
            let head = SpanHead {
                id: id(at),
                parent_id: parent.map(id),
                name: (*name).to_owned(),
                kind: "CHAIN".to_owned(),
                status: if outputs.is_null() { "ERROR" } else { "OK" }.to_owned(),
                start_ns: *start,
                end_ns: Some(*end),
                handle: SpanHandle(at as u64),
            };
            let some = |value: &Json| Some(value.clone()).filter(|value| !value.is_null());
            (head, SpanBody { inputs: some(inputs), outputs: some(outputs), ..SpanBody::default() })
        })
        .unzip();
    let links: Vec<_> = spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
    attempts(&Forest::build(&links), (&spans, &bodies, &[]), |_| false, Reveal::Masked)
}

#[test]
fn the_attempt_that_gave_what_is_handed_on_is_inferred() {
    let tried = |answers: [&str; 3]| {
        let [first, second, third] = answers.map(|answer| json!({"answer": answer}));
        let found = of(&[
            ("BestOfN.forward", None, 0, 9, json!({}), json!({"answer": "b"})),
            ("Predict.forward", Some(0), 1, 2, json!({}), first),
            ("Predict.forward", Some(0), 3, 4, json!({}), second),
            ("Predict.forward", Some(0), 5, 6, json!({}), third),
        ]);
        (found[0].choice.clone(), found[0].told())
    };
    assert_eq!(tried(["a", "b", "c"]).0, Choice::One(1));
    assert!(tried(["a", "b", "c"]).1.starts_with("Inferred: of 3, only attempt 2"));
    assert_eq!(tried(["b", "a", "b"]).0, Choice::Several(vec![0, 2]));
    assert!(tried(["b", "a", "b"]).1.contains("which of them it took is not stored"));
    assert_eq!(tried(["a", "a", "c"]).0, Choice::None);
}

#[test]
fn advice_stands_with_the_attempt_that_was_given_it_and_worth_with_the_one_before() {
    let asked = json!({"reward_code": "r", "reward_value": "0.3", "target_threshold": "0.9"});
    let found = of(&[
        ("Refine.forward", None, 0, 9, json!({}), json!({"answer": "b"})),
        ("Predict.forward", Some(0), 1, 2, json!({}), json!({"answer": "a"})),
        ("Predict.forward", Some(0), 3, 4, asked, json!({"advice": {"predict": "be brief"}})),
        ("Predict.forward", Some(0), 5, 6, json!({}), json!({"answer": "b"})),
        ("Predict.forward", Some(0), 7, 8, json!({}), Json::Null),
    ]);
    let told = found[0].attempts.iter().map(|one| (one.reward.clone(), one.advice.clone(), one.error.is_some()));
    let worth = Some("0.3".to_owned());
    let wanted = [(worth, None, false), (None, Some(json!({"predict": "be brief"})), false), (None, None, true)];
    assert_eq!(told.collect::<Vec<_>>(), wanted);
    assert_eq!((found[0].threshold.as_deref(), &found[0].choice), (Some("0.9"), &Choice::One(1)));
}

#[test]
fn a_comparison_is_given_its_attempts_as_the_text_of_predictions() {
    let given =
        json!({"args": [["Prediction(\n    reasoning='x',\n    answer='4'\n)", "Prediction(answer='5')", "?"]]});
    let outputs = json!({"rationale": "y", "answer": "5"});
    let found = of(&[("MultiChainComparison.forward", None, 0, 9, given, outputs)]);
    let fields = found[0].attempts.iter().map(|one| (one.fields.get("answer").cloned(), one.value.clone()));
    let wanted = [(Some(json!("4")), None), (Some(json!("5")), None), (None, Some(json!("?")))];
    assert_eq!(fields.collect::<Vec<_>>(), wanted);
    assert_eq!(found[0].told(), "1 of 3 gave the answer that it gives itself");
    let texts = json!({"question": "q", "reasoning_attempt_1": "a", "reasoning_attempt_2": "b"});
    let found = of(&[
        ("MultiChainComparison.forward", None, 0, 9, json!({}), json!({"answer": "5"})),
        ("Predict.forward", Some(0), 1, 2, texts, json!({"answer": "5"})),
    ]);
    assert_eq!(found[0].attempts.len(), 2);
}

#[test]
fn calls_that_ran_at_once_stand_beside_each_other() {
    let list = |second: i64| {
        of(&[
            ("Fan.forward", None, 0, 90, json!({}), json!({"answer": "b"})),
            ("Predict.forward", Some(0), 1, 20, json!({}), json!({"answer": "a"})),
            ("Predict.forward", Some(0), second, 40, json!({}), json!({"answer": "b"})),
            ("Predict.forward", Some(0), 41, 50, json!({}), json!({"answer": "c"})),
        ])
    };
    let found = list(10);
    assert_eq!((found[0].kind, found[0].attempts.len(), &found[0].choice), (AttemptsKind::AtOnce, 2, &Choice::One(1)));
    assert!(list(20).is_empty(), "one after the other");
    // One of which the end is unknown: how long it ran nobody knows.
    let heads = |end: Option<i64>| {
        let span = |at: usize, (start, end): (i64, Option<i64>)| SpanHead {
            id: at.to_string(),
            parent_id: Some("root".to_owned()),
            name: "Predict.forward".to_owned(),
            kind: "LLM".to_owned(),
            status: "OK".to_owned(),
            start_ns: start,
            end_ns: end,
            handle: crate::model::SpanHandle(0),
        };
        vec![span(0, (1, end)), span(1, (20, Some(40)))]
    };
    for (end, are) in [(Some(30), true), (Some(10), false), (None, false)] {
        let spans = heads(end);
        assert_eq!((may_have_calls_at_once(&spans), at_once(&[0, 1], &spans).len() == 2), (are, are), "{end:?}");
    }
}
