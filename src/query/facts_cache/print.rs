//! What tells a trace, as it is now, from all others and from what it was before.

use sha2::{Digest, Sha256};

use crate::model::TraceRow;
use crate::store::TraceHandle;

/// A trace and how far it had come. Two that differ in either have another state, but for a chance of 2⁻⁶⁴.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Print {
    /// Where its store has it: neighbours there are neighbours in the cache, too, and are written together.
    pub trace: i64,
    /// Of its id together with its state.
    pub state: i64,
}

impl Print {
    /// That of a line. Of a trace that has not ended more spans may come without the line changing: it counts for one
    /// `revision` of the store.
    pub fn of(handle: TraceHandle, row: &TraceRow, revision: u64) -> Self {
        let id = row.id.as_str();
        let has_ended = row.duration_ms.is_some() && row.status != "IN_PROGRESS";
        let state = (
            (&row.status, row.start_time_ms, row.duration_ms, row.span_count, &row.name),
            row.tokens.map(|tokens| (tokens.input, tokens.output, tokens.total)),
            (!has_ended).then_some(revision),
        );
        Self { trace: handle.0.cast_signed(), state: half(&format!("{id}\n{state:?}")) }
    }
}

fn half(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    let mut half = [0; 8];
    for (to, from) in half.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    i64::from_le_bytes(half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    #[test]
    fn whatever_changes_in_a_trace_changes_it() {
        let row = || MemoryStore::trace_head("tr-1", "1", None, "x", 5).row;
        let print = |change: fn(&mut TraceRow), revision| {
            let mut row = row();
            change(&mut row);
            Print::of(TraceHandle(7), &row, revision)
        };
        let plain = print(|_| {}, 1);
        assert_eq!(plain, print(|_| {}, 2), "one that has ended stays as it is, whoever writes");
        let changes: [fn(&mut TraceRow); 5] = [
            |row| row.status = "ERROR".to_owned(),
            |row| row.duration_ms = Some(77),
            |row| row.span_count = Some(9),
            |row| row.start_time_ms = 6,
            |row| row.id = "tr-2".into(),
        ];
        for change in changes {
            assert_ne!(plain, print(change, 1));
        }
        let open = |row: &mut TraceRow| (row.status, row.duration_ms) = ("IN_PROGRESS".to_owned(), None);
        assert_ne!(print(open, 1), print(open, 2));
        assert_eq!(print(open, 1), print(open, 1));
    }
}
