//! `dspyglass slices`

use serde::Serialize;

use super::Answer;
use crate::analysis::slices::{Confusion, Slice};
use crate::cli::args::SlicesArgs;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Real, Warnings};
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::query::{Slices, SlicesOf};

#[derive(Serialize)]
struct Document<'a> {
    slices: Vec<SliceJson<'a>>,
    confusion: Option<ConfusionJson<'a>>,
    /// What examples can be parted by.
    fields: &'a [String],
    /// Why there are none.
    without_slices: Option<&'static str>,
    #[serde(skip_serializing_if = "Warnings::is_empty")]
    warnings: Warnings,
}

#[derive(Serialize)]
struct SliceJson<'a> {
    value: &'a str,
    n: usize,
    seed: Real,
    winner: Real,
    difference: Real,
    interval: Option<[Real; 2]>,
    p: f64,
}

#[derive(Serialize)]
struct ConfusionJson<'a> {
    labels: &'a [String],
    seed: &'a [Vec<usize>],
    winner: &'a [Vec<usize>],
}

pub(super) fn answer(args: &SlicesArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.parent)?;
    let question = SlicesOf { parent: run.id.clone(), field: args.by.clone() };
    let found = answer.session.ask(&question)?;
    let found = match found.as_ref() {
        None => return Err(answer.absent("run", &args.parent)),
        Some(Ok(found)) => found,
        Some(Err(why)) if answer.is_json => {
            let warnings = answer.session.cx.take_warnings().into();
            let why = Some(why.words());
            let document = Document { slices: Vec::new(), confusion: None, fields: &[], without_slices: why, warnings };
            return json::write(&document, answer.out);
        }
        Some(Err(why)) => return Ok(writeln!(answer.out, "{}", why.words())?),
    };
    if let Some(field) = args.by.as_ref().filter(|_| found.slices.is_empty()) {
        let there = if found.fields.is_empty() { "none that repeats".to_owned() } else { found.fields.join(", ") };
        return Err(Failure::Absent(format!("the examples of run {} have no field {field:?}: {there}", run.id)));
    }
    if answer.is_json { print_json(found, answer) } else { print(found, args.by.as_deref(), answer) }
}

fn print_json(found: &Slices, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let slice = |one: &'_ Slice| -> (f64, Option<[f64; 2]>) {
        let interval = one.comparison.interval.map(|interval| interval.scaled(found.unit));
        (one.comparison.difference() * found.unit, interval.map(|interval| [interval.low, interval.high]))
    };
    let slices = found.slices.iter().map(|one| {
        let (difference, interval) = slice(one);
        SliceJson {
            value: &one.value,
            n: one.comparison.examples,
            seed: Real(one.comparison.before * found.unit),
            winner: Real(one.comparison.after * found.unit),
            difference: Real(difference),
            interval: interval.map(|ends| ends.map(Real)),
            p: one.comparison.p,
        }
    });
    let document = Document {
        slices: slices.collect(),
        confusion: found.confusion.as_ref().map(|confusion| ConfusionJson {
            labels: &confusion.labels,
            seed: &confusion.seed,
            winner: &confusion.winner,
        }),
        fields: &found.fields,
        without_slices: None,
        warnings: answer.session.cx.take_warnings().into(),
    };
    json::write(&document, answer.out)
}

fn print(found: &Slices, by: Option<&str>, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let Some(by) = by else {
        match found.fields.as_slice() {
            [] => writeln!(answer.out, "No field of the examples has few values that repeat")?,
            fields => writeln!(answer.out, "Part the examples with --by: {}", words::clean(&fields.join(", ")))?,
        }
        return Ok(());
    };
    let columns = [
        (by, Side::Left),
        ("n", Side::Right),
        ("Seed", Side::Right),
        ("Winner", Side::Right),
        ("Difference", Side::Right),
        ("95 %", Side::Left),
        ("p", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for one in &found.slices {
        let told = &one.comparison;
        let interval = told.interval.map(|interval| interval.scaled(found.unit));
        let interval = interval.map(|it| format!("{} – {}", words::value(it.low), words::value(it.high)));
        table.row(vec![
            words::cut(&words::clean(&one.value), 40),
            words::count(told.examples as u64),
            words::value(told.before * found.unit),
            words::value(told.after * found.unit),
            words::signed(told.difference() * found.unit),
            interval.unwrap_or_else(|| "–".to_owned()),
            words::p_value(told.p),
        ]);
    }
    table.print(answer.style, answer.out)?;
    let Some(confusion) = &found.confusion else { return Ok(()) };
    for (whose, matrix) in [("seed", &confusion.seed), ("winner", &confusion.winner)] {
        writeln!(answer.out, "\nExpected {by} by row, what the {whose} said by column")?;
        print_confusion(confusion, matrix, answer)?;
    }
    Ok(())
}

fn print_confusion(confusion: &Confusion, matrix: &[Vec<usize>], answer: &mut Answer<'_>) -> Result<(), Failure> {
    let labels: Vec<String> = confusion.labels.iter().map(|label| words::cut(&words::clean(label), 16)).collect();
    let mut columns = vec![("", Side::Left)];
    columns.extend(labels.iter().map(|label| (label.as_str(), Side::Right)));
    columns.extend([("Precision", Side::Right), ("Recall", Side::Right), ("F1", Side::Right)]);
    let mut table = Table::new(&columns);
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), words::value);
    for ((label, row), scores) in labels.iter().zip(matrix).zip(Confusion::scores(matrix)) {
        let mut cells = vec![label.clone()];
        cells.extend(row.iter().map(|count| words::count(*count as u64)));
        cells.extend([scores.precision, scores.recall, scores.f1].map(share));
        table.row(cells);
    }
    Ok(table.print(answer.style, answer.out)?)
}
