//! `dspyglass slices`

mod document;

use super::Answer;
use super::scores::evaluated;
use crate::analysis::failures::{FailureChange, FailureKind};
use crate::analysis::slices::{Confusion, Parting, SliceField};
use crate::analysis::statistics::Interval;
use crate::cli::args::SlicesArgs;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::query::{
    Evaluated, Failures, FailuresOf, NoScores, NoVerdict, ScoreSource, Scores, ScoresOf, Sides, SliceBy, Slices,
    SlicesOf,
};

/// No more of a failure stands in a line.
const WHAT_MOST: usize = 90;

pub(super) fn answer(args: &SlicesArgs, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let run = answer.run(&args.parent)?;
    let by = args.by.clone().map_or(SliceBy::Nothing, SliceBy::Field);
    let (of, score) = (evaluated(answer, run.id.clone())?, args.score.clone());
    let scores = answer.session.ask(&ScoresOf { of: of.clone(), score: score.clone() })?;
    let Some(scores) = scores.as_ref() else { return Err(answer.absent("run", &args.parent)) };
    if let Some(why) = no_such_score(scores, score.as_deref()) {
        return Err(Failure::Absent(format!("run {}: {}", run.id, words::clean(&why))));
    }
    // A plain evaluation stands alone.
    let sides = match of {
        Evaluated::Runs(_) => Sides::One(run.id.clone().into()),
        _ => Sides::SeedAndWinner,
    };
    let question = SlicesOf { of: of.clone(), sides: sides.clone(), by, score: score.clone() };
    let found = answer.session.ask(&question)?;
    let names = &scores.score_names;
    let found = match found.as_ref() {
        None => return Err(answer.absent("run", &args.parent)),
        Some(Ok(found)) => found,
        Some(Err(why)) => return without_slices(&why_nothing(scores, *why), (names, score.as_deref()), answer),
    };
    if let Some(field) = args.by.as_ref().filter(|_| found.field.is_none()) {
        let there = words::clean(&offered(&found.fields));
        return Err(Failure::Absent(format!("the examples of run {} have no field {field:?}: {there}", run.id)));
    }
    let failures = match args.failures {
        true => Some(answer.session.ask(&FailuresOf { of, sides, score: score.clone() })?),
        false => None,
    };
    let failures = failures.as_ref().and_then(|found| found.as_ref().as_ref()?.as_ref().ok());
    if answer.is_json {
        let warnings = answer.session.cx.take_warnings().into();
        let scores = (names.as_slice(), score.as_deref());
        return json::write(&document::Document::new(found, failures, scores, warnings), answer.out);
    }
    match args.by.is_some() || failures.is_some() {
        true => print(found, answer)?,
        false if found.fields.is_empty() => writeln!(answer.out, "No field parts the examples: {}", offered(&[]))?,
        false => writeln!(answer.out, "Part the examples with --by: {}", words::clean(&offered(&found.fields)))?,
    }
    failures.map_or(Ok(()), |failures| print_failures(failures, answer))
}

/// Whether a field is one of those that the key `fields` names: its slices are its values.
fn is_by_value(field: &SliceField) -> bool {
    field.parting == Parting::Values
}

fn offered(fields: &[SliceField]) -> String {
    let names: Vec<String> = fields.iter().map(SliceField::title).collect();
    if names.is_empty() { "none has few values that repeat".to_owned() } else { names.join(", ") }
}

/// The score that was chosen is none of these evaluations'.
fn no_such_score(scores: &Scores, chosen: Option<&str>) -> Option<String> {
    let is_there = scores.columns.iter().any(|column| column.scored > 0);
    let why = scores.columns.iter().find_map(|column| match &column.source {
        ScoreSource::Nothing(why @ NoScores::NotOfThisName { .. }) => Some(why.to_string()),
        _ => None,
    });
    why.filter(|_| chosen.is_some() && !is_there)
}

/// Why there are no slices: where one of several scores has to be chosen, which ones there are.
fn why_nothing(scores: &Scores, why: NoVerdict) -> String {
    if scores.columns.iter().any(|column| column.scored > 0) {
        return why.words().to_owned();
    }
    match scores.score_names.as_slice() {
        [] => "No evaluation has scores of examples".to_owned(),
        names => format!("No score counts by itself; choose one with --score: {}", names.join(", ")),
    }
}

fn without_slices(why: &str, scores: document::Chosen<'_>, answer: &mut Answer<'_>) -> Result<(), Failure> {
    if !answer.is_json {
        return Ok(writeln!(answer.out, "{}", words::clean(why))?);
    }
    let warnings = answer.session.cx.take_warnings().into();
    json::write(&document::Document::without(why, scores, warnings), answer.out)
}

fn print(found: &Slices, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let Some(field) = &found.field else { return Ok(()) };
    if let Some(headline) = found.headline() {
        writeln!(answer.out, "{}\n", words::clean(&headline))?;
    }
    let title = words::clean(&field.title());
    let columns = [
        (&*title, Side::Left),
        ("n", Side::Right),
        ("Seed", Side::Right),
        ("95 %", Side::Left),
        ("Winner", Side::Right),
        ("95 %", Side::Left),
        ("Difference", Side::Right),
        ("95 %", Side::Left),
        ("Better", Side::Right),
        ("Worse", Side::Right),
        ("p", Side::Left),
    ];
    let mut table = Table::new(&columns);
    let interval = |told: Option<Interval>| {
        let told = told.map(|interval| interval.scaled(found.unit));
        told.map_or_else(
            || words::UNKNOWN.to_owned(),
            |it| format!("{} – {}", words::value(it.low), words::value(it.high)),
        )
    };
    let value =
        |value: Option<f64>| value.map_or_else(|| words::UNKNOWN.to_owned(), |it| words::value(it * found.unit));
    for one in &found.slices {
        table.row(vec![
            words::cut(&words::clean(&one.value.text()), 40),
            words::count(one.examples.len() as u64),
            value(one.before.map(|side| side.mean)),
            interval(one.before.and_then(|side| side.interval)),
            value(Some(one.after.mean)),
            interval(one.after.interval),
            one.difference().map_or_else(|| words::UNKNOWN.to_owned(), |it| words::signed(it * found.unit)),
            interval(one.comparison.and_then(|told| told.interval)),
            words::count(one.better.len() as u64),
            words::count(one.worse.len() as u64),
            one.comparison.map_or_else(|| words::UNKNOWN.to_owned(), |told| words::p_value(told.p)),
        ]);
    }
    table.print(answer.style, answer.out)?;
    let count = words::count(found.slices.len() as u64);
    writeln!(
        answer.out,
        "\np is that of each slice by itself; as one of all {count} it is {count} times as large (Bonferroni)"
    )?;
    let Some(confusion) = &found.confusion else { return Ok(()) };
    for (whose, matrix) in [("seed", &confusion.seed), ("winner", &confusion.winner)] {
        writeln!(answer.out, "\nExpected {title} by row, what the {whose} said by column")?;
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
    let share = |share: Option<f64>| share.map_or_else(|| words::UNKNOWN.to_owned(), words::value);
    for ((label, row), scores) in labels.iter().zip(matrix).zip(Confusion::scores(matrix)) {
        let mut cells = vec![label.clone()];
        cells.extend(row.iter().map(|count| words::count(*count as u64)));
        cells.extend([scores.precision, scores.recall, scores.f1].map(share));
        table.row(cells);
    }
    Ok(table.print(answer.style, answer.out)?)
}

fn print_failures(found: &Failures, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let wrong = |side: usize| -> String {
        let told = found.wrong[side].zip(found.of[side]);
        told.map_or_else(
            || words::UNKNOWN.to_owned(),
            |(wrong, of)| format!("{} of {}", words::count(wrong as u64), words::count(of as u64)),
        )
    };
    match found.of[0] {
        Some(_) => writeln!(answer.out, "\nWrong: {} of the seed, {} of the winner", wrong(0), wrong(1))?,
        None => writeln!(answer.out, "\nWrong: {}", wrong(1))?,
    }
    if !found.complete {
        writeln!(answer.out, "Not all of their traces could be looked into in time")?;
    }
    for kind in FailureKind::ALL {
        let groups: Vec<_> = found.groups.iter().filter(|group| group.kind == kind).collect();
        if groups.is_empty() {
            continue;
        }
        writeln!(answer.out)?;
        let title = match kind {
            FailureKind::Exception => "By exception",
            FailureKind::Parse => "By answer that was not parsed",
            FailureKind::Feedback => match found.feedback_words() {
                "" => "By feedback",
                _ => "By feedback (from assessments on traces)",
            },
            FailureKind::Confused => "By expected → predicted",
        };
        let mut table =
            Table::new(&[(title, Side::Left), ("Seed", Side::Right), ("Winner", Side::Right), ("", Side::Left)]);
        for group in groups {
            let [seed, winner] = [0, 1].map(|side| {
                let count = found.examples(group, side).map(|examples| words::count(examples.len() as u64));
                count.unwrap_or_else(|| words::UNKNOWN.to_owned())
            });
            let change = match found.change(group) {
                Some(FailureChange::New) => "new",
                Some(FailureChange::Solved) => "solved",
                _ => "",
            };
            table.row(vec![words::cut(&words::clean(&group.what), WHAT_MOST), seed, winner, change.to_owned()]);
        }
        table.print(answer.style, answer.out)?;
    }
    Ok(())
}
