//! What several integration tests need: copies of recorded stores, a walk through everything
//! that a store offers, and a picture of a folder that shows any change.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use dspyglass::model::{ArtifactOwner, ArtifactTree, Assessment, Json};
use dspyglass::store::{OpenOptions, ReadCx, RunQuery, RunScope, Store, TraceQuery, open};
use rusqlite::{Connection, OpenFlags};

/// The recorded stores of this repository; `DSPYGLASS_STORES` names a folder of others (larger,
/// of other versions) to be checked in the same way.
pub fn recorded() -> PathBuf {
    let others = std::env::var_os("DSPYGLASS_STORES").map(PathBuf::from);
    others.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores"))
}

/// The databases of the recorded stores, by name.
pub fn databases() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(recorded()).expect("tests/stores is there").flatten() {
        if entry.path().is_dir() {
            for file in fs::read_dir(entry.path()).expect("a store's folder").flatten() {
                if file.path().extension().is_some_and(|ending| ending == "db" || ending == "sqlite") {
                    found.push(file.path());
                }
            }
        }
    }
    found.sort();
    assert!(found.len() >= 5, "five kinds of stores are recorded, found {found:?}");
    found
}

/// Every recorded store of whatever kind: the databases, and the folders of recordings that have none.
pub fn stores() -> Vec<PathBuf> {
    let mut found = databases();
    let has_database = |folder: &Path| found.iter().any(|database| database.parent() == Some(folder));
    let entries = fs::read_dir(recorded()).expect("tests/stores is there").flatten().map(|entry| entry.path());
    let others: Vec<PathBuf> = entries.filter(|path| path.is_dir() && !has_database(path)).collect();
    found.extend(others);
    found
}

/// The folder of a recorded store: that of its database, or itself.
pub fn folder_of(place: &Path) -> &Path {
    if place.is_dir() { place } else { place.parent().expect("a folder") }
}

/// Every file of this name below a folder, by the name of the folder above `artifacts`: the run's id.
pub fn files(home: &Path, name: &str) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let mut open = vec![home.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("listed").flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            } else if entry.file_name() == name {
                let path = entry.path();
                let run = path.ancestors().nth(2).and_then(Path::file_name).expect("a run's folder");
                found.insert(run.to_string_lossy().into_owned(), path);
            }
        }
    }
    found
}

/// A reader of a store.
pub fn reader(place: &Path) -> Box<dyn Store> {
    open(place, &OpenOptions::default()).expect("opened")
}

/// What the database says, as text.
pub fn sql(database: &Path, question: &str) -> Vec<Vec<String>> {
    let uri = format!("file:{}?immutable=1", database.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags).expect("opened");
    let mut statement = connection.prepare(question).expect("prepared");
    let columns = statement.column_count();
    let text = |row: &rusqlite::Row<'_>, at: usize| -> String {
        String::from_utf8_lossy(row.get_ref(at).expect("a cell").as_bytes_or_null().ok().flatten().unwrap_or_default())
            .into_owned()
    };
    let rows = statement.query_map([], |row| Ok((0..columns).map(|at| text(row, at)).collect())).expect("asked");
    rows.map(|row| row.expect("a row")).collect()
}

/// A file of JSON.
pub fn json(path: &Path) -> Json {
    serde_json::from_slice(&std::fs::read(path).expect("read")).expect("json")
}

/// A private copy of a recorded store's folder, removed when dropped.
pub fn copy_of(name: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder for the copy");
    copy_folder(&recorded().join(name), home.path());
    home
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("listed").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("copied");
        }
    }
}

/// Name, size, time and content of everything in a folder.
pub fn picture(folder: &Path) -> BTreeMap<PathBuf, (u64, Option<SystemTime>, u64)> {
    let mut seen = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(place) = open.pop() {
        for entry in fs::read_dir(&place).expect("listed").flatten() {
            let about = entry.metadata().expect("there");
            let mut hasher = DefaultHasher::new();
            if about.is_dir() {
                open.push(entry.path());
            } else {
                fs::read(entry.path()).expect("readable").hash(&mut hasher);
            }
            seen.insert(entry.path(), (about.len(), about.modified().ok(), hasher.finish()));
        }
    }
    seen
}

/// Fails naming only what changed.
pub fn assert_unchanged(folder: &Path, before: &BTreeMap<PathBuf, (u64, Option<SystemTime>, u64)>) {
    let after = picture(folder);
    let changed: Vec<_> = before.iter().filter(|(path, seen)| after.get(*path) != Some(*seen)).collect();
    let added: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert!(changed.is_empty() && added.is_empty(), "changed or gone: {changed:?}; added: {added:?}");
}

/// How much a walk saw.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Walked {
    pub experiments: usize,
    pub runs: usize,
    pub values: usize,
    pub points: usize,
    pub traces: usize,
    pub spans: usize,
    pub bodies: usize,
    pub files: usize,
}

/// Asks a store everything that it can be asked.
pub fn walk(store: &mut dyn Store, cx: &ReadCx) -> Walked {
    let mut seen = Walked::default();
    store.revision(cx).expect("revision");
    seen.experiments = store.experiments(cx, true).expect("experiments").len();
    store.experiment_counts(cx).expect("counts");
    let query = RunQuery::new(RunScope::All).with_deleted();
    let runs = store.runs(cx, &query).expect("runs");
    for (_, values) in store.run_values(cx, &query).expect("values") {
        seen.values += values.params.len() + values.tags.len() + values.metrics.len();
    }
    seen.runs = runs.len();
    for run in &runs {
        for series in store.metric_history(cx, &run.id, None).expect("metrics") {
            seen.points += series.points.len();
        }
        store.dataset_inputs(cx, &run.id).expect("datasets");
        for model in store.logged_models(cx, &run.id).expect("models") {
            store.artifacts(cx, &ArtifactOwner::Model(model.id)).expect("model artifacts");
        }
        let owner = ArtifactOwner::Run(run.id.clone());
        let tree: ArtifactTree = store.artifacts(cx, &owner).expect("artifacts");
        for file in tree.entries.iter().filter(|entry| !entry.is_folder) {
            let content = store.artifact(cx, &owner, &file.path, u64::MAX).expect("artifact").expect("a file");
            assert_eq!(Some(content.full_size), file.size);
            seen.files += 1;
        }
    }
    let index = store.trace_index(cx, &TraceQuery::default()).expect("traces");
    for row in store.trace_rows(cx, &index.handles).expect("rows") {
        let head = store.trace(cx, &row.id).expect("trace").expect("exists");
        assert_eq!(head.row, row);
        let spans = store.spans(cx, &row.id).expect("spans");
        store.span_facts(cx, &row.id, &spans).expect("facts");
        for span in &spans {
            seen.bodies += usize::from(store.span_body(cx, &row.id, span.handle).expect("body").is_some());
        }
        seen.spans += spans.len();
        seen.traces += 1;
    }
    seen
}

/// What MLflow says of one assessment is what one of these says.
pub fn same_assessment(wanted: &Json, told: &[Assessment]) {
    let kind = match wanted["kind"].as_str() {
        Some("FeedbackValue") => "feedback",
        Some("ExpectationValue") => "expectation",
        _ => "issue",
    };
    let is_it = |one: &&Assessment| {
        let source = serde_json::json!([one.source_type, one.source_id]);
        // Of an issue MLflow's API tells the name alone, which is no value there.
        let is_value = kind == "issue" || one.value == wanted["value"];
        wanted["name"] == *one.name && one.kind == kind && source == wanted["source"] && is_value
    };
    let one = told.iter().find(is_it).unwrap_or_else(|| panic!("{wanted} is not in {told:?}"));
    assert_eq!(wanted["rationale"].as_str(), one.rationale.as_deref());
    assert_eq!(wanted["valid"].as_bool(), Some(one.is_valid), "{wanted}");
    assert_eq!(wanted["error"].is_null(), one.error.is_none(), "{wanted}");
}
