//! The labels of the stores that are open, as they are and as they are kept.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::file::{LabelFile, State};
use crate::model::secret::has_masked;
use crate::model::{LabelChange, LabelOf, Labels, Reveal};
use crate::store::{ReadCx, Result, Store, StoreId, StoreLocation};

/// The labels of the stores that are open.
#[derive(Debug, Default)]
pub struct LabelBooks {
    folder: Option<PathBuf>,
    open: Mutex<HashMap<StoreId, Arc<LabelBook>>>,
}

impl LabelBooks {
    /// Keeps them in files of this folder; without one in memory only.
    pub fn in_folder(folder: Option<PathBuf>) -> Self {
        Self { folder, open: Mutex::default() }
    }

    /// Those of a store that somebody asked for before.
    pub fn opened(&self, store: StoreId) -> Option<Arc<LabelBook>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&store).cloned()
    }

    /// Those of a store that is known by this key.
    pub fn open(&self, store: StoreId, key: &str) -> Arc<LabelBook> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let file = || self.folder.as_deref().map(|folder| LabelFile::at(folder.join(file_name(key))));
        Arc::clone(open.entry(store).or_insert_with(|| Arc::new(LabelBook::new(file()))))
    }
}

fn file_name(key: &str) -> String {
    format!("labels-{key}.jsonl")
}

/// The labels of one store. Shared by all of its workers.
#[derive(Debug)]
pub struct LabelBook {
    /// `None`: they are kept in memory only.
    file: Option<LabelFile>,
    /// Held while the file is read and written.
    kept: Mutex<Kept>,
    /// The same labels for whoever draws, with how often they changed: only swapped, so that no frame waits for a disk.
    shown: Mutex<(Arc<Labels>, u64)>,
}

#[derive(Debug, Default)]
struct Kept {
    labels: Arc<Labels>,
    /// Of the file when it was read.
    state: Option<State>,
    /// The same with what is masked in them, once somebody asked for that, and the file when it was read.
    revealed: Option<(Option<State>, Arc<Labels>)>,
}

impl LabelBook {
    fn new(file: Option<LabelFile>) -> Self {
        Self { file, kept: Mutex::default(), shown: Mutex::default() }
    }

    /// All of them; the file is read if somebody wrote to it. What cannot be read is a warning.
    pub fn labels(&self, cx: &ReadCx) -> Arc<Labels> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &self.file {
            let state = file.state();
            if state != kept.state {
                match file.read(Reveal::Masked) {
                    Ok((labels, damaged)) => {
                        if damaged > 0 {
                            let lines = crate::words::counted(damaged, "line");
                            cx.warn(file.name(), format!("{lines} of the labels cannot be read and are left out"));
                        }
                        self.note(&mut kept, labels);
                    }
                    Err(why) => cx.warn(file.name(), format!("the labels cannot be read: {why}")),
                }
                kept.state = state;
            }
        }
        match self.file.as_ref().filter(|_| cx.reveal() == Reveal::Revealed) {
            Some(file) => kept.revealed(file, cx),
            None => Arc::clone(&kept.labels),
        }
    }

    /// As they were when they were read or changed last, and a number that changes with them. Looks at no file, and waits
    /// for nobody who does.
    pub fn known(&self) -> (Arc<Labels>, u64) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says something, and keeps it.
    ///
    /// # Errors
    /// What the file system said; nothing is changed then.
    pub fn change(&self, what: &LabelOf, change: LabelChange, time_ms: i64) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let labels = match &self.file {
            Some(file) => {
                file.append(what, &with_what_was_masked(file, what, change)?, time_ms)?;
                kept.state = file.state();
                // Read anew: another window may have written before.
                file.read(Reveal::Masked)?.0
            }
            None => {
                let mut labels = (*kept.labels).clone();
                labels.change(what.clone(), change, time_ms);
                labels
            }
        };
        self.note(&mut kept, labels);
        Ok(())
    }

    fn note(&self, kept: &mut Kept, labels: Labels) {
        if *kept.labels != labels {
            kept.labels = Arc::new(labels);
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            *shown = (Arc::clone(&kept.labels), shown.1 + 1);
        }
    }
}

impl Kept {
    /// With what is masked in them; the file is read if somebody wrote to it.
    fn revealed(&mut self, file: &LabelFile, cx: &ReadCx) -> Arc<Labels> {
        let state = file.state();
        if let Some((_, labels)) = self.revealed.as_ref().filter(|(known, _)| *known == state) {
            return Arc::clone(labels);
        }
        let labels = match file.read(Reveal::Revealed) {
            Ok((labels, _)) => Arc::new(labels),
            Err(why) => {
                cx.warn(file.name(), format!("the labels cannot be read: {why}"));
                Arc::default()
            }
        };
        self.revealed = Some((state, Arc::clone(&labels)));
        labels
    }
}

/// Fields that somebody kept as they were shown to him are kept as they are, and not as they were shown.
fn with_what_was_masked(file: &LabelFile, what: &LabelOf, change: LabelChange) -> io::Result<LabelChange> {
    let LabelChange::Corrected(Some(mut fields)) = change else { return Ok(change) };
    if fields.values().any(has_masked) {
        let (shown, stored) = (file.read(Reveal::Masked)?.0, file.read(Reveal::Revealed)?.0);
        let corrected = |labels: &Labels| labels.of(what).and_then(|label| label.corrected.clone()).unwrap_or_default();
        let (shown, mut stored) = (corrected(&shown), corrected(&stored));
        for (name, value) in fields.iter_mut().filter(|(name, value)| shown.get(*name) == Some(*value)) {
            if let Some(own) = stored.get_mut(name) {
                *value = own.take();
            }
        }
    }
    Ok(LabelChange::Corrected(Some(fields)))
}

/// By what a store is known again.
///
/// # Errors
/// Those of the store.
pub fn store_key(store: &mut dyn Store, cx: &ReadCx) -> Result<String> {
    // Deleted ones stay in the table.
    let experiments = store.experiments(cx, true)?;
    let made = experiments.first().and_then(|first| Some((first.id.to_string(), first.creation_time_ms?)));
    let text = match (made, &store.info().location) {
        (Some((id, time)), _) => format!("experiment {id} of {time}"),
        (None, StoreLocation::Path(path)) => {
            let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
            format!("path {}", whole.display())
        }
        (None, address) => format!("address {address}"),
    };
    Ok(Sha256::digest(text.as_bytes()).iter().take(12).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
