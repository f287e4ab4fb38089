use super::*;
use crate::model::{Entry, LatestMetric, Lifecycle, MetricPoint, RunStatus, Shown};

fn run() -> (Run, RunValues) {
    let run = Run {
        id: "abc".into(),
        experiment_id: "1".into(),
        name: "eval_full_3".to_owned(),
        parent_id: None,
        parent_inferred: false,
        status: RunStatus::Finished,
        lifecycle: Lifecycle::Active,
        start_time_ms: Some(1_000),
        end_time_ms: None,
        artifact_uri: None,
    };
    let metric = |key: &str, value: f64| LatestMetric {
        key: key.into(),
        point: MetricPoint { step: 0, timestamp_ms: 0, value },
    };
    let entry = |key: &str, value: &str| Entry { key: key.into(), value: Shown::Text(value.into()) };
    let values = RunValues {
        metrics: vec![metric("a b", 1.0), metric("eval", 72.5), metric("inf", f64::INFINITY), metric("nan", f64::NAN)],
        params: vec![
            Entry { key: "api_key".into(), value: Shown::Masked },
            entry("num_trials", "6"),
            entry("x.predict.demos", "it's 100% so"),
        ],
        tags: vec![entry("mlflow.runName", "eval_full_3"), entry("mlflow.user", "Ann")],
    };
    (run, values)
}

fn check(filter: &str) -> bool {
    let (run, values) = run();
    match Filter::parse(filter) {
        Ok(filter) => filter.matches(&run, &values),
        Err(error) => panic!("{filter}: {error} at {:?}", error.range),
    }
}

#[test]
fn what_holds() {
    for filter in [
        "",
        "  \n ",
        "metrics.eval > 70 and params.num_trials = '6' and attributes.status = 'FINISHED'",
        "metrics.eval > 70 AND tags.\"mlflow.runName\" LIKE 'eval%'",
        "tags.mlflow.runName = 'eval_full_3'",
        "metrics.`a b` = 1",
        "metrics.\"a b\"<=1.0",
        "metric.eval>=72.5",
        "parameters.num_trials >= 5.5",
        "params.num_trials = \"6\"",
        "params.num_trials != '7'",
        "params.x.predict.demos = 'it''s 100% so'",
        "params.x.predict.demos ~ '100%'",
        "run_name ILIKE 'EVAL_full__'",
        "`run name` LIKE '%'",
        "attributes.`run_name` = 'eval_full_3'",
        "status IN ('FAILED', 'FINISHED')",
        "status not in ('FAILED')",
        "NOT status IN ('FAILED')",
        "run.run_id = 'abc'",
        "user_id = 'Ann'",
        "start_time < 1.5e3",
        "not end_time > 0",
        "end_time is null and metrics.eval is not null and params.api_key is not null",
        "metrics.inf > 1e300",
        "metrics.none = 1 or metrics.eval = 72.5",
        "(metrics.none = 1 or status = 'FINISHED') and not (status = 'FAILED' or run_id ~ 'x')",
        // AND binds closer than OR, NOT closer than AND
        "status = 'FINISHED' or status = 'FAILED' and status = 'KILLED'",
        "not status = 'FAILED' and status = 'FINISHED'",
        // absent: false, so its NOT is true
        "not metrics.none > 0",
        "not params.none = 'x'",
        // NaN equals nothing
        "metrics.nan != 0",
        "not metrics.nan = 0",
        "status <> 'FAILED' and status == 'FINISHED'",
        // masked: unknown decides nothing that is decided without it
        "params.api_key = 'x' or status = 'FINISHED'",
        "not (params.api_key = 'x' and status = 'FAILED')",
        "not params.api_key is null",
        "run_name ilike 'EVAL%' and tags.mlflow.user ilike 'ann'",
    ] {
        assert!(check(filter), "{filter}");
    }
}

#[test]
fn what_does_not_hold() {
    for filter in [
        "metrics.eval > 72.5",
        "metrics.none != 1",
        "params.none != 'x'",
        "params.none not in ('x')",
        "metrics.nan = 0",
        "metrics.nan < 1e300",
        "not metrics.nan != 0",
        "params.num_trials = 'six'",
        "params.x.predict.demos > 5",
        "tags.mlflow.runName LIKE 'EVAL%'",
        "tags.mlflow.runName LIKE 'eval'",
        "run_name ~ 'EVAL'",
        "params.api_key = '‹masked›'",
        "params.api_key != 'x'",
        "params.api_key ~ ''",
        // neither it nor its opposite
        "not params.api_key = 'x'",
        "not params.api_key != 'x'",
        "not not params.api_key ~ 'x'",
        "not params.api_key in ('x')",
        "params.api_key not in ('x')",
        "params.api_key < 'x' or not params.api_key < 'x'",
        "not (params.api_key like 'a%' and status = 'FINISHED')",
        "not (params.api_key like 'a%' or status = 'FAILED')",
        "params.api_key is null",
        "params.api_key > 5 or not params.api_key > 5",
        "status = 'finished'",
        "end_time != 5",
    ] {
        assert!(!check(filter), "{filter}");
    }
}

#[test]
fn mistakes_are_told_by_their_place() {
    for (filter, at, found, expected) in [
        ("metrics.eval >", 14, "the end", "a number for the metric `eval`"),
        ("metrics.eval > 'x'", 15, "`'x'`", "a number for the metric `eval`"),
        ("metrics.eval ~ 'x'", 13, "`~`", "a comparison such as >, <= or = after the metric `eval`"),
        ("metrics.eval in ('1')", 13, "`in`", "such as >, <= or = after"),
        ("status = FINISHED", 9, "`FINISHED`", "a text in quotes for the attribute `status`"),
        ("status = 5", 9, "`5`", "a text in quotes for the attribute `status`"),
        ("status", 6, "the end", "a comparison such as =, LIKE or IN after the attribute `status`"),
        ("status = 'a' status", 13, "`status`", "AND, OR or the end"),
        ("(status = 'a'", 13, "the end", "AND, OR or `)`"),
        ("status = 'a", 9, "' without its partner", "a closing '"),
        ("stätus = 'a'", 0, "`stätus`", "one of status"),
        ("foo.bar = 1", 0, "`foo.bar`", "metrics.<key>"),
        ("metrics. > 1", 9, "`>`", "a key after the dot"),
        ("attributes.nope = 'x'", 0, "`attributes.nope`", "one of status"),
        ("metrics.a ! 1", 10, "`!`", "`!=` or NOT"),
        ("and", 0, "`and`", "metrics.<key>"),
        ("status in 'a'", 10, "`'a'`", "a list"),
        ("status in ('a' 'b')", 15, "`'b'`", "`,` or `)`"),
        ("status in ()", 11, "`)`", "a text in quotes"),
        ("status is 5", 10, "`5`", "NULL or NOT NULL"),
        ("status is not 5", 14, "`5`", "NULL"),
        ("datasets.name = 'x'", 0, "`datasets.name`", "datasets cannot"),
        ("metrics.a > nan", 12, "`nan`", "a number"),
        ("run_name like 5", 14, "`5`", "a text in quotes"),
    ] {
        let error = Filter::parse(filter).expect_err(filter);
        assert_eq!((error.range.start, &*error.found), (at, found), "{filter}: {error}");
        assert!(error.to_string().contains(expected), "{filter}: {error}");
        assert_eq!(error.excerpt(filter, 99).marked, filter[error.range.clone()].to_owned(), "{filter}");
    }
}

#[test]
fn depth_is_bounded_and_length_is_not() {
    let deep = format!("{}status = 'a'{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Filter::parse(&deep).is_err());
    assert!(Filter::parse(&format!("{}status = 'a'", "not ".repeat(100_000))).is_err());
    let long = vec!["status = 'FINISHED'"; 20_000].join(" and ");
    assert!(check(&long));
    assert!(check(&format!("{}status = 'FINISHED'{}", "(".repeat(60), ")".repeat(60))));
}

#[test]
fn no_input_panics() {
    let pieces = [
        "metrics.",
        "params.",
        "tags.",
        "eval",
        "status",
        "=",
        "!=",
        "<",
        ">=",
        "~",
        "!",
        "like",
        "ilike",
        "in",
        "not",
        "and",
        "or",
        "(",
        ")",
        ",",
        "'a'",
        "\"b\"",
        "`c`",
        "'",
        "\"",
        "`",
        "1",
        "-2.5e3",
        "1e999",
        ".",
        "..",
        "-",
        "é",
        "🧮",
        "\u{0}",
        "\n",
        " ",
        "is",
        "null",
        "%",
        "_",
        "attributes.",
    ];
    let (run, values) = run();
    let mut state = 1u64;
    let mut understood = 0;
    for _ in 0..20_000 {
        let mut text = String::new();
        let mut next = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize
        };
        for _ in 0..next() % 12 {
            text.push_str(pieces[next() % pieces.len()]);
            if next() % 2 == 0 {
                text.push(' ');
            }
        }
        match Filter::parse(&text) {
            Ok(filter) => {
                filter.matches(&run, &values);
                understood += 1;
            }
            Err(error) => assert!(text.get(error.range).is_some(), "{text:?}"),
        }
    }
    assert!(understood > 100, "{understood}");
}

#[test]
fn an_excerpt_stays_short() {
    let text = format!("{} >> {}", "metrics.aé and ".repeat(50), "x".repeat(500));
    let error = Filter::parse(&text).expect_err("no filter");
    let place = error.excerpt(&text, 10);
    assert_eq!((place.before, place.marked, place.after), ("etrics.aé ", "and", " metrics.a"));
    assert_eq!((place.character, place.is_cut_before, place.is_cut_after), (12, true, true));
    let text = format!("status = {}", "x".repeat(500));
    let place = Filter::parse(&text).expect_err("no filter").excerpt(&text, 10);
    assert_eq!((place.marked, place.after, place.is_cut_after), ("xxxxxxxxxx", "", true));
}
