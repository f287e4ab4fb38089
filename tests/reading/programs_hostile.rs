//! Damaged files of programs: a warning that names the file, and what is known otherwise.

use dspyglass::model::{ArtifactOwner, Entry, ProgramSource, Reveal, RunId, RunStatus, RunValues, Shown};
use dspyglass::query;
use dspyglass::query::ask::Session;
use dspyglass::store::ReadCx;
use dspyglass::store::memory::MemoryStore;

const WHOLE: &str = r#"{"p": {"traces": [], "train": [], "demos": [], "lm": {"model": "m", "api_key": "abc"},
    "signature": {"instructions": "Do", "fields": []}}, "metadata": {}}"#;

/// A store with one run and params of its program.
fn store(files: &[(&str, &[u8])], status: RunStatus) -> (MemoryStore, RunId) {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    let mut run = MemoryStore::run("r", "1", "eval_full_0", 1_000);
    run.status = status;
    store.put_run(run);
    let id = RunId::from("r");
    let entry = |key: &str, text: &str| Entry { key: key.into(), value: Shown::Text(text.into()) };
    let params = vec![entry("M.p.signature.instructions", "From params")];
    store.put_values(&id, RunValues { params, ..RunValues::default() });
    for (name, bytes) in files {
        store.put_artifact(ArtifactOwner::Run(id.clone()), name, *bytes);
    }
    (store, id)
}

#[test]
fn damaged_files_cost_only_themselves() {
    let deep = "[".repeat(200_000);
    let closed = format!("{{\"p\": {}{}}}", "[".repeat(300), "]".repeat(300));
    let cut = &WHOLE.as_bytes()[..WHOLE.len() / 2];
    for broken in [cut, b"", b"\xff\xfe\x00", b"[1, 2]", b"null", b"\"text\"", deep.as_bytes(), closed.as_bytes()] {
        let (mut store, run) =
            store(&[("model.json", broken), ("best_model.json", WHOLE.as_bytes())], RunStatus::Finished);
        let cx = ReadCx::new();
        let program =
            query::program(&mut Session::alone(&mut store, &cx), &run, false).expect("read").expect("a program");
        assert_eq!(program.source, ProgramSource::Params, "{broken:?}");
        assert_eq!(program.predictors[0].instructions.as_deref(), Some("From params"));
        let warnings = cx.take_warnings();
        assert!(warnings.iter().any(|warning| warning.place.contains("model.json")), "{warnings:?}");
    }
    let shapes = [
        r#"{"p": 3}"#,
        r#"{"p": {"demos": 1, "signature": [], "lm": []}}"#,
        r#"{"p": {"demos": [[[]]], "signature": {"fields": {"a": 1}, "instructions": {}}}}"#,
        r#"{"demos": [], "signature": 7}"#,
        r#"{"signature": {"instructions": "x"}, "p": {}}"#,
    ];
    for shape in shapes {
        let (mut store, run) = store(&[("model.json", shape.as_bytes())], RunStatus::Finished);
        let program = query::program(&mut Session::alone(&mut store, &ReadCx::new()), &run, false)
            .expect("read")
            .expect("a program");
        assert_eq!(program.source, ProgramSource::ModelJson, "{shape}");
        query::diff(&mut Session::alone(&mut store, &ReadCx::new()), &run, &run).expect("read").expect("a diff");
    }
}

#[test]
fn text_that_is_no_utf8_is_shown_but_not_identified() {
    let bytes = WHOLE.replace("Do", "D@").replace('@', "\u{1}").into_bytes();
    let bytes: Vec<u8> = bytes.into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
    let (mut store, run) = store(&[("model.json", &bytes)], RunStatus::Finished);
    let cx = ReadCx::new();
    let program = query::program(&mut Session::alone(&mut store, &cx), &run, false).expect("read").expect("a program");
    assert_eq!(program.predictors[0].instructions.as_deref(), Some("D\u{FFFD}"));
    assert_eq!(program.state_hash, None);
    assert_eq!(cx.take_warnings().len(), 1);
}

#[test]
fn large_files() {
    let large = WHOLE.replace("Do", &"word ".repeat(10_000_000));
    let (mut store, run) = store(&[("model.json", large.as_bytes())], RunStatus::Finished);
    let program = query::program_state(&mut Session::alone(&mut store, &ReadCx::new()), &run, false)
        .expect("read")
        .expect("a program");
    assert_eq!(program.predictors[0].instructions.as_ref().map(String::len), Some(50_000_000));
    let larger = vec![b' '; 65 << 20];
    store.put_artifact(ArtifactOwner::Run(run.clone()), "model.json", larger);
    let cx = ReadCx::new();
    let program =
        query::program_state(&mut Session::alone(&mut store, &cx), &run, false).expect("read").expect("a program");
    assert_eq!(program.source, ProgramSource::Params);
    assert_eq!(cx.take_warnings().len(), 1);
}

#[test]
fn best_programs_of_unfinished_runs_are_stale() {
    for (status, is_stale) in [(RunStatus::Finished, false), (RunStatus::Running, true), (RunStatus::Failed, true)] {
        let (mut store, run) = store(&[("best_model.json", WHOLE.as_bytes())], status);
        for best in [false, true] {
            let program = query::program(&mut Session::alone(&mut store, &ReadCx::new()), &run, best)
                .expect("read")
                .expect("a program");
            assert_eq!((program.source, program.stale.is_some()), (ProgramSource::BestModelJson, is_stale));
        }
    }
    let (mut store, run) = store(&[("model.json", WHOLE.as_bytes())], RunStatus::Running);
    assert_eq!(query::program(&mut Session::alone(&mut store, &ReadCx::new()), &run, true).expect("read"), None);
    let program =
        query::program(&mut Session::alone(&mut store, &ReadCx::new()), &run, false).expect("read").expect("a program");
    assert_eq!(program.stale, None);
    assert_eq!(
        query::program(&mut Session::alone(&mut store, &ReadCx::new()), &"none".into(), false).expect("read"),
        None
    );
}

#[test]
fn secrets_are_masked_and_identity_does_not_depend_on_it() {
    let (mut store, run) = store(&[("model.json", WHOLE.as_bytes())], RunStatus::Finished);
    let masked =
        query::program(&mut Session::alone(&mut store, &ReadCx::new()), &run, false).expect("read").expect("a program");
    let shown = ReadCx::new().with_reveal(Reveal::Revealed);
    let revealed =
        query::program(&mut Session::alone(&mut store, &shown), &run, false).expect("read").expect("a program");
    assert!(!format!("{masked:?}").contains("abc") && format!("{revealed:?}").contains("abc"));
    assert_eq!(masked.state_hash, revealed.state_hash);
}
