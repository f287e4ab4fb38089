//! `prompts`, on recorded stores beside plain SQL and on one that was counted by hand.

use serde_json::json;

use super::{answered, database, document, run, text};
use crate::prompt_store::{SECRET, make};

#[test]
fn a_recorded_prompt_is_told_with_its_versions_and_who_used_them() {
    let store = database("modern-3.18");
    let listed = document(&["prompts", text(&store)]);
    assert_eq!(listed["prompts"][0]["name"], "bike-shop-prompt");
    assert_eq!(listed["prompts"][0]["versions"], json!([{"version": 1}, {"version": 2}]));
    let found = document(&["prompts", text(&store), "bike-shop-prompt"]);
    let versions = &found["prompts"][0]["versions"];
    let first = "Sort the ticket of a bicycle shop and say in one sentence what to do. {{ticket}}";
    assert_eq!((&versions[0]["text"], &versions[0]["compared_with"]), (&json!(first), &json!(null)));
    assert_eq!(versions[1]["compared_with"], 1);
    let joined = |op: &str| -> String {
        let pieces = versions[1]["diff"].as_array().expect("pieces").iter();
        pieces.filter(|one| one["op"] == "equal" || one["op"] == op).filter_map(|one| one["text"].as_str()).collect()
    };
    assert_eq!(joined("delete"), first);
    assert_eq!(joined("insert"), versions[1]["text"]);
    for version in [0, 1] {
        assert_eq!(versions[version]["runs"], json!(["4e1396bc8cf7432389b3bab76b1211ae"]));
        assert_eq!((&versions[version]["variables"], &versions[version]["traces"]), (&json!(["ticket"]), &json!([])));
    }
    let printed = answered(&["prompts", text(&store), "bike-shop-prompt"]);
    assert!(printed.contains("Version 2") && printed.contains("Changed from version 1"), "{printed}");
    assert!(printed.contains("Used by 1 run: likeable-doe-183"), "{printed}");
}

#[test]
fn a_version_is_named_in_every_way_and_what_is_not_there_is_said() {
    let home = tempfile::tempdir().expect("a folder");
    let store = make(home.path());
    let store = text(&store);
    let versions = |name: &str| document(&["prompts", store, name])["prompts"][0]["versions"].take();
    for name in ["greet/2", "greet@production", "prompts:/greet/2", "prompts:/greet@production"] {
        let found = versions(name);
        assert_eq!((found.as_array().map(Vec::len), &found[0]["version"]), (Some(1), &json!(2)), "{name}");
    }
    let all = versions("greet");
    let told: Vec<_> = all.as_array().expect("a list").iter().map(|one| (&one["version"], &one["deleted"])).collect();
    let (no, yes) = (&json!(false), &json!(true));
    let wanted = [1, 2, 3, 4, 10].map(|version| json!(version));
    assert_eq!(told, wanted.iter().zip([no, no, yes, no, no]).collect::<Vec<_>>());
    assert_eq!([&all[2]["text"], &all[3]["text"]], [&json!(null); 2], "deleted, and without a text");
    assert_eq!(all[1]["runs"], json!(["run-b", "run-a"]));
    assert_eq!(all[1]["traces"], json!(["tr-2", "tr-1"]));
    assert_eq!(all[4]["compared_with"], 2);
    let against = document(&["prompts", store, "greet/10", "--against", "1"]);
    assert_eq!(against["prompts"][0]["versions"][0]["compared_with"], 1);
    let chat = versions("chatty/1");
    assert_eq!(chat[0]["messages"][0], json!({"role": "system", "content": "You are {{persona}}."}));
    assert_eq!((&chat[0]["kind"], &versions("chatty/2")[0]["messages"]), (&json!("chat"), &json!(null)));
    let team = document(&["prompts", store, "team/greet"]);
    assert_eq!(team["prompts"][0]["workspace"], "team");

    let printed = answered(&["prompts", store, "greet"]);
    assert!(printed.contains("Version 3 · @lost · deleted") && !printed.contains("withdrawn words"), "{printed}");
    assert!(printed.contains("No text was stored") && !printed.contains(SECRET), "{printed}");
    assert!(answered(&["prompts", store, "greet/10", "--reveal"]).contains(SECRET));
    for (args, said) in [
        (&["nobody"][..], "has no prompt \"nobody\""),
        (&["greet/7"], "prompt greet has no version 7; it has 1, 2, 3, 4, 10"),
        (&["greet", "--against", "8"], "prompt greet has no version 8"),
    ] {
        let output = run(&[&["prompts", store], args].concat());
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{args:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{args:?}");
    }
    assert_eq!(answered(&["prompts", text(&database("v2.22"))]), "No prompts are registered\n");
    assert_eq!(document(&["prompts", text(&database("v2.22"))]), json!({"prompts": []}));
}
