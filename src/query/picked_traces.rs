//! Traces that somebody picked in a list: their ids, and all of them as a file.

use std::io::Write;
use std::sync::Arc;

use super::export::{ExportError, ExportFormat, Exported, Exporting};
use crate::model::TraceId;
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{Result, TraceHandle};

/// A file that the window makes of traces is no longer, in bytes: all of it is held in memory.
pub const EXPORT_MOST: usize = 256 << 20;

/// Lines are read this many at a time, so that a cancel or deadline is obeyed between.
const LINES_AT_ONCE: usize = 500;

/// The ids of traces, in their order; those that are gone are left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PickedIdsOf(pub Arc<[TraceHandle]>);

impl Question for PickedIdsOf {
    type Answer = Vec<TraceId>;
    const LABEL: &'static str = "ids of selected traces";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let mut ids = Vec::with_capacity(self.0.len());
        for some in self.0.chunks(LINES_AT_ONCE) {
            session.cx.check()?;
            ids.extend(session.store.trace_rows(session.cx, some)?.into_iter().map(|row| row.id));
        }
        Ok(ids)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.len() * 60
    }
}

/// A file of traces ([`ExportFormat`]); those that are gone are left out. `None` inside if that is longer than
/// [`EXPORT_MOST`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PickedExportOf {
    /// The traces, in this order.
    pub traces: Arc<[TraceHandle]>,
    /// What is written.
    pub format: ExportFormat,
}

impl Question for PickedExportOf {
    type Answer = Option<ExportedFile>;
    const LABEL: &'static str = "export of selected traces";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let ids = session.ask(&PickedIdsOf(Arc::clone(&self.traces)))?;
        in_memory(session, &ids, self.format, false, EXPORT_MOST)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |file| file.bytes.len())
    }
}

/// A file of one trace; `None` inside as in [`PickedExportOf`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceExportOf {
    /// The trace.
    pub trace: TraceId,
    /// What is written.
    pub format: ExportFormat,
}

impl Question for TraceExportOf {
    type Answer = Option<ExportedFile>;
    const LABEL: &'static str = "export of a trace";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        in_memory(session, std::slice::from_ref(&self.trace), self.format, true, EXPORT_MOST)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |file| file.bytes.len())
    }
}

/// A file that is to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportedFile {
    /// Its content.
    pub bytes: Arc<[u8]>,
    /// What is in it.
    pub exported: Exported,
}

fn in_memory(
    session: &mut Session<'_>,
    ids: &[TraceId],
    format: ExportFormat,
    is_single: bool,
    most: usize,
) -> Result<Option<ExportedFile>> {
    let mut out = Bounded { bytes: Vec::new(), most };
    match (Exporting { format, is_single, out: &mut out }).write(session, ids) {
        Ok(exported) => Ok(Some(ExportedFile { bytes: out.bytes.into(), exported })),
        Err(ExportError::Store(error)) => Err(error),
        // Only the bound can fail here.
        Err(ExportError::Output(_)) => Ok(None),
    }
}

/// Takes so many bytes and no more.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() > self.most.saturating_sub(self.bytes.len()) {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entry, Json, Reveal, Shown, SpanBody};
    use crate::store::memory::MemoryStore;
    use crate::store::{ReadCx, Store};

    fn store() -> MemoryStore {
        let store = MemoryStore::new();
        store.add_experiment("1", "desk");
        for at in 0..3 {
            let mut head = MemoryStore::trace_head(&format!("tr-{at}"), "1", None, "QA", at);
            head.tags.push(Entry { key: "api_key".into(), value: Shown::Text("sk-very-secret-0123456789".into()) });
            store.put_trace(head, vec![(MemoryStore::span("a", None, "QA", 1, 2), SpanBody::default())]);
        }
        store
    }

    fn json(ids: &[&str], most: usize) -> Option<Vec<u8>> {
        let (mut store, cx) = (store(), ReadCx::new());
        let ids: Vec<TraceId> = ids.iter().map(|id| TraceId::from(*id)).collect();
        let store: &mut dyn Store = &mut store;
        let file = in_memory(&mut Session::alone(store, &cx), &ids, ExportFormat::Json, false, most);
        file.expect("readable").map(|file| file.bytes.to_vec())
    }

    #[test]
    fn traces_stand_one_on_a_line_and_masked() {
        assert_eq!(ReadCx::new().reveal(), Reveal::Masked);
        let text = String::from_utf8(json(&["tr-2", "gone", "tr-0"], 1 << 20).expect("short")).expect("text");
        assert_eq!(text.lines().count(), 4);
        let traces: Vec<Json> = serde_json::from_str(&text).expect("JSON");
        assert_eq!(traces.iter().map(|trace| trace["id"].as_str()).collect::<Vec<_>>(), [Some("tr-2"), Some("tr-0")]);
        assert_eq!(traces[0]["tags"]["api_key"]["masked"], true);
        assert_eq!(traces[0]["spans"][0]["name"], "QA");
        assert!(!text.contains("very-secret"));
        assert_eq!(json(&[], 100).as_deref(), Some(&b"[\n\n]\n"[..]));
    }

    #[test]
    fn what_is_too_long_is_not_cut() {
        let whole = json(&["tr-0"], 1 << 20).expect("short").len();
        assert!(json(&["tr-0"], whole).is_some());
        assert_eq!(json(&["tr-0"], whole - 1), None);
    }
}
