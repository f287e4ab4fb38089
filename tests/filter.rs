//! The filter language, proven against SQL: thousands of random filters over the keys and
//! values of the recorded stores select the same runs as an independent translation to SQL;
//! nothing that is typed panics; and nothing that is masked can be guessed.

#[path = "filter/dice.rs"]
mod dice;
#[path = "filter/fuzz.rs"]
mod fuzz;
#[path = "filter/generate.rs"]
mod generate;
#[path = "filter/secrets.rs"]
mod secrets;
#[path = "filter/sql.rs"]
mod sql;
#[path = "filter/stores.rs"]
mod stores;

use dspyglass::model::{Reveal, Run, RunValues};
use dspyglass::query::ask::Session;
use dspyglass::query::{Filter, FilterKeys, filtered_run_table, run_table};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, RunScope, Store, open};

use dice::Dice;
use generate::{Generator, Vocabulary};
use stores::Sample;

/// So many filters for each store.
const FILTERS: usize = 2_000;

/// Every run as stored: nothing masked, no parent inferred.
fn rows(store: &mut dyn Store) -> Vec<(Run, RunValues)> {
    let cx = ReadCx::new().with_reveal(Reveal::Revealed);
    let query = RunQuery::new(RunScope::All).with_deleted();
    let mut values: std::collections::HashMap<_, _> =
        store.run_values(&cx, &query).expect("values").into_iter().collect();
    let runs = store.runs(&cx, &query).expect("runs").into_iter();
    runs.map(|run| (run.clone(), values.remove(&run.id).unwrap_or_default())).collect()
}

#[test]
fn random_filters_select_what_sql_selects() {
    let mut telling = 0;
    let mut compared = 0;
    for sample in stores::samples() {
        let Sample { name, database, .. } = &sample;
        let mut store = open(database, &OpenOptions::default()).expect("opens");
        let rows = rows(&mut *store);
        let reference = sql::Reference::open(database);
        let vocabulary = Vocabulary::of(&rows);
        let mut dice = Dice::new(name.bytes().fold(7, |seed, byte| seed * 31 + u64::from(byte)));
        for _ in 0..FILTERS {
            let expression = Generator { vocabulary: &vocabulary, dice: &mut dice }.expression(3);
            let text = generate::written(&expression, &mut dice);
            let filter = Filter::parse(&text).unwrap_or_else(|error| panic!("{name}: {text}\n{error} at {error:?}"));
            let mut found: Vec<&str> = filter.matching(&rows).iter().map(|place| rows[*place].0.id.as_str()).collect();
            found.sort_unstable();
            let wanted = reference.select(&expression);
            assert_eq!(found, wanted, "{name}: {text}");
            telling += usize::from(!wanted.is_empty() && wanted.len() < rows.len());
            compared += 1;
        }
    }
    println!("{compared} filters, {telling} of them select some runs and not others");
    assert!(telling * 3 > compared, "only {telling} of {compared} filters tell runs apart");
}

/// What a store looks for by itself, and what is filtered out of everything, are the same runs with the same values;
/// and filters whose parts must all hold are told to the store.
#[test]
fn what_a_store_finds_is_what_is_found_in_everything() {
    let (mut told, mut compared) = (0, 0);
    for sample in stores::samples() {
        let Sample { name, database, .. } = &sample;
        let mut store = open(database, &OpenOptions::default()).expect("opens");
        let rows = rows(&mut *store);
        let mut served =
            MemoryStore::copy_of(&mut *store, &ReadCx::new().with_reveal(Reveal::Revealed)).expect("copied");
        served.serve_pages(5);
        let vocabulary = Vocabulary::of(&rows);
        let mut dice = Dice::new(name.bytes().fold(11, |seed, byte| seed * 31 + u64::from(byte)));
        let masked = ReadCx::new();
        let all = run_table(&mut Session::alone(&mut *store, &masked), None, true).expect("runs").rows;
        for _ in 0..FILTERS / 10 {
            let expression = Generator { vocabulary: &vocabulary, dice: &mut dice }.expression(2);
            let text = generate::written(&expression, &mut dice);
            let filter = Filter::parse(&text).expect("a filter");
            told += usize::from(!filter.conditions().is_empty());
            compared += 1;
            let wanted: Vec<_> = filter.matching(&all).into_iter().map(|place| &all[place]).collect();
            for store in [&mut *store, &mut served as &mut dyn Store] {
                let mut session = Session::alone(store, &masked);
                let (found, total) = filtered_run_table(&mut session, None, true, &filter).expect("runs");
                let found: Vec<_> = found.rows.iter().collect();
                assert_eq!(format!("{found:?}"), format!("{wanted:?}"), "{name}: {text}");
                assert_eq!(total, all.len());
            }
        }
    }
    assert!(told * 5 > compared, "only {told} of {compared} filters are told to the store");
}

#[test]
fn keys_and_their_counts_are_those_of_sql() {
    for Sample { name, database, .. } in &stores::samples() {
        let mut store = open(database, &OpenOptions::default()).expect("opens");
        let cx = ReadCx::new().with_reveal(Reveal::Revealed);
        let table = run_table(&mut Session::alone(&mut *store, &cx), None, false).expect("runs");
        let keys = FilterKeys::of(&table);
        let reference = sql::Reference::open(database);
        for (table, found) in [("latest_metrics", &keys.metrics), ("params", &keys.params), ("tags", &keys.tags)] {
            let mut found: Vec<(String, usize)> = found.iter().map(|one| (one.key.to_string(), one.rows)).collect();
            found.sort();
            assert_eq!(found, reference.counted_keys(table), "{name}: {table}");
        }
        for param in keys.params.iter().filter(|param| !param.is_sample) {
            let mut found: Vec<_> = param.values.iter().map(|one| (one.value.clone(), one.rows)).collect();
            found.sort();
            assert_eq!(found, reference.counted_values(&param.key), "{name}: {}", param.key);
        }
    }
}
