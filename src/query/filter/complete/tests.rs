use super::*;
use crate::query::Filter;
use crate::query::filter::{KeyUse, ValueUse};

fn used(key: &str, runs: usize, values: &[&str]) -> KeyUse {
    let values = values.iter().map(|value| ValueUse { value: (*value).to_owned(), rows: 2 }).collect();
    KeyUse { key: key.into(), rows: runs, values, is_sample: false }
}

fn keys() -> FilterKeys {
    FilterKeys {
        rows: 9,
        metrics: vec![used("a b", 1, &[]), used("eval", 9, &[]), used("eval_2", 1, &[]), used("eval_10", 1, &[])],
        params: vec![used("it's", 1, &[]), used("lr", 3, &["0.5", "it's"]), used("tick`\"", 1, &["x"])],
        tags: vec![used("mlflow.user", 9, &["Ann", "Bob"])],
        attributes: vec![used("run_name", 9, &["eval_0"]), used("status", 9, &["FINISHED", "FAILED", "RUNNING"])],
        ..FilterKeys::default()
    }
}

/// The text with each offer in its place; `|` is the caret.
fn offered(text: &str) -> Vec<String> {
    let caret = text.find('|').expect("a caret");
    let text = text.replace('|', "");
    let put = |one: Completion| format!("{}{}{}", &text[..one.replace.start], one.insert, &text[one.replace.end..]);
    Filter::complete(&text, caret, &keys()).into_iter().map(put).collect()
}

#[test]
fn fields() {
    let all = offered("|");
    assert_eq!(all[..6], ["metrics.", "params.", "tags.", "attributes.", "status ", "run_name "]);
    assert!(all.contains(&"NOT ".to_owned()) && all.contains(&"(".to_owned()));
    assert!(all.contains(&"metrics.`a b` ".to_owned()) && all.contains(&"params.\"tick`\"\"\" ".to_owned()));
    assert_eq!(offered("metrics.|"), ["metrics.`a b` ", "metrics.eval ", "metrics.eval_2 ", "metrics.eval_10 "]);
    assert_eq!(
        offered("status = 'a' and Metric.V|"),
        ["status = 'a' and metrics.eval ", "status = 'a' and metrics.eval_2 ", "status = 'a' and metrics.eval_10 "]
    );
    assert_eq!(offered("eval|")[..3], ["metrics.eval ", "metrics.eval_2 ", "metrics.eval_10 "]);
    assert_eq!(offered("met|")[..2], ["metrics.", "metrics.`a b` "]);
    assert_eq!(
        offered("attributes.sta|"),
        ["attributes.status ", "attributes.start_time ", "attributes.lifecycle_stage "]
    );
    assert_eq!(offered("metrics.`a|"), ["metrics.`a b` ", "metrics.eval ", "metrics.eval_2 ", "metrics.eval_10 "]);
    assert_eq!(
        offered("metrics.`a|` > 1"),
        ["metrics.`a b` > 1", "metrics.eval > 1", "metrics.eval_2 > 1", "metrics.eval_10 > 1"]
    );
    assert_eq!(offered("metrics.eval_1|5 > 1"), ["metrics.eval_10 > 1"]);
    assert_eq!(offered("(|")[0], "(metrics.");
}

#[test]
fn comparisons_fit_their_field() {
    let after_metric = offered("metrics.eval |");
    assert!(after_metric.contains(&"metrics.eval >= ".to_owned()));
    assert!(!after_metric.iter().any(|one| one.contains("LIKE") || one.contains("IN (")));
    assert!(offered("params.lr |").contains(&"params.lr LIKE ".to_owned()));
    assert_eq!(offered("metrics.eval >|"), ["metrics.eval >= "]);
    assert_eq!(
        offered("status i|"),
        ["status ILIKE ", "status IN (", "status IS NULL ", "status IS NOT NULL ", "status LIKE ", "status NOT IN ("]
    );
    assert_eq!(offered("status !|"), ["status != "]);
    assert_eq!(offered("status is |"), ["status is NULL ", "status is NOT NULL "]);
    assert_eq!(offered("status not |"), ["status not IN ("]);
    // A field that is complete is followed by what comes next.
    assert!(offered("metrics.eval|").contains(&"metrics.eval > ".to_owned()));
}

#[test]
fn values_that_occur() {
    assert_eq!(offered("status = |"), ["status = 'FINISHED' ", "status = 'FAILED' ", "status = 'RUNNING' "]);
    assert_eq!(offered("status = 'f|"), ["status = 'FINISHED' ", "status = 'FAILED' "]);
    assert_eq!(
        offered("status = 'F|' and run_name = 'x'"),
        ["status = 'FINISHED' and run_name = 'x'", "status = 'FAILED' and run_name = 'x'"]
    );
    assert_eq!(offered("status = 'F| and run_name = 'x'")[0], "status = 'FINISHED' and run_name = 'x'");
    assert_eq!(offered("status = RUN|"), ["status = 'RUNNING' "]);
    assert_eq!(offered("params.lr = 0.|"), ["params.lr = '0.5' "]);
    assert_eq!(offered("params.lr = |")[1], "params.lr = 'it''s' ");
    assert_eq!(offered("tags.mlflow.user IN ('A|"), ["tags.mlflow.user IN ('Ann' "]);
    assert_eq!(
        offered("tags.mlflow.user IN ('Ann'|"),
        ["tags.mlflow.user IN ('Ann', ", "tags.mlflow.user IN ('Ann') "]
    );
    assert_eq!(offered("params.lr =|")[0], "params.lr = '0.5' ");
    assert_eq!(offered("metrics.eval > |"), [""; 0]);
}

#[test]
fn what_joins() {
    assert_eq!(offered("status = 'a'|"), ["status = 'a' AND ", "status = 'a' OR "]);
    assert_eq!(offered("(status = 'a' |"), ["(status = 'a' AND ", "(status = 'a' OR ", "(status = 'a' ) "]);
    assert_eq!(offered("status = 'a' o|"), ["status = 'a' OR "]);
    assert_eq!(offered("status = 'a' and and |"), [""; 0]);
    assert_eq!(offered("no|")[0], "NOT ");
}

/// Whatever is put in can be read as far as it goes.
#[test]
fn offers_are_understood() {
    let mut texts = vec![String::new(), "not (".to_owned()];
    let mut checked = 0;
    for round in 0..5 {
        let mut next = Vec::new();
        for text in &texts {
            for (place, one) in Filter::complete(text, text.len(), &keys()).into_iter().enumerate() {
                let put = format!("{}{}", &text[..one.replace.start], one.insert);
                if let Err(error) = Filter::parse(&put) {
                    assert!(error.range.start >= put.trim_end().len(), "{put:?}: {error}");
                }
                checked += 1;
                if (place + round) % 3 == 0 {
                    next.push(put);
                }
            }
        }
        next.truncate(400);
        texts = next;
    }
    assert!(checked > 2_000, "{checked}");
}

#[test]
fn no_caret_and_no_text_panics() {
    for text in ["status = 'é' and metrics.\"🧮 x\" > 1", "params.é|'\u{301}", "!!", "metrics.`", "'", "((((("] {
        for caret in 0..text.len() + 3 {
            for one in Filter::complete(text, caret, &keys()) {
                assert!(text.get(one.replace).is_some());
            }
        }
    }
}
