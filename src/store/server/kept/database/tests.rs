use std::fs;

use super::*;
use crate::store::server::kept::proof;

const MOST: u64 = 4 << 20;

fn said(status: u16, text: &[u8]) -> Response {
    let length = Some(text.len() as u64);
    Response { status, is_json: true, elsewhere: None, pause: None, length, bytes: text.to_vec(), is_cut: false }
}

fn key(n: u32) -> Key {
    let mut key = [0; 16];
    key[..4].copy_from_slice(&n.to_be_bytes());
    key
}

/// Any proof, told apart by a number.
fn proof(took_ms: i64) -> Proof {
    let trace = serde_json::json!({"status": "OK", "timestamp_ms": 1, "execution_time_ms": took_ms});
    proof::of_trace(&trace, 1 << 40).expect("it has ended")
}

struct Home {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn home() -> Home {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    Home { _folder: folder, path }
}

fn opened(home: &Home) -> Database {
    Database::open(Some(home.path.clone()), MOST)
}

fn text(file: &mut Database, n: u32, proof: Option<&Proof>) -> Option<String> {
    let entry = file.find(&key(n), proof, 1)?;
    Some(String::from_utf8(entry.response(u64::MAX).bytes).expect("text"))
}

#[test]
fn an_answer_is_there_after_a_restart_and_holds_for_whoever_proves_it() {
    let home = home();
    let (one, other) = (proof(1), proof(2));
    let mut file = opened(&home);
    file.keep(&key(1), &said(200, b"a"), 1);
    assert_eq!((text(&mut file, 1, None).as_deref(), text(&mut file, 1, Some(&one))), (Some("a"), None));
    file.seal(&key(1), Stamp::of(b"a"), &one);
    drop(file);
    let mut file = opened(&home);
    assert_eq!(text(&mut file, 1, Some(&one)).as_deref(), Some("a"));
    assert_eq!((text(&mut file, 1, Some(&other)), text(&mut file, 2, None)), (None, None));
    // The same again stays sealed, another answer is not.
    file.keep(&key(1), &said(200, b"a"), 1 + NOTED_EVERY_MS);
    assert_eq!(text(&mut file, 1, Some(&one)).as_deref(), Some("a"));
    assert_eq!(file.find(&key(1), None, 1).expect("there").said_ms, 1 + NOTED_EVERY_MS);
    file.keep(&key(1), &said(200, b"b"), 3);
    assert_eq!((text(&mut file, 1, Some(&one)), text(&mut file, 1, None).as_deref()), (None, Some("b")));
}

#[test]
fn what_is_no_mlflow_does_not_replace_what_mlflow_said() {
    let home = home();
    let mut file = opened(&home);
    let page = || Response { is_json: false, ..said(404, b"<html>") };
    file.keep(&key(1), &said(200, b"a"), 1);
    file.keep(&key(1), &page(), 2);
    file.keep(&key(2), &page(), 2);
    assert_eq!((text(&mut file, 1, None).as_deref(), text(&mut file, 2, None).as_deref()), (Some("a"), Some("<html>")));
    // That there is no such thing is what MLflow says of what was deleted.
    file.keep(&key(1), &said(404, b"{}"), 3);
    file.seal(&key(1), Stamp::of(b"{}"), &proof(1));
    file.seal(&key(2), Stamp::of(b"<html>"), &proof(1));
    assert_eq!(text(&mut file, 1, None).as_deref(), Some("{}"));
    assert_eq!(
        (text(&mut file, 1, Some(&proof(1))).as_deref(), text(&mut file, 2, Some(&proof(1)))),
        (Some("{}"), None)
    );
}

#[test]
fn what_was_not_kept_seals_nothing_that_was() {
    let home = home();
    let mut file = opened(&home);
    file.keep(&key(1), &said(200, b"an older one"), 1);
    let large = vec![b'x'; (MOST / LARGEST) as usize + 1];
    file.keep(&key(1), &said(200, &large), 2);
    file.seal(&key(1), Stamp::of(&large), &proof(1));
    assert_eq!(text(&mut file, 1, Some(&proof(1))), None);
    file.seal(&key(1), Stamp::of(b"an older one"), &proof(1));
    assert_eq!(text(&mut file, 1, Some(&proof(1))).as_deref(), Some("an older one"));
}

#[test]
fn the_beginning_of_a_file_serves_whoever_wants_no_more() {
    let home = home();
    let mut file = opened(&home);
    let beginning = Response { is_cut: true, length: Some(9), ..said(200, b"abcd") };
    file.keep(&key(1), &beginning, 1);
    let entry = |file: &mut Database| file.find(&key(1), None, 1).expect("there");
    assert!(entry(&mut file).serves(4) && !entry(&mut file).serves(5));
    let less = entry(&mut file).response(3);
    assert_eq!((&less.bytes[..], less.is_cut, less.length), (&b"abc"[..], true, Some(9)));
    file.keep(&key(1), &said(200, b"abcdefghi"), 2);
    assert!(entry(&mut file).serves(u64::MAX));
    assert!(!entry(&mut file).response(9).is_cut && entry(&mut file).response(8).is_cut);
}

#[test]
fn a_damaged_file_is_made_anew_and_said_once() {
    let damages: [fn(&Path); 4] = [
        |path| {
            fs::write(path, b"this is no database, and longer than its head of a hundred bytes".repeat(9))
                .expect("written")
        },
        |path| {
            let bytes = fs::read(path).expect("read");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        },
        |path| {
            let mut bytes = fs::read(path).expect("read");
            let page = 4096.min(bytes.len());
            bytes[page..].fill(0xa5);
            fs::write(path, bytes).expect("written");
        },
        // One letter of a kept answer: SQLite itself would not notice.
        |path| {
            let mut bytes = fs::read(path).expect("read");
            let at = bytes.windows(4).position(|four| four == b"zzzz").expect("it stands there");
            bytes[at] = b'y';
            fs::write(path, bytes).expect("written");
        },
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let home = home();
        let mut file = opened(&home);
        file.keep(&key(1), &said(200, &b"z".repeat(20_000)), 1);
        assert_eq!(file.take_health(), Health::Well);
        drop(file);
        damage(&home.path);
        let mut file = opened(&home);
        assert_eq!(text(&mut file, 1, None), None, "{number}");
        assert_eq!((file.take_health(), file.take_health()), (Health::MadeAnew, Health::Well), "{number}");
        file.keep(&key(1), &said(200, b"b"), 2);
        assert_eq!(text(&mut file, 1, None).as_deref(), Some("b"), "{number}");
        drop(file);
        assert_eq!(text(&mut opened(&home), 1, None).as_deref(), Some("b"), "{number}");
    }
}

#[test]
fn a_file_of_another_version_is_made_anew_without_a_word() {
    let home = home();
    let mut file = opened(&home);
    file.keep(&key(1), &said(200, b"a"), 1);
    drop(file);
    let other = Connection::open(&home.path).expect("a database");
    other.pragma_update(None, "user_version", VERSION + 1).expect("written");
    drop(other);
    let mut file = opened(&home);
    assert_eq!((text(&mut file, 1, None), file.take_health()), (None, Health::Well));
}

#[test]
fn it_never_grows_beyond_its_bound_and_what_nobody_asked_for_longest_goes_first() {
    let home = home();
    let mut file = opened(&home);
    let large = |n: u32| said(200, &n.to_be_bytes().repeat(50_000));
    file.keep(&key(0), &large(0), 0);
    for n in 1..100 {
        let now = i64::from(n) * 10 * NOTED_EVERY_MS;
        file.keep(&key(n), &large(n), now);
        assert!(file.find(&key(0), None, now).is_some(), "{n}: it is asked for all the time");
        assert!(file.find(&key(n), None, now).is_some(), "{n}: it was kept a moment ago");
    }
    let is_there: Vec<bool> = (0..100).map(|n| file.find(&key(n), None, 1 << 40).is_some()).collect();
    let kept = is_there.iter().filter(|is_there| **is_there).count();
    assert!((10..20).contains(&kept), "{kept} of 0.2 MB in 4 MB");
    assert!(is_there[1..].is_sorted(), "the older ones went: {is_there:?}");
    assert_eq!(file.take_health(), Health::Well);
    // Too large to be worth it.
    file.keep(&key(7), &said(200, &vec![b'x'; (MOST / LARGEST) as usize + 1]), 1 << 40);
    assert!(file.find(&key(7), None, 1 << 40).is_none());
    drop(file);
    assert!(fs::metadata(&home.path).expect("a file").len() <= MOST);
}

#[test]
fn two_programs_write_at_once() {
    let home = home();
    drop(opened(&home));
    std::thread::scope(|scope| {
        for program in 0..2 {
            let home = &home;
            scope.spawn(move || {
                let mut file = opened(home);
                for n in 0..50 {
                    file.keep(&key(program * 100 + n), &said(200, format!("{program} {n}").as_bytes()), 1);
                }
                assert_eq!(file.take_health(), Health::Well);
            });
        }
    });
    let mut file = opened(&home);
    for program in 0..2 {
        for n in 0..50 {
            let expected = format!("{program} {n}");
            assert_eq!(text(&mut file, program * 100 + n, None).as_deref(), Some(&*expected));
        }
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_it_or_what_is_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    fs::write(&home.path, b"").expect("written");
    fs::set_permissions(&home.path, fs::Permissions::from_mode(0o644)).expect("set");
    let mut file = opened(&home);
    file.keep(&key(1), &said(200, b"a"), 1);
    let folder = home.path.parent().expect("a folder");
    let modes: Vec<u32> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").metadata().expect("about it").permissions().mode() & 0o777)
        .collect();
    assert!(modes.len() >= 2 && modes.iter().all(|mode| *mode == 0o600), "{modes:?}");
}

#[test]
fn where_nothing_can_be_written_nothing_is_kept_and_nothing_fails() {
    let mut none = Database::open(None, MOST);
    none.keep(&key(1), &said(200, b"a"), 1);
    let mut nowhere = Database::open(Some(PathBuf::from("/nowhere/at/all.db")), MOST);
    nowhere.keep(&key(1), &said(200, b"a"), 1);
    assert!(none.find(&key(1), None, 1).is_none() && nowhere.find(&key(1), None, 1).is_none());
    assert_eq!((none.take_health(), nowhere.take_health()), (Health::Well, Health::Well));
}
