//! Traces beside each other: which ones, and what of them is looked at.

use super::place::SpanRef;
use crate::model::TraceId;

/// Traces beside each other, and what of them is looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct ComparedTraces {
    /// The traces, two or more: the first is what the others are compared with.
    pub traces: Vec<TraceId>,
    /// The one that is compared with the first now; with none, the second.
    pub shown: Option<TraceId>,
    /// The row that is looked at; with none, that of the first difference.
    pub row: Option<ComparedRow>,
}

/// A row of compared traces, by a span that stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ComparedRow {
    /// A span of the first trace, whatever it is compared with.
    First(SpanRef),
    /// A span of the other trace that the first one has not.
    Other(SpanRef),
}

impl ComparedTraces {
    /// Traces beside each other, looked at from the start.
    pub fn new(traces: Vec<TraceId>) -> Self {
        Self { traces, shown: None, row: None }
    }

    /// The first trace and the one that is compared with it now; `None` of fewer than two.
    pub fn pair(&self) -> Option<(&TraceId, &TraceId)> {
        let (first, others) = self.traces.split_first()?;
        let shown = others.iter().find(|trace| Some(*trace) == self.shown.as_ref());
        Some((first, shown.or(others.first())?))
    }

    /// The same, another one of them beside the first; the row is the same where it is one of the first trace.
    #[must_use]
    pub fn showing(mut self, trace: &TraceId) -> Self {
        self.shown = Some(trace.clone());
        self.row = self.row.filter(|row| matches!(row, ComparedRow::First(_)));
        self
    }

    /// What an address says beside the path, by its keys.
    pub(super) fn query(&self) -> Vec<(&'static str, String)> {
        let row = self.row.as_ref().map(|row| match row {
            ComparedRow::First(span) => ("span", span),
            ComparedRow::Other(span) => ("other", span),
        });
        let nth = row.map_or(0, |(_, span)| span.nth);
        let parts = [
            self.shown.as_ref().map(|trace| ("item", trace.to_string())),
            row.map(|(key, span)| (key, span.id.clone())),
            (nth > 0).then(|| ("nth", nth.to_string())),
        ];
        parts.into_iter().flatten().collect()
    }

    /// Chooses what an address says under a key; says whether there is such a thing.
    pub(super) fn choose(&mut self, key: &str, text: &str) -> bool {
        let span = || SpanRef { id: text.to_owned(), nth: 0 };
        match (key, &mut self.row) {
            ("item", _) => self.shown = Some(TraceId::from(text)),
            ("span", row) => *row = Some(ComparedRow::First(span())),
            ("other", row) => *row = Some(ComparedRow::Other(span())),
            ("nth", Some(ComparedRow::First(span) | ComparedRow::Other(span))) => match text.parse() {
                Ok(nth) => span.nth = nth,
                Err(_) => return false,
            },
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_shown_until_another_one_is_chosen() {
        let traces = || ["a", "b", "c"].map(TraceId::from).to_vec();
        let row = |row| ComparedTraces { row: Some(row), ..ComparedTraces::new(traces()) };
        let span = || SpanRef { id: "1f".to_owned(), nth: 0 };
        let shown = |compared: &ComparedTraces| compared.pair().map(|(_, shown)| shown.to_string());
        let compared = ComparedTraces::new(traces());
        assert_eq!(shown(&compared).as_deref(), Some("b"));
        assert_eq!(shown(&compared.clone().showing(&"c".into())).as_deref(), Some("c"));
        assert_eq!(shown(&compared.showing(&"gone".into())).as_deref(), Some("b"));
        assert_eq!(shown(&ComparedTraces::new(vec!["a".into()])), None);
        assert!(row(ComparedRow::First(span())).showing(&"c".into()).row.is_some());
        assert!(row(ComparedRow::Other(span())).showing(&"c".into()).row.is_none(), "of another trace");
    }
}
