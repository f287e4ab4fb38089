//! What is masked decides nothing: stores that differ only in their secrets answer every filter
//! alike, so that no filter can find one out.

use dspyglass::model::{Entry, LatestMetric, MetricPoint, Reveal, Run, RunValues, Shown};
use dspyglass::query::ask::Session;
use dspyglass::query::{Filter, FilterKeys, run_table};
use dspyglass::store::ReadCx;
use dspyglass::store::memory::MemoryStore;

use crate::dice::Dice;
use crate::generate::{Generator, Vocabulary, written};

/// The same runs with other secrets, in their keys and inside longer texts.
fn rows(secret: impl Fn(usize) -> String, reveal: Reveal) -> Vec<(Run, RunValues)> {
    let mut store = filled(secret);
    run_table(&mut Session::alone(&mut store, &ReadCx::new().with_reveal(reveal)), None, true).expect("rows").rows
}

fn filled(secret: impl Fn(usize) -> String) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    for place in 0..40 {
        let id = format!("r{place}");
        store.put_run(MemoryStore::run(&id, "1", ["a", "b", "c"][place % 3], 1_000 + place as i64));
        let entry = |key: &str, value: String| Entry { key: key.into(), value: Shown::Text(value.into()) };
        let inside = format!("LM(model='m', api_key='{}', n={})", secret(place + 7), place % 4);
        let mut params = vec![entry("n", (place % 5).to_string()), entry("lm", inside)];
        if place % 3 != 0 {
            params.push(entry("api_key", secret(place)));
        }
        let tags = vec![entry("mlflow.user", "Ann".to_owned()), entry("db_password", secret(place * 3))];
        let point = MetricPoint { step: 0, timestamp_ms: 0, value: (place % 6) as f64 };
        let metric = LatestMetric { key: "eval".into(), point };
        store.put_values(&id.as_str().into(), RunValues { metrics: vec![metric], params, tags });
    }
    store
}

fn one(place: usize) -> String {
    format!("one{}secret", place % 5)
}

fn other(place: usize) -> String {
    format!("{}quite5another{}", place * 17 % 9, place % 2)
}

#[test]
fn filters_cannot_tell_secrets() {
    let (first, second) = (rows(one, Reveal::Masked), rows(other, Reveal::Masked));
    assert_eq!(first, second);
    // Guesses are made from the true values, and some of them would tell if they could.
    let (true_first, true_second) = (rows(one, Reveal::Revealed), rows(other, Reveal::Revealed));
    let vocabulary = Vocabulary::of(&true_first);
    let mut dice = Dice::new(99);
    let mut would_tell = 0;
    for _ in 0..3_000 {
        let expression = Generator { vocabulary: &vocabulary, dice: &mut dice }.expression(3);
        let text = written(&expression, &mut dice);
        let filter = Filter::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(filter.matching(&first), filter.matching(&second), "{text}");
        would_tell += usize::from(filter.matching(&true_first) != filter.matching(&true_second));
    }
    assert!(would_tell > 300, "{would_tell}");
}

#[test]
fn neither_a_guess_nor_its_opposite_holds() {
    let rows = rows(one, Reveal::Masked);
    let masked: Vec<usize> = (0..rows.len()).filter(|place| place % 3 != 0).collect();
    for guess in ["= 'one1secret'", "!= 'one1secret'", "LIKE 'one%'", "~ 'one'", "< 'p'", "> 5", "IN ('one1secret')"] {
        for not in ["", "not ", "not not "] {
            let text = format!("{not}params.api_key {guess}");
            let found = Filter::parse(&text).expect("a filter").matching(&rows);
            assert!(found.iter().all(|place| !masked.contains(place)), "{text}: {found:?}");
        }
    }
    let found = Filter::parse("params.api_key is not null").expect("a filter").matching(&rows);
    assert_eq!(found, masked, "that there is one is shown anyway");
}

#[test]
fn secrets_are_not_offered() {
    let mut store = filled(one);
    let cx = ReadCx::new();
    let table = run_table(&mut Session::alone(&mut store, &cx), None, false).expect("runs");
    let keys = FilterKeys::of(&table);
    assert!(keys.params.iter().any(|key| &*key.key == "api_key" && key.rows == 26 && key.values.is_empty()));
    let offered = format!("{:?}", Filter::complete("params.api_key = ", 17, &keys));
    assert!(!format!("{keys:?}{offered}").contains("secret\""), "{keys:?}");
}
