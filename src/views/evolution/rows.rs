//! The steps of an evolution as rows. Made on a worker.

use std::collections::BTreeSet;

use crate::analysis::evolution::{Against, Evolution, PhraseHistory, Step, has_passage, phrase_history};
use crate::analysis::optimization::{Evaluation, ProgramName};
use crate::model::RunId;
use crate::views::text_change::{Card, NOT_IN_FULL, TextRow};
use crate::views::wrapped::{Made, Paper};
use crate::widgets::tokens::Tone;
use crate::words;

/// So many evaluations of one state are named.
const NAMED: usize = 4;

/// What is wanted of the rows.
#[derive(Clone, Debug, Hash)]
pub(super) struct Wanted {
    pub shows_all: bool,
    pub shows_space: bool,
    /// A passage to look up; empty for none.
    pub phrase: String,
    /// The steps of which every line is shown.
    pub whole: BTreeSet<usize>,
}

impl Wanted {
    /// Whether the passage that is looked up stands in the instructions of a step.
    fn has_phrase(&self, step: &Step) -> bool {
        !self.phrase.is_empty() && step.instructions.as_ref().is_some_and(|text| has_passage(text, &self.phrase))
    }
}

/// A program state: how its evaluations are called and scored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StepRow {
    pub name: ProgramName,
    pub title: String,
    pub facts: Vec<(String, Tone)>,
    /// Its first evaluation.
    pub run: RunId,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    Step(StepRow),
    /// A gap, a caption, a sentence, a row of a card. A card has the number of its step.
    Text(TextRow),
}

/// The rows, and where the passage stands.
#[derive(Clone, Debug, Default)]
pub(super) struct EvolutionRows {
    pub rows: Vec<Row>,
    pub history: Option<PhraseHistory>,
}

impl Made for EvolutionRows {
    fn bytes(&self) -> usize {
        let of_row = |row: &Row| match row {
            Row::Text(text) => text.bytes(),
            Row::Step(StepRow { title, facts, .. }) => {
                title.len() + facts.iter().map(|(text, _)| 40 + text.len()).sum::<usize>()
            }
        };
        self.rows.iter().map(|row| 120 + of_row(row)).sum::<usize>()
            + self.history.as_ref().map_or(0, |history| history.holds.len())
    }
}

pub(super) fn rows(evolution: &Evolution, wanted: &Wanted, paper: &Paper) -> EvolutionRows {
    let history = (!wanted.phrase.is_empty()).then(|| phrase_history(evolution, &wanted.phrase));
    let mut rows = Vec::new();
    for (at, step) in evolution.steps.iter().enumerate() {
        let evaluations: Vec<&Evaluation> =
            step.evaluations.iter().filter_map(|at| evolution.evaluations.get(*at)).collect();
        let Some(first) = evaluations.first() else { continue };
        let mut facts = facts(evolution.name(at), &evaluations);
        if evolution.against == Against::Parent
            && let Some(base) = step.base
        {
            facts.push((format!("from {}", evolution.name(base)), Tone::Muted));
        }
        match history.as_ref().and_then(|history| history.holds.get(at).copied().flatten()) {
            Some(true) => facts.push(("✓ has the phrase".to_owned(), Tone::Good)),
            Some(false) => facts.push(("without the phrase".to_owned(), Tone::Muted)),
            None => {}
        }
        rows.push(Row::Step(StepRow {
            name: evolution.name(at),
            title: names(&evaluations),
            facts,
            run: first.run_id.clone(),
        }));
        instructions(evolution, at, wanted, paper, &mut rows);
        // The bottom of a card is a gap already.
        if rows.last() != Some(&Row::Text(TextRow::Bottom)) {
            rows.push(Row::Text(TextRow::Gap));
        }
    }
    EvolutionRows { rows, history }
}

/// `eval_full_1, eval_minibatch_3 and 2 more`
fn names(evaluations: &[&Evaluation]) -> String {
    let named: Vec<&str> = evaluations.iter().take(NAMED).map(|one| one.name.as_str()).collect();
    let more = evaluations.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {} more", words::count(more as u64)) } else { String::new() };
    format!("{}{more}", named.join(", "))
}

/// The scores with kind and n, one chip for each evaluation, and what the state is known for.
fn facts(name: ProgramName, evaluations: &[&Evaluation]) -> Vec<(String, Tone)> {
    let mut facts: Vec<(String, Tone)> = Vec::new();
    facts.extend(name.rank.map(|rank| (format!("★ {}", rank.word()), Tone::Good)));
    facts.extend(name.seed_word().map(|word| (word.to_owned(), Tone::Muted)));
    facts.extend(evaluations.iter().take(NAMED).map(|one| {
        let score = one.score.map_or_else(|| "score unknown".to_owned(), words::value);
        let n = one.n.map_or_else(|| "n unknown".to_owned(), |n| format!("n {}", words::count(n)));
        let kind = match one.kind.as_str() {
            "unknown" => "kind unknown",
            kind => kind,
        };
        (format!("{score} · {kind}, {n}"), Tone::Muted)
    }));
    facts
}

fn instructions(evolution: &Evolution, at: usize, wanted: &Wanted, paper: &Paper, rows: &mut Vec<Row>) {
    let Some(step) = evolution.steps.get(at) else { return };
    let mut caption = |text: String| rows.push(Row::Text(TextRow::Caption(text)));
    if step.instructions.is_none() {
        caption("The instructions are not known: this state has no such predictor or no program".to_owned());
        return;
    }
    let is_whole = wanted.shows_all || wanted.whole.contains(&at);
    let is_same = step.base.is_some() && step.diff.is_same();
    let base = base_name(evolution, step);
    if is_same && !is_whole {
        caption(format!("The instructions are the same as those of {base}"));
        if !wanted.has_phrase(step) {
            return;
        }
    }
    if !is_same
        && !is_whole
        && let Some(first) = repeats(evolution, at, step)
    {
        caption(format!("The instructions are those of C{}, with the same difference to {base}", first + 1));
        if !wanted.has_phrase(step) {
            return;
        }
    }
    if evolution.against == Against::Parent && step.base.is_none() && !is_seed(evolution, step) {
        caption("Its parent is not known, so all of its instructions stand here".to_owned());
    }
    if step.diff.is_cut {
        rows.push(Row::Text(TextRow::Sentence(NOT_IN_FULL.to_owned())));
    }
    let card = Card {
        card: at,
        diff: &step.diff,
        whose: [&base, "this state"],
        is_folded: !is_whole && step.base.is_some(),
        is_unified: true,
        shows_space: wanted.shows_space,
        paper,
    };
    rows.extend(card.rows_with(&wanted.phrase).into_iter().map(Row::Text));
}

/// The place of an earlier step that differs in the same way from the same state: nothing would be new in its card.
fn repeats(evolution: &Evolution, at: usize, step: &Step) -> Option<usize> {
    step.base?;
    let before = evolution.steps.iter().take(at);
    before.into_iter().position(|one| one.base == step.base && one.instructions == step.instructions)
}

/// What the state that a step is compared with is called: `the seed`, `its parent C3`.
fn base_name(evolution: &Evolution, step: &Step) -> String {
    let name = step.base.map(|base| format!("C{}", base + 1)).unwrap_or_default();
    match evolution.against {
        Against::Previous => format!("the state before, {name}"),
        Against::Seed => "the seed".to_owned(),
        Against::Parent => format!("its parent {name}"),
        Against::Winner => "the winner".to_owned(),
    }
}

fn is_seed(evolution: &Evolution, step: &Step) -> bool {
    let runs = step.evaluations.iter().filter_map(|at| evolution.evaluations.get(*at)).map(|one| &one.run_id);
    evolution.seed.as_ref().is_some_and(|seed| runs.clone().any(|run| seed.contains(run)))
}

#[cfg(test)]
mod tests;
