//! Where the facts of traces are kept: in the user's cache folder.

use std::path::PathBuf;
use std::thread;

use super::loader::Loader;
use crate::query::PriceFile;
use crate::query::facts_cache::forget;
use crate::store::{StoreLocation, server};

impl Loader {
    /// Keeps facts of traces in this folder; without it in memory only.
    pub fn with_cache_folder(mut self, folder: Option<PathBuf>) -> Self {
        self.cache = folder;
        self
    }

    /// Takes prices of models from this file, over those that are built in; from now on whenever it changes.
    pub fn with_prices(mut self, file: Option<PriceFile>) -> Self {
        self.prices = file;
        self
    }

    /// Deletes what is kept of a store.
    pub fn forget_facts(&self, location: StoreLocation) {
        let Some(folder) = self.cache.clone() else { return };
        // Where no thread can be had, it stays: it is of no use to anybody else.
        let _ = thread::Builder::new().name("forget".to_owned()).spawn(move || {
            forget(&folder, &location);
            server::forget(&folder, &location);
        });
    }
}
