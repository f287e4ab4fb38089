//! The table that is shipped: LiteLLM's, trimmed and packed by `assets/prices/renew.py`.

use std::io::Read;
use std::sync::{Arc, OnceLock};

use super::litellm::read_prices;
use super::{PriceSource, PriceTable};
use crate::model::Json;

/// MIT, Copyright (c) 2023 Berri AI: `assets/prices/LICENSE`.
pub(super) const PACKED: &[u8] = include_bytes!("../../../assets/prices/litellm.json.gz");

/// No more is unpacked than this.
const MOST_BYTES: u64 = 64 << 20;

/// The table that this program brings along; unpacked when it is first asked for, which takes some milliseconds.
pub fn shipped_prices() -> Arc<PriceTable> {
    static SHIPPED: OnceLock<Arc<PriceTable>> = OnceLock::new();
    let unpack = || {
        let mut text = Vec::new();
        // What cannot be unpacked ends early, which the table says.
        let _ = flate2::read::GzDecoder::new(PACKED).take(MOST_BYTES).read_to_end(&mut text);
        let (mut table, about) = read_prices(&text);
        let told = |key: &str| about.as_ref()?.get(key).and_then(Json::as_str).map(str::to_owned);
        table.source = PriceSource { name: "LiteLLM".to_owned(), version: told("version"), date: told("date") };
        Arc::new(table)
    };
    Arc::clone(SHIPPED.get_or_init(unpack))
}
