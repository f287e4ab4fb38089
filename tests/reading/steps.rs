//! Agents step by step: every agent of every recorded store shows as many steps, with the same tools and failures, as
//! what was stored says when it is read without our own code, from the table of spans or from `traces.json`.

use std::collections::BTreeMap;
use std::path::Path;

use dspyglass::model::{Json, TraceId};
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::likely_calls::{SharedInputs, of_trace};
use dspyglass::query::steps::{AgentKind, FindingKind, Steps, StepsOf, retrievals, steps};
use dspyglass::query::{TraceDocument, trace_document};
use dspyglass::store::{ReadCx, TraceQuery};
use serde_json::json;

use super::support::{databases, files, folder_of, reader, sql};

/// A span as it is stored.
struct Stored {
    id: String,
    parent: Option<String>,
    name: String,
    status: String,
    inputs: Json,
    outputs: Json,
}

const AGENTS: [&str; 6] = ["ReAct.", "ReActV2.", "CodeAct.", "ProgramOfThought.", "RLM.", "Flex."];

impl Stored {
    /// Out of a record, of the table or of a file.
    fn of(record: &Json) -> Self {
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let attribute = |key: &str| {
            let value = &record["attributes"][key];
            value
                .as_str()
                .map_or_else(|| value.clone(), |text| serde_json::from_str(text).unwrap_or_else(|_| json!(text)))
        };
        let old = record.get("context");
        let status = [&record["status"]["code"], &record["status_code"]].map(text).concat();
        Self {
            id: old.map_or_else(|| text(&record["span_id"]), |context| text(&context["span_id"])),
            parent: Some(if old.is_some() { text(&record["parent_id"]) } else { text(&record["parent_span_id"]) })
                .filter(|id| !id.is_empty()),
            name: text(&record["name"]),
            status: if status.contains("ERROR") { "ERROR".to_owned() } else { "OK".to_owned() },
            inputs: attribute("mlflow.spanInputs"),
            outputs: attribute("mlflow.spanOutputs"),
        }
    }

    fn is_agent(&self) -> bool {
        AGENTS.iter().any(|class| self.name.starts_with(class))
    }
}

/// The spans of every trace of a store that has an agent: from the table, else from the files.
fn traces_with_agents(database: &Path) -> BTreeMap<String, Vec<Stored>> {
    let mut found: BTreeMap<String, Vec<Stored>> = BTreeMap::new();
    let has_table = !sql(database, "select 1 from sqlite_master where name = 'spans'").is_empty();
    if has_table {
        for row in sql(database, "select trace_id, content from spans order by start_time_unix_nano") {
            let record: Json = serde_json::from_str(&row[1]).expect("a record");
            found.entry(row[0].clone()).or_default().push(Stored::of(&record));
        }
    }
    for (trace, file) in files(folder_of(database), "traces.json") {
        let document: Json = serde_json::from_slice(&std::fs::read(file).expect("read")).expect("JSON");
        let spans = || document["spans"].as_array().expect("spans").iter().map(Stored::of).collect();
        found.entry(trace).or_insert_with(spans);
    }
    found.retain(|_, spans| spans.iter().any(Stored::is_agent));
    found
}

/// How many steps an agent took; or why nothing stored says so.
fn counted(agent: &Stored, spans: &[Stored]) -> Result<usize, &'static str> {
    let below = || spans.iter().filter(|span| span.parent.as_deref() == Some(&*agent.id));
    let keys = |prefix: &str| {
        let map = agent.outputs["trajectory"].as_object();
        map.map(|map| map.keys().filter(|key| key.starts_with(prefix)).count())
    };
    let messages = |value: &Json| value["history"]["messages"].as_array().map(Vec::len);
    let class = agent.name.split('.').next().unwrap_or_default();
    let told = match class {
        "ReAct" => keys("thought_"),
        "CodeAct" => keys("generated_code_"),
        "RLM" => agent.outputs["trajectory"].as_array().map(Vec::len),
        "ReActV2" => messages(&agent.outputs).map(|all| all - messages(&agent.inputs).unwrap_or(0)),
        "ProgramOfThought" => Some(below().filter(|span| span.outputs["generated_code"].is_string()).count()),
        _ => Some(below().count()),
    };
    match told {
        Some(0) if class == "Flex" => Err("the source failed before it called anything"),
        Some(count) => Ok(count),
        None if below().count() == 0 => Err("it failed before its first step"),
        None => Err("it failed within its steps, and gave back none"),
    }
}

/// The tools of an agent in their order, and whether each failed, as its outputs say.
fn tools(agent: &Stored) -> Vec<(String, bool)> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    if let Some(map) = agent.outputs["trajectory"].as_object() {
        let names = (0..).map_while(|at| map.get(&format!("tool_name_{at}")));
        let failed = |at: usize| text(&map[&format!("observation_{at}")]).starts_with("Execution error");
        return names.enumerate().map(|(at, name)| (text(name), failed(at))).collect();
    }
    let before = agent.inputs["history"]["messages"].as_array().map_or(0, Vec::len);
    let events = agent.outputs["history"]["messages"].as_array().into_iter().flatten().skip(before);
    let calls = events.flat_map(|event| {
        let results = &event["tool_calls"]["tool_call_results"]["tool_call_results"];
        let calls = event["tool_calls"]["tool_calls"].as_array().cloned().unwrap_or_default();
        let results = results.as_array().cloned().unwrap_or_default();
        calls.into_iter().zip(results.into_iter().map(Some).chain(std::iter::repeat(None)))
    });
    calls
        .map(|(call, result)| (text(&call["name"]), result.is_some_and(|one| one["is_error"] == json!(true))))
        .collect()
}

fn document(database: &Path, trace: &str) -> (TraceDocument, Steps) {
    let mut store = reader(database);
    let cx = ReadCx::new();
    let mut session = Session::new(store.as_mut(), &cx, Memo::new().into(), 1);
    let id = TraceId::from(trace);
    let document = trace_document(&mut session, &id).expect("read").expect("a trace");
    let of_document = steps(&document, cx.reveal());
    // Whoever asks for the steps alone reads fewer bodies, and is told the same.
    let asked = session.ask(&StepsOf(id)).expect("asked");
    assert_eq!((&asked.agents, &asked.attempts), (&of_document.agents, &of_document.attempts), "{trace}");
    (document, of_document)
}

#[test]
fn every_agent_of_every_store_shows_the_steps_that_were_stored() {
    let (mut agents, mut all_steps, mut failed) = (0, 0, 0);
    let mut exceptions: BTreeMap<&str, usize> = BTreeMap::new();
    for database in databases() {
        for (trace, spans) in traces_with_agents(&database) {
            let (document, steps) = document(&database, &trace);
            let stored: Vec<&Stored> = spans.iter().filter(|span| span.is_agent()).collect();
            assert_eq!(steps.agents.len(), stored.len(), "{trace}");
            for agent in stored {
                agents += 1;
                let is_it = |one: &&dspyglass::query::steps::Agent| {
                    document.tree.spans.get(one.span).is_some_and(|span| span.name == agent.name)
                };
                let shown = steps.agents.iter().find(is_it).expect("shown");
                let wanted = counted(agent, &spans);
                match wanted {
                    Ok(count) => assert_eq!(shown.steps.len(), count, "{} of {trace}", agent.name),
                    Err(why) => {
                        *exceptions.entry(why).or_default() += 1;
                        // What failed says so, by its status or by a finding.
                        assert!(agent.status == "ERROR" || !shown.findings.is_empty(), "{} of {trace}", agent.name);
                    }
                }
                all_steps += shown.steps.len();
                let actions = shown.steps.iter().flat_map(|step| &step.actions);
                if matches!(shown.kind, AgentKind::ReAct | AgentKind::ReActV2) && wanted.is_ok() {
                    let told: Vec<(String, bool)> =
                        actions.map(|one| (one.tool.clone().unwrap_or_default(), one.is_failed)).collect();
                    assert_eq!(told, tools(agent), "{} of {trace}", agent.name);
                    failed += told.iter().filter(|(_, failed)| *failed).count();
                }
                let spans_of_tools = shown.steps.iter().flat_map(|step| &step.actions).filter_map(|one| one.span);
                for span in spans_of_tools {
                    assert!(matches!(
                        &*document.tree.spans[span].kind,
                        "TOOL" | "LLM" | "CHAIN" | "CHAT_MODEL" | "AGENT"
                    ));
                }
                assert!(shown.steps.iter().zip(1..).all(|(step, number)| step.number == number));
            }
        }
    }
    assert!(agents >= 11 && all_steps >= 19 && failed >= 4, "{agents} agents, {all_steps} steps, {failed} failed");
    if std::env::var_os("DSPYGLASS_STORES").is_none() {
        let wanted = [("it failed before its first step", 1)];
        assert_eq!(exceptions, BTreeMap::from(wanted), "each exception has its reason");
    }
    eprintln!("{agents} agents, {all_steps} steps, {failed} tools failed; {exceptions:?}");
}

#[test]
fn an_agent_that_ran_out_of_steps_says_so_whatever_its_status() {
    // What the outputs of each class say when it had no step left, read by hand.
    let is_out = |agent: &Stored| match agent.name.split('.').next().unwrap_or_default() {
        "ReAct" => {
            let names = tools(agent);
            !names.is_empty() && names.last().is_some_and(|(name, _)| name != "finish")
        }
        "ReActV2" => agent.outputs["termination_reason"] == "forced_submit",
        "RLM" => agent.outputs["final_reasoning"] == "Extract forced final output",
        _ => false,
    };
    let mut found = 0;
    for database in databases() {
        for (trace, spans) in traces_with_agents(&database) {
            let (_, steps) = document(&database, &trace);
            let told = steps.agents.iter().flat_map(|one| &one.findings).any(|one| one.kind == FindingKind::OutOfSteps);
            let wanted = spans.iter().filter(|span| span.is_agent() && span.status == "OK").any(is_out);
            assert_eq!(told, wanted, "{trace}");
            found += usize::from(told);
        }
    }
    assert!(found >= 1, "{found}");
}

#[test]
fn every_retriever_shows_its_passages() {
    let (mut found, mut passages) = (0, 0);
    for database in databases() {
        let mut store = reader(&database);
        let cx = ReadCx::new();
        let index = store.trace_index(&cx, &TraceQuery::default()).expect("traces");
        let rows = store.trace_rows(&cx, &index.handles).expect("rows");
        let mut session = Session::new(store.as_mut(), &cx, Memo::new().into(), 1);
        for row in rows {
            let Some(document) = trace_document(&mut session, &row.id).expect("read") else { continue };
            let told = retrievals(&document);
            for (at, span) in document.tree.spans.iter().enumerate().filter(|(_, span)| span.kind == "RETRIEVER") {
                let shown =
                    told.iter().find(|one| one.span == at).unwrap_or_else(|| panic!("{} {}", row.id, span.name));
                let outputs = document.bodies[at].outputs.as_ref().expect("outputs");
                let list = outputs.get("passages").unwrap_or(outputs).as_array().expect("a list");
                assert_eq!(shown.passages.len(), list.len());
                for (passage, stored) in shown.passages.iter().zip(list) {
                    let text = stored.as_str().or_else(|| stored["page_content"].as_str()).expect("a text");
                    assert_eq!(passage.text, text);
                }
                found += 1;
                passages += list.len();
            }
        }
    }
    assert!(found >= 1 && passages >= 2, "{found} {passages}");
}

#[test]
fn calls_that_parallel_threw_out_are_found_by_time_and_inputs() {
    let Some(database) = databases().into_iter().find(|path| path.to_string_lossy().contains("modern")) else { return };
    let (mut asked, mut found) = (0, Vec::new());
    let mut store = reader(&database);
    let cx = ReadCx::new();
    let index = store.trace_index(&cx, &TraceQuery::default()).expect("traces");
    let rows = store.trace_rows(&cx, &index.handles).expect("rows");
    let mut session = Session::new(store.as_mut(), &cx, Memo::new().into(), 1);
    for row in rows {
        let Some(document) = trace_document(&mut session, &row.id).expect("read") else { continue };
        asked += 1;
        for (span, likely) in of_trace(&mut session, &document.tree).expect("asked") {
            let name = document.tree.spans[span].name.clone();
            found.extend(likely.calls.iter().map(|call| (name.clone(), call.row.id.to_string(), call.inputs)));
        }
    }
    // By hand, of the whole recording: `Fan.forward` gave the same ticket to two modules in threads. Of the store that
    // is kept beside the tests those two were cut.
    let fan: Vec<_> = found.iter().filter(|(name, ..)| name == "Fan.forward").collect();
    let all = "select cast(count(*) as text) from trace_info where request_id in ('tr-7c97493fb2dcc984b4f68ab8c205769b', \
               'tr-af9c18501de952cd7bca7ee9cf0503af')";
    assert_eq!(fan.len().to_string(), sql(&database, all)[0][0]);
    assert!(fan.iter().all(|(.., inputs)| *inputs == SharedInputs::All));
    assert_eq!(found.len(), fan.len(), "and nobody else made any: {found:?}");
    assert!(asked > 50);
}
