//! `dspyglass prices`

use serde::Serialize;

use super::diff_program_text::Page;
use crate::cli::args::PricesArgs;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::price::{PriceTable, UnusablePrice};
use crate::model::{FoundPrice, Prices};

#[derive(Serialize)]
struct Document<'a> {
    prices: Vec<PriceJson<'a>>,
    unknown: Vec<&'a str>,
    tables: Vec<TableJson<'a>>,
}

#[derive(Serialize)]
struct PriceJson<'a> {
    model: &'a str,
    input_per_token: Option<f64>,
    output_per_token: Option<f64>,
    cached_input_per_token: Option<f64>,
    source: String,
    entry: &'a str,
}

#[derive(Serialize)]
struct TableJson<'a> {
    source: &'a str,
    version: Option<&'a str>,
    date: Option<&'a str>,
    entries: usize,
    models: usize,
    without_price: usize,
    unusable: Vec<UnusableJson<'a>>,
    cut: Option<&'a str>,
}

#[derive(Serialize)]
struct UnusableJson<'a> {
    model: &'a str,
    why: &'a str,
    partly_used: bool,
}

pub(in crate::cli) fn answer(
    args: &PricesArgs,
    prices: &Prices,
    is_json: bool,
    page: &mut Page<'_>,
) -> Result<(), Failure> {
    let (found, unknown): (Vec<(&str, FoundPrice<'_>)>, Vec<&str>) = if args.models.is_empty() {
        (prices.all().into_iter().collect(), Vec::new())
    } else {
        let found = |model: &&str| prices.find(model).is_some();
        let (known, unknown): (Vec<&str>, Vec<&str>) = args.models.iter().map(String::as_str).partition(found);
        (known.into_iter().filter_map(|model| Some((model, prices.find(model)?))).collect(), unknown)
    };
    if is_json {
        let tables = prices.tables.iter().map(|table| TableJson::new(table)).collect();
        let document = Document { prices: found.iter().map(price_json).collect(), unknown, tables };
        return json::write(&document, page.out);
    }
    print(&found, &unknown, prices, page)
}

fn price_json<'a>((model, found): &(&'a str, FoundPrice<'a>)) -> PriceJson<'a> {
    let rates = found.price.usual();
    PriceJson {
        model,
        input_per_token: rates.input,
        output_per_token: rates.output,
        cached_input_per_token: rates.cached_input,
        source: found.table.source.words(),
        entry: found.entry,
    }
}

impl<'a> TableJson<'a> {
    fn new(table: &'a PriceTable) -> Self {
        let unusable =
            |one: &'a UnusablePrice| UnusableJson { model: &one.model, why: one.why, partly_used: one.is_partly_used };
        Self {
            source: &table.source.name,
            version: table.source.version.as_deref(),
            date: table.source.date.as_deref(),
            entries: table.entries,
            models: table.models.len(),
            without_price: table.without_price,
            unusable: table.unusable.iter().map(unusable).collect(),
            cut: table.cut.as_deref(),
        }
    }
}

fn print(
    found: &[(&str, FoundPrice<'_>)],
    unknown: &[&str],
    prices: &Prices,
    page: &mut Page<'_>,
) -> Result<(), Failure> {
    if !found.is_empty() {
        let mut table = Table::new(&[
            ("Model", Side::Left),
            ("Input / 1M", Side::Right),
            ("Cached", Side::Right),
            ("Output / 1M", Side::Right),
            ("From", Side::Left),
        ]);
        for (model, found) in found {
            let rates = found.price.usual();
            let million = |rate: Option<f64>| words::dollars(rate.map(|rate| rate * 1e6));
            let entry = if found.entry == *model { String::new() } else { format!(" ({})", words::clean(found.entry)) };
            let source = if found.table.is_users { "your file" } else { &found.table.source.name };
            table.row(vec![
                words::clean(model),
                million(rates.input),
                million(rates.cached_input),
                million(rates.output),
                format!("{source}{entry}"),
            ]);
        }
        table.print(page.style, page.out)?;
        writeln!(page.out)?;
    }
    for model in unknown {
        writeln!(page.out, "{}: no price is known", words::clean(model))?;
    }
    if let Some(failed) = &prices.failed {
        writeln!(page.out, "{}", words::clean(failed))?;
    }
    for table in &prices.tables {
        writeln!(page.out, "{}", words::clean(&about(table)))?;
    }
    Ok(())
}

/// `LiteLLM 1.110.2, 2026-11-29: 3,644 models`, and what could not be used.
pub(super) fn about(table: &PriceTable) -> String {
    let models = words::counted(table.models.len() as u64, "model");
    let without = match table.without_price {
        0 => String::new(),
        some => format!(", {} without a price by the token", words::count(some as u64)),
    };
    let complaint = table.complaint().map(|text| format!("; {text}")).unwrap_or_default();
    format!("{}: {models}{without}{complaint}", table.source.words())
}
