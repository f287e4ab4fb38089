//! `dspyglass scores` for people.

use super::Answer;
use crate::analysis::result_table::RightRule;
use crate::analysis::score_matrix::ExampleClass;
use crate::cli::failure::Failure;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::Json;
use crate::model::program::Object;
use crate::query::{EvaluationRowsOf, NamedMean, PlainEvaluationOf, PromptCandidate, ScoreColumn, ScoreSource, Scores};

/// One sign an evaluation, so that hundreds of them stand beside an example; of a single one the score itself.
pub(super) fn print(
    scores: &Scores,
    chosen: Option<&str>,
    prompts: &[PromptCandidate],
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    print_prompts(prompts, answer)?;
    let Some(rule) = scores.usual_rule() else {
        return print_reasons(scores, answer);
    };
    let examples = words::counted(scores.matrix.examples.len(), "example");
    let right = if rule.is_binary { "1".to_owned() } else { format!("{} or more", words::value(rule.threshold)) };
    if let [column] = scores.columns.as_slice() {
        writeln!(answer.out, "{}: {}", words::clean(&column.run_name), figures(column))?;
        writeln!(answer.out, "{examples}, {} · right is a score of {right}", words::clean(&column.source.words()))?;
        print_notes(scores, answer)?;
        return print_one(scores, column, chosen, answer);
    }
    let evaluations = words::counted(scores.columns.len(), "evaluation");
    writeln!(answer.out, "{examples} over {evaluations} · right is a score of {right}")?;
    print_notes(scores, answer)?;
    if scores.seed.is_none() && scores.winner.is_none() {
        for (at, column) in scores.columns.iter().enumerate() {
            let name = words::clean(&column.run_name);
            writeln!(answer.out, "  {}  {name}: {}", at + 1, figures(column))?;
        }
    }
    print_matrix(scores, rule, answer)
}

/// `40.6 [17.4, 63.8], 3 scored`
fn figures(column: &ScoreColumn) -> String {
    let (score, interval) = match (column.score, column.scaled_interval()) {
        (Some(score), Some(interval)) => (Some(score), Some(interval)),
        (score, None) if column.mean.is_none() => (score, None),
        _ => (column.mean, column.interval.map(|it| [it.interval.low, it.interval.high])),
    };
    let interval =
        interval.map_or_else(String::new, |[low, high]| format!(" [{}, {}]", words::value(low), words::value(high)));
    let scored = words::count(column.scored as u64);
    let score = score.map_or_else(|| "no score".to_owned(), words::value);
    format!("{score}{interval}, {scored} scored")
}

/// Which score it is, where there are several; what is to be known of it.
fn print_notes(scores: &Scores, answer: &mut Answer<'_>) -> Result<(), Failure> {
    if !scores.score_names.is_empty() {
        let names = scores.score_names.join(", ");
        writeln!(answer.out, "Scores: {} (--score NAME chooses)", words::clean(&names))?;
    }
    let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
    for (column, note) in scores.columns.iter().flat_map(|column| column.told.iter().map(move |note| (column, note))) {
        match told.iter_mut().find(|(known, _)| known == note) {
            Some((_, of)) => of.push(&column.run_name),
            None => told.push((note, vec![&column.run_name])),
        }
    }
    for (note, of) in told {
        let names = if of.len() == scores.columns.len() { String::new() } else { format!("{}: ", of.join(", ")) };
        writeln!(answer.out, "{}{}", words::clean(&names), words::clean(note))?;
    }
    Ok(())
}

/// Why no example has a score; where one has to be chosen, what there is to choose from.
fn print_reasons(scores: &Scores, answer: &mut Answer<'_>) -> Result<(), Failure> {
    writeln!(answer.out, "No example of these evaluations has a score that counts")?;
    for column in &scores.columns {
        if let ScoreSource::Nothing(why) = &column.source {
            writeln!(answer.out, "{}: {}", words::clean(&column.run_name), words::clean(&why.to_string()))?;
        }
        let one = answer.session.ask(&PlainEvaluationOf(column.run_id.clone()))?;
        for mean in one.as_ref().as_ref().map(|one| one.means.as_slice()).unwrap_or_default() {
            writeln!(answer.out, "  {}", words::clean(&mean_words(mean)))?;
        }
    }
    print_notes(scores, answer)
}

fn mean_words(mean: &NamedMean) -> String {
    let interval = mean.interval.map_or_else(String::new, |it| {
        format!(" [{}, {}]", words::value(it.interval.low), words::value(it.interval.high))
    });
    let name = mean.name.as_deref().unwrap_or("score");
    format!("{name}: {}{interval}, {} scored", words::value(mean.mean), words::count(mean.scored as u64))
}

fn print_one(
    scores: &Scores,
    column: &ScoreColumn,
    chosen: Option<&str>,
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let asked = EvaluationRowsOf { of: column.id(), score: chosen.map(str::to_owned) };
    let rows = answer.session.ask(&asked)?;
    writeln!(answer.out)?;
    let columns = [
        ("#", Side::Right),
        ("Score", Side::Right),
        ("Example", Side::Left),
        ("Expected", Side::Left),
        ("Feedback", Side::LeftCut),
    ];
    let mut table = Table::new(&columns);
    for (number, one) in (1..).zip(&scores.matrix.examples) {
        let (inputs, expected) = scores.parted(&one.example);
        let row = one.rows.first().copied().flatten().and_then(|row| rows.table.rows.get(row as usize));
        let said = row.and_then(|row| row.error.as_ref().or(row.feedback.as_ref()));
        let score = one.scores.first().copied().flatten();
        table.row(vec![
            number.to_string(),
            score.map_or_else(|| "–".to_owned(), words::value),
            one_line(&inputs),
            one_line(&expected),
            said.map(|said| words::cut(&words::clean(said), 60)).unwrap_or_default(),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}

fn print_matrix(scores: &Scores, rule: RightRule, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let classes = scores.classes(rule);
    let counts: Vec<String> = ExampleClass::ALL
        .into_iter()
        .map(|class| (class, classes.iter().filter(|one| **one == Some(class)).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(class, count)| format!("{} {}", words::count(count as u64), class.as_str()))
        .collect();
    if !counts.is_empty() {
        let from_to = if scores.seed.is_some() { "Seed to winner" } else { "Over full evaluations" };
        writeln!(answer.out, "{from_to}: {}", counts.join(", "))?;
    }
    writeln!(answer.out, "✓ right, ✕ wrong, ? no score, · not evaluated; evaluations in their order\n")?;
    let columns = [
        ("#", Side::Right),
        ("Evaluations", Side::Left),
        ("Class", Side::Left),
        ("Example", Side::Left),
        ("Expected", Side::Left),
    ];
    let mut table = Table::new(&columns);
    for ((number, one), class) in scores.matrix.examples.iter().enumerate().zip(classes) {
        let (inputs, expected) = scores.parted(&one.example);
        let sign = |(score, row): (&Option<f64>, &Option<u32>)| match (score, row) {
            (Some(score), _) if rule.is_right(*score) => '✓',
            (Some(_), _) => '✕',
            (None, Some(_)) => '?',
            (None, None) => '·',
        };
        table.row(vec![
            (number + 1).to_string(),
            one.scores.iter().zip(&one.rows).map(sign).collect(),
            class.map_or("–", ExampleClass::as_str).to_owned(),
            one_line(&inputs),
            one_line(&expected),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}

fn print_prompts(prompts: &[PromptCandidate], answer: &mut Answer<'_>) -> Result<(), Failure> {
    if prompts.is_empty() {
        return Ok(());
    }
    writeln!(answer.out, "{} tried", words::counted(prompts.len(), "prompt"))?;
    let columns = [("#", Side::Right), ("Score", Side::Right), ("Examples", Side::Left), ("Prompt", Side::LeftCut)];
    let mut table = Table::new(&columns);
    for (place, one) in prompts.iter().enumerate() {
        let scores: Vec<String> =
            one.table.rows.iter().map(|row| row.score.map_or_else(|| "–".to_owned(), words::value)).collect();
        let texts = one.prompts.values().map(String::as_str).collect::<Vec<_>>().join(" · ");
        table.row(vec![
            one.candidate.unwrap_or(place).to_string(),
            one.score.map_or_else(|| "–".to_owned(), words::value),
            words::cut(&scores.join(" "), 40),
            words::cut(&words::clean(&texts), 100),
        ]);
    }
    table.print(answer.style, answer.out)?;
    Ok(writeln!(answer.out)?)
}

/// The values of an example in one line; with their names if there are several.
fn one_line(fields: &Object) -> String {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let named = |(name, value): (&String, &Json)| {
        if fields.len() == 1 { text(value) } else { format!("{name}: {}", text(value)) }
    };
    let joined = fields.iter().map(named).collect::<Vec<_>>().join(" · ");
    words::cut(&words::clean(&joined), 60)
}
