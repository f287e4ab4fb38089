//! What the user says of traces and examples.

use std::path::PathBuf;
use std::sync::Arc;

use super::label_desk::LabelDesk;
use super::lane::Lane;
use super::loader::Loader;
use crate::model::{LabelChange, LabelOf, Labels};
use crate::query::LabelsOfStore;

impl Loader {
    /// Keeps what the user says of traces and examples in files of this folder; without it in memory only.
    pub fn with_data_folder(mut self, folder: Option<PathBuf>) -> Self {
        self.labels = LabelDesk::new(folder, Arc::clone(&self.wake));
        self
    }

    /// What the user said of the open store, with a number that changes with it; nothing while it is read.
    pub fn labels(&mut self) -> Option<(Arc<Labels>, u64)> {
        self.ask(&LabelsOfStore, Lane::Visible).value()?;
        Some(self.labels.books.opened(self.state.open.as_ref()?.id)?.known())
    }

    /// Keeps what the user says of something in the open store.
    pub fn label(&self, what: LabelOf, change: LabelChange, time_ms: i64) {
        let book = self.state.open.as_ref().and_then(|open| self.labels.books.opened(open.id));
        match book {
            Some(book) => self.labels.keep((book, what, change, time_ms)),
            None => self.labels.fail("the labels of this store are not read yet"),
        }
    }

    /// Waits a moment until all labels are kept; none is after that.
    pub fn finish_labels(&mut self) {
        self.labels.finish();
    }

    /// Why a label was not kept, told once.
    pub fn label_failure(&self) -> Option<String> {
        self.labels.failure()
    }
}
