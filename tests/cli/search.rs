//! `search`: what is found equals plain SQL where nothing is escaped, and is told by the contract.

use serde_json::Value;

use super::against_sql::rows;
use super::{answered, database, databases, document, run, text};

fn hits(document: &Value) -> &Vec<Value> {
    document["hits"].as_array().expect("a list")
}

#[test]
fn a_word_is_found_in_the_spans_that_hold_it() {
    for database in databases() {
        let store = text(&database);
        let found = document(&["search", store, "question"]);
        assert_eq!(found["complete"], true);
        let raw = rusqlite::Connection::open_with_flags(&database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY);
        let raw = raw.expect("opened");
        let count = |sql: &str| raw.query_row(sql, [], |row| row.get::<_, i64>(0)).ok();
        // Ids and times aside, what stands in a record is shown; a word that is not escaped is found by SQL, too.
        let in_table = count("select count(*) from spans where instr(content, 'question')").unwrap_or(0);
        let mut spans: Vec<_> = hits(&found).iter().map(|hit| (&hit["trace_id"], &hit["span_id"])).collect();
        spans.dedup();
        assert!(spans.len() as i64 >= in_table && !spans.is_empty(), "{store}: {} of {in_table}", spans.len());
        assert!(found["scanned"].as_i64() >= count("select count(*) from spans"));
        for hit in hits(&found) {
            assert_eq!(hit["found"], "question");
            assert!(hit["excerpt"].as_str().expect("text").contains("question"), "an excerpt holds the needle");
            assert!(hit["field"].is_string() && hit["span_name"].is_string());
        }
    }
}

#[test]
fn one_trace_one_run_and_one_experiment() {
    let database = database("v3.17");
    let store = text(&database);
    let all = document(&["search", store, "question"]);
    let trace = hits(&all)[0]["trace_id"].as_str().expect("an id");
    let of_trace = document(&["search", store, "question", "--trace", &trace[..16]]);
    let wanted: Vec<&Value> = hits(&all).iter().filter(|hit| hit["trace_id"] == trace).collect();
    assert!(hits(&of_trace).iter().eq(wanted) && of_trace["scanned"].as_u64() < all["scanned"].as_u64());
    let listed = document(&["traces", store])["traces"].take();
    let in_run = listed.as_array().into_iter().flatten().find_map(|trace| trace["run_id"].as_str());
    let run_id = in_run.expect("a trace of a run").to_owned();
    let of_run = document(&["search", store, "question", "--run", &run_id]);
    let traces = document(&["traces", store, "--run", &run_id]);
    let traces = traces["traces"].as_array().expect("a list");
    assert!(!hits(&of_run).is_empty());
    assert!(hits(&of_run).iter().all(|hit| traces.iter().any(|trace| trace["id"] == hit["trace_id"])));
    let experiment = document(&["runs", store])["runs"][0]["experiment_id"].as_str().expect("an id").to_owned();
    assert!(!hits(&document(&["search", store, "question", "--experiment", &experiment])).is_empty());
    assert_eq!(run(&["search", store, "x", "--trace", "tr-1", "--run", &run_id]).status.code(), Some(2));
    for absent in [["--trace", "nobody"], ["--run", "nobody"], ["--experiment", "nobody"]] {
        let output = run(&["search", store, "x", absent[0], absent[1]]);
        assert!(output.status.code() == Some(1) && output.stdout.is_empty(), "{absent:?}");
    }
}

#[test]
fn a_run_is_searched_with_its_child_runs() {
    let database = database("v3.17");
    let store = text(&database);
    let runs = document(&["runs", store])["runs"].take();
    let runs: Vec<&Value> = runs.as_array().into_iter().flatten().collect();
    let parent = runs.iter().find_map(|run| run["parent_id"].as_str()).expect("a run with a parent");
    let is_of = |run: &Value| run["id"] == parent || run["parent_id"] == parent;
    let family: Vec<&str> = runs.iter().filter(|run| is_of(run)).filter_map(|run| run["id"].as_str()).collect();
    assert!(family.len() > 1, "{family:?}");
    let traces = document(&["traces", store])["traces"].take();
    let of_family = |id: &Value| {
        let mut traces = traces.as_array().into_iter().flatten();
        traces.any(|one| one["id"] == *id && one["run_id"].as_str().is_some_and(|run| family.contains(&run)))
    };
    let key = |hit: &Value| format!("{} {} {}", hit["trace_id"], hit["span_id"], hit["field"]);
    let all = document(&["search", store, "question"]);
    let mut wanted: Vec<String> = hits(&all).iter().filter(|hit| of_family(&hit["trace_id"])).map(key).collect();
    let found = document(&["search", store, "question", "--run", parent]);
    let mut told: Vec<String> = hits(&found).iter().map(key).collect();
    wanted.sort();
    told.sort();
    assert_eq!(told, wanted);
    let own = document(&["traces", store, "--run", parent])["traces"].as_array().map_or(0, Vec::len);
    let seen: std::collections::HashSet<&str> =
        hits(&found).iter().filter_map(|hit| hit["trace_id"].as_str()).collect();
    assert!(seen.len() > own, "{} traces, {own} of them the run's own", seen.len());
}

#[test]
fn a_hit_says_of_which_type_its_span_is() {
    let database = database("v3.17");
    let found = document(&["search", text(&database), "question", "--limit", "40"]);
    for hit in hits(&found) {
        let (trace, span) = (hit["trace_id"].as_str().expect("an id"), hit["span_id"].as_str().expect("an id"));
        let stored = format!("select type from spans where trace_id = '{trace}' and span_id = '{span}'");
        assert_eq!(hit["span_type"], rows(&database, &stored)[0][0], "{hit}");
    }
    assert!(!hits(&found).is_empty());
}

#[test]
fn a_limit_is_told_and_people_see_where_it_stands() {
    let database = database("v3.17");
    let store = text(&database);
    let some = document(&["search", store, "question", "--limit", "3"]);
    assert_eq!((hits(&some).len(), &some["complete"]), (3, &Value::Bool(false)));
    let all = document(&["search", store, "question"]);
    assert!(hits(&all).starts_with(hits(&some)));
    let said = answered(&["search", store, "question", "--limit", "3"]);
    let trace = hits(&some)[0]["trace_id"].as_str().expect("an id");
    assert!(said.starts_with(trace) && said.ends_with("\nthe first 3 hits; there are more\n"), "{said}");
    let said = answered(&["search", store, "QUESTION"]);
    assert!(said.starts_with("nothing found in ") && said.contains("--ignore-case"), "{said}");
    assert_eq!(hits(&document(&["search", store, "QUESTION", "--ignore-case"])).len(), hits(&all).len());
    let words = hits(&document(&["search", store, "questio", "--word"])).len();
    assert_eq!((words, hits(&document(&["search", store, "questio[n]", "--regex", "--word"])).is_empty()), (0, false));
}

#[test]
fn behind_a_limit_it_is_counted_in_how_many_spans_it_may_be() {
    for database in databases() {
        let store = text(&database);
        let all = document(&["search", store, "question"]);
        let mut spans: Vec<_> = hits(&all).iter().map(|hit| (&hit["trace_id"], &hit["span_id"])).collect();
        spans.dedup();
        assert_eq!(all["spans_at_most"], spans.len(), "{store}: what is complete is known without counting");
        let some = document(&["search", store, "question", "--limit", "1"]);
        assert_eq!((&some["complete"], &some["spans_at_most"]), (&Value::Bool(false), &Value::Null));
        let counted = document(&["search", store, "question", "--limit", "1", "--count"]);
        assert_eq!((hits(&counted), &counted["complete"]), (hits(&some), &Value::Bool(false)));
        assert_eq!(counted["scanned"], all["scanned"]);
        let (at_most, least) = (counted["spans_at_most"].as_u64(), all["spans_at_most"].as_u64());
        assert!(least <= at_most && at_most <= all["scanned"].as_u64(), "{at_most:?}, {least:?}");
        let said = answered(&["search", store, "question", "--limit", "1", "--count"]);
        let (at_most, scanned) = (at_most.expect("a number"), &all["scanned"]);
        let end = format!("\nthe first 1 hit; it is in at most {at_most} of {scanned} spans\n");
        assert!(said.ends_with(&end), "{said}{end}");
    }
    let database = database("v3.17");
    let guess = ["search", text(&database), "question|sk-fake", "--regex", "--limit", "1", "--count"];
    let said = answered(&guess);
    assert!(said.ends_with("the first 1 hit; there are more; in how many spans is not known\n"), "{said}");
    assert_eq!(document(&guess)["spans_at_most"], Value::Null);
    assert!(document(&[&guess[..], &["--reveal"]].concat())["spans_at_most"].is_u64());
    assert_eq!(run(&["search", text(&database), "question", "--count"]).status.code(), Some(2), "behind no limit");
}

#[test]
fn what_cannot_be_looked_for_is_wrong_usage() {
    for (pattern, why) in [("a(", "unclosed group"), ("", "empty"), ("\\b", "no text")] {
        let output = run(&["search", "/nowhere.db", pattern, "--regex"]);
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(output.status.code() == Some(2) && said.contains(why), "{pattern}: {said}");
        assert!(output.stdout.is_empty() && said.lines().count() == 1, "{said}");
    }
}
