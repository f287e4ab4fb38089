//! Artifacts whose root has any name: copied beside the database, or below a folder that is named.

use std::fs;
use std::path::Path;

use crate::support::{copy_of, walk};
use dspyglass::model::{ArtifactOwner, RunId, TraceId};
use dspyglass::store::{OpenOptions, ReadCx, Store, open};
use rusqlite::Connection;

/// How addresses begin, and where what is behind that is copied to.
const LAYOUTS: [(&str, &str); 7] = [
    ("/mlflow/artifacts/", "artifacts"),
    ("file:///app/tracking/artifacts/", ""),
    ("s3://bucket/some%20prefix/", "some prefix"),
    ("s3://bucket/prefix/", ""),
    ("file:///C:/Users/me/Desktop/mlflow_data/artifacts/", "mlflow_data/artifacts"),
    ("C:\\Users\\me\\store\\", "store"),
    ("mlflow-artifacts:/", "artifacts"),
];

/// Writes other addresses into a copied store: what stands before `mlruns/` is replaced with it.
fn rewrite(database: &Path, begin: &str) {
    let db = Connection::open(database).expect("opened");
    let separator = if begin.contains('\\') { "\\" } else { "/" };
    let rewritten =
        |column: &str| format!("?1 || replace(substr({column}, instr({column}, '/mlruns/') + 8), '/', '{separator}')");
    let runs = format!("update runs set artifact_uri = {}", rewritten("artifact_uri"));
    let tags = format!("update trace_tags set value = {} where key = 'mlflow.artifactLocation'", rewritten("value"));
    let changed = db.execute(&runs, [begin]).expect("runs") + db.execute(&tags, [begin]).expect("tags");
    assert!(changed > 10);
}

fn opened(database: &Path, artifacts: Option<&Path>) -> Box<dyn Store> {
    let options = OpenOptions { artifacts_dir: artifacts.map(Path::to_owned), ..OpenOptions::default() };
    open(database, &options).expect("opened")
}

#[test]
fn a_copy_under_any_name_tells_what_the_original_told() {
    // In 2.22 all spans are in artifacts, in 3.17 none is.
    for store in ["v2.22", "v3.17"] {
        let home = copy_of(store);
        let wanted = walk(&mut *opened(&home.path().join("mlflow.db"), None), &ReadCx::new());
        assert!(wanted.files > 3 && wanted.spans > 100, "{wanted:?}");
        for (begin, place) in LAYOUTS {
            for is_beside in [true, false] {
                let home = copy_of(store);
                let elsewhere = tempfile::tempdir().expect("a folder");
                let database = home.path().join("mlflow.db");
                rewrite(&database, begin);
                let lost = walk_without_files(&database);
                assert_eq!((lost.files, lost.runs), (0, wanted.runs), "{begin}");
                let root = if is_beside { home.path() } else { elsewhere.path() };
                move_content(&home.path().join("mlruns"), &root.join(place));
                let named = (!is_beside).then(|| elsewhere.path());
                let found = walk(&mut *opened(&database, named), &ReadCx::new());
                assert_eq!(found, wanted, "{store}: {begin} in {place:?}, beside: {is_beside}");
            }
        }
    }
}

/// Before anything is where it could be found.
fn walk_without_files(database: &Path) -> crate::support::Walked {
    let copy = tempfile::tempdir().expect("a folder");
    fs::copy(database, copy.path().join("mlflow.db")).expect("copied");
    walk(&mut *opened(&copy.path().join("mlflow.db"), None), &ReadCx::new())
}

fn move_content(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("listed").flatten() {
        fs::rename(entry.path(), to.join(entry.file_name()))
            .or_else(|_| copy_all(&entry.path(), &to.join(entry.file_name())))
            .expect("moved");
    }
    let _ = fs::remove_dir_all(from);
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_file() {
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    fs::read_dir(from)?.flatten().try_for_each(|entry| copy_all(&entry.path(), &to.join(entry.file_name())))
}

#[test]
fn a_missing_folder_can_be_named_and_one_that_leads_out_cannot() {
    let home = copy_of("v3.17");
    let database = home.path().join("mlflow.db");
    let db = Connection::open(&database).expect("opened");
    let run: String = db.query_row("select min(run_uuid) from runs", [], |row| row.get(0)).expect("a run");
    let owner = ArtifactOwner::Run(RunId::from(run.as_str()));
    for (uri, can_be_named) in [
        (format!("s3://bucket/1/{run}/elsewhere"), true),
        (format!("mlflow-artifacts:/77/{run}/nowhere"), true),
        (format!("/data/77/{run}/nowhere"), true),
        (format!("/data/../mlruns/1/{run}/artifacts"), false),
        (String::new(), false),
    ] {
        db.execute("update runs set artifact_uri = ?1 where run_uuid = ?2", [&uri, &run]).expect("written");
        let tree = opened(&database, None).artifacts(&ReadCx::new(), &owner).expect("listed");
        assert!(tree.absent.is_some() && tree.entries.is_empty(), "{uri}");
        assert_eq!(tree.can_be_named, can_be_named, "{uri}: {:?}", tree.absent);
    }
}

#[test]
fn a_folder_that_fits_anything_is_nobodys() {
    let home = copy_of("v2.22");
    let database = home.path().join("mlflow.db");
    rewrite(&database, "/mlflow/artifacts/");
    // The end `artifacts` of every address exists, and is no run's.
    fs::rename(home.path().join("mlruns"), home.path().join("moved")).expect("moved");
    fs::create_dir(home.path().join("artifacts")).expect("made");
    fs::write(home.path().join("artifacts/traces.json"), "{\"spans\": []}").expect("written");
    let mut store = opened(&database, Some(home.path()));
    let trace: String = Connection::open(&database)
        .and_then(|db| db.query_row("select min(request_id) from trace_info", [], |row| row.get(0)))
        .expect("a trace");
    let tree = store.artifacts(&ReadCx::new(), &ArtifactOwner::Trace(TraceId::from(trace))).expect("listed");
    assert!(tree.absent.is_some_and(|why| why.contains("either")), "it was not found below the named folder");
}
