//! What changed between two runs, for people.

use super::Answer;
use super::diff_program_text::{self, PREVIEW, Page, print_change};
use super::program_text::named;
use crate::analysis::result_table::RightRule;
use crate::cli::failure::Failure;
use crate::cli::json::preview;
use crate::cli::words;
use crate::model::{Json, Run, Shown};
use crate::query::{self, Comparison, ExampleChange, ExampleDiff, ProgramOfRun, ScoreSource, UnchangedExamples};

/// No more examples of a kind are listed.
const EXAMPLES: usize = 20;

pub(super) fn print(
    (a, b): (&Run, &Run),
    (diff, unchanged): (&Comparison, Option<&UnchangedExamples>),
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let programs = [&diff.old, &diff.new].map(Option::as_ref);
    for (letter, run, program) in [("a", a, programs[0]), ("b", b, programs[1])] {
        let source = program.map_or("no program", |program| program.source.as_str());
        let name = answer.session.ask(&ProgramOfRun(run.id.clone()))?;
        let name = (*name).as_ref().map(|program| {
            let of = words::clean(&program.optimization_name);
            format!("{} of {of} · ", program.name.marked())
        });
        writeln!(answer.out, "{letter}  {}{} · {source}", name.unwrap_or_default(), named(run))?;
    }
    print_scores(diff, answer)?;
    for stale in programs.into_iter().flatten().filter_map(|program| program.stale.as_ref()) {
        writeln!(answer.out, "Stale: {stale}")?;
    }
    match &diff.program {
        Some(program) => diff_program_text::print(program, &mut page(answer))?,
        None => {
            let who = match programs {
                [None, None] => "Neither run has a program",
                [None, _] => "a has no program",
                _ => "b has no program",
            };
            writeln!(answer.out, "{who}: {}", query::NO_PROGRAM)?;
        }
    }
    print_values(diff, answer)?;
    match &diff.examples {
        Some(examples) => print_examples((examples, unchanged), &diff.sources, answer),
        None => {
            writeln!(answer.out, "\nExamples: unknown")?;
            for (side, source) in ["a", "b"].into_iter().zip(&diff.sources) {
                if let ScoreSource::Nothing(why) = source {
                    writeln!(answer.out, "  {side}: {why}")?;
                }
            }
            Ok(())
        }
    }
}

/// The scores and their difference; for an optimization, whose they are.
fn print_scores(diff: &Comparison, answer: &mut Answer<'_>) -> Result<(), Failure> {
    for (letter, it) in ["a", "b"].into_iter().zip(&diff.stands_for) {
        let Some(it) = it else { continue };
        let inferred = if it.inferred { ", inferred" } else { "" };
        writeln!(answer.out, "   {letter} stands for {}, its winner's evaluation{inferred}", words::clean(&it.name))?;
    }
    if let [Some(old), Some(new)] = diff.scores {
        let note = diff.score_note().map(|note| format!("  {note}")).unwrap_or_default();
        let grown = diff.score_difference().map(|grown| format!("  {}", words::signed(grown))).unwrap_or_default();
        writeln!(answer.out, "   score {} → {}{grown}{note}", words::value(old), words::value(new))?;
    }
    if let Some(verdict) = diff.examples.as_ref().and_then(|all| all.verdict.as_ref()) {
        writeln!(answer.out, "   {}", verdict.text())?;
    }
    for (name, verdict) in &diff.named {
        writeln!(answer.out, "   {}: {}", words::clean(name), verdict.text())?;
    }
    Ok(())
}

fn page<'a>(answer: &'a mut Answer<'_>) -> Page<'a> {
    Page { style: answer.style, out: &mut *answer.out }
}

/// Params, tags and metrics; params that repeat the program's state are left out.
fn print_values(diff: &Comparison, answer: &mut Answer<'_>) -> Result<(), Failure> {
    if !diff.metrics.is_empty() {
        writeln!(answer.out, "\nMetrics")?;
    }
    for change in &diff.metrics {
        let (old, new) = (change.old.map(words::value), change.new.map(words::value));
        print_change(&format!("  {}", words::clean(&change.key)), old, new, &mut page(answer))?;
        if let Some(note) = diff.scale_note(change) {
            writeln!(answer.out, "    {note}")?;
        }
    }
    let params = diff.params.iter().filter(|change| !change.is_of_program);
    print_shown("Params", params.map(|change| (&change.key, &change.old, &change.new)), answer)?;
    print_shown("Tags", diff.tags.iter().map(|change| (&change.key, &change.old, &change.new)), answer)
}

fn print_shown<'d>(
    title: &str,
    changes: impl Iterator<Item = (&'d String, &'d Option<Shown>, &'d Option<Shown>)>,
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let mut changes = changes.peekable();
    if changes.peek().is_some() {
        writeln!(answer.out, "\n{title}")?;
    }
    for (key, old, new) in changes {
        let value = |value: &Option<Shown>| value.as_ref().map(|it| preview(&Json::from(it.as_str()), PREVIEW));
        print_change(&format!("  {}", words::clean(key)), value(old), value(new), &mut page(answer))?;
    }
    Ok(())
}

fn right_from(rule: RightRule) -> String {
    if rule.is_binary { "right is 1".to_owned() } else { format!("right from {} on", words::value(rule.threshold)) }
}

fn print_examples(
    (examples, unchanged): (&ExampleDiff, Option<&UnchangedExamples>),
    sources: &[ScoreSource; 2],
    answer: &mut Answer<'_>,
) -> Result<(), Failure> {
    let counted = words::counted(examples.joined as u64, "example");
    let right = match examples.rule() {
        // Beside all evaluations of its optimization it may be another.
        Some(rule) if !rule.is_binary => format!("{}, half of the range of both", right_from(rule)),
        Some(rule) => right_from(rule),
        None if examples.joined == 0 => {
            writeln!(answer.out, "\nExamples: the runs have none in common")?;
            return print_sources(sources, answer);
        }
        None if examples.scored == 0 => "none can be compared".to_owned(),
        None => "each with a scale of its own".to_owned(),
    };
    writeln!(answer.out, "\nExamples: {counted} in both, {} scored in both, {right}", examples.scored)?;
    if examples.scored > 0 {
        let same = match examples.metric.same {
            Some(true) => "One metric",
            Some(false) => "Different metrics, so that none is fixed or broken",
            None => "Whether one metric scored both is not known, so that none is fixed or broken",
        };
        let inferred = if examples.metric.inferred { ", inferred" } else { "" };
        writeln!(answer.out, "  {same}{inferred}: {}", words::clean(&examples.metric.reason))?;
    }
    print_sources(sources, answer)?;
    if examples.scored == 0 {
        return Ok(());
    }
    if !examples.metric.is_same() {
        let sides = ["a", "b"].into_iter().zip(examples.rules).zip(examples.ranges).zip(examples.right);
        for (((side, rule), range), right) in sides {
            let (Some(rule), Some(range)) = (rule, range) else { continue };
            let (low, high) = (words::value(range.low), words::value(range.high));
            let right = format!("{right} of {} right", examples.scored);
            writeln!(answer.out, "  {side}: scores from {low} to {high}, {}, {right}", right_from(rule))?;
        }
        return Ok(());
    }
    if !(examples.tells_inputs || examples.fixed.is_empty() && examples.broken.is_empty()) {
        writeln!(
            answer.out,
            "  Inputs are not told apart from what was expected: the newest traces of the runs do not show them"
        )?;
    }
    print_list("  Fixed", &examples.fixed, answer)?;
    print_list("  Broken", &examples.broken, answer)?;
    match (unchanged, examples.unchanged()) {
        (Some(all), _) => {
            print_list("  Still wrong", &all.wrong, answer)?;
            print_list("  Still right", &all.right, answer)?;
        }
        (None, Some([wrong, right])) => {
            let (wrong, right) = (words::count(wrong as u64), words::count(right as u64));
            writeln!(answer.out, "  Still wrong: {wrong}, still right: {right} (--all lists them)")?;
        }
        (None, None) => {}
    }
    Ok(())
}

fn print_sources(sources: &[ScoreSource; 2], answer: &mut Answer<'_>) -> Result<(), Failure> {
    for (side, source) in ["a", "b"].into_iter().zip(sources) {
        match source {
            ScoreSource::Assessments { metric, scored, examples, .. } => {
                let metric = words::clean(metric);
                writeln!(
                    answer.out,
                    "  {side}: {scored} of {examples} scores, from assessments {metric} on its traces"
                )?;
            }
            ScoreSource::Valset { candidate, .. } => {
                writeln!(answer.out, "  {side}: scores of candidate {candidate} in GEPA's valset_scores.json")?;
            }
            ScoreSource::UsersTable { .. } => {
                writeln!(answer.out, "  {side}: scores {}", words::clean(&source.words()))?;
            }
            ScoreSource::Table | ScoreSource::Nothing(_) => {}
        }
    }
    Ok(())
}

fn print_list(title: &str, list: &[ExampleChange], answer: &mut Answer<'_>) -> Result<(), Failure> {
    writeln!(answer.out, "{title}: {}", words::count(list.len() as u64))?;
    for one in list.iter().take(EXAMPLES) {
        let inputs = preview(&Json::Object(one.inputs.clone()), PREVIEW);
        writeln!(answer.out, "    {} → {}  {inputs}", words::value(one.old), words::value(one.new))?;
        if !one.expected.is_empty() {
            let expected = preview(&Json::Object(one.expected.clone()), PREVIEW);
            writeln!(answer.out, "      expected: {expected}")?;
        }
        for (side, answered) in ["a", "b"].into_iter().zip(&one.answers) {
            let Some(answered) = answered else { continue };
            let repr = if answered.from_repr { ", read from a repr" } else { "" };
            let fields = preview(&Json::Object(answered.fields.clone()), PREVIEW);
            writeln!(answer.out, "      {side} answered{repr}: {fields}")?;
        }
    }
    if list.len() > EXAMPLES {
        writeln!(answer.out, "    … {} more, --json has them", words::count((list.len() - EXAMPLES) as u64))?;
    }
    Ok(())
}
