use super::*;
use crate::state::ComparedRow;

fn place(ids: &[&str], shown: Option<&str>, row: Option<ComparedRow>) -> Place {
    let traces = ids.iter().map(|id| TraceId::from(*id)).collect();
    Place::CompareTraces(ComparedTraces { traces, shown: shown.map(TraceId::from), row })
}

fn span(id: &str, nth: usize) -> SpanRef {
    SpanRef { id: id.to_owned(), nth }
}

#[test]
fn compared_traces_come_back_from_their_address() {
    let (first, other) = (ComparedRow::First(span("1f", 2)), ComparedRow::Other(span("é?#/%", 0)));
    for (address, wanted) in [
        ("compare-traces/tr-1/tr-2", place(&["tr-1", "tr-2"], None, None)),
        ("compare-traces/a/b/c?item=c&span=1f&nth=2", place(&["a", "b", "c"], Some("c"), Some(first))),
        ("compare-traces/%25/b?other=%C3%A9%3F%23%2F%25", place(&["%", "b"], None, Some(other))),
    ] {
        assert_eq!(Place::parse(address), (wanted.clone(), Vec::new()), "{address}");
        assert_eq!(wanted.to_string(), format!("dspyglass:{address}"));
    }
    let strange = place(&["", "trace", "?#", "佐 \n"], Some(""), Some(ComparedRow::First(span("", 1))));
    assert_eq!(Place::parse(&strange.to_string()), (strange, Vec::new()));
}

#[test]
fn one_trace_is_none_to_compare() {
    let (place, unknown) = Place::parse("compare-traces/a");
    assert_eq!(place.to_string(), "dspyglass:trace/a");
    assert_eq!(unknown, ["compare-traces without two traces"]);
    let (_, unknown) = Place::parse("compare-traces/a/b?nth=2&tab=inputs");
    assert_eq!(unknown.len(), 2, "no span to count, no tabs: {unknown:?}");
}

#[test]
fn the_page_is_the_same_whatever_is_looked_at_and_leads_out_to_the_first_trace() {
    let subject = |text: &str| Place::parse(text).0.subject();
    assert_eq!(subject("compare-traces/a/b"), subject("compare-traces/a/b?item=b&span=1f"));
    assert_ne!(subject("compare-traces/a/b"), subject("compare-traces/b/a"));
    let up = Place::parse("compare-traces/a/b").0.parent();
    assert_eq!(up.map(|place| place.to_string()).as_deref(), Some("dspyglass:trace/a"));
}
