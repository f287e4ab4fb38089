//! The steps of an evolution as rows. Made on a worker.

use std::collections::BTreeSet;

use crate::analysis::evolution::{Evolution, PhraseHistory, Step, phrase_history};
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
        instructions(at, step, wanted, paper, &mut rows);
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

fn instructions(at: usize, step: &Step, wanted: &Wanted, paper: &Paper, rows: &mut Vec<Row>) {
    let mut caption = |text: &str| rows.push(Row::Text(TextRow::Caption(text.to_owned())));
    if step.instructions.is_none() {
        caption("The instructions are not known: this state has no such predictor or no program");
        return;
    }
    let is_whole = wanted.shows_all || wanted.whole.contains(&at);
    if step.diff.is_same() && at > 0 && !is_whole {
        caption("The instructions are the same as before");
        return;
    }
    if step.diff.is_cut {
        rows.push(Row::Text(TextRow::Sentence(NOT_IN_FULL.to_owned())));
    }
    let card = Card {
        card: at,
        diff: &step.diff,
        whose: ["the state before", "this state"],
        is_folded: !is_whole && !step.diff.is_same(),
        is_unified: true,
        shows_space: wanted.shows_space,
        paper,
    };
    rows.extend(card.rows().into_iter().map(Row::Text));
}
