//! `trace --steps`: attempts, passages, calls that left the trace, what went wrong in agents; and the filter that finds
//! those (DSPy 3.4.1, MLflow 3.18).

use serde_json::{Value, json};

use super::{answered, database, document, text};

const REFINE: &str = "tr-136830801ed3d10c1dec438a95bc7330";
const RETRIEVE: &str = "tr-dc0f508d2ea3cff00a6ff3b3ad984b7e";

fn steps(store: &str, trace: &str) -> Value {
    let store = database(store);
    document(&["trace", text(&store), trace, "--steps"])
}

fn told_of(store: &str, trace: &str) -> String {
    let store = database(store);
    answered(&["trace", text(&store), trace, "--steps"])
}

#[test]
fn attempts_of_refine_stand_with_their_advice_and_what_they_were_worth() {
    let found = steps("modern-3.18", REFINE)["attempts"][0].take();
    assert_eq!((&found["kind"], &found["threshold"]), (&json!("Refine"), &json!("0.99")));
    let attempts = found["attempts"].as_array().expect("attempts");
    let told = attempts.iter().map(|one| json!([one["reward"], one["advice"].is_object(), one["gave_the_result"]]));
    assert_eq!(Value::from_iter(told), json!([["0.3", false, true], ["0.3", true, true], [null, true, true]]));
    assert!(attempts.iter().all(|one| one["fields"]["category"] == "other" && one["span_id"].is_string()));
    let people = told_of("modern-3.18", REFINE);
    assert!(
        people.contains("All 3 gave the outputs that it hands on; which of them it took is not stored"),
        "{people}"
    );
}

#[test]
fn passages_of_a_retriever_are_a_list() {
    let found = steps("modern-3.18", RETRIEVE)["retrievals"][0].take();
    assert_eq!((&found["query"], &found["inferred"]), (&json!("What should the shop do about this?"), &json!(false)));
    let passages = found["passages"].as_array().expect("passages").iter();
    let told = passages.map(|one| json!([one["number"], one["score"], one["score_name"]]));
    assert_eq!(Value::from_iter(told), json!([["0", 0.9, "probs"], ["1", 0.1, "probs"]]));
    assert!(told_of("modern-3.18", RETRIEVE).contains("Passage 2 · no. 1 · probs 0.1"));
}

#[test]
fn a_filter_finds_agents_that_ran_out_of_steps_and_tools_that_failed() {
    let store = database("modern-3.18");
    let found = |filter: &str| {
        let list = document(&["traces", text(&store), "--filter", filter])["traces"].take();
        let mut ids: Vec<String> =
            list.as_array().expect("traces").iter().filter_map(|one| Some(one["id"].as_str()?.to_owned())).collect();
        ids.sort();
        ids
    };
    assert_eq!(found("out_of_steps = yes"), ["tr-515371de4d8f94eed2dfa8490666712c"]);
    let failed = found("failed_tool is not null");
    assert!(failed.contains(&"tr-10c83db78f326c6a00e82795e083f190".to_owned()), "{failed:?}");
    assert_eq!(found("failed_tool = ledger"), ["tr-10c83db78f326c6a00e82795e083f190"]);
    assert_eq!(found("failed_tool = code"), ["tr-c47a3edc1504435b1ebe20b4cb8eaaaa"]);
    let agents = found("out_of_steps = yes or out_of_steps = no");
    assert_eq!(agents.len(), 8, "no other trace has an agent: {agents:?}");
    assert!(found("history_cut = yes").is_empty());
}
