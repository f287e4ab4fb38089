//! Findings on recorded stores, against plain SQL and the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::against_sql::rows;
use crate::{databases, document, text};

/// An optimization of a recorded store.
struct Recorded {
    database: PathBuf,
    parent: String,
    /// It and its evaluations.
    runs: BTreeSet<String>,
    said: Value,
}

fn optimizations() -> Vec<Recorded> {
    let mut found = Vec::new();
    for database in databases() {
        let sql = "select distinct value from tags where key = 'mlflow.parentRunId' order by 1";
        for parent in rows(&database, sql) {
            let parent = parent[0].as_str().expect("an id").to_owned();
            let told = document(&["optimization", text(&database), &parent]);
            let evaluations = told["evaluations"].as_array().expect("a list").iter();
            let mut runs: BTreeSet<String> =
                evaluations.map(|one| one["run_id"].as_str().expect("an id").to_owned()).collect();
            runs.insert(parent.clone());
            let said = document(&["doctor", text(&database), &parent]);
            found.push(Recorded { database: database.clone(), parent, runs, said });
        }
    }
    found
}

impl Recorded {
    fn finding(&self, rule: &str) -> Option<&Value> {
        self.said["findings"].as_array().expect("a list").iter().find(|one| one["rule"] == rule)
    }

    fn is_judged(&self, rule: &str) -> bool {
        !self.said["not_judged"].as_array().expect("a list").iter().any(|one| one["rule"] == rule)
    }

    /// The first figure of a finding's text.
    fn figure(&self, rule: &str) -> usize {
        let Some(found) = self.finding(rule) else { return 0 };
        let text = found["text"].as_str().expect("text");
        let figure = text.split(|c: char| !c.is_ascii_digit() && c != ',').find(|part| !part.is_empty());
        figure.and_then(|figure| figure.replace(',', "").parse().ok()).unwrap_or_else(|| panic!("no figure in {text}"))
    }

    /// The traces of its runs, with their status.
    fn traces(&self) -> BTreeMap<String, String> {
        let sql = "select t.request_id, m.value, t.status from trace_info t join trace_request_metadata m \
                   on m.request_id = t.request_id and m.key = 'mlflow.sourceRun'";
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let all = rows(&self.database, sql).into_iter();
        all.filter(|row| self.runs.contains(&text(&row[1]))).map(|row| (text(&row[0]), text(&row[2]))).collect()
    }

    fn has_spans(&self) -> bool {
        !rows(&self.database, "select 1 from sqlite_master where name = 'spans'").is_empty()
    }
}

#[test]
fn errors_and_fallbacks_are_those_of_the_tables() {
    let (mut failed, mut fell_back) = (0, 0);
    for one in optimizations() {
        let traces = one.traces();
        let errors = traces.values().filter(|status| *status == "ERROR").count();
        let found = one.finding("errors-by-type").filter(|found| found["severity"] == "warning");
        assert_eq!(found.map_or(0, |_| one.figure("errors-by-type")), errors, "{}", one.parent);
        failed += errors;
        if !one.has_spans() || traces.is_empty() {
            continue;
        }
        // In the recordings, what an adapter failed to parse was always given to another one.
        let sql = "select distinct a.trace_id from spans a join spans b on b.trace_id = a.trace_id \
                   and b.parent_span_id = a.parent_span_id and b.name = 'JSONAdapter.format' \
                   where a.name like '%Adapter.parse' and a.name <> 'JSONAdapter.parse' and a.status = 'ERROR'";
        let trace = |row: Vec<Value>| row[0].as_str().expect("an id").to_owned();
        let tried: BTreeSet<String> =
            rows(&one.database, sql).into_iter().map(trace).filter(|id| traces.contains_key(id)).collect();
        assert_eq!(one.figure("fallbacks"), tried.len(), "{}", one.parent);
        fell_back += tried.len();
        let evidence = one.finding("fallbacks").map(|found| found["evidence"].clone()).unwrap_or_default();
        for seen in evidence.as_array().into_iter().flatten() {
            assert!(tried.contains(seen["trace_id"].as_str().expect("an id")), "{seen}");
        }
    }
    assert!(failed > 0 && fell_back > 0, "{failed} {fell_back}");
}

fn file(folder: &Path, run: &str, name: &str) -> Option<Value> {
    for entry in std::fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.path().is_dir()) {
        let found = if entry.file_name() == run {
            let bytes = std::fs::read(entry.path().join("artifacts").join(name));
            bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())
        } else {
            file(&entry.path(), run, name)
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The rows of a file of examples, by the names of their columns, values as text.
fn examples(one: &Recorded, name: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let document = file(one.database.parent()?, &one.parent, name)?;
    let columns: Vec<&str> = document["columns"].as_array()?.iter().filter_map(Value::as_str).collect();
    let as_text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let row = |row: &Value| {
        let cells = row.as_array().expect("a row").iter();
        columns.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), as_text(cell))).collect()
    };
    Some(document["data"].as_array()?.iter().map(row).collect())
}

#[test]
fn trainsets_repeat_and_overlap_as_their_files_say() {
    let (mut repeated, mut judged) = (0, 0);
    for one in optimizations() {
        let Some(trainset) = examples(&one, "trainset.json") else {
            assert!(!one.is_judged("trainset-repeated"), "{}", one.parent);
            continue;
        };
        let distinct: BTreeSet<_> = trainset.iter().collect();
        let has_repeats = distinct.len() < trainset.len();
        assert_eq!(one.finding("trainset-repeated").is_some(), has_repeats, "{}", one.parent);
        if let Some(found) = one.finding("trainset-repeated") {
            let wanted = format!("{} rows of {} different", trainset.len(), distinct.len());
            assert!(found["text"].as_str().is_some_and(|text| text.contains(&wanted)), "{found} is not {wanted}");
            repeated += 1;
        }
        if let Some(valset) = examples(&one, "valset.json") {
            let shared = valset.iter().collect::<BTreeSet<_>>().intersection(&distinct).count();
            assert_eq!(one.figure("trainset-overlaps-valset"), shared, "{}", one.parent);
            judged += 1;
        }
    }
    assert!(repeated >= 3 && judged >= 3, "{repeated} {judged}");
}

#[test]
fn what_is_said_of_the_recorded_optimizations_is_what_was_seen_by_hand() {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in optimizations() {
        let store = one.database.parent().and_then(Path::file_name).expect("a folder").to_string_lossy().into_owned();
        let rules = one.said["findings"].as_array().expect("a list").iter();
        let rules: Vec<&str> = rules.filter_map(|found| found["rule"].as_str()).collect();
        told.entry(store).or_default().push(format!("{} {}", &one.parent[..6], rules.join(" ")));
    }
    let lines: Vec<String> =
        told.into_iter().flat_map(|(store, all)| all.into_iter().map(move |line| format!("{store} {line}"))).collect();
    assert_eq!(lines.join("\n"), include_str!("recorded.txt").trim_end());
}
