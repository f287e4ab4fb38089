//! What the cache holds after a restart, beside another process, and when it is damaged.

use std::path::{Path, PathBuf};

use super::*;
use crate::model::SpanFact;

/// A store that is only a path, and a folder for what is kept of it.
struct Kept {
    folder: tempfile::TempDir,
    store: StoreLocation,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("mlflow.db");
        std::fs::write(&store, "x").expect("written");
        Self { folder, store: StoreLocation::Path(store) }
    }

    fn folder(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    /// As another session or another process sees it.
    fn open(&self) -> FactsCache {
        FactsCache::new(Some(&self.folder()), &self.store)
    }

    fn file(&self) -> PathBuf {
        let files = std::fs::read_dir(self.folder()).expect("a folder").flatten().map(|entry| entry.path());
        files.into_iter().find(|path| path.extension().is_some_and(|end| end == "db")).expect("a file")
    }
}

fn print(trace: i64) -> Print {
    Print { trace, state: -trace }
}

fn facts(name: &str) -> TraceFacts {
    let span = SpanFact {
        name: name.into(),
        kind: "CHAIN".into(),
        has_failed: false,
        duration_ns: Some(5),
        own_ns: None,
        model: None,
        signature: Some("q -> a".into()),
        exception: None,
        is_origin: true,
        tokens: None,
    };
    TraceFacts { spans: vec![span], ..TraceFacts::default() }
}

#[test]
fn what_was_kept_is_there_after_a_restart_and_for_the_state_it_was_of() {
    let kept = Kept::new();
    kept.open().keep(&[(print(1), &facts("a")), (print(2), &facts("b"))]);
    let changed = Print { trace: 1, state: 77 };
    let found = kept.open().find(&[print(2), print(3), print(1), changed]);
    assert_eq!(found, [Some(facts("b")), None, Some(facts("a")), None]);
    kept.open().keep(&[(changed, &facts("c"))]);
    assert_eq!(kept.open().find(&[print(1), changed]), [None, Some(facts("c"))], "one state of each is kept");
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let kept = Kept::new();
    let cache = kept.open();
    cache.keep(&[(print(1), &facts("a"))]);
    for entry in std::fs::read_dir(kept.folder()).expect("a folder").flatten() {
        let mode = entry.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[test]
fn two_processes_at_once_read_what_the_other_one_kept() {
    let kept = Kept::new();
    let (one, other) = (kept.open(), kept.open());
    std::thread::scope(|scope| {
        for (cache, from) in [(&one, 0), (&other, 1_000)] {
            scope.spawn(move || {
                for at in 0..200 {
                    // Both give names numbers, the same ones and others.
                    cache.keep(&[(print(from + at), &facts(&format!("name {}", (from + at) % 150)))]);
                }
            });
        }
    });
    let all: Vec<i64> = (0..200).chain(1_000..1_200).collect();
    let prints: Vec<Print> = all.iter().map(|at| print(*at)).collect();
    for cache in [&one, &other, &kept.open()] {
        let mut there = 0;
        for (at, found) in all.iter().zip(cache.find(&prints)) {
            // Who had to wait too long keeps nothing, but nobody ever reads something else.
            there += usize::from(found.is_some());
            assert!(found.is_none_or(|found| found == facts(&format!("name {}", at % 150))));
        }
        assert!(there > 300, "{there} of 400");
    }
}

#[test]
fn a_damaged_one_or_one_of_another_version_is_made_anew() {
    let kept = Kept::new();
    kept.open().keep(&[(print(1), &facts("a"))]);
    let file = kept.file();
    let is_anew = |what: &str| {
        let cache = kept.open();
        assert_eq!(cache.find(&[print(1)]), [None], "{what}");
        cache.keep(&[(print(1), &facts("b"))]);
        assert_eq!(kept.open().find(&[print(1)]), [Some(facts("b"))], "{what}");
    };
    std::fs::write(
        &file,
        "this is no database, and longer than a header of one, which has a hundred bytes: …………………………",
    )
    .expect("written");
    is_anew("nonsense");
    let mut bytes = std::fs::read(&file).expect("read");
    for byte in bytes.iter_mut().skip(100) {
        *byte ^= 0x5a;
    }
    std::fs::write(&file, &bytes).expect("written");
    is_anew("every page");
    std::fs::write(&file, &bytes[..bytes.len() / 2]).expect("written");
    is_anew("cut");
    let change = |sql: &str| {
        let connection = rusqlite::Connection::open(&file).expect("opened");
        connection.execute_batch(sql).expect("changed");
    };
    change("pragma user_version = 99");
    is_anew("another version");
    change("drop table facts");
    is_anew("a table is missing");
    change("update facts set facts = x'00112233445566'");
    assert_eq!(kept.open().find(&[print(1)]), [None], "damage in a row costs the row");
    change("update about set of = 'another store'");
    is_anew("another store at this path");
}

#[test]
fn where_it_cannot_be_written_it_is_kept_in_memory() {
    let kept = Kept::new();
    std::fs::write(kept.folder(), "a file where the folder would be").expect("written");
    let memory = StoreLocation::Path(Path::new("memory").to_owned());
    let caches = [kept.open(), FactsCache::new(None, &kept.store), FactsCache::new(Some(&kept.folder()), &memory)];
    for cache in caches {
        cache.keep(&[(print(1), &facts("a"))]);
        assert_eq!(cache.find(&[print(1)]), [Some(facts("a"))]);
    }
    assert!(kept.folder().is_file());
}

#[test]
fn what_is_forgotten_is_deleted_and_nothing_else() {
    let kept = Kept::new();
    kept.open().keep(&[(print(1), &facts("a"))]);
    let other = kept.folder().join("other.db");
    std::fs::write(&other, "x").expect("written");
    forget(&kept.folder(), &kept.store);
    let left: Vec<_> =
        std::fs::read_dir(kept.folder()).expect("a folder").flatten().map(|entry| entry.path()).collect();
    assert_eq!(left, [other]);
    assert_eq!(kept.open().find(&[print(1)]), [None]);
}
