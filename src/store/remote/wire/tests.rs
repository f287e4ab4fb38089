use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::model::{Json, Matcher, MetricPoint, Reveal, Run, RunValues, SearchPattern, SpanBody, TraceHead};
use crate::store::memory::MemoryStore;
use crate::store::{
    Budget, Comparison, Page, Part, ReadCx, SearchPage, Total, TraceColumn, TraceCondition, TraceQuery,
};

fn over<T: Put + Take>(value: &T) -> T {
    let mut to = Writer::default();
    value.put(&mut to);
    let bytes = to.into_parts().0;
    let mut from = Bytes::new(&bytes);
    let taken = T::take(&mut from).expect("what was written can be read");
    from.end().expect("all of it");
    taken
}

fn same<T: Put + Take + PartialEq + Debug>(value: T) {
    assert_eq!(over(&value), value);
}

#[test]
fn numbers_and_texts_come_back_as_they_were() {
    for number in [0, 1, 127, 128, 300, u64::MAX - 1, u64::MAX] {
        same(number);
    }
    for number in [0, 1, -1, 63, -64, -65, i64::MAX, i64::MIN] {
        same(number);
    }
    for number in [0.0, -0.0, 1.5, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        assert_eq!(over(&number).to_bits(), f64::to_bits(number));
    }
    same(vec![Some("a\0ü字".to_owned()), None, Some(String::new())]);
    same(vec![Duration::ZERO, Duration::from_millis(1), Duration::MAX]);
    let repeated: Vec<Arc<str>> = ["long text", "other", "long text", "long text"].map(Arc::from).to_vec();
    let mut to = Writer::default();
    repeated.put(&mut to);
    assert_eq!(to.into_parts().0.len(), 1 + 2 + 9 + 2 + 5 + 1 + 1, "the same text goes over once");
    let taken = over(&repeated);
    assert!(taken == repeated && Arc::ptr_eq(&taken[0], &taken[3]));
}

#[test]
fn json_keeps_its_order_and_every_digit() {
    let text =
        r#"{"z": [1, -0, 1e400, 12345678901234567890123, 0.10], "a": {"": null, "t": true, "f": false}, "s": "ü"}"#;
    let value: Json = serde_json::from_str(text).expect("json");
    let taken = over(&value);
    assert_eq!(taken, value);
    assert_eq!(taken.to_string(), value.to_string());
}

#[test]
fn a_condition_within_conditions_and_the_circumstances_come_back() {
    let column = TraceColumn::Assessment { name: "right".to_owned(), kind: Some("feedback") };
    let compares = TraceCondition::Compares { column, comparison: Comparison::GreaterOrEqual, value: 0.5 };
    let not = TraceCondition::Not(Box::new(TraceCondition::Any(vec![compares, TraceCondition::Name("x".into())])));
    same(TraceQuery { filter: vec![not], limit: Some(usize::MAX), ..TraceQuery::default() });
    let budget = Budget::of_terminal().with(Part::Hits, Duration::MAX);
    let taken = over(&ReadCx::new().with_reveal(Reveal::Revealed).with_budget(budget));
    assert_eq!((taken.reveal(), taken.budget()), (Reveal::Revealed, budget));
    let pattern = SearchPattern { text: "a+".to_owned(), is_regex: true, ..SearchPattern::default() };
    assert_eq!(over(&Matcher::new(&pattern).expect("a pattern")).pattern(), &pattern);
}

#[test]
fn what_nests_as_deep_as_may_be_comes_back() {
    let deepest = (1..1_000)
        .rev()
        .find_map(|levels| serde_json::from_str::<Json>(&format!("{}{}", "[".repeat(levels), "]".repeat(levels))).ok());
    let deepest = deepest.expect("json");
    let object = |value: Json| [("key".to_owned(), value)].into_iter().collect();
    same(SpanBody { attributes: object(deepest), ..SpanBody::default() });
    let within = |inner| TraceCondition::Not(Box::new(TraceCondition::Any(vec![inner])));
    let deepest = (0..64).fold(TraceCondition::Name("x".into()), |inner, _| within(inner));
    same(TraceQuery { filter: vec![deepest], ..TraceQuery::default() });
}

#[test]
fn nothing_foreign_takes_room_or_depth_or_panics() {
    // As many as nobody has, in a few bytes.
    let many = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    assert_eq!(Vec::<String>::take(&mut Bytes::new(&many)), Err(Malformed));
    assert_eq!(String::take(&mut Bytes::new(&many)), Err(Malformed));
    assert_eq!(u64::take(&mut Bytes::new(&[0xff; 11])), Err(Malformed));
    assert_eq!(u32::take(&mut Bytes::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 1])), Err(Malformed));
    // Lists of one list each: as deep as may be, and too deep.
    let nested = |levels: usize| [[5, 1].repeat(levels), vec![0]].concat();
    assert!(<Json as Take>::take(&mut Bytes::new(&nested(DEEPEST - 1))).is_ok());
    assert_eq!(<Json as Take>::take(&mut Bytes::new(&nested(DEEPEST))), Err(Malformed));
    assert_eq!(<Json as Take>::take(&mut Bytes::new(&nested(1 << 20))), Err(Malformed));
    // Real values with bytes changed and cut off.
    let mut to = Writer::default();
    let head = MemoryStore::trace_head("tr-1", "1", Some("r"), "a trace", 5);
    head.put(&mut to);
    let run = (MemoryStore::run("r", "1", "a run", 5), RunValues::default());
    Page { rows: vec![run], next: None, total: Total::AtLeast(1) }.put(&mut to);
    MetricPoint { step: 1, timestamp_ms: 2, value: 0.5 }.put(&mut to);
    let whole = to.into_parts().0;
    let mut dice = 7_u64;
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (dice >> 33) as usize % bytes.len();
            bytes[at] = (dice >> 20) as u8;
        }
        let mut from = Bytes::new(&bytes[..(dice >> 40) as usize % bytes.len()]);
        let _ = TraceHead::take(&mut from);
        let _ = Page::<(Run, RunValues)>::take(&mut from);
        let _ = SpanBody::take(&mut Bytes::new(&bytes));
        let _ = SearchPage::take(&mut Bytes::new(&bytes));
        let _ = TraceQuery::take(&mut Bytes::new(&bytes));
    }
}
