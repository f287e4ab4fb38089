use super::*;
use crate::model::{Entry, Forest, LatestMetric, MetricPoint, Run, RunId, RunStatus, RunValues, Shown};
use crate::query::ask::Session;
use crate::query::{Filter, RunTable, RunTree, TraceCounts, run_table, trace_counts_by_run};
use crate::store::ReadCx;
use crate::store::memory::MemoryStore;

fn row(id: &str, name: &str, eval: Option<f64>, n: Option<Shown>) -> (Run, RunValues) {
    let run = Run { end_time_ms: None, status: RunStatus::Running, ..MemoryStore::run(id, "1", name, 5) };
    let point = |value| MetricPoint { step: 0, timestamp_ms: 0, value };
    let metrics = eval.map(|value| LatestMetric { key: "eval".into(), point: point(value) });
    let params = n.map(|value| Entry { key: "n".into(), value });
    (run, RunValues { metrics: metrics.into_iter().collect(), params: params.into_iter().collect(), tags: vec![] })
}

fn text(text: &str) -> Option<Shown> {
    Some(Shown::Text(text.into()))
}

fn sorted(rows: &[(Run, RunValues)], column: &RunColumn, descending: bool) -> Vec<String> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    sort(&mut order, rows, &TraceCounts::default(), column, descending);
    order.into_iter().map(|place| rows[place].0.id.to_string()).collect()
}

#[test]
fn numbers_with_what_is_none_last_in_either_direction() {
    let rows = [
        row("none", "", None, None),
        row("nan", "", Some(f64::NAN), None),
        row("two", "", Some(2.0), None),
        row("zero", "", Some(0.0), None),
        row("inf", "", Some(f64::INFINITY), None),
        row("minus zero", "", Some(-0.0), None),
        row("minus", "", Some(-3.0), None),
        row("minus inf", "", Some(f64::NEG_INFINITY), None),
        row("none 2", "", None, None),
    ];
    let column = RunColumn::Metric("eval".into());
    assert_eq!(
        sorted(&rows, &column, false),
        ["minus inf", "minus", "zero", "minus zero", "two", "inf", "nan", "none", "none 2"]
    );
    assert_eq!(
        sorted(&rows, &column, true),
        ["inf", "two", "zero", "minus zero", "minus", "minus inf", "nan", "none", "none 2"]
    );
}

#[test]
fn texts_in_natural_order_and_numbers_in_texts_as_numbers() {
    let names = ["eval_10", "eval_2", "", "b", "eval_2"];
    let rows: Vec<_> = names.iter().enumerate().map(|(at, name)| row(&at.to_string(), name, None, None)).collect();
    let column = RunColumn::Attribute(RunAttribute::Name);
    assert_eq!(sorted(&rows, &column, false), ["3", "1", "4", "0", "2"]);
    assert_eq!(sorted(&rows, &column, true), ["0", "1", "4", "3", "2"]);
    let values = ["0.1", "0.05", "x10", "-5", "1e3", "-10", "x9", "nan", "", "12"];
    let mut rows: Vec<_> = values.iter().map(|value| row(value, "", None, text(value))).collect();
    rows.insert(3, row("masked", "", None, Some(Shown::Masked)));
    rows.insert(0, row("none", "", None, None));
    let column = RunColumn::Param("n".into());
    let wanted = ["-10", "-5", "0.05", "0.1", "12", "1e3", "", "nan", "x9", "x10", "masked", "none"];
    assert_eq!(sorted(&rows, &column, false), wanted);
    let mut turned = wanted;
    turned[..10].reverse();
    assert_eq!(sorted(&rows, &column, true), turned);
}

#[test]
fn any_order_can_be_sorted_and_ties_keep_theirs() {
    let rows = [row("a", "x", None, None), row("b", "y", None, None), row("c", "x", None, None)];
    let mut order = vec![2, 1, 0];
    sort(&mut order, &rows, &TraceCounts::default(), &RunColumn::Attribute(RunAttribute::Name), false);
    assert_eq!(order, [2, 0, 1]);
    let mut part = vec![2, 99];
    sort(&mut part, &rows, &TraceCounts::default(), &RunColumn::Attribute(RunAttribute::Name), true);
    assert_eq!(part, [2, 99]);
}

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "one");
    for (id, name, parent) in [
        ("p", "gepa", None),
        ("c1", "eval_1", Some("p")),
        ("c2", "eval_2", Some("p")),
        ("q", "mipro", None),
        ("d1", "eval_1", Some("q")),
        ("o", "lost", Some("gone")),
    ] {
        let mut run = MemoryStore::run(id, "1", name, 1);
        run.parent_id = parent.map(RunId::from);
        store.put_run(run);
    }
    let (_, values) = row("", "", Some(3.0), Some(Shown::Text("secret1".into())));
    store.put_values(&"c1".into(), values);
    for (id, run, status) in [("t1", "c1", "OK"), ("t2", "c1", "ERROR"), ("t3", "c2", "OK")] {
        let mut head = MemoryStore::trace_head(id, "1", Some(run), "x", 1);
        head.row.status = status.to_owned();
        head.row.tokens = crate::model::Tokens::new(Some(3), Some(4), None).filter(|_| run == "c1");
        store.put_trace(head, Vec::new());
    }
    store
}

#[test]
fn columns_and_cells() {
    let mut store = store();
    let cx = ReadCx::new();
    let table = run_table(&mut Session::alone(&mut store, &cx), None, false).expect("a table");
    let traces = trace_counts_by_run(&mut Session::alone(&mut store, &cx), None).expect("counted");
    let found: Vec<_> = columns_of(&table, &traces).into_iter().map(|one| (one.column, one.runs)).collect();
    let attribute = |attribute| RunColumn::Attribute(attribute);
    assert_eq!(
        found,
        [
            (attribute(RunAttribute::Name), 6),
            (attribute(RunAttribute::Status), 6),
            (attribute(RunAttribute::Start), 6),
            (attribute(RunAttribute::Duration), 6),
            (attribute(RunAttribute::Id), 6),
            (RunColumn::Traces, 6),
            (RunColumn::Errors, 6),
            (RunColumn::Tokens, 1),
            (RunColumn::Metric("eval".into()), 1),
            (RunColumn::Param("n".into()), 1),
        ]
    );
    let of = |id: &str, column: RunColumn| {
        let row = table.rows.iter().find(|(run, _)| run.id.as_str() == id).expect("there");
        cell(row, &traces, &column)
    };
    assert_eq!(of("c1", RunColumn::Traces), Cell::Whole(2));
    assert_eq!(of("c1", RunColumn::Errors), Cell::Whole(1));
    assert_eq!(of("c1", RunColumn::Tokens), Cell::Whole(14));
    assert_eq!(of("c2", RunColumn::Tokens), Cell::Unknown);
    assert_eq!(of("p", RunColumn::Traces), Cell::Whole(0));
    let row = &table.rows[0];
    assert_eq!(cell(row, &TraceCounts::default(), &RunColumn::Traces), Cell::Unknown);
    assert_eq!(of("c1", RunColumn::Metric("eval".into())), Cell::Number(3.0));
    assert_eq!(of("c1", RunColumn::Param("n".into())), Cell::Text("secret1"));
}

fn lines(table: &RunTable, order: &[usize]) -> Vec<(String, u32, usize, bool)> {
    let forest = RunTree::new(table.rows.iter().map(|(run, _)| run.clone()).collect()).forest;
    let name = |row: usize| table.rows[row].0.id.to_string();
    let lines = tree_order(&forest, order).into_iter();
    lines.map(|line| (name(line.row), line.depth, line.descendants, line.is_match)).collect()
}

#[test]
fn children_stand_under_their_parents_in_the_order() {
    let table = run_table(&mut Session::alone(&mut store(), &ReadCx::new()), None, false).expect("a table");
    let mut order: Vec<usize> = (0..table.rows.len()).collect();
    sort(&mut order, &table.rows, &TraceCounts::default(), &RunColumn::Attribute(RunAttribute::Name), true);
    let line = |id: &str, depth, below| (id.to_owned(), depth, below, true);
    assert_eq!(
        lines(&table, &order),
        [line("q", 0, 1), line("d1", 1, 0), line("o", 0, 0), line("p", 0, 2), line("c2", 1, 0), line("c1", 1, 0)]
    );
    assert_eq!(flat_order(&order).len(), 6);
}

#[test]
fn parents_of_matches_are_shown_dimmed() {
    let table = run_table(&mut Session::alone(&mut store(), &ReadCx::new()), None, false).expect("a table");
    let mut order = Filter::parse("run_name = 'eval_1'").expect("a filter").matching(&table.rows);
    let wanted = [
        ("p".to_owned(), 0, 1, false),
        ("c1".to_owned(), 1, 0, true),
        ("q".to_owned(), 0, 1, false),
        ("d1".to_owned(), 1, 0, true),
    ];
    assert_eq!(lines(&table, &order), wanted);
    order.reverse();
    assert_eq!(lines(&table, &order)[..2], wanted[2..]);
    assert!(lines(&table, &[]).is_empty());
}

#[test]
fn a_match_below_rows_that_do_not_match_is_never_lost() {
    let chain: Vec<(u32, Option<u32>)> = (0..100_000u32).map(|at| (at, at.checked_sub(1))).collect();
    let forest = Forest::build(&chain);
    let lines = tree_order(&forest, &[99_999, 50_000]);
    assert_eq!((lines.len(), lines[0].descendants), (100_000, 99_999));
    let matches: Vec<usize> = lines.iter().filter(|line| line.is_match).map(|line| line.row).collect();
    assert_eq!(matches, [50_000, 99_999]);
    let ring = Forest::build(&[(1, Some(2)), (2, Some(1))]);
    assert_eq!(tree_order(&ring, &[1]).len(), 2);
}

#[test]
#[ignore = "prints times; run it in release"]
fn half_a_million_rows() {
    let mut rows = Vec::new();
    let mut state = 1_u64;
    for at in 0..500_000_u64 {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let id = format!("{:016x}{:016x}", state, state.rotate_left(17));
        let n = text(&format!("{}", (state >> 40) % 5000));
        let name = format!("eval_full_{}", (state >> 30) % 400_000);
        let mut row = row(&id, &name, (at % 9 != 0).then_some((state >> 11) as f64), n);
        row.0.parent_id = (at % 25 != 0).then(|| RunId::from("parent"));
        row.0.start_time_ms = Some((state >> 20) as i64);
        let prompt = format!("Answer the question with care and in one word, please. {}", state >> 33);
        row.1.params.push(Entry { key: "x".into(), value: Shown::Text(prompt.into()) });
        rows.push(row);
    }
    let timed = |what: &str, work: &mut dyn FnMut() -> usize| {
        let start = std::time::Instant::now();
        let found = work();
        println!("{what:<28} {:>8.1} ms  {found}", start.elapsed().as_secs_f64() * 1000.0);
    };
    let columns = [
        ("start", RunColumn::Attribute(RunAttribute::Start)),
        ("name", RunColumn::Attribute(RunAttribute::Name)),
        ("status", RunColumn::Attribute(RunAttribute::Status)),
        ("id", RunColumn::Attribute(RunAttribute::Id)),
        ("metric", RunColumn::Metric("eval".into())),
        ("param, numbers", RunColumn::Param("n".into())),
        ("param, long texts", RunColumn::Param("x".into())),
    ];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    for (what, column) in columns {
        timed(what, &mut || {
            sort(&mut order, &rows, &TraceCounts::default(), &column, true);
            order[0]
        });
    }
    let filter = Filter::parse("metrics.eval > 1e10 and (params.n = '7' or run_name LIKE 'eval%9')").expect("a filter");
    timed("filter", &mut || filter.matching(&rows).len());
    let table = RunTable { rows };
    timed("columns", &mut || columns_of(&table, &TraceCounts::default()).len());
    let links: Vec<(usize, Option<usize>)> =
        (0..500_000).map(|at| (at, (at % 25 != 0).then_some(at - at % 25))).collect();
    let forest = Forest::build(&links);
    timed("tree", &mut || tree_order(&forest, &order).len());
}
