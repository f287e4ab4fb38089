//! The examples of a candidate, by what became of them against the seed: each leads to its cell of the matrix and to its
//! trace.

use std::sync::Arc;

use egui::{Align, Rect, Sense, Ui, vec2};

use super::outcomes::{Outcomes, Told, outcomes};
use super::{Candidate, sentence_ui};
use crate::loader::Lane;
use crate::model::RunId;
use crate::model::program::Object;
use crate::query::{ExampleCellOf, Scores};
use crate::state::{Outcome, Place, RunTab};
use crate::views::costs::{cost_of_example, of_trace};
use crate::views::example_trace::WantedTrace;
use crate::views::example_words::{asked, values_line};
use crate::views::parts::slot_ui;
use crate::views::scene::Scene;
use crate::views::scores_of::scores_of;
use crate::widgets::glyphs::Glyph;
use crate::widgets::row_text;
use crate::widgets::scroll::RowScroll;
use crate::widgets::theme::focus_ring;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::{RowInfo, VirtualRows, VisibleRow};
use crate::words;
use crate::words::Decimals;

/// One line of an example.
const LINE: f32 = 22.0;
/// Where texts begin, right of the glyph.
const TEXT_LEFT: f32 = 22.0;
/// Of a text no more is laid out.
const TEXT: usize = 160;
/// The room of the link to a trace.
const TRACE: f32 = 56.0;

/// What is remembered of the lists.
#[derive(Default)]
pub(super) struct ExamplesPart {
    made: Option<Made>,
    scroll: RowScroll,
    wanted: WantedTrace,
}

/// The lists, and what they were made of.
struct Made {
    scores: Arc<Option<Scores>>,
    run: RunId,
    told: Outcomes,
    rows: Vec<Row>,
}

impl Made {
    fn is_of(&self, scores: &Arc<Option<Scores>>, run: &RunId) -> bool {
        Arc::ptr_eq(&self.scores, scores) && self.run == *run
    }
}

/// A line of the lists.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Row {
    Heading(Outcome, usize),
    /// The example, by its place in the list.
    Example(Outcome, usize),
    /// What was expected and answered.
    Answer(Outcome, usize),
    Gap,
}

fn list(told: &Outcomes, outcome: Outcome) -> &[Told] {
    match outcome {
        Outcome::Fixed => &told.fixed,
        Outcome::Broken => &told.broken,
        Outcome::StillWrong => &told.wrong,
        Outcome::StillRight => &[],
    }
}

fn rows(told: &Outcomes) -> Vec<Row> {
    let mut rows = Vec::new();
    for outcome in [Outcome::Fixed, Outcome::Broken, Outcome::StillWrong] {
        let list = list(told, outcome);
        // Without a seed nothing can be fixed or broken.
        if outcome != Outcome::StillWrong && !told.is_compared {
            continue;
        }
        rows.push(Row::Heading(outcome, list.len()));
        for at in 0..list.len() {
            rows.extend([Row::Example(outcome, at), Row::Answer(outcome, at)]);
        }
        rows.push(Row::Gap);
    }
    rows
}

pub(super) fn examples_ui(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut ExamplesPart, candidate: Candidate<'_>) {
    let slot = scores_of(scene, &candidate.found.run.id, None);
    let Some(found) = slot_ui(ui, scene, &slot, "The examples", LINE) else { return };
    let Some(scores) = found.as_ref() else { return };
    let run = candidate.run();
    if !memory.made.as_ref().is_some_and(|made| made.is_of(found, run)) {
        let seed = scores.seed.and_then(|seed| candidate.found.best_evaluation(seed)).map(|one| &one.run_id);
        let told = outcomes(scores, run, seed);
        let rows = rows(&told);
        if memory.made.as_ref().is_none_or(|made| made.run != *run) {
            memory.scroll = RowScroll::default();
        }
        memory.made = Some(Made { scores: Arc::clone(found), run: run.clone(), told, rows });
    }
    memory.wanted.follow(scene);
    let ExamplesPart { made: Some(Made { told, rows, .. }), scroll, wanted } = memory else { return };
    if told.scored == 0 {
        let column = scores.columns.iter().find(|column| column.run_id == *run);
        let why = match column.map(|column| &column.source) {
            Some(crate::query::ScoreSource::Nothing(why)) => format!("No score of an example is known: {why}"),
            _ => "No score of an example is known".to_owned(),
        };
        sentence_ui(ui, &why);
        return;
    }
    sentence_ui(ui, &summary(told, &candidate.stands_for.name));
    ui.add_space(size::GAP_XS);
    let all = || [&told.fixed, &told.broken, &told.wrong].into_iter().flatten();
    let decimals = Decimals::of(all().flat_map(|one| [Some(one.score), one.seed]).flatten());
    let shown = Shown { told, scores, run, decimals };
    let mut event = None;
    VirtualRows::new("candidate examples", rows.len(), LINE).label("Examples").show(ui, scroll, |ui, row| {
        let Some(it) = rows.get(row.index) else { return };
        if let Some(done) = row_ui(ui, scene, row, *it, shown) {
            event = Some(done);
        }
    });
    match event {
        Some(Event::Cell(example)) => {
            let tab = RunTab::Examples { example: Some(example), evaluation: Some(run.into()), only: None };
            let experiment = scene.place().experiment().cloned();
            scene.go(Place::Run { experiment, run: candidate.found.run.id.clone(), tab: Some(tab) });
        }
        Some(Event::Trace(row)) => wanted.open(run.into(), row),
        None => {}
    }
}

/// `45 of 60 right in eval_full_2 · 60 scored by the seed, too`
fn summary(told: &Outcomes, name: &str) -> String {
    let count = |n: usize| words::count(n as u64);
    let right = format!("{} of {} right in {}", count(told.right), count(told.scored), words::one_line(name, 40));
    match told.is_compared {
        true if told.shared < told.scored => {
            format!("{right} · {} of them scored by the seed, too", count(told.shared))
        }
        true => format!("{right} · against the seed"),
        false => right,
    }
}

/// What lines are drawn from.
#[derive(Clone, Copy)]
struct Shown<'a> {
    told: &'a Outcomes,
    scores: &'a Scores,
    run: &'a RunId,
    decimals: Decimals,
}

/// What the user did.
enum Event {
    Cell(usize),
    Trace(usize),
}

fn row_ui(ui: &mut Ui, scene: &mut Scene<'_>, row: &VisibleRow, it: Row, shown: Shown<'_>) -> Option<Event> {
    let Shown { told, scores, run, decimals } = shown;
    let tokens = Tokens::of(ui);
    let (outcome, at) = match it {
        Row::Gap => return None,
        Row::Heading(outcome, count) => {
            let title = if outcome == Outcome::StillWrong && !told.is_compared { "Wrong" } else { outcome.title() };
            let text = format!("{title} · {}", words::count(count as u64));
            row.interact(ui, RowInfo { label: &text, ..RowInfo::default() });
            row_text::paint(ui.painter(), row.rect, &text, Type::Small, tokens.text2, Align::Min);
            return None;
        }
        Row::Example(outcome, at) | Row::Answer(outcome, at) => (outcome, at),
    };
    let one = list(told, outcome).get(at)?;
    let example = scores.matrix.examples.get(one.example)?;
    let (inputs, expected) = scores.parted(&example.example);
    let is_first = matches!(it, Row::Example(..));
    let line = (!is_first).then(|| AnswerLine::of(scene, one, run, (&inputs, &expected)));
    let text = line.as_ref().map_or_else(|| values_line(&inputs, TEXT), AnswerLine::said);
    let response = row.interact(ui, RowInfo { label: &text, ..RowInfo::default() });
    if response.hovered() {
        ui.painter().rect_filled(row.rect, f32::from(size::RADIUS_CELL), tokens.bg_raised);
    }
    let left = row.rect.with_min_x(row.rect.left() + TEXT_LEFT);
    let mut event = None;
    if is_first {
        let (glyph, tone) = match outcome {
            Outcome::Fixed => (Glyph::Up, Tone::Good),
            Outcome::Broken => (Glyph::Down, Tone::Bad),
            Outcome::StillWrong | Outcome::StillRight => (Glyph::Cross, Tone::Bad),
        };
        glyph.paint_tone(ui.painter(), row.rect.left_center() + vec2(9.0, 0.0), tone, tokens);
        let score =
            row_text::paint(ui.painter(), left, &score_words(one, decimals), Type::Value, tokens.text2, Align::Max);
        let room = left.with_max_x((score.left() - size::GAP_S).max(left.left()));
        row_text::paint(ui.painter(), room, &text, Type::Body, tokens.text1, Align::Min);
    } else {
        let place = left.with_min_x((left.right() - TRACE).max(left.left()));
        let cost = one.row.and_then(|at| cost_of_example(scene, run.into(), at));
        let cost = cost.as_deref().and_then(Option::as_ref).map(of_trace).unwrap_or_default();
        let cost_place = place.with_max_x(place.left()).with_min_x(left.left());
        let cost = row_text::paint(ui.painter(), cost_place, &cost, Type::ValueSmall, tokens.text3, Align::Max);
        let room = left.with_max_x((cost.left() - size::GAP_S).max(left.left()));
        if let Some(line) = &line {
            line.paint(ui, room);
        }
        if let Some(at) = one.row {
            let link = ui.interact(place, row.id.with("trace"), Sense::click());
            let said = format!("Open the trace of {}", values_line(&inputs, TEXT));
            link.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Link, true, &said));
            row_text::paint(ui.painter(), place, "Trace →", Type::Small, tokens.accent, Align::Max);
            if link.has_focus() {
                focus_ring(ui.painter(), place, tokens);
            }
            event = link.clicked().then_some(Event::Trace(at));
            link.on_hover_cursor(egui::CursorIcon::PointingHand);
        }
    }
    if response.clicked() && event.is_none() {
        event = Some(Event::Cell(one.example));
    }
    response.on_hover_text(format!("{text}\n\nClick to see it in the matrix"));
    event
}

/// `0 → 1`
fn score_words(one: &Told, decimals: Decimals) -> String {
    match one.seed {
        Some(seed) => format!("{} → {}", decimals.write(seed), decimals.write(one.score)),
        None => decimals.write(one.score),
    }
}

/// What was expected and answered, each in words; empty where it is not known.
struct AnswerLine {
    expected: String,
    answered: String,
}

impl AnswerLine {
    /// What was answered is read when the line is seen.
    fn of(scene: &mut Scene<'_>, one: &Told, run: &RunId, (inputs, expected): (&Object, &Object)) -> Self {
        let cell = one.row.and_then(|row| {
            let slot = scene.loader.ask(&ExampleCellOf { of: run.into(), row }, Lane::Visible);
            slot.value().cloned()
        });
        let answer = cell.as_deref().and_then(Option::as_ref).and_then(|cell| cell.answer.as_ref());
        let answered = answer.map(|answer| values_line(&asked(inputs, expected, &answer.fields), TEXT));
        Self {
            expected: if expected.is_empty() {
                String::new()
            } else {
                format!("expected {}", values_line(expected, TEXT))
            },
            answered: answered.map(|answer| format!("answered {answer}")).unwrap_or_default(),
        }
    }

    /// `expected shipping · answered billing`
    fn said(&self) -> String {
        let parts = [self.expected.as_str(), self.answered.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// What was expected takes no more than half of the line where there is an answer, too.
    fn paint(&self, ui: &Ui, rect: Rect) {
        let tokens = Tokens::of(ui);
        let half = if self.answered.is_empty() { rect } else { rect.with_max_x(rect.center().x) };
        let expected = row_text::paint(ui.painter(), half, &self.expected, Type::Small, tokens.text2, Align::Min);
        let gap = if self.expected.is_empty() { 0.0 } else { size::GAP_S };
        let rest = rect.with_min_x((expected.right() + gap).min(rect.right()));
        row_text::paint(ui.painter(), rest, &self.answered, Type::Small, tokens.text2, Align::Min);
    }
}
