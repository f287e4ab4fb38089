//! A store on another machine after the connection to it was lost.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use dspyglass::store::{ReadCx, Store, StoreError};

use crate::over_ssh::Machine;

fn one() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores/v3.17/mlflow.db")
}

/// A machine that ends its first connection as soon as this is called, and on which these lines stand for the others.
fn machine_that_was_lost(home: &Path, then: &str) -> (Machine, impl Fn()) {
    let at = home.display();
    let machine = Machine::that(&format!(
        "if [ -e {at}/pid ]; then echo \"$SSH_ASKPASS_REQUIRE\" >> {at}/attempts; {then}; fi\necho $$ > {at}/pid; there \"$@\""
    ));
    let pid = home.join("pid");
    let ends = move || {
        let pid = std::fs::read_to_string(&pid).expect("a number");
        assert!(Command::new("kill").args(["-KILL", pid.trim()]).status().is_ok_and(|status| status.success()));
    };
    (machine, ends)
}

/// Asks until the connection counts as lost.
fn notice_the_loss(store: &mut dyn Store) {
    let until = Instant::now() + Duration::from_secs(20);
    while store.experiments(&ReadCx::new(), true).is_ok() {
        assert!(Instant::now() < until, "it is never lost");
    }
}

#[test]
fn a_lost_connection_asks_nobody_and_does_not_try_without_end() {
    let home = tempfile::tempdir().expect("a folder");
    let denied = "echo 'ana@rack7: Permission denied (publickey,password).' >&2; exit 255";
    let (machine, ends) = machine_that_was_lost(home.path(), denied);
    let mut store = machine.open(&one()).expect("opened");
    ends();
    notice_the_loss(&mut store);
    for _ in 0..20 {
        let told = store.experiments(&ReadCx::new(), true).expect_err("nobody is let in").to_string();
        assert!(told.contains("open it again") && told.contains("Permission denied"), "{told}");
    }
    let attempts = std::fs::read_to_string(home.path().join("attempts")).expect("some");
    assert_eq!(attempts, "never\n", "one attempt, without a window");
}

#[test]
fn an_attempt_to_connect_outlives_the_question_that_made_it() {
    let home = tempfile::tempdir().expect("a folder");
    let (machine, ends) = machine_that_was_lost(home.path(), "sleep 5");
    let mut store = machine.open(&one()).expect("opened");
    ends();
    let mut asked = || store.experiments(&ReadCx::new().with_deadline(Duration::from_millis(100)), true);
    // Whichever comes first: a question that is lost with the connection, or one that finds it lost and connects.
    let (attempts, until) = (home.path().join("attempts"), Instant::now() + Duration::from_secs(60));
    while !attempts.exists() {
        assert!(Instant::now() < until, "nobody connects again");
        let _ = asked();
    }
    for _ in 0..3 {
        let stopped = asked();
        assert!(matches!(stopped, Err(StoreError::TooSlow)), "{stopped:?}");
    }
    assert!(store.experiments(&ReadCx::new(), true).is_ok_and(|all| !all.is_empty()));
    let attempts = std::fs::read_to_string(attempts).expect("some");
    assert_eq!(attempts.lines().count(), 1);
}
