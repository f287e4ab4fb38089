//! Signing in, below the window: what is accepted counts for all readers of that server and for no other one.

use crate::stand_in::{Asked, StandIn, error, json};
use dspyglass::model::{Secret, TraceId};
use dspyglass::store::server::SignIns;
use dspyglass::store::{OpenOptions, ReadCx, Refusal, SignIn, Store, StoreError, open};

fn password(text: &str) -> SignIn {
    SignIn::Password { user: "ana".to_owned(), password: Secret::new(text) }
}

/// Lets read who sends `ana:pw-right-7731`, or a token.
fn locked() -> StandIn {
    StandIn::new(|asked| match asked.header("authorization") {
        Some("Basic YW5hOnB3LXJpZ2h0LTc3MzE=" | "Bearer t0ken-7") => json(r#"{"experiments": []}"#),
        Some("Bearer t0ken-of-a-guest") => error(403, "PERMISSION_DENIED", "not you"),
        _ => error(401, "UNAUTHENTICATED", "who are you"),
    })
}

fn can_read(store: &mut dyn Store) -> bool {
    store.experiments(&ReadCx::new(), true).is_ok()
}

fn sent(asked: &Asked) -> Option<&str> {
    asked.header("authorization")
}

#[test]
fn what_is_accepted_counts_for_all_readers_of_that_server_and_for_no_other() {
    let (server, other) = (locked(), locked());
    let sign_ins = SignIns::default();
    let options = OpenOptions { sign_ins: sign_ins.clone(), ..OpenOptions::default() };
    let mut store = open(server.address("").as_str(), &options).expect("an address");
    let mut fork = store.fork().expect("a second reader");
    let answering = store.server().expect("a server");
    let cx = ReadCx::new();
    assert!(!can_read(&mut *store) && !answering.knows_who());
    for (who, wanted) in [
        (password("pw-wrong-1377"), Refusal::Unknown),
        (SignIn::Token(Secret::new("t0ken-of-a-guest")), Refusal::Forbidden),
    ] {
        let refused = answering.sign_in(&cx, &who).expect_err("refused");
        assert!(matches!(refused, StoreError::Refused { refusal, .. } if refusal == wanted), "{refused}");
        let told = format!("{refused} {refused:?} {who:?} {sign_ins:?}");
        assert!(!told.contains("pw-") && !told.contains("t0ken"), "{told}");
        // Nothing of it counts.
        assert!(!can_read(&mut *store) && server.asked().last().and_then(sent).is_none());
    }
    answering.sign_in(&cx, &password("pw-right-7731")).expect("accepted");
    assert!(can_read(&mut *store) && can_read(&mut *fork) && answering.knows_who());
    answering.sign_in(&cx, &SignIn::Token(Secret::new(" t0ken-7\n"))).expect("accepted, too");
    assert!(can_read(&mut *fork) && server.asked().last().and_then(sent) == Some("Bearer t0ken-7"));
    // Opened again it is known, another server is told nothing.
    assert!(can_read(&mut *open(server.address("").as_str(), &options).expect("an address")));
    assert!(!can_read(&mut *open(other.address("").as_str(), &options).expect("an address")));
    assert!(other.asked().iter().all(|asked| sent(asked).is_none()));
    // Whoever is named in an address goes before who signed in earlier.
    let mut named = open(server.address("ana:pw-wrong-1377@").as_str(), &options).expect("an address");
    assert!(!can_read(&mut *named));
}

#[test]
fn what_was_told_to_one_user_is_not_told_to_the_next() {
    let server = StandIn::new(|asked| {
        let state = if sent(asked) == Some("Bearer t0ken-7") { "ERROR" } else { "OK" };
        match asked.path.as_str() {
            "/api/3.0/mlflow/traces/tr-1" => json(&format!(
                r#"{{"trace": {{"trace_info": {{"trace_id": "tr-1", "state": "{state}",
                    "request_time": "2026-11-20T22:13:35.440Z", "execution_duration": "0.290s"}}}}}}"#
            )),
            _ => json(r#"{"experiments": []}"#),
        }
    });
    let mut store = open(server.address("").as_str(), &OpenOptions::default()).expect("an address");
    let (cx, trace) = (ReadCx::new(), TraceId::from("tr-1"));
    let before = store.trace(&cx, &trace).expect("a trace");
    store.server().expect("a server").sign_in(&cx, &SignIn::Token(Secret::new("t0ken-7"))).expect("accepted");
    assert_ne!(store.trace(&cx, &trace).expect("as the next user sees it"), before);
}
