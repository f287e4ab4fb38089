use std::path::Path;

use super::*;
use crate::model::{Experiment, Judgement, Lifecycle};
use crate::store::memory::MemoryStore;

fn trace(id: &str) -> LabelOf {
    LabelOf::Trace(id.into())
}

fn right() -> LabelChange {
    LabelChange::Judgement(Some(Judgement::Right))
}

fn book(folder: &Path) -> LabelBook {
    LabelBook::new(Some(LabelFile::at(folder.join("deep/labels-x.jsonl"))))
}

#[test]
fn two_windows_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let windows = [book(folder.path()), book(folder.path())];
    let cx = ReadCx::new();
    assert!(windows.iter().all(|window| window.labels(&cx).is_empty()));
    std::thread::scope(|scope| {
        for (number, window) in windows.iter().enumerate() {
            scope.spawn(move || {
                for at in 0..50 {
                    window.change(&trace(&format!("tr-{number}-{at}")), right(), at).expect("written");
                }
            });
        }
    });
    for window in windows.iter().chain([&book(folder.path())]) {
        assert_eq!(window.labels(&cx).len(), 100);
    }
    assert!(cx.take_warnings().is_empty());
}

#[test]
fn what_is_shown_waits_for_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = Arc::new(book(folder.path()));
    one.change(&trace("tr-1"), right(), 1).expect("written");
    // As while another window holds the file, or a disk takes its time.
    let held = one.kept.lock().expect("nobody panicked");
    let (told, answers) = std::sync::mpsc::sync_channel(1);
    let other = Arc::clone(&one);
    let asking = std::thread::Builder::new().name("asking".to_owned());
    asking.spawn(move || told.send(other.known())).expect("a thread");
    let (labels, _) = answers.recv_timeout(std::time::Duration::from_secs(10)).expect("it waits for the file");
    assert!(labels.of(&trace("tr-1")).is_some());
    drop(held);
}

#[test]
fn what_was_said_last_counts_and_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, cx) = (book(folder.path()), ReadCx::new());
    let example = LabelOf::Example("ab".to_owned());
    let fields = serde_json::json!({"answer": "4"}).as_object().cloned();
    for (what, change) in [
        (trace("tr-1"), right()),
        (trace("tr-1"), LabelChange::Judgement(Some(Judgement::Wrong))),
        (trace("tr-1"), LabelChange::Note("says 5\n\"why\"".to_owned())),
        (trace("tr-2"), right()),
        (trace("tr-2"), LabelChange::Judgement(None)),
        (example.clone(), LabelChange::Corrected(fields.clone())),
    ] {
        let version = one.known().1;
        one.change(&what, change, 7).expect("written");
        assert!(one.known().1 > version);
    }
    let labels = book(folder.path()).labels(&cx);
    assert_eq!(labels.len(), 2);
    let label = labels.of(&trace("tr-1")).expect("said");
    assert_eq!((label.judgement, &*label.note), (Some(Judgement::Wrong), "says 5\n\"why\""));
    assert_eq!(labels.of(&example).expect("said").corrected, fields);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let about = std::fs::metadata(folder.path().join("deep/labels-x.jsonl")).expect("there");
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn damage_costs_its_line_and_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, cx) = (book(folder.path()), ReadCx::new());
    one.change(&trace("tr-1"), right(), 1).expect("written");
    let path = folder.path().join("deep/labels-x.jsonl");
    let mut text = std::fs::read_to_string(&path).expect("text");
    text.push_str("{\"trace\":\"tr-9\",\"lab");
    std::fs::write(&path, &text).expect("cut short");
    one.change(&trace("tr-2"), right(), 2).expect("written");
    let labels = book(folder.path()).labels(&cx);
    assert_eq!(labels.len(), 2);
    assert!(cx.take_warnings()[0].what.starts_with("1 line of the labels"));
    std::fs::write(&path, "{\"labels_version\":2}\n{\"x\":1}\n").expect("written");
    assert!(book(folder.path()).change(&trace("tr-1"), right(), 3).is_err());
    assert!(book(folder.path()).labels(&cx).is_empty());
    assert!(cx.take_warnings()[0].what.contains("a later version"));
    assert_eq!(std::fs::read_to_string(&path).expect("text"), "{\"labels_version\":2}\n{\"x\":1}\n");
}

#[test]
fn what_is_masked_is_masked_where_it_is_shown_and_not_where_it_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let one = book(folder.path());
    let key = "it is sk-fake-abcdefghij1234567890";
    let fields = |token: &str, answer: &str| {
        LabelChange::Corrected(serde_json::json!({"key": token, "answer": answer}).as_object().cloned())
    };
    one.change(&trace("tr-1"), fields(key, "4"), 1).expect("written");
    let corrected = |cx: &ReadCx| {
        let labels = one.labels(cx);
        let corrected = labels.of(&trace("tr-1")).and_then(|label| label.corrected.clone()).unwrap_or_default();
        let text = |name: &str| corrected.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        (text("key"), text("answer"))
    };
    let (masked, revealed) = (ReadCx::new(), ReadCx::new().with_reveal(Reveal::Revealed));
    let (shown, _) = corrected(&masked);
    assert!(!shown.contains("abcdefghij"), "{shown}");
    assert_eq!(corrected(&revealed), (key.to_owned(), "4".to_owned()));
    // A window that shows secrets from the beginning has labels, too.
    let fresh = book(folder.path());
    assert_eq!((fresh.labels(&revealed).len(), fresh.kept.lock().expect("free").labels.len()), (1, 1));
    // Another field is changed where this one was shown masked.
    one.change(&trace("tr-1"), fields(&shown, "5"), 2).expect("written");
    assert_eq!(corrected(&revealed), (key.to_owned(), "5".to_owned()));
    assert_eq!(corrected(&masked), (shown, "5".to_owned()));
}

#[test]
fn a_store_is_known_again_wherever_it_is() {
    let key = |made: Option<i64>, at: &str| {
        let mut store = MemoryStore::new();
        store.put_experiment(Experiment {
            id: "0".into(),
            name: "Default".to_owned(),
            lifecycle: Lifecycle::Deleted,
            creation_time_ms: made,
            artifact_location: Some(at.to_owned()),
        });
        let info = crate::store::Store::info(&store);
        store.set_info(crate::store::StoreInfo { location: at.into(), ..info });
        let cx = ReadCx::new();
        store_key(&mut store, &cx).expect("a key")
    };
    assert_eq!(key(Some(5), "/a/mlflow.db"), key(Some(5), "/b/mlflow.db"));
    assert_ne!(key(Some(5), "/a/mlflow.db"), key(Some(6), "/a/mlflow.db"));
    assert_ne!(key(None, "/a/mlflow.db"), key(None, "/b/mlflow.db"));
}
