//! What the window shows of a span and puts into the clipboard: as JSON, as fields, as a chat, as code. No secret is in
//! any of it unless it was asked for.

use std::path::{Path, PathBuf};

use dspyglass::loader::{BodyPart, ChatOf, SpanAt, SpanText, SpanTextOf, WholeSpanBodyOf};
use dspyglass::model::Reveal;
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::chat::{CallOf, Language};
use dspyglass::store::{OpenOptions, ReadCx, TraceQuery, open};
use rusqlite::Connection;

use super::support::databases;

/// What the recordings hold in clear, and what is planted into prompts.
const SECRETS: [&str; 3] = ["sk-fake", "sk-secret-header-31", PLANT];
const PLANT: &str = "sk-planted-0123456789abcdef";

/// How often each secret stands in what is shown and copied of every third trace.
fn said(path: &Path, reveal: Reveal) -> [usize; 3] {
    let mut store = open(path, &OpenOptions::default()).expect("opened");
    let cx = ReadCx::new().with_reveal(reveal);
    let index = store.trace_index(&cx, &TraceQuery::default()).expect("traces");
    let rows = store.trace_rows(&cx, &index.handles).expect("rows");
    let mut counts = [0; 3];
    for row in rows.iter().step_by(3) {
        let spans = store.spans(&cx, &row.id).expect("spans");
        let mut session = Session::new(store.as_mut(), &cx, Memo::new().into(), 1);
        for span in spans {
            let mut shown: Vec<String> = Vec::new();
            let parts = [BodyPart::Inputs, BodyPart::Outputs, BodyPart::Attributes, BodyPart::Events];
            let codes = [Language::Dspy, Language::LiteLlm, Language::Curl].map(SpanText::Code);
            let texts =
                parts.map(SpanText::Part).into_iter().chain(codes).chain([SpanText::Record, SpanText::Messages]);
            for what in texts {
                let asked = SpanTextOf { trace: row.id.clone(), span: span.handle, what };
                let text = session.ask(&asked).expect("made");
                shown.extend(text.as_ref().as_ref().map(|text| text.text().to_string()));
            }
            let at = SpanAt { trace: row.id.clone(), span: span.handle, has_ended: true };
            shown.push(format!("{:?}", session.ask(&WholeSpanBodyOf(at)).expect("laid out")));
            let call = CallOf { trace: row.id.clone(), span: span.handle };
            shown.push(format!("{:?}", session.ask(&ChatOf(call)).expect("laid out")));
            for (secret, count) in SECRETS.iter().zip(&mut counts) {
                *count += shown.iter().map(|text| text.matches(secret).count()).sum::<usize>();
            }
        }
    }
    counts
}

/// A copy of a recording into whose prompts, answers and messages a secret was planted.
fn planted(name: &str) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let path = home.path().join("mlflow.db");
    let recorded = databases().into_iter().find(|path| path.to_string_lossy().contains(name));
    std::fs::copy(recorded.expect("recorded"), &path).expect("copied");
    let db = Connection::open(&path).expect("opened");
    for text in ["Your input fields are", "Respond with the corresponding"] {
        let sql = "update spans set content = replace(content, ?1, ?2 || ' ' || ?1)";
        db.execute(sql, [text, PLANT]).expect("planted");
    }
    (home, path)
}

#[test]
fn no_secret_is_shown_or_copied_of_a_span_unless_revealed() {
    let mut revealed = [0; 3];
    let (_home, path) = planted("modern-3.18");
    for path in databases().into_iter().chain([path]) {
        assert_eq!(said(&path, Reveal::Masked), [0; 3], "{}", path.display());
        if revealed.contains(&0) {
            let more = said(&path, Reveal::Revealed);
            revealed = std::array::from_fn(|at| revealed[at] + more[at]);
        }
    }
    // They are there, or this would say nothing.
    assert!(revealed[0] > 0 && revealed[2] > 100, "{revealed:?}");
}
