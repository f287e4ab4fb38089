//! Intervals and tests against what SciPy and statsmodels make of the same tables
//! (`statistics.json`, written by `statistics.py`).

use dspyglass::analysis::statistics::{
    Comparison, Confidence, Interval, IntervalMethod, PairedTest, compare_paired, score_interval,
};
use serde_json::Value;

struct Table {
    unit: f64,
    pairs: Vec<(f64, f64)>,
    expected: Value,
}

impl Table {
    fn after(&self) -> Vec<f64> {
        self.pairs.iter().map(|pair| pair.1).collect()
    }

    fn number(&self, key: &str) -> f64 {
        self.expected[key].as_f64().unwrap_or_else(|| panic!("no {key} in {}", self.expected))
    }

    fn compared(&self) -> Comparison {
        compare_paired(&self.pairs, Confidence::USUAL).expect("there are pairs")
    }
}

fn tables() -> Vec<Table> {
    let document: Value = serde_json::from_str(include_str!("statistics.json")).expect("JSON");
    let of = |table: &Value| {
        let unit = table["unit"].as_f64().expect("a unit");
        let list = |key: &str| -> Vec<f64> {
            table[key].as_array().expect("a list").iter().map(|score| score.as_f64().expect("a score") / unit).collect()
        };
        Table {
            unit,
            pairs: list("before").into_iter().zip(list("after")).collect(),
            expected: table["expected"].clone(),
        }
    };
    let tables: Vec<Table> = document["tables"].as_array().expect("tables").iter().map(of).collect();
    assert_eq!(tables.len(), 200);
    tables
}

fn near(found: f64, wanted: f64, within: f64, what: &Value) {
    assert!((found - wanted).abs() <= within, "{found} is not {wanted}: {what}");
}

fn ends(interval: Interval, wanted: &Value, within: f64) {
    let end = |at: usize, key: &str| wanted.get(at).or_else(|| wanted.get(key)).and_then(Value::as_f64);
    near(interval.low, end(0, "low").expect("low"), within, wanted);
    near(interval.high, end(1, "high").expect("high"), within, wanted);
}

#[test]
fn means_and_what_changed_are_counted() {
    for table in tables() {
        let found = table.compared();
        let counts = [found.examples, found.better, found.worse].map(|count| count as u64);
        assert_eq!(counts.map(Some), ["n", "better", "worse"].map(|key| table.expected[key].as_u64()));
        near(found.before, table.number("before"), 1e-12, &table.expected);
        near(found.after, table.number("after"), 1e-12, &table.expected);
    }
}

#[test]
fn right_or_wrong_is_told_by_wilson_mcnemar_and_newcombe() {
    let mut seen = [0, 0];
    for table in tables() {
        if let Some(wanted) = table.expected.get("score") {
            let found = score_interval(&table.after(), Confidence::USUAL).expect("an interval");
            assert_eq!((found.method, found.examples), (IntervalMethod::Wilson, table.pairs.len()));
            ends(found.interval, wanted, 1e-9);
            let of_13 = score_interval(&table.after(), Confidence::of_each(13)).expect("an interval");
            ends(of_13.interval, &table.expected["score_of_13"], 1e-9);
            seen[0] += 1;
        }
        if let Some(wanted) = table.expected.get("p") {
            let found = table.compared();
            assert_eq!(found.test, PairedTest::McNemarExact);
            near(found.p, wanted.as_f64().expect("p"), 1e-9, &table.expected);
            ends(found.interval.expect("an interval"), &table.expected["difference"], 1e-9);
            seen[1] += 1;
        }
    }
    assert!(seen.iter().all(|seen| *seen >= 100), "{seen:?}");
}

/// The same draws give the same figures; SciPy's own draws give nearly the same. A percentile at
/// 2.5 % of 2,000 means is itself known to within 6 % of their spread, which is the error of the mean.
#[test]
fn graded_scores_are_resampled_as_scipy_does() {
    let mut seen = [0, 0];
    for table in tables() {
        if let Some(wanted) = table.expected.get("score_resampled") {
            let found = score_interval(&table.after(), Confidence::USUAL).expect("an interval");
            assert_eq!(found.method, IntervalMethod::Bootstrap);
            ends(found.interval, wanted, 1e-9);
            let scipy = &table.expected["score_by_scipy"];
            ends(found.interval, scipy, 0.25 * scipy["error"].as_f64().expect("error") + steps(&table));
            seen[0] += 1;
        }
        if let Some(wanted) = table.expected.get("difference_resampled") {
            let found = table.compared();
            assert_eq!(found.test, PairedTest::PairedBootstrap);
            let least = 2.0_f64.powi(1 - (found.better + found.worse) as i32);
            near(found.p, wanted["p"].as_f64().expect("p").max(least).min(1.0), 1e-9, wanted);
            let scipy = &table.expected["difference_by_scipy"];
            let Some(interval) = found.interval else {
                assert!(scipy.is_null(), "only where all differ alike: {scipy}");
                continue;
            };
            ends(interval, wanted, 1e-9);
            ends(interval, scipy, 0.12 * scipy["error"].as_f64().expect("error") + steps(&table));
            let p = scipy["p"].as_f64().expect("p");
            if p > least {
                // Five times what counting in 10,000 and in 20,000 rounds leaves open.
                let open = 2.0 * (p / 2.0 * (1.0 - p / 2.0) * (1.0 / 10_000.0 + 1.0 / 20_000.0)).sqrt();
                near(found.p, p, 5.0 * open + 0.001, scipy);
            }
            seen[1] += 1;
        }
    }
    assert!(seen.iter().all(|seen| *seen >= 80), "{seen:?}");
}

/// Means of few examples move in steps, and a percentile may fall on either side of one.
fn steps(table: &Table) -> f64 {
    let coarsest = if table.pairs.len() < 40 { 2.0 } else { table.unit };
    1.0 / coarsest / table.pairs.len() as f64
}

#[test]
fn what_is_missing_is_told_by_the_spread() {
    let mut seen = 0;
    for table in tables() {
        let found = table.compared();
        let wanted = table.expected.get("wanted_examples").and_then(Value::as_f64);
        match (found.more_examples(), wanted) {
            (None, wanted) => assert!(wanted.is_none() || found.is_more_than_luck()),
            (Some(more), Some(wanted)) => {
                near(
                    (more + found.examples) as f64,
                    wanted.ceil().max(found.examples as f64 + 1.0),
                    1.0,
                    &table.expected,
                );
                seen += 1;
            }
            (Some(more), None) => panic!("{more} examples cannot settle no difference"),
        }
    }
    assert!(seen >= 30, "{seen}");
}

#[test]
fn nothing_is_claimed_of_what_is_not_known() {
    assert_eq!(compare_paired(&[], Confidence::USUAL), None);
    assert_eq!(compare_paired(&[(f64::NAN, 1.0)], Confidence::USUAL), None);
    assert_eq!(score_interval(&[], Confidence::USUAL), None);
    assert_eq!(score_interval(&[0.5, f64::INFINITY], Confidence::USUAL), None);
    assert_eq!(score_interval(&[0.5, 0.5, 0.5], Confidence::USUAL), None, "they would be known exactly");
    let three_better = compare_paired(&[(0.1, 0.9), (0.2, 0.8), (0.3, 0.7)], Confidence::USUAL).expect("pairs");
    assert_eq!(three_better.p, 0.25, "as by signs: one in four");
    assert_eq!(three_better.more_examples(), Some(3));
    assert_eq!(three_better.p_of_best(13), 1.0);
    let same = compare_paired(&[(0.4, 0.4); 9], Confidence::USUAL).expect("pairs");
    assert_eq!((same.p, same.interval, same.more_examples()), (1.0, None, None));
}
