//! `history`, `evolution` and `family-tree`, against the files that DSPy and GEPA wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::against_sql::rows;
use super::{answered, database, document, run, text};

/// A file that a run logged.
fn file(database: &Path, run_id: &str, name: &str) -> Option<Value> {
    let found = rows(database, &format!("select experiment_id from runs where run_uuid = '{run_id}'"));
    let experiment = found.first()?[0].to_string();
    let folder: PathBuf = database.parent()?.join("mlruns").join(experiment).join(run_id).join("artifacts");
    serde_json::from_slice(&std::fs::read(folder.join(name)).ok()?).ok()
}

/// The runs of a store that logged a file.
fn with_file(database: &Path, name: &str) -> Vec<(String, Value)> {
    let all = rows(database, "select run_uuid from runs where lifecycle_stage = 'active' order by start_time");
    let ids = all.into_iter().map(|row| row[0].as_str().expect("an id").to_owned());
    ids.filter_map(|id| Some((id.clone(), file(database, &id, name)?))).collect()
}

/// A table of GEPA's, each row by its columns.
fn table(document: &Value) -> Vec<BTreeMap<&str, &Value>> {
    let columns: Vec<&str> =
        document["columns"].as_array().expect("columns").iter().filter_map(Value::as_str).collect();
    let data = document["data"].as_array().expect("rows").iter();
    data.map(|row| columns.iter().copied().zip(row.as_array().expect("a row")).collect()).collect()
}

/// The only predictor of a saved program: its path and its instructions.
fn only(program: &Value) -> (&str, &str) {
    let own = program.as_object().expect("an object").iter().find(|(_, value)| value.get("signature").is_some());
    let (path, predictor) = own.map_or(("", program), |(path, value)| (path.as_str(), value));
    (path, predictor["signature"]["instructions"].as_str().expect("instructions"))
}

#[test]
fn a_family_tree_is_that_of_gepas_tables() {
    for store in ["gepa-3.17", "real-3.18"] {
        let database = database(store);
        let parents = with_file(&database, "candidates.json");
        assert!(!parents.is_empty(), "{store}");
        for (parent, written) in parents {
            let found = document(&["family-tree", text(&database), &parent]);
            assert_eq!((&found["run_id"], &found["source"]), (&json!(parent), &json!("tables")));
            let candidates = found["candidates"].as_array().expect("candidates");
            assert_eq!((&candidates[0]["candidate"], &candidates[0]["parents"]), (&json!(0), &json!([])));
            let rows = table(&written);
            assert_eq!(candidates.len(), rows.len() + 1, "the seed stands in no table");
            for row in rows {
                let one = candidates.iter().find(|one| one["candidate"] == *row["candidate_idx"]).expect("listed");
                let parents: Value = serde_json::from_str(row["parent_ids"].as_str().expect("text")).expect("a list");
                assert_eq!((&one["parents"], &one["score"]), (&parents, row["valset_score"]));
                for text in one["instructions"].as_array().expect("texts") {
                    let column = format!("text:{}", text["component"].as_str().expect("a name"));
                    assert_eq!(&text["text"], row[column.as_str()]);
                }
            }
            let proposed = file(&database, &parent, "proposals.json").expect("proposals");
            let told: usize =
                found["proposals"].as_array().expect("a list").iter().map(|one| texts_of(&one["texts"])).sum();
            assert_eq!(told, table(&proposed).len());
            let statuses = found["proposals"].as_array().expect("a list").iter().map(|one| &one["status"]);
            let written: BTreeSet<String> = table(&proposed).iter().map(|row| row["status"].to_string()).collect();
            assert_eq!(statuses.map(Value::to_string).collect::<BTreeSet<_>>(), written);
            let said = answered(&["family-tree", text(&database), &parent]);
            assert!(said.contains("from GEPA's own tables") && said.contains("seed"), "{said}");
        }
    }
}

fn texts_of(texts: &Value) -> usize {
    texts.as_array().expect("a list").iter().filter(|one| one["text"].is_string()).count()
}

#[test]
fn an_evolution_holds_the_instructions_of_each_saved_program() {
    for store in ["copro-3.17", "gepa-3.17"] {
        let database = database(store);
        for (parent, best) in with_file(&database, "best_model.json") {
            let found = document(&["evolution", text(&database), &parent]);
            let wanted = json!({"run_id": parent, "predictor": only(&best).0});
            assert_eq!(json!({"run_id": found["run_id"], "predictor": found["predictor"]}), wanted);
            // COPRO's proposals are independent of each other; GEPA breeds.
            let against = if store == "copro-3.17" { "seed" } else { "parent" };
            assert_eq!(found["against"], against);
            let instructions_of =
                |id: &Value| Some(only(&file(&database, id.as_str()?, "model.json").expect("saved")).1.to_owned());
            let mut seen = BTreeSet::new();
            for step in found["steps"].as_array().expect("steps") {
                let now = step["instructions"].as_str().expect("known").to_owned();
                for one in step["evaluations"].as_array().expect("evaluations") {
                    let id = one["run_id"].as_str().expect("an id");
                    assert!(seen.insert(id.to_owned()), "an evaluation stands once");
                    assert_eq!(only(&file(&database, id, "model.json").expect("saved")).1, now);
                    let sql = format!("select value from latest_metrics where run_uuid = '{id}' and key = 'eval'");
                    let score = rows(&database, &sql).first().map_or(Value::Null, |row| row[0].clone());
                    assert_eq!(one["score"], score);
                }
                let joined = |op: &str| -> String {
                    let pieces = step["diff"].as_array().expect("pieces").iter();
                    let of_side = pieces.filter(|piece| piece["op"] == "equal" || piece["op"] == op);
                    of_side.filter_map(|piece| piece["text"].as_str()).collect()
                };
                let base = instructions_of(&step["compared_with"]).unwrap_or_else(|| now.clone());
                assert_eq!((joined("delete"), joined("insert")), (base, now));
            }
            compared_as_asked(&database, &parent, &found);
            let all = document(&["optimization", text(&database), &parent]);
            assert_eq!(seen.len(), all["evaluations"].as_array().expect("evaluations").len());
            let winners = found["steps"].as_array().expect("steps").iter().filter(|step| step["winner"] == true);
            for winner in winners {
                assert_eq!(winner["instructions"], only(&best).1);
            }
            assert!(answered(&["evolution", text(&database), &parent]).contains("program "));
        }
    }
}

/// With each `--against` every state is compared with the one that SQL, the saved programs and GEPA's tables tell.
fn compared_as_asked(database: &Path, parent: &str, found: &Value) {
    let first = |step: &Value| step["evaluations"][0]["run_id"].as_str().map(str::to_owned);
    let steps = found["steps"].as_array().expect("steps");
    let firsts: Vec<Option<String>> = steps.iter().map(first).collect();
    let known = |key: &str| steps.iter().find(|step| step[key] == true).and_then(first);
    let bases = |against: &str| -> Vec<Option<String>> {
        let told = document(&["evolution", text(database), parent, "--against", against]);
        assert_eq!(told["against"], against);
        let steps = told["steps"].as_array().expect("steps").iter();
        steps.map(|step| step["compared_with"].as_str().map(str::to_owned)).collect()
    };
    let mut before = vec![None];
    before.extend(firsts[..firsts.len() - 1].iter().cloned());
    assert_eq!(bases("previous"), before);
    for key in ["seed", "winner"] {
        let base = known(key);
        let wanted: Vec<Option<String>> = firsts.iter().map(|own| base.clone().filter(|_| *own != base)).collect();
        assert_eq!(bases(key), wanted, "{key}");
    }
    let Some(table) = file(database, parent, "candidates.json") else { return };
    let column = |name: &str| table["columns"].as_array().expect("names").iter().position(|one| one == name);
    let (index, parents) = (column("candidate_idx").expect("a number"), column("parent_ids").expect("parents"));
    let instructions = table["columns"].as_array().expect("names").iter();
    let text_at =
        instructions.clone().position(|one| one.as_str().is_some_and(|one| one.starts_with("text:"))).expect("texts");
    let rows = table["data"].as_array().expect("rows");
    let of_text = |wanted: &Value| {
        let has = |step: &&Value| step["instructions"].as_str().map(str::trim) == wanted.as_str().map(str::trim);
        steps.iter().find(has).and_then(first)
    };
    let told = bases("parent");
    for row in rows {
        // The seed stands nowhere in the table.
        let parent = match row[parents].as_str().expect("a list") {
            "[0]" => known("seed"),
            list => {
                let wanted: i64 = list.trim_matches(['[', ']']).parse().expect("one parent");
                rows.iter().find(|one| one[index] == wanted).and_then(|one| of_text(&one[text_at]))
            }
        };
        let own = firsts.iter().position(|one| *one == of_text(&row[text_at])).expect("evaluated");
        assert_eq!(told[own], parent, "{row}");
    }
}

#[test]
fn a_program_history_lists_every_run_that_saved_the_same_program() {
    /// What a program does, of programs that are one predictor: everything but the versions of packages.
    fn without_versions(mut program: Value) -> Value {
        program.as_object_mut().expect("an object").remove("metadata");
        program
    }
    for store in ["copro-3.17", "gepa-3.17"] {
        let database = database(store);
        let saved = with_file(&database, "model.json");
        for (parent, best) in with_file(&database, "best_model.json") {
            let best = without_versions(best);
            let same = saved.iter().filter(|(_, program)| without_versions(program.clone()) == best);
            let same: Vec<&String> = same.map(|(id, _)| id).collect();
            let found = document(&["history", text(&database), &parent, "--best"]);
            let evaluations = found["evaluations"].as_array().expect("evaluations");
            let told: Vec<&str> = evaluations.iter().filter_map(|one| one["run_id"].as_str()).collect();
            assert_eq!(told, same, "{store}");
            for one in evaluations {
                let id = one["run_id"].as_str().expect("an id");
                let sql = format!("select start_time, experiment_id, name from runs where run_uuid = '{id}'");
                let row = rows(&database, &sql).remove(0);
                assert_eq!((&one["start_time_ms"], &one["name"]), (&row[0], &row[2]));
                assert_eq!(one["experiment_id"], json!(row[1].to_string()));
                assert_eq!(one["data"]["set"].is_null(), one["data"]["reason"].is_string(), "{one}");
            }
            let winner_of = found["winner_of"].as_array().expect("runs");
            assert!(winner_of.iter().any(|one| one["run_id"] == json!(parent)), "{store}");
            assert_eq!(found["program"]["predictors"][0]["instructions"], only(&best).1);
            // The beginning of its hash means the same program, and so does a run that evaluated it.
            let hash = found["state_hash"].as_str().expect("a hash");
            assert_eq!(document(&["history", text(&database), &hash[..12]]), found);
            for id in same {
                assert_eq!(document(&["history", text(&database), id]), found);
            }
            let said = answered(&["history", text(&database), hash]);
            assert!(said.contains(hash) && said.contains("Winner of"), "{said}");
        }
    }
}

#[test]
fn what_has_no_such_page_is_said() {
    let database = database("copro-3.17");
    let store = text(&database);
    let (parent, _) = with_file(&database, "best_model.json").remove(0);
    let refused = |args: &[&str], why: &str| {
        let output = run(args);
        let said = String::from_utf8(output.stderr).expect("text");
        assert_eq!((output.status.code(), output.stdout.len(), said.lines().count()), (Some(1), 0, 1), "{said}");
        assert!(said.contains(why), "{said}");
    };
    refused(&["family-tree", store, &parent], "no optimization by GEPA");
    refused(&["evolution", store, &parent, "--predictor", "nope"], "has no predictor \"nope\": \"predict\"");
    refused(&["history", store, "ffffffffff"], "no run or program \"ffffffffff\"");
    refused(&["evolution", store, &parent, "--against", "parent"], "it is not known which state a proposer was shown");
    refused(&["evolution", store, "ffffffffff"], "no run \"ffffffffff\"");
}
