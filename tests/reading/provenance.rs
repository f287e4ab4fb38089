//! Where instructions came from, GEPA's family tree and histories of programs, against plain
//! SQL and a plain walk over the files.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use dspyglass::analysis::family_tree::{FamilyProposal, ProposalStatus};
use dspyglass::analysis::optimization::Optimizer;
use dspyglass::model::{Json, RunId, StateHash};
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::family_tree::FamilyTreeSource;
use dspyglass::query::program_history::EvaluationData;
use dspyglass::query::{self, AllStates, Origin, ProgramHistoryOf};
use dspyglass::store::{CancelToken, ReadCx, StoreError};

use crate::support::{databases, files, json, reader, sql};

/// Instructions by path, as a person would find them.
fn instructions(document: &Json) -> BTreeMap<String, String> {
    let of = |body: &Json| body.pointer("/signature/instructions").and_then(Json::as_str).map(str::to_owned);
    if document.get("demos").is_some_and(Json::is_array) {
        return of(document).map(|text| (String::new(), text)).into_iter().collect();
    }
    let bodies = document.as_object().expect("an object").iter();
    bodies.filter_map(|(path, body)| Some((path.clone(), of(body)?))).collect()
}

/// What a program does, as sorted text.
fn doing(mut document: Json) -> String {
    let all = document.as_object_mut().expect("an object");
    all.remove("metadata");
    for key in ["traces", "train"] {
        all.remove(key);
        all.values_mut().filter_map(Json::as_object_mut).for_each(|body| drop(body.remove(key)));
    }
    fn sorted(value: &Json) -> String {
        match value {
            Json::Object(map) => {
                let sorted: BTreeMap<&String, String> = map.iter().map(|(key, value)| (key, sorted(value))).collect();
                format!("{sorted:?}")
            }
            Json::Array(items) => format!("{:?}", items.iter().map(sorted).collect::<Vec<_>>()),
            other => other.to_string(),
        }
    }
    sorted(&document)
}

/// The outputs of a span as one text without escapes, from wherever this store has them.
fn output(database: &Path, files: &BTreeMap<String, PathBuf>, trace: &str, span: &str) -> String {
    let decode = |attributes: &Json| -> String {
        let text = attributes["mlflow.spanOutputs"].as_str().expect("outputs").to_owned();
        fn texts(value: &Json, out: &mut String) {
            match value {
                Json::String(text) => {
                    out.push_str(text);
                    out.push('\n');
                    if let Ok(inner @ (Json::Object(_) | Json::Array(_))) = serde_json::from_str::<Json>(text) {
                        texts(&inner, out);
                    }
                }
                Json::Array(items) => items.iter().for_each(|item| texts(item, out)),
                Json::Object(map) => map.values().for_each(|item| texts(item, out)),
                _ => {}
            }
        }
        let mut out = String::new();
        texts(&Json::String(text), &mut out);
        out
    };
    let has_table = sql(database, "select 1 from sqlite_master where name = 'spans'").len() == 1;
    if has_table {
        let question = format!("select content from spans where trace_id = '{trace}' and span_id = '{span}'");
        if let Some(row) = sql(database, &question).first() {
            let content: Json = serde_json::from_str(&row[0]).expect("json");
            return decode(&content["attributes"]);
        }
    }
    let document = json(&files[trace]);
    let hex = |id: &str| -> String {
        let bytes = base64::engine::general_purpose::STANDARD.decode(id).unwrap_or_default();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let is_it = |one: &&Json| {
        let ids = [one.pointer("/context/span_id"), one.get("span_id")];
        let mut ids = ids.into_iter().flatten().filter_map(Json::as_str);
        ids.any(|id| id.trim_start_matches("0x") == span || hex(id) == span)
    };
    let found = document["spans"].as_array().expect("spans").iter().find(is_it).expect("the span");
    decode(&found["attributes"])
}

/// Whether an output of any span of a run holds a text, by the table of spans.
fn is_written(database: &Path, run: &str, text: &str) -> bool {
    let question = format!(
        "select s.trace_id, s.span_id from spans s join trace_request_metadata m on m.request_id = s.trace_id \
         where m.key = 'mlflow.sourceRun' and m.value = '{run}' and s.content like '%mlflow.spanOutputs%'"
    );
    let spans = sql(database, &question);
    spans.iter().any(|row| output(database, &BTreeMap::new(), &row[0], &row[1]).contains(text))
}

#[test]
fn an_instruction_leads_to_the_span_that_wrote_it() {
    let mut written: HashMap<Optimizer, usize> = HashMap::new();
    let mut unknown = 0;
    for database in databases() {
        let home = database.parent().expect("a folder");
        let (models, traces) = (files(home, "model.json"), files(home, "traces.json"));
        let mut store = reader(&database);
        let cx = ReadCx::new();
        for parent in files(home, "best_model.json").into_keys() {
            let parent = RunId::from(parent);
            let found =
                query::optimization(&mut Session::alone(store.as_mut(), &cx), &parent).expect("read").expect("there");
            let Some(name @ (Optimizer::MiproV2 | Optimizer::Copro | Optimizer::Gepa)) = found.optimizer.name else {
                continue;
            };
            let seed: Option<BTreeMap<String, String>> =
                found.seed.as_ref().map(|seed| instructions(&json(&models[seed.run_ids[0].as_str()])));
            for evaluation in &found.evaluations {
                let place = format!("{}, {}", database.display(), evaluation.name);
                for (path, text) in instructions(&json(&models[evaluation.run_id.as_str()])) {
                    let told =
                        query::provenance(&mut Session::alone(store.as_mut(), &cx), &parent, &evaluation.run_id, &path);
                    let told = told.expect("read").expect("an instruction");
                    assert_eq!((&told.path, &told.instruction), (&path, &text), "{place}");
                    let used: BTreeSet<&str> = told.used_by.iter().map(|one| one.run_id.as_str()).collect();
                    let is_user = |run: &&str| instructions(&json(&models[*run])).get(&path) == Some(&text);
                    let all = found.evaluations.iter().map(|one| one.run_id.as_str());
                    assert_eq!(used, all.filter(is_user).collect(), "{place}");
                    assert!(told.looked.complete, "{place}");
                    let is_seed = seed.as_ref().is_some_and(|seed| seed.get(&path) == Some(&text));
                    match told.origin {
                        Origin::Program { is_inferred } => assert!(is_seed && !is_inferred, "{place}"),
                        Origin::Writer(by) => {
                            assert!(!is_seed && !by.is_inferred, "{place}: {by:?}");
                            let (trace, span) = (by.writer.trace.as_str(), &by.writer.span_id);
                            let output = output(&database, &traces, trace, span);
                            assert!(output.contains(text.trim()), "{place}: {text} is not in {output}");
                            let question = format!(
                                "select value from trace_request_metadata where request_id = '{trace}' \
                                 and key = 'mlflow.sourceRun'"
                            );
                            assert_eq!(sql(&database, &question)[0][0], parent.as_str(), "{place}");
                            assert!(by.writer.inputs.is_some(), "{place}");
                            *written.entry(name).or_default() += 1;
                        }
                        // A process that died took the trace of its proposer along; a cut of a
                        // recording lacks it.
                        Origin::Unknown => {
                            let is_dead = found.run.status.as_str() == "RUNNING";
                            assert!(is_dead || !is_written(&database, parent.as_str(), text.trim()), "{place}: {text}");
                            unknown += 1;
                        }
                    }
                }
            }
        }
    }
    println!("written {written:?}, unknown {unknown}");
    assert!(
        [Optimizer::MiproV2, Optimizer::Gepa, Optimizer::Copro].iter().all(|name| written.contains_key(name)),
        "{written:?}"
    );
}

/// Rows of one of GEPA's tables, by column.
fn rows(folder: &Path, name: &str) -> Vec<BTreeMap<String, Json>> {
    let document = json(&folder.join(name));
    let columns: Vec<String> =
        document["columns"].as_array().expect("columns").iter().map(|it| it.as_str().expect("text").into()).collect();
    let data = document["data"].as_array().expect("data").iter();
    data.map(|row| columns.iter().cloned().zip(row.as_array().expect("a row").iter().cloned()).collect()).collect()
}

fn ids(cell: &Json) -> Vec<usize> {
    serde_json::from_str(cell.as_str().expect("a list in text")).expect("a list")
}

#[test]
fn family_trees_are_what_gepa_wrote_into_its_tables() {
    let mut seen = 0;
    for database in databases() {
        let home = database.parent().expect("a folder");
        let (models, traces) = (files(home, "model.json"), files(home, "traces.json"));
        for (run, path) in files(home, "candidates.json") {
            seen += 1;
            let folder = path.parent().expect("a folder");
            let mut store = reader(&database);
            let told = query::family_tree(&mut Session::alone(store.as_mut(), &ReadCx::new()), &run.as_str().into());
            let told = told.expect("read").expect("a family tree");
            assert_eq!(told.source, FamilyTreeSource::Tables);
            let candidates = rows(folder, "candidates.json");
            assert_eq!(told.candidates.len(), candidates.len() + 1);
            for (index, (one, row)) in told.candidates[1..].iter().zip(&candidates).enumerate() {
                assert_eq!(one.index, index + 1);
                assert_eq!(Some(one.index as u64), row["candidate_idx"].as_u64());
                assert_eq!(one.parents, ids(&row["parent_ids"]));
                assert!(!one.parents_inferred);
                assert_eq!(one.score, row["valset_score"].as_f64());
                for (component, text) in &one.instructions {
                    assert_eq!(row[&format!("text:{component}")].as_str(), Some(&**text));
                }
                // Each candidate was evaluated, one that merges two on a few examples, too. (Where
                // prompts are optimized, no program is.)
                let is_it = |path: &&PathBuf| {
                    let told = instructions(&json(path));
                    let of = |component: &str| told.get(if told.contains_key("") { "" } else { component });
                    let is_here = path.ancestors().nth(3) == folder.ancestors().nth(2);
                    is_here && one.instructions.iter().all(|(component, text)| of(component) == Some(text))
                };
                assert_eq!(one.run_ids.len(), models.values().filter(is_it).count(), "{run} {one:?}");
            }
            for row in rows(folder, "valset_scores.json") {
                let one = &told.candidates[row["candidate_idx"].as_u64().expect("a number") as usize];
                assert_eq!(one.scores.len(), row.len() - 2);
                for (id, score) in &one.scores {
                    assert_eq!(row[id].as_f64(), Some(*score));
                }
            }
            let front = rows(folder, "valset_pareto_front.json");
            let size = told.candidates[1].scores.len();
            for row in &front[front.len() - size..] {
                let id = row["val_id"].as_str().expect("text in the last block");
                let own = told.candidates.iter().filter(|one| one.front.iter().any(|front| **front == *id));
                assert_eq!(own.map(|one| one.index).collect::<Vec<_>>(), ids(&row["program_ids"]));
            }
            let question = format!("select value from params where run_uuid = '{run}' and key like 'summary/seed/%'");
            let seed = &told.candidates[0];
            assert_eq!(seed.instructions[0].1, sql(&database, &question)[0][0]);
            let question = format!("select value from metrics where run_uuid = '{run}' and key = 'eval' and step = 0");
            // Prompts are optimized without evaluating programs.
            let is_of_programs = told.candidates.iter().any(|one| !one.run_ids.is_empty());
            assert_eq!(sql(&database, &question).len(), usize::from(is_of_programs), "{run}");
            assert_eq!((seed.score.is_some(), seed.run_ids.len()), (true, usize::from(is_of_programs)), "{run}");
            let proposals = rows(folder, "proposals.json");
            // One row per component that was changed together.
            let iterations: BTreeSet<Option<u64>> = proposals.iter().map(|row| row["iteration"].as_u64()).collect();
            assert_eq!(told.proposals.iter().map(|one| one.iteration).collect::<BTreeSet<_>>(), iterations);
            assert_eq!(told.proposals.iter().map(|one| one.texts.len()).sum::<usize>(), proposals.len());
            for row in &proposals {
                let is_it = |one: &&FamilyProposal| one.iteration == row["iteration"].as_u64();
                let one = told.proposals.iter().find(is_it).expect("an iteration");
                assert_eq!(Some(one.status.as_str()), row["status"].as_str());
                let candidate = row["candidate_idx"].as_i64().expect("a number");
                assert_eq!(one.candidate.map_or(-1, |index| index as i64), candidate);
                assert_eq!(one.candidate.is_some(), one.status == ProposalStatus::Accepted);
                assert_eq!(one.parents, ids(&row["parent_ids"]));
                assert_eq!(one.before, row["subsample_score_before"].as_f64());
                assert_eq!(one.after, row["subsample_score_after"].as_f64());
                let (component, text) = (row["component"].as_str(), row["proposed_text"].as_str().expect("text"));
                let place = one.texts.iter().position(|told| told.0.as_deref() == component).expect("the component");
                assert_eq!(one.texts[place].1, text);
                let Some(writer) = one.writers[place].as_ref() else {
                    // A cut of a recording lacks its trace.
                    assert!(!is_written(&database, &run, text), "{run}: {text}");
                    continue;
                };
                assert!(output(&database, &traces, writer.trace.as_str(), &writer.span_id).contains(text));
                assert!(one.feedback().is_some_and(|feedback| feedback.to_string().contains("Feedback")));
                // Its proposer was given the instruction of the parent.
                let parent = &told.candidates[one.parents[0]];
                let given = parent.instructions.iter().find(|given| Some(&*given.0) == component);
                assert_eq!(writer.given_instruction(), given.map(|given| &*given.1));
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn without_tables_parents_are_told_by_what_the_proposer_was_given() {
    let mut seen = 0;
    for database in databases() {
        let home = database.parent().expect("a folder");
        let tables = files(home, "candidates.json");
        let mut store = reader(&database);
        for run in files(home, "best_model.json").into_keys().filter(|run| !tables.contains_key(run)) {
            let Some(told) =
                query::family_tree(&mut Session::alone(store.as_mut(), &ReadCx::new()), &run.as_str().into())
                    .expect("read")
            else {
                continue;
            };
            seen += 1;
            assert_eq!(told.source, FamilyTreeSource::Inferred);
            assert!(told.candidates[0].parents.is_empty());
            for one in &told.candidates[1..] {
                assert!(one.parents_inferred && one.parents[0] < one.index, "{run}: {one:?}");
            }
            let accepted = told.proposals.iter().filter(|one| one.status == ProposalStatus::Accepted).count();
            assert_eq!(accepted, told.candidates.len() - 1, "{run}");
            println!(
                "{}: {run}: {} candidates, {} proposals",
                database.display(),
                told.candidates.len(),
                told.proposals.len()
            );
        }
    }
    assert!(std::env::var_os("DSPYGLASS_STORES").is_none() || seen >= 2, "{seen}");
}

#[test]
fn a_program_history_names_every_evaluation_of_its_program() {
    let mut data: BTreeMap<&str, usize> = BTreeMap::new();
    for database in databases() {
        let home = database.parent().expect("a folder");
        let active = sql(&database, "select run_uuid from runs where lifecycle_stage = 'active'");
        let active: BTreeSet<String> = active.into_iter().map(|mut row| row.remove(0)).collect();
        let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (run, path) in files(home, "model.json").into_iter().filter(|(run, _)| active.contains(run)) {
            groups.entry(doing(json(&path))).or_default().insert(run);
        }
        let mut winners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let finished = sql(&database, "select run_uuid from runs where status = 'FINISHED'");
        let finished: BTreeSet<String> = finished.into_iter().map(|mut row| row.remove(0)).collect();
        for (run, path) in files(home, "best_model.json") {
            if active.contains(&run) && finished.contains(&run) {
                winners.entry(doing(json(&path))).or_default().insert(run);
            }
        }
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let memo = Arc::new(Memo::new());
        let index = Session::new(store.as_mut(), &cx, Arc::clone(&memo), 1).ask(&AllStates).expect("read");
        assert_eq!((index.runs, index.complete), (active.len(), true));
        let of = |runs: &[RunId]| -> BTreeSet<String> { runs.iter().map(RunId::to_string).collect() };
        let told: BTreeSet<BTreeSet<String>> = index.evaluated.values().map(|runs| of(runs)).collect();
        assert_eq!(told, groups.values().cloned().collect(), "{}", database.display());
        let again = Session::new(store.as_mut(), &cx, Arc::clone(&memo), 2).ask(&AllStates).expect("read");
        assert_eq!(again, index);
        for (hash, runs) in &index.evaluated {
            let program_history =
                query::program_history::program_history_in(&mut Session::alone(store.as_mut(), &cx), &index, hash);
            let program_history = program_history.expect("read").expect("a history");
            assert!(program_history.complete && program_history.program.state_hash.as_ref() == Some(hash));
            assert_eq!(
                of(&program_history.evaluations.iter().map(|one| one.run.id.clone()).collect::<Vec<_>>()),
                of(runs)
            );
            let doing = groups.iter().find(|(_, group)| **group == of(runs)).expect("a group").0;
            let won: BTreeSet<String> = program_history.winner_of.iter().map(|one| one.run_id.to_string()).collect();
            assert_eq!(won, winners.get(doing).cloned().unwrap_or_default());
            for one in &program_history.evaluations {
                let question =
                    format!("select value from latest_metrics where run_uuid = '{}' and key = 'eval'", one.run.id);
                assert_eq!(one.score.is_some(), sql(&database, &question).len() == 1);
                *data
                    .entry(match &one.data {
                        EvaluationData::Valset(_) => "valset",
                        EvaluationData::Optimizer(_) => "optimizer",
                        EvaluationData::HeldOut => "held out",
                        EvaluationData::Overlapping { .. } => "overlapping",
                        EvaluationData::Unknown(why) => why,
                    })
                    .or_default() += 1;
            }
        }
    }
    println!("{data:?}");
    assert!(data.contains_key("valset"));
    assert!(std::env::var_os("DSPYGLASS_STORES").is_none() || data.contains_key("held out"), "{data:?}");
}

#[test]
fn what_is_not_there_is_nothing_and_a_cancelled_look_stops() {
    let database = databases().remove(0);
    let mut store = reader(&database);
    let (cx, nobody) = (ReadCx::new(), RunId::from("nobody"));
    assert_eq!(
        query::provenance(&mut Session::alone(store.as_mut(), &cx), &nobody, &nobody, "predict").expect("read"),
        None
    );
    assert_eq!(query::family_tree(&mut Session::alone(store.as_mut(), &cx), &nobody).expect("read"), None);
    let nothing = ProgramHistoryOf(StateHash::from("nothing"));
    assert_eq!(*Session::alone(store.as_mut(), &cx).ask(&nothing).expect("read"), None);
    let cancel = CancelToken::new();
    cancel.cancel();
    let cx = ReadCx::new().with_cancel(cancel);
    let stopped = Session::alone(store.as_mut(), &cx).ask(&AllStates);
    assert!(matches!(stopped, Err(StoreError::Cancelled)), "{stopped:?}");
}
