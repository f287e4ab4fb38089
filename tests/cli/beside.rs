//! What `trace` tells beside the tree: example, expected answer, turn, program.

use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::{answered, database, document, text};

/// A recorded database, for reading alone.
fn connection(store: &str) -> Connection {
    Connection::open_with_flags(database(store), OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened")
}

/// One value of a database.
fn one(store: &str, question: &str) -> String {
    connection(store).query_row(question, [], |row| row.get(0)).expect(question)
}

/// `eval_minibatch_0` of MIPROv2, whose table says: `False`, 31 expected, 32 predicted, in its first row.
const RUN: &str = "c2835b00f9eb47fea0887716dc933f9c";

#[test]
fn a_trace_of_an_evaluation_tells_its_row_what_was_expected_and_its_program() {
    let trace = one(
        "v3.17",
        &format!(
            "select m.request_id from trace_request_metadata m join spans s on s.trace_id = m.request_id where \
             m.key = 'mlflow.sourceRun' and m.value = '{RUN}' and s.content like '%Ana has 28 books%' limit 1"
        ),
    );
    let path = database("v3.17");
    let told = document(&["trace", text(&path), &trace]);
    let example = &told["example"];
    assert_eq!((&example["run_id"], &example["row"]), (&json!(RUN), &json!(0)));
    assert_eq!((&example["score"], &example["source"]), (&json!(0.0), &json!("result_table.json")));
    assert_eq!(example["unsure"], Value::Null);
    let wanted = json!([{"name": "answer", "expected": "31", "answered": "32", "answered_field": "answer", "same": false,
                         "source": "example", "by": null}]);
    assert_eq!(told["expected"], wanted);
    assert_eq!(told["turn"], Value::Null);
    let program = &told["program"];
    assert_eq!((&program["run_id"], &program["inferred"]), (&json!(RUN), &json!(false)));
    assert_eq!(program["optimization"], json!("c0488c2282d6484cabe484b482a9f296"));
    assert_eq!(program["state_hash"], document(&["program", text(&path), RUN])["state_hash"]);
    let words = answered(&["trace", text(&path), &trace]);
    assert!(words.contains("score 0 · from result_table.json · row 1 of"), "{words}");
    assert!(words.contains("expected answer = 31\n    answered 32"), "{words}");
    assert!(words.contains(&format!(" · run {RUN}")), "{words}");
}

#[test]
fn a_turn_of_a_session_tells_those_beside_it_and_what_a_person_expects() {
    let path = database("real-3.18");
    let (first, second) = ("tr-4dc40d160ae86eeb50c937a50d90d9bf", "tr-4ba81d9ae271f4732cdce3341c435cee");
    let told = document(&["trace", text(&path), first]);
    assert_eq!(told["turn"], json!({"session": "desk-7", "turn": 1, "turns": 2, "previous": null, "next": second}));
    assert_eq!(told["example"], Value::Null);
    let expected = &told["expected"][0];
    assert_eq!((&expected["name"], &expected["source"]), (&json!("expected_answer"), &json!("assessment")));
    assert_eq!(expected["by"], json!("HUMAN"));
    let stored = one(
        "real-3.18",
        &format!("select value from assessments where trace_id = '{first}' and assessment_type = 'expectation'"),
    );
    assert_eq!(expected["expected"], serde_json::from_str::<Value>(&stored).expect("json"));
    // The field that it is about bears its name without `expected_`.
    let root = told["spans"].as_array().and_then(|spans| spans.first()).expect("a root");
    assert_eq!(expected["answered_field"], json!("answer"));
    assert_eq!(expected["answered"], root["outputs"]["answer"]);
    let words = answered(&["trace", text(&path), second]);
    assert!(words.contains(&format!("turn 2 of 2 of session desk-7 · previous {first}")), "{words}");
}

#[test]
fn a_trace_of_an_optimization_itself_has_an_inferred_program_and_the_data_tells_what_was_expected() {
    let path = database("gepa-3.17");
    let parent = "7b9bf2b833b7444bbb493e0f879490dc";
    let conn = connection("gepa-3.17");
    let mut statement = conn
        .prepare("select request_id from trace_request_metadata where key = 'mlflow.sourceRun' and value = ?1")
        .expect("prepared");
    let traces: Vec<String> =
        statement.query_map([parent], |row| row.get(0)).expect("asked").collect::<Result<_, _>>().expect("rows");
    let (mut inferred, mut of_data) = (0, 0);
    for trace in traces {
        let told = document(&["trace", text(&path), &trace]);
        assert_eq!(told["example"], Value::Null, "{trace}");
        if !told["program"].is_null() {
            assert_eq!(told["program"]["inferred"], json!(true), "{trace}");
            assert!(told["program"]["reason"].as_str().is_some_and(|why| why.contains("instructions")));
            inferred += 1;
        }
        for field in told["expected"].as_array().expect("a list") {
            assert!(matches!(field["source"].as_str(), Some("trainset.json" | "valset.json")), "{trace}: {field}");
            assert_eq!(field["name"], json!("answer"), "{trace}");
            of_data += 1;
        }
    }
    assert!(inferred > 0 && of_data > 0, "{inferred} {of_data}");
}
