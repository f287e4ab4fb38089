//! Slices, classes and failures of a store that is counted by hand.

use std::ffi::OsString;

use dspyglass::cli::{Outcome, run_over};
use dspyglass::store::{OpenOptions, Store, StoreLocation};
use serde_json::{Value, json};

use crate::desk::desk;

fn said(args: &[&str]) -> String {
    let store = desk();
    let open = |_: &StoreLocation, _: &OpenOptions| store.fork();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let line = [&["dspyglass", "slices", "store", "parent"], args].concat();
    let outcome = run_over(line.into_iter().map(OsString::from), &open, &mut out, &mut err);
    assert!(matches!(outcome, Outcome::Done(_)) && err.is_empty(), "{}", String::from_utf8_lossy(&err));
    String::from_utf8(out).expect("text")
}

fn document(args: &[&str]) -> Value {
    serde_json::from_str(&said(&[args, &["--json"]].concat())).expect("JSON")
}

fn near(value: &Value, wanted: f64) -> bool {
    value.as_f64().is_some_and(|value| (value - wanted).abs() < 1e-4)
}

/// Value, n, seed, winner of each slice.
fn told(found: &Value) -> Vec<(String, u64, f64, f64)> {
    let slices = found["slices"].as_array().expect("slices");
    let one = |slice: &Value| {
        let number = |key: &str| (slice[key].as_f64().expect("a number") * 10.0).round() / 10.0;
        (
            slice["value"].as_str().expect("a text").to_owned(),
            slice["n"].as_u64().expect("n"),
            number("seed"),
            number("winner"),
        )
    };
    slices.iter().map(one).collect()
}

fn is(value: &str, n: u64, seed: f64, winner: f64) -> (String, u64, f64, f64) {
    (value.to_owned(), n, seed, winner)
}

#[test]
fn the_class_that_got_worse_stands_first_and_in_the_sentence() {
    let found = document(&["--by", "queue"]);
    let wanted = [
        is("billing", 10, 90.0, 70.0),
        is("sales", 10, 50.0, 80.0),
        is("shipping", 10, 40.0, 90.0),
        is("技術", 10, 50.0, 100.0),
    ];
    assert_eq!(told(&found), wanted);
    let billing = &found["slices"][0];
    assert_eq!((&billing["worse"], &billing["better"]), (&json!([0, 1]), &json!([])));
    assert!(near(&billing["p"], 0.5) && near(&billing["p_corrected"], 1.0), "two of two, times four: {billing}");
    // Wilson's interval of 9 and 7 of 10 (statsmodels.stats.proportion.proportion_confint).
    for (key, [low, high]) in [("seed_interval", [59.584_99, 98.212_38]), ("winner_interval", [39.677_81, 89.220_87])] {
        let [told_low, told_high] = [&billing[key][0], &billing[key][1]].map(|end| end.as_f64().expect("an end"));
        assert!((told_low - low).abs() < 1e-3 && (told_high - high).abs() < 1e-3, "{key}: {told_low} {told_high}");
    }
    let headline =
        "billing got worse on average: 90 → 70, 2 of 10 examples got worse – could be luck (p = 0.50; 4 slices)";
    assert_eq!(found["headline"], headline);
    assert!(said(&["--by", "queue"]).starts_with(headline));
}

#[test]
fn odd_fields_part_examples_as_far_as_they_can() {
    let found = document(&[]);
    assert_eq!(found["fields"], json!(["queue", "is_paid", "tier"]), "neither one value nor forty");
    let others = json!([
        {"name": "amount", "field": "amount", "by": "quarters"},
        {"name": "length of ticket", "field": "ticket", "by": "lengths"},
    ]);
    assert_eq!(found["other_fields"], others);
    let paid = told(&document(&["--by", "is_paid"]));
    assert_eq!(paid.iter().map(|one| (&*one.0, one.1)).collect::<Vec<_>>(), [("true", 20), ("false", 20)]);
    let tier = document(&["--by", "tier"]);
    let kinds: Vec<_> =
        tier["slices"].as_array().expect("slices").iter().map(|one| (one["kind"].clone(), one["n"].clone())).collect();
    assert!(kinds.contains(&(json!("nothing"), json!(14))) && kinds.contains(&(json!("text"), json!(26))), "{kinds:?}");
    // Amounts grow with the number of the ticket: the quarters are the classes.
    let wanted = [
        is("0 – 13.5", 10, 90.0, 70.0),
        is("45 – 58.5", 10, 50.0, 80.0),
        is("15 – 28.5", 10, 40.0, 90.0),
        is("30 – 43.5", 10, 50.0, 100.0),
    ];
    assert_eq!(told(&document(&["--by", "amount"])), wanted);
    let lengths = told(&document(&["--by", "length of ticket"]));
    assert_eq!(lengths.iter().map(|one| one.1).sum::<u64>(), 40);
    assert_eq!(lengths[0].0, "10 – 19", "`Ticket 0: ` to `Ticket 9: ` with nine letters");
}

#[test]
fn classes_have_precision_recall_and_f1() {
    let found = &document(&["--by", "queue"])["confusion"];
    assert_eq!(found["labels"], json!(["billing", "sales", "shipping", "技術", "null"]));
    let seed = json!([[9, 0, 0, 0, 1], [5, 5, 0, 0, 0], [0, 0, 4, 6, 0], [0, 5, 0, 5, 0], [0, 0, 0, 0, 0]]);
    let winner = json!([[7, 0, 2, 0, 1], [2, 8, 0, 0, 0], [0, 0, 9, 1, 0], [0, 0, 0, 10, 0], [0, 0, 0, 0, 0]]);
    assert_eq!((&found["seed"], &found["winner"]), (&seed, &winner));
    let billing = &found["classes"][0];
    assert_eq!(billing["support"], 10);
    assert!(near(&billing["seed"]["precision"], 9.0 / 14.0) && near(&billing["seed"]["recall"], 0.9));
    assert!(near(&billing["winner"]["precision"], 7.0 / 9.0) && near(&billing["winner"]["f1"], 14.0 / 19.0));
    assert_eq!(found["classes"][4]["winner"], json!({"precision": 0.0, "recall": null, "f1": null}));
}

#[test]
fn failures_have_in_common_what_their_traces_and_tables_say() {
    let found = &document(&["--failures"])["failures"];
    assert_eq!((&found["seed_wrong"], &found["winner_wrong"]), (&json!(17), &json!(6)));
    assert_eq!(found["complete"], true);
    let groups: Vec<(String, String, usize, usize, Value)> = found["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|group| {
            let text = |key: &str| group[key].as_str().expect("a text").to_owned();
            let count = |key: &str| group[key].as_array().expect("places").len();
            (text("kind"), text("what"), count("seed"), count("winner"), group["change"].clone())
        })
        .collect();
    let one = |kind: &str, what: &str, seed, winner, change: &str| {
        (kind.to_owned(), what.to_owned(), seed, winner, json!(change))
    };
    let wanted = [
        one("exception", "ValueError: cannot read ticket #", 1, 1, "stays"),
        one("parse", "ChatAdapter.parse failed; JSONAdapter was tried next", 0, 1, "new"),
        one("feedback", "Expected “…”, got “…” on ticket #.", 16, 5, "stays"),
        one("feedback", "The program raised.", 1, 1, "stays"),
        one("confused", "queue: sales → billing", 5, 2, "stays"),
        one("confused", "queue: billing → shipping", 0, 2, "new"),
        one("confused", "queue: shipping → 技術", 6, 1, "stays"),
        one("confused", "queue: billing → null", 1, 1, "stays"),
        one("confused", "queue: 技術 → sales", 5, 0, "solved"),
    ];
    assert_eq!(groups, wanted);
    assert_eq!(found["groups"][0]["sample"], "ValueError: cannot read ticket 9\nat all");
    assert_eq!(found["groups"][1]["winner"], json!([19]));
    let said = said(&["--failures"]);
    assert!(said.contains("Wrong: 17 of 40 of the seed, 6 of 40 of the winner") && said.contains("solved"), "{said}");
}
