//! Why a trace shows no spans.

use crate::model::mlflow::trace::{ARCHIVE, SPANS, SPANS_FILE};
use crate::model::{ArtifactOwner, Entry, Shown, TraceHead};
use crate::query::ask::Session;
use crate::store::Result;

/// Why a trace shows no spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSpans {
    /// They are in a file whose folder is not here, or was not opened.
    FolderAbsent {
        /// Why it is not, as a sentence.
        why: String,
        /// It may lie in a folder that the user could name.
        can_be_named: bool,
    },
    /// The trace's folder is here, the file in it is not.
    FileAbsent {
        /// The folder.
        folder: String,
    },
    /// They were moved into an archive, which is not read.
    Archived {
        /// Its address, if the store tells it.
        address: Option<String>,
    },
    /// The store says that it keeps them in the database, and has none.
    NotStored,
    /// The trace did not end, and MLflow may not have written any.
    NotEnded,
}

impl NoSpans {
    /// The whole sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::FolderAbsent { why, .. } => {
                format!("The spans of this trace are in a file, {SPANS_FILE}, which cannot be read: {why}")
            }
            Self::FileAbsent { folder } => {
                format!("The spans of this trace are in a file, {SPANS_FILE}, which is not in {folder}")
            }
            Self::Archived { address: Some(address) } => {
                format!("The spans of this trace were archived at {address}; archives are not read yet")
            }
            Self::Archived { address: None } => {
                "The spans of this trace were archived; archives are not read yet".to_owned()
            }
            Self::NotStored => "No spans are stored for this trace".to_owned(),
            Self::NotEnded => {
                "No spans are stored for this trace; it did not end: its process still works on it, or was killed"
                    .to_owned()
            }
        }
    }

    /// Whether naming the folder of the artifacts may help.
    pub fn can_be_named(&self) -> bool {
        matches!(self, Self::FolderAbsent { can_be_named: true, .. })
    }

    /// Why a trace without spans has none.
    pub(super) fn of(session: &mut Session<'_>, head: &TraceHead) -> Result<Self> {
        let has_ended = head.row.duration_ms.is_some() && head.row.status != "IN_PROGRESS";
        match tag(&head.tags, SPANS) {
            Some("TRACKING_STORE") => return Ok(if has_ended { Self::NotStored } else { Self::NotEnded }),
            Some("ARCHIVE_REPO") => {
                return Ok(Self::Archived { address: tag(&head.tags, ARCHIVE).map(str::to_owned) });
            }
            // The file is written when a trace ends.
            _ if !has_ended => return Ok(Self::NotEnded),
            _ => {}
        }
        let tree = session.store.artifacts(session.cx, &ArtifactOwner::Trace(head.row.id.clone()))?;
        Ok(match (tree.absent, tree.folder) {
            (Some(why), _) if tree.can_be_named || tree.outside.is_some() => {
                Self::FolderAbsent { why, can_be_named: tree.can_be_named }
            }
            (None, Some(folder)) => Self::FileAbsent { folder },
            _ => Self::NotStored,
        })
    }
}

fn tag<'a>(tags: &'a [Entry], key: &str) -> Option<&'a str> {
    match &tags.iter().find(|tag| *tag.key == *key)?.value {
        Shown::Text(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::trace_tree;
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;

    fn why(location: Option<&str>, status: &str, duration_ms: Option<i64>) -> NoSpans {
        let store = MemoryStore::new();
        store.add_experiment("1", "one");
        let mut head = MemoryStore::trace_head("tr-1", "1", None, "t", 5);
        (head.row.status, head.row.duration_ms) = (status.to_owned(), duration_ms);
        let entry = |key: &str, value: &str| Entry { key: key.into(), value: Shown::Text(value.into()) };
        head.tags = location.map(|location| entry(SPANS, location)).into_iter().collect();
        head.tags.push(entry(ARCHIVE, "s3://old/1"));
        store.put_trace(head, Vec::new());
        let tree = trace_tree(&mut Session::alone(&mut store.clone(), &ReadCx::new()), &"tr-1".into())
            .expect("read")
            .expect("there");
        tree.no_spans.expect("none")
    }

    #[test]
    fn a_killed_process_is_suspected_only_where_a_trace_did_not_end() {
        assert_eq!(why(Some("TRACKING_STORE"), "OK", Some(5)), NoSpans::NotStored);
        assert_eq!(why(Some("TRACKING_STORE"), "IN_PROGRESS", None), NoSpans::NotEnded);
        assert_eq!(why(None, "IN_PROGRESS", None), NoSpans::NotEnded);
        let archived = why(Some("ARCHIVE_REPO"), "OK", Some(5));
        assert!(archived.sentence().contains("archived at s3://old/1"));
        for no_spans in [why(None, "OK", Some(5)), archived] {
            assert!(!no_spans.sentence().contains("killed"), "{no_spans:?}");
        }
    }
}
