//! What was learned of a server and is kept in memory: the lines of traces, which a list shows again while it is
//! scrolled, and the spans of the traces that were looked at last.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::model::{ExperimentId, Json, SpanHandle, TraceId, Unmasked, json};
use crate::store::{TraceHandle, span_json};

/// Lines are kept up to so many bytes together; of the others the id is known, and they are asked for again.
const MAX_LINES: usize = 128 << 20;

/// Records of spans are kept up to so many bytes together.
const MAX_SPANS: usize = 128 << 20;

/// The records of the spans of one trace, in the order of the server.
pub type Records = Arc<SpanRecords>;

/// Records of spans, found by their handles.
#[derive(Debug, Default)]
pub struct SpanRecords {
    records: Vec<Unmasked<Json>>,
    handles: Vec<Option<SpanHandle>>,
    places: HashMap<SpanHandle, usize>,
}

impl SpanRecords {
    /// The records, with a handle for each that has an id.
    pub fn new(records: Vec<Unmasked<Json>>) -> Self {
        let handles = handles(&records);
        let placed = handles.iter().enumerate().filter_map(|(place, handle)| Some(((*handle)?, place)));
        Self { places: placed.collect(), records, handles }
    }

    /// All of them.
    pub fn all(&self) -> &[Unmasked<Json>] {
        &self.records
    }

    /// Each with its handle; `None`: it has no id.
    pub fn with_handles(&self) -> impl Iterator<Item = (&Unmasked<Json>, Option<SpanHandle>)> {
        self.records.iter().zip(self.handles.iter().copied())
    }

    /// The one behind a handle.
    pub fn at(&self, handle: SpanHandle) -> Option<&Unmasked<Json>> {
        self.records.get(*self.places.get(&handle)?)
    }
}

/// What stands for each span: its id, so that it means the same span when the trace has more of them by now; of several
/// that share an id, which of them it is, too.
fn handles(records: &[Unmasked<Json>]) -> Vec<Option<SpanHandle>> {
    let mut before: HashMap<String, u32> = HashMap::new();
    let mut handle = |record| {
        let id = span_json::id(record)?;
        let mut hasher = DefaultHasher::new();
        let count = before.entry(id.clone()).or_default();
        (&id, *count).hash(&mut hasher);
        *count += 1;
        Some(SpanHandle(hasher.finish()))
    };
    records.iter().map(&mut handle).collect()
}

/// A trace, where it is, and what was told of it.
type Line = (TraceId, ExperimentId, Option<Box<[u8]>>);

/// The traces that a server told of, each with a handle of its own.
#[derive(Default)]
pub struct KnownTraces {
    handles: HashMap<TraceId, u64>,
    lines: Vec<Line>,
    bytes: usize,
    /// The line to be given up next: the hand of a clock, which goes round.
    oldest: usize,
    /// The experiment of the last trace, which the next one is in, too, as a rule.
    home: Option<ExperimentId>,
}

impl KnownTraces {
    /// Remembers what a server says of a trace, and gives the handle.
    pub fn remember(&mut self, id: TraceId, home: ExperimentId, info: &Unmasked<Json>) -> TraceHandle {
        self.keep(id, home, info, MAX_LINES)
    }

    fn keep(&mut self, id: TraceId, home: ExperimentId, info: &Unmasked<Json>, most: usize) -> TraceHandle {
        let home = self.home.clone().filter(|known| *known == home).unwrap_or(home);
        self.home = Some(home.clone());
        let text = info.as_stored_for_structure().to_string().into_bytes().into_boxed_slice();
        self.bytes += text.len();
        let place = match self.handles.get(&id).and_then(|handle| usize::try_from(*handle).ok()) {
            Some(place) => place,
            None => {
                self.handles.insert(id.clone(), self.lines.len() as u64);
                self.lines.push((id, home, None));
                self.lines.len() - 1
            }
        };
        if let Some((.., line)) = self.lines.get_mut(place)
            && let Some(before) = line.replace(text)
        {
            self.bytes -= before.len();
        }
        // One round at most: what is left then is what came last.
        for _ in 0..self.lines.len() {
            if self.bytes <= most {
                break;
            }
            self.oldest = if self.oldest < self.lines.len() { self.oldest } else { 0 };
            if self.oldest != place
                && let Some((.., line)) = self.lines.get_mut(self.oldest)
            {
                self.bytes -= line.take().map_or(0, |line| line.len());
            }
            self.oldest += 1;
        }
        TraceHandle(place as u64)
    }

    /// The handle of a trace that was told of.
    pub fn handle_of(&self, id: &TraceId) -> Option<TraceHandle> {
        self.handles.get(id).copied().map(TraceHandle)
    }

    /// Which trace a handle means.
    pub fn id_of(&self, handle: TraceHandle) -> Option<TraceId> {
        self.line(handle).map(|(id, ..)| id.clone())
    }

    /// What is known of a trace, and its id.
    pub fn info(&self, handle: TraceHandle) -> Option<(TraceId, Option<Unmasked<Json>>)> {
        let (id, _, line) = self.line(handle)?;
        Some((id.clone(), line.as_ref().map(|line| json::decode(line).value)))
    }

    /// A trace whose line was given up, and its experiment.
    pub fn gone(&self, handle: TraceHandle) -> Option<(TraceId, ExperimentId)> {
        let (id, home, line) = self.line(handle)?;
        line.is_none().then(|| (id.clone(), home.clone()))
    }

    /// Lets go of all lines: somebody else may see others.
    pub fn forget_lines(&mut self) {
        self.lines.iter_mut().for_each(|(.., line)| *line = None);
        self.bytes = 0;
    }

    fn line(&self, TraceHandle(at): TraceHandle) -> Option<&Line> {
        usize::try_from(at).ok().and_then(|at| self.lines.get(at))
    }
}

/// The spans of the traces that were looked at last, the latest at the end.
#[derive(Default)]
pub struct KnownSpans(Vec<(TraceId, Records, usize)>);

impl KnownSpans {
    /// Those of a trace, if they are still here.
    pub fn get(&mut self, trace: &TraceId) -> Option<Records> {
        let at = self.0.iter().position(|(id, ..)| id == trace)?;
        let found = self.0.remove(at);
        let records = Arc::clone(&found.1);
        self.0.push(found);
        Some(records)
    }

    /// Whether those of a trace are here.
    pub fn holds(&self, trace: &TraceId) -> bool {
        self.0.iter().any(|(id, ..)| id == trace)
    }

    /// Keeps them, and lets go of those that nobody looked at for longest.
    pub fn keep(&mut self, trace: TraceId, records: Records, bytes: usize) {
        self.0.retain(|(id, ..)| *id != trace);
        self.0.push((trace, records, bytes));
        let mut all: usize = self.0.iter().map(|(.., bytes)| bytes).sum();
        while all > MAX_SPANS && self.0.len() > 1 {
            all -= self.0.remove(0).2;
        }
    }

    /// Lets go of all of them: they may be others by now.
    pub fn forget(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_trace_keeps_its_handle_and_its_latest_line() {
        let mut known = KnownTraces::default();
        let put = |known: &mut KnownTraces, id: &str, n: u64| {
            known.remember(TraceId::from(id), "1".into(), &Unmasked::new(json!({"n": n})))
        };
        let (a, b) = (put(&mut known, "a", 1), put(&mut known, "b", 2));
        assert_eq!((put(&mut known, "a", 3), known.handle_of(&TraceId::from("b"))), (a, Some(b)));
        let (id, info) = known.info(a).expect("known");
        assert_eq!((id.as_str(), info), ("a", Some(Unmasked::new(json!({"n": 3})))));
        assert_eq!(known.info(TraceHandle(9)), None);
    }

    #[test]
    fn lines_are_bounded_however_often_a_list_is_read() {
        let mut known = KnownTraces::default();
        let line = Unmasked::new(json!("x".repeat(98)));
        for round in 0..5 {
            for number in 0..50 {
                let handle = known.keep(TraceId::from(format!("tr-{number}")), "1".into(), &line, 1_000);
                assert!(known.bytes <= 1_000, "round {round}: {} bytes", known.bytes);
                assert!(known.info(handle).is_some_and(|(_, info)| info.is_some()), "the latest is there");
            }
            let held = (0..50).filter(|at| known.gone(TraceHandle(*at)).is_none()).count();
            assert_eq!(held, 10, "round {round}");
        }
        assert_eq!(known.gone(TraceHandle(0)), Some(("tr-0".into(), "1".into())));
    }

    #[test]
    fn a_handle_means_the_same_span_when_there_are_more_of_them() {
        let record = |id: &str, name: &str| Unmasked::new(json!({"context": {"span_id": id}, "name": name}));
        let before = SpanRecords::new(vec![record("a", "one"), record("b", "two")]);
        let after = SpanRecords::new(vec![
            record("0", "zero"),
            record("b", "two"),
            Unmasked::new(json!(7)),
            record("a", "one"),
            record("a", "again"),
        ]);
        let handle = before.handles[0].expect("an id");
        assert_eq!(after.at(handle), Some(&before.all()[0]));
        assert_eq!((after.handles[2], after.places.len()), (None, 4));
        assert_eq!(after.at(after.handles[4].expect("an id")), Some(&after.all()[4]));
    }

    #[test]
    fn spans_that_nobody_looks_at_go_first() {
        let mut known = KnownSpans::default();
        let records: Records = Arc::default();
        for id in ["a", "b", "c"] {
            known.keep(TraceId::from(id), Arc::clone(&records), MAX_SPANS / 3);
        }
        assert!(known.get(&TraceId::from("a")).is_some());
        known.keep(TraceId::from("d"), records, MAX_SPANS / 3);
        assert!(known.get(&TraceId::from("b")).is_none() && known.get(&TraceId::from("a")).is_some());
    }
}
