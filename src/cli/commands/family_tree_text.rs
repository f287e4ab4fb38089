//! GEPA's family tree for people.

use super::Answer;
use crate::analysis::family_tree::FamilyCandidate;
use crate::cli::failure::Failure;
use crate::cli::table::{Side, Table};
use crate::cli::words;
use crate::model::Run;
use crate::model::dspy::score_scale;
use crate::query::FamilyTree;
use crate::query::family_tree::{FamilyTreeSource, called};

pub(super) fn print(run: &Run, told: &FamilyTree, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let name = words::clean(if run.name.is_empty() { run.id.as_str() } else { &run.name });
    let source = match told.source {
        FamilyTreeSource::Tables => "from GEPA's own tables",
        FamilyTreeSource::Inferred => "inferred from what its proposers were given and wrote",
    };
    writeln!(answer.out, "Family tree of {name} · {source}")?;
    writeln!(answer.out, "Scores are {}", score_scale::WORDS)?;
    if !told.looked.complete {
        let traces = words::counted(told.looked.traces, "trace");
        writeln!(answer.out, "Not all was looked into, {traces}: more may be known")?;
    }
    if told.candidates.is_empty() && told.proposals.is_empty() {
        writeln!(answer.out, "No candidate is known")?;
        return Ok(());
    }
    writeln!(answer.out)?;
    candidates(told, answer)?;
    if told.proposals.is_empty() {
        return Ok(());
    }
    writeln!(answer.out)?;
    proposals(told, answer)
}

fn candidates(told: &FamilyTree, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let has_front = told.source == FamilyTreeSource::Tables;
    let mut columns = vec![
        ("Candidate", Side::Left),
        ("Parents", Side::Left),
        ("Score", Side::Right),
        ("Evaluations", Side::Right),
        ("Instructions", Side::LeftCut),
    ];
    if has_front {
        columns.insert(FRONT_AT, ("Front", Side::Right));
    }
    let mut table = Table::new(&columns);
    for one in &told.candidates {
        let mut cells = vec![
            candidate(told, one),
            parents(told, one),
            real(told.score_of(one)),
            words::count(one.run_ids.len() as u64),
            beginning(one.instructions.iter().map(|(component, text)| (Some(component.as_str()), text.as_str()))),
        ];
        if has_front {
            cells.insert(FRONT_AT, words::count(one.front.len() as u64));
        }
        table.row(cells);
    }
    Ok(table.print(answer.style, answer.out)?)
}

/// Where the column stands that only tables tell.
const FRONT_AT: usize = 3;

/// `C4 ★ · GEPA's 3`
fn candidate(told: &FamilyTree, one: &FamilyCandidate) -> String {
    let number = called(None, one.index);
    match told.program_of(one) {
        Some(program) if told.source == FamilyTreeSource::Tables => format!("{} · {number}", program.marked()),
        Some(program) => program.marked(),
        None => number,
    }
}

fn parents(told: &FamilyTree, one: &FamilyCandidate) -> String {
    match &*one.parents {
        [] if one.index == 0 => "seed".to_owned(),
        [] => words::UNKNOWN.to_owned(),
        parents if one.parents_inferred => format!("{} (inferred)", names(told, parents)),
        parents => names(told, parents),
    }
}

fn names(told: &FamilyTree, all: &[usize]) -> String {
    all.iter().map(|index| told.called(*index)).collect::<Vec<_>>().join(", ")
}

fn real(value: Option<f64>) -> String {
    value.map_or_else(|| words::UNKNOWN.to_owned(), words::value)
}

/// The first lines of some texts, each with its component where there are several.
fn beginning<'a>(texts: impl Iterator<Item = (Option<&'a str>, &'a str)>) -> String {
    let texts: Vec<_> = texts.collect();
    let is_one = texts.len() == 1;
    let first = |(component, text): &(Option<&str>, &str)| {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let line = words::cut(line, MOST);
        component.filter(|_| !is_one).map_or_else(|| line.clone(), |component| format!("{component}: {line}"))
    };
    texts.iter().map(first).collect::<Vec<_>>().join(" · ")
}

/// No more of a text is shown, in cells; `--json` has all of it.
const MOST: usize = 60;

fn proposals(told: &FamilyTree, answer: &mut Answer<'_>) -> Result<(), Failure> {
    let mut table = Table::new(&[
        ("Iteration", Side::Right),
        ("From", Side::Left),
        ("Proposal", Side::Left),
        ("Before", Side::Right),
        ("After", Side::Right),
        ("Text", Side::LeftCut),
    ]);
    for one in &told.proposals {
        let word = if one.status.as_str().is_empty() { "fate unknown" } else { one.status.as_str() };
        let status = one.candidate.map_or_else(|| word.to_owned(), |it| format!("{word} as {}", told.called(it)));
        table.row(vec![
            one.iteration.map_or_else(|| words::UNKNOWN.to_owned(), words::count),
            if one.parents.is_empty() { words::UNKNOWN.to_owned() } else { names(told, &one.parents) },
            status,
            real(one.before),
            real(one.after),
            beginning(one.texts.iter().map(|(component, text)| (component.as_deref(), text.as_str()))),
        ]);
    }
    Ok(table.print(answer.style, answer.out)?)
}
