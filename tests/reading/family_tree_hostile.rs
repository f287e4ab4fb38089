//! GEPA's tables as nobody writes them: circles, numbers out of range, tens of thousands of rows.

use std::time::{Duration, Instant};

use dspyglass::model::{ArtifactOwner, RunId};
use dspyglass::query::ask::Session;
use dspyglass::query::family_tree::{FamilyTree, family_tree};
use dspyglass::store::ReadCx;
use dspyglass::store::memory::MemoryStore;
use serde_json::{Value, json};

fn told(files: &[(&str, Value)]) -> FamilyTree {
    let mut store = MemoryStore::new();
    store.add_experiment("1", "one");
    store.put_run(MemoryStore::run("p", "1", "gepa", 1_000));
    let run = RunId::from("p");
    for (name, table) in files {
        store.put_artifact(ArtifactOwner::Run(run.clone()), name, table.to_string());
    }
    let since = Instant::now();
    let told = family_tree(&mut Session::alone(&mut store, &ReadCx::new()), &run).expect("read").expect("GEPA's");
    assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
    told
}

fn table(columns: &[&str], rows: impl IntoIterator<Item = Value>) -> Value {
    json!({"columns": columns, "data": rows.into_iter().collect::<Vec<_>>()})
}

const CANDIDATES: [&str; 3] = ["candidate_idx", "parent_ids", "text:solve"];
const PROPOSALS: [&str; 5] = ["iteration", "component", "status", "candidate_idx", "proposed_text"];

#[test]
fn tens_of_thousands_of_rows() {
    let most = 40_000;
    let told = told(&[
        ("candidates.json", table(&CANDIDATES, (1..=most).map(|at| json!([at, format!("[{}]", at - 1), "Solve"])))),
        ("valset_scores.json", table(&["candidate_idx", "0"], (1..=most).map(|at| json!([at, 0.5])))),
        ("proposals.json", table(&PROPOSALS, (1..=most).map(|at| json!([1, at.to_string(), "accepted", at, "Solve"])))),
    ]);
    assert_eq!((told.candidates.len(), told.proposals.len()), (most + 1, most));
    assert!(told.candidates[1..].iter().all(|one| one.scores == [("0".to_owned(), 0.5)]));
    // One proposal of as many components.
    let row = |at: usize| json!([1, format!("component {at}"), "accepted", 1, "Solve"]);
    let one = self::told(&[("proposals.json", table(&PROPOSALS, (0..most).map(row)))]);
    assert_eq!((one.proposals.len(), one.proposals[0].texts.len()), (1, most));
}

#[test]
fn everybody_is_on_the_front_everywhere() {
    let all = format!("{:?}", (0..3_000).collect::<Vec<_>>());
    let told = told(&[
        ("candidates.json", table(&CANDIDATES, (1..3_000).map(|at| json!([at, "[0]", "Solve"])))),
        (
            "valset_pareto_front.json",
            table(&["val_id", "best_score", "program_ids"], (0..300).map(|id| json!([id, 1, all]))),
        ),
    ]);
    assert!(told.candidates.iter().all(|one| one.front.len() == 300));
}

#[test]
fn numbers_out_of_range_and_lists_that_repeat() {
    let told = told(&[
        (
            "candidates.json",
            table(
                &CANDIDATES,
                [
                    json!([1, "[2]", "a"]),
                    json!([2, "[1]", "b"]),
                    json!([-5, "[0]", "no"]),
                    json!([1e300, "[0]", "no"]),
                    json!([3, "[-1]", "c"]),
                    json!([4, "[18446744073709551616, 0]", "d"]),
                    json!([5, [0, 0, 0, 1, 1], null]),
                ],
            ),
        ),
        (
            "valset_pareto_front.json",
            table(&["val_id", "program_ids"], [json!([null, "[1]"]), json!([[], [1, 1, -1, 99]])]),
        ),
    ]);
    let parents: Vec<(usize, &[usize])> = told.candidates.iter().map(|one| (one.index, &*one.parents)).collect();
    let expected: [(usize, &[usize]); 6] = [(0, &[]), (1, &[2]), (2, &[1]), (3, &[]), (4, &[0]), (5, &[0, 1])];
    assert_eq!(parents, expected);
    assert_eq!(told.candidates[1].front.len(), 2);
}
