//! The prices that count: the user's own before those that this program brings along.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::Prices;
use crate::model::price::{PriceSource, read_prices, shipped_prices};
use crate::store::{FileStamp, file_stamp, read_price_file};

/// The user's file of prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceFile {
    /// Where it is.
    pub path: PathBuf,
    /// The user named it: that it is not there is told.
    pub is_named: bool,
}

impl PriceFile {
    /// What a user named, else the file in the folder of settings.
    pub fn of(named: Option<PathBuf>) -> Option<Self> {
        let named = named.map(|path| Self { path, is_named: true });
        named.or_else(|| Some(Self { path: crate::store::user_prices()?, is_named: false }))
    }
}

/// Where prices come from, read when they are first asked for and whenever the file has changed.
#[derive(Debug, Default)]
pub struct PriceShelf {
    file: Option<PriceFile>,
    read: Mutex<Option<(Option<FileStamp>, Arc<Prices>)>>,
}

impl PriceShelf {
    /// The shipped table, and this file over it.
    pub fn new(file: Option<PriceFile>) -> Self {
        Self { file, read: Mutex::default() }
    }

    /// Where the user's file is, or would be.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| &*file.path)
    }

    /// What the file is now; `None` if it is not there.
    pub fn stamp(&self) -> Option<FileStamp> {
        file_stamp(&self.file.as_ref()?.path)
    }

    /// What the file was when it was read last; `None` before that.
    pub fn read_stamp(&self) -> Option<Option<FileStamp>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(stamp, _)| *stamp)
    }

    /// The prices as they are now.
    pub fn prices(&self) -> Arc<Prices> {
        let stamp = self.stamp();
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, prices)) = read.as_ref().filter(|(then, _)| *then == stamp) {
            return Arc::clone(prices);
        }
        let prices = Arc::new(self.read());
        *read = Some((stamp, Arc::clone(&prices)));
        prices
    }

    fn read(&self) -> Prices {
        let mut prices = Prices { tables: vec![shipped_prices()], failed: None };
        let Some(file) = &self.file else { return prices };
        let name = file.path.display().to_string();
        match read_price_file(&file.path) {
            Ok(Some(stored)) => {
                let (mut table, about) = read_prices(stored.bytes.as_stored_for_structure());
                if stored.full_size > stored.bytes.as_stored_for_structure().len() as u64 {
                    table.cut = Some("it is too long to be read to its end".to_owned());
                }
                // A table that this program's script made says of which version it is.
                let told = |key: &str| Some(about.as_ref()?.get(key)?.as_str()?.to_owned());
                table.source = PriceSource { name, version: told("version"), date: told("date") };
                table.is_users = true;
                prices.tables.insert(0, Arc::new(table));
            }
            Ok(None) if file.is_named => prices.failed = Some(format!("{name} is no file of prices")),
            Err(error) if file.is_named || error.kind() != std::io::ErrorKind::NotFound => {
                prices.failed = Some(format!("{name} cannot be read: {error}"));
            }
            Ok(None) | Err(_) => {}
        }
        prices
    }
}
