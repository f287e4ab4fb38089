//! What two readers of the same store tell, field by field.

use dspyglass::model::{ArtifactOwner, Reveal, RunId, SpanHandle, SpanHead, TraceHead, TraceId, TraceRow};
use dspyglass::store::{Order, ReadCx, RunQuery, RunScope, Store, TraceQuery};

/// What a server adds to tags and metadata by itself: the file has it in columns (MLflow 3.17).
const ADDED: [&str; 4] = ["mlflow.traceName", "mlflow.trace.tokenUsage", "mlflow.trace.cost", "mlflow.trace.session"];

/// A line without what only the file tells.
fn told(mut row: TraceRow) -> TraceRow {
    // From the times of the spans, and counted where the store does not say it.
    row.cached = None;
    row.span_count = None;
    row
}

fn told_head(mut head: TraceHead) -> TraceHead {
    head.row = told(head.row);
    head.tags.retain(|entry| !ADDED.contains(&&*entry.key));
    head.metadata.retain(|entry| !ADDED.contains(&&*entry.key));
    head
}

/// Spans by id. MLflow 3.5 wrote them twice: into its table, and into a file in which equal names have numbers behind
/// them. The reader of the file takes the one, the server gives the other.
fn by_id(mut heads: Vec<SpanHead>) -> Vec<SpanHead> {
    for head in &mut heads {
        let number = head.name.rsplit_once('_').filter(|(_, end)| end.parse::<u32>().is_ok());
        if let Some(name) = number.map(|(name, _)| name.to_owned()) {
            head.name = name;
        }
    }
    heads.sort_by(|a, b| a.id.cmp(&b.id));
    heads
}

/// Asserts that a server tells what a file tells, but for what only files tell; how many values were compared.
pub fn compare(name: &str, file: &mut Box<dyn Store>, server: &mut Box<dyn Store>) -> usize {
    let cx = ReadCx::new().with_reveal(Reveal::Revealed);
    let mut compared = 0;
    let mut same = |what: &str, a: String, b: String| {
        assert!(a == b, "{name}, {what}: the file tells\n{a}\nand the server\n{b}");
        compared += 1;
    };
    for deleted in [false, true] {
        let lists = [&mut *file, &mut *server].map(|store| store.experiments(&cx, deleted).expect("experiments"));
        same("experiments", format!("{:?}", lists[0]), format!("{:?}", lists[1]));
    }
    let counts = [&mut *file, &mut *server].map(|store| store.experiment_counts(&cx).expect("counts"));
    for (a, b) in counts[0].iter().zip(&counts[1]) {
        same("counts", format!("{a:?}"), format!("{b:?}"));
    }
    let query = RunQuery::new(RunScope::All).with_deleted();
    let [rows, of_server] = [&mut *file, &mut *server].map(|store| store.run_rows(&cx, &query).expect("runs"));
    assert_eq!(rows.len(), of_server.len(), "{name}");
    let mut paths: Vec<(RunId, String)> = Vec::new();
    for (a, b) in rows.iter().zip(&of_server) {
        same("a run", format!("{a:?}"), format!("{b:?}"));
        let run = &a.0.id;
        let both = |store: &mut dyn Store| {
            let history = store.metric_history(&cx, run, None).expect("metrics");
            let given = store.dataset_inputs(&cx, run).expect("datasets");
            let models = store.logged_models(&cx, run).expect("models");
            let entries = store.artifacts(&cx, &ArtifactOwner::Run(run.clone())).expect("files").entries;
            (format!("{history:?}"), format!("{given:?}"), format!("{models:?}"), entries)
        };
        let (of_file, of_server) = (both(&mut **file), both(&mut **server));
        same("metrics", of_file.0, of_server.0);
        same("datasets", of_file.1, of_server.1);
        same("models", of_file.2, of_server.2);
        same(&format!("files of {run}"), format!("{:?}", of_file.3), format!("{:?}", of_server.3));
        paths.extend(of_file.3.into_iter().filter(|entry| !entry.is_folder).map(|entry| (run.clone(), entry.path)));
    }
    for (run, path) in paths.into_iter().take(40) {
        let owner = ArtifactOwner::Run(run);
        let read = |store: &mut dyn Store| format!("{:?}", store.artifact(&cx, &owner, &path, 10_000).expect("read"));
        let (a, b) = (read(&mut **file), read(&mut **server));
        same(&path, a, b);
    }
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let query = TraceQuery { order, ..TraceQuery::default() };
        let list = |store: &mut dyn Store| {
            let index = store.trace_index(&cx, &query).expect("traces");
            store.trace_rows(&cx, &index.handles).expect("rows")
        };
        let (a, b) = (list(&mut **file), list(&mut **server));
        assert_eq!(a.len(), b.len(), "{name}");
        for (a, b) in a.into_iter().zip(b) {
            same("a line", format!("{:?}", told(a)), format!("{:?}", told(b)));
        }
    }
    let ids = file.trace_ids(&cx, "", 60).expect("ids");
    for id in ids {
        let head = |store: &mut dyn Store| told_head(store.trace(&cx, &id).expect("a trace").expect("there"));
        let (a, b) = (head(&mut **file), head(&mut **server));
        same("a trace", format!("{a:?}"), format!("{b:?}"));
        let (a, b) = (spans(&mut **file, &cx, &id), spans(&mut **server, &cx, &id));
        same(&format!("the spans of {id}"), a, b);
    }
    compared
}

/// Asserts that two texts are the same; else says where they are not.
pub fn same(what: &str, file: &str, server: &str) {
    let at = file.bytes().zip(server.bytes()).take_while(|(a, b)| a == b).count();
    let near =
        |text: &str| text[text.floor_char_boundary(at.saturating_sub(200))..].chars().take(500).collect::<String>();
    assert!(file == server, "{what}: the file tells …{}…\nand the server …{}…", near(file), near(server));
}

/// Everything that a store tells of the spans of a trace.
pub fn spans(store: &mut dyn Store, cx: &ReadCx, id: &TraceId) -> String {
    let heads = by_id(store.spans(cx, id).expect("spans"));
    let facts = store.span_facts(cx, id, &heads).expect("facts");
    let bodies = store.span_bodies(cx, id, &heads).expect("bodies");
    let heads = heads.into_iter().map(|head| SpanHead { handle: SpanHandle(0), ..head });
    format!("{:?} {facts:?} {bodies:?}", heads.collect::<Vec<_>>())
}
