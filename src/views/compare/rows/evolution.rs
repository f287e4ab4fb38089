//! The steps of an evolution as rows. Made on a worker.

use std::collections::BTreeSet;

use super::program::{CARD_PADDING, GUTTER, NOT_IN_FULL, marked, push_changed, rests};
use super::{Row, Rows};
use crate::analysis::evolution::{Evolution, PhraseHistory, Step, phrase_history};
use crate::analysis::optimization::Evaluation;
use crate::widgets::diff_text::{Wrap, unified};
use crate::widgets::text::CharWidths;
use crate::widgets::tokens::Tone;
use crate::words;

/// So many evaluations of one state are named.
const NAMED: usize = 4;

/// What is wanted of the rows.
#[derive(Clone, Debug)]
pub(in crate::views::compare) struct Wanted {
    pub width: f32,
    pub shows_all: bool,
    pub shows_space: bool,
    /// A passage to look up; empty for none.
    pub phrase: String,
    /// The steps of which every line is shown.
    pub whole: BTreeSet<usize>,
}

/// The rows, and where the passage stands.
#[derive(Clone, Debug, Default)]
pub(in crate::views::compare) struct EvolutionRows {
    pub rows: Vec<Row>,
    pub history: Option<PhraseHistory>,
}

impl EvolutionRows {
    /// About how many bytes they hold.
    pub fn bytes(&self) -> usize {
        Rows::bytes_of(&self.rows) + self.history.as_ref().map_or(0, |history| history.holds.len())
    }
}

pub(in crate::views::compare) fn rows(evolution: &Evolution, wanted: &Wanted, widths: &CharWidths) -> EvolutionRows {
    let history = (!wanted.phrase.is_empty()).then(|| phrase_history(evolution, &wanted.phrase));
    let mut rows = Vec::new();
    for (at, step) in evolution.steps.iter().enumerate() {
        let evaluations: Vec<&Evaluation> =
            step.evaluations.iter().filter_map(|at| evolution.evaluations.get(*at)).collect();
        let Some(first) = evaluations.first() else { continue };
        let mut facts = facts(evolution, &evaluations);
        match history.as_ref().and_then(|history| history.holds.get(at).copied().flatten()) {
            Some(true) => facts.push(("✓ has the phrase".to_owned(), Tone::Good)),
            Some(false) => facts.push(("without the phrase".to_owned(), Tone::Muted)),
            None => {}
        }
        rows.push(Row::Step { number: at + 1, title: names(&evaluations), facts, run: first.run_id.clone() });
        instructions(at, step, wanted, widths, &mut rows);
        // The bottom of a card is a gap already.
        if rows.last() != Some(&Row::Bottom) {
            rows.push(Row::Gap);
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
fn facts(evolution: &Evolution, evaluations: &[&Evaluation]) -> Vec<(String, Tone)> {
    let is_among = |runs: &Option<Vec<crate::model::RunId>>| {
        runs.as_ref().is_some_and(|runs| evaluations.iter().any(|one| runs.contains(&one.run_id)))
    };
    let mut facts = Vec::new();
    if is_among(&evolution.winner) {
        facts.push(("★ winner".to_owned(), Tone::Good));
    }
    if is_among(&evolution.seed) {
        facts.push(("seed".to_owned(), Tone::Muted));
    }
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

fn instructions(at: usize, step: &Step, wanted: &Wanted, widths: &CharWidths, rows: &mut Vec<Row>) {
    if step.instructions.is_none() {
        rows.push(Row::Caption(
            "The instructions are not known: this state has no such predictor or no program".into(),
        ));
        return;
    }
    let is_first = at == 0;
    if step.diff.is_same() && !is_first && !wanted.shows_all && !wanted.whole.contains(&at) {
        rows.push(Row::Caption("The instructions are the same as before".to_owned()));
        return;
    }
    let width = (wanted.width - 2.0 * CARD_PADDING - GUTTER).max(40.0);
    let pieces = marked(&step.diff);
    let wrap = Wrap { width, widths, shows_space: wanted.shows_space };
    let lines: Vec<Row> = unified(&pieces, wrap).into_iter().map(Row::Line).collect();
    if step.diff.is_cut {
        rows.push(Row::Sentence(NOT_IN_FULL.to_owned()));
    }
    rows.push(Row::Top { predictor: at });
    if wanted.shows_all || wanted.whole.contains(&at) || step.diff.is_same() {
        rows.extend(lines);
    } else {
        push_changed(at, lines, rows);
    }
    if let Some(cut) = &step.diff.unknown {
        rests(cut, ["the state before", "this state"], true, wrap, rows);
    }
    rows.push(Row::Bottom);
}
