//! What changed in a candidate's program, as a part of a page: what of each predictor was rewritten, who wrote it, which
//! demos came and went.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Align, Sense, Ui, vec2};

use super::example_words::{named_line, one_line};
use super::provenance::provenance_ui;
use super::scene::Scene;
use super::text_change::{Card, Look, NOT_IN_FULL, ROW, Side, Sides, TextEvent, TextRow, row_ui};
use super::wrapped::{Made, Paper, Wish, Wrapped};
use crate::analysis::evolution::Against;
use crate::analysis::optimization::ProgramNames;
use crate::analysis::program_diff::{ChangeKind, PredictorDiff, ProgramDiff};
use crate::loader::Numbered;
use crate::model::program::Object;
use crate::model::{Demo, RunId, predictor_title};
use crate::query::{ProgramChange, ProvenanceOf};
use crate::state::{Action, CompareSettings, Place};
use crate::views::parts::link;
use crate::widgets::chips::Chip;
use crate::widgets::empty::skeleton_rows_ui;
use crate::widgets::row_text;
use crate::widgets::scroll::RowScroll;
use crate::widgets::section::text_ui;
use crate::widgets::tokens::size::{self, Type};
use crate::widgets::tokens::{Tokens, Tone};
use crate::widgets::virtual_rows::VirtualRows;
use crate::words;

/// What is remembered of such a part.
#[derive(Default)]
pub(super) struct ProgramChangeMemory {
    source: Option<u64>,
    /// The predictors of which every line is shown.
    whole: BTreeSet<usize>,
    parts: Wrapped<Parts>,
}

/// In which way the rows are made.
#[derive(Clone, Hash)]
struct How {
    whole: BTreeSet<usize>,
    shows_space: bool,
}

/// What is shown, made on a worker.
#[derive(Default)]
struct Parts {
    predictors: Vec<PredictorPart>,
    /// The titles of those that are the same.
    same: Vec<String>,
}

/// What changed in one predictor.
struct PredictorPart {
    /// Its place in the difference.
    at: usize,
    title: String,
    /// What became of its parts, in a few words.
    facts: String,
    rows: Vec<TextRow>,
    demos: Vec<DemoLine>,
}

/// A demo that came or went.
struct DemoLine {
    is_added: bool,
    text: String,
    whole: String,
}

impl Made for Parts {
    fn bytes(&self) -> usize {
        let of = |one: &PredictorPart| {
            let rows: usize = one.rows.iter().map(|row| 80 + row.bytes()).sum();
            rows + one.demos.iter().map(|demo| demo.text.len() + demo.whole.len()).sum::<usize>()
        };
        self.predictors.iter().map(of).sum()
    }
}

/// A change, and what the programs of its optimization are called.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    /// The optimization.
    pub of: &'a RunId,
    /// `None` for prompts.
    pub names: Option<&'a ProgramNames>,
    /// Who wrote what is new is looked up, too.
    pub asks_writers: bool,
}

/// How a choice of what is compared with is called, and what it means.
pub(super) fn against_words(against: Against) -> (&'static str, &'static str) {
    match against {
        Against::Previous => ("Before", "The state that was evaluated before it"),
        Against::Seed => ("Seed", "The program that the optimization was given"),
        Against::Parent => ("Parent", "The state that its proposer was shown"),
        Against::Winner => ("Winner", "The program that the optimization gave back"),
    }
}

/// With what the program is compared: a choice, if there is one. It is remembered.
pub(super) fn against_ui(ui: &mut Ui, scene: &mut Scene<'_>, change: &ProgramChange) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(size::GAP_XS, size::GAP_XS);
        text_ui(ui, "Against", Type::Small, Tone::Muted);
        for one in &change.choices {
            let (text, tip) = against_words(*one);
            if ui.add(Chip::toggle(text, *one == change.against)).on_hover_text(tip).clicked() {
                let settings = scene.state.settings.compare;
                scene.act(Action::ArrangeCompare(CompareSettings { against: Some(*one), ..settings }));
            }
        }
        if let Some((_, base)) = &change.base
            && *base != change.run
            && link(ui, "Compare these two", Type::Small, Tone::Accent).clicked()
        {
            scene.go(Place::comparing(vec![base.clone(), change.run.clone()]));
        }
    });
}

/// Draws the change, as high as it is.
pub(super) fn program_change_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    memory: &mut ProgramChangeMemory,
    found: &Arc<Option<Numbered<ProgramChange>>>,
    told: Told<'_>,
) {
    let Some(numbered) = found.as_ref() else {
        text_ui(ui, "This run is not part of the optimization any more", Type::Small, Tone::Muted);
        return;
    };
    let change = &numbered.value;
    let Some((diff, (base, _))) = change.diff.as_ref().zip(change.base.as_ref()) else {
        let why = match (&change.prompts, told.names) {
            (None, Some(names)) => without_base(change, names),
            _ => without_prompt(change),
        };
        text_ui(ui, why, Type::Small, Tone::Muted);
        return;
    };
    if memory.source != Some(numbered.id) {
        memory.source = Some(numbered.id);
        memory.whole.clear();
    }
    for sentence in sentences(diff) {
        text_ui(ui, sentence, Type::Small, Tone::Muted);
    }
    let how = How { whole: memory.whole.clone(), shows_space: scene.state.settings.compare.shows_space };
    let wish = Wish::new("changes in a candidate", numbered.id, how);
    let owned = Arc::clone(found);
    memory.parts.make(ui, scene.loader, wish, move |how, paper| {
        let diff = owned.as_ref().as_ref().and_then(|found| found.value.diff.as_ref());
        diff.map(|diff| parts(diff, how, paper)).unwrap_or_default()
    });
    let Some(made) = memory.parts.shown().cloned() else {
        skeleton_rows_ui(ui, 6, ROW);
        return;
    };
    let name = |candidate: usize| told.names.and_then(|names| names.at(candidate)).map(|name| name.marked());
    let (old, new) = match &change.prompts {
        Some([old, new]) => (old.clone(), new.clone()),
        None => (name(*base).unwrap_or_default(), name(change.candidate).unwrap_or_default()),
    };
    let look = Look { sides: Sides::Both { old: &old, new: &new }, is_unified: true, caption_left: 0.0 };
    for one in &made.predictors {
        ui.add_space(size::GAP_S);
        heading_ui(ui, one);
        if told.asks_writers && !one.rows.is_empty() {
            let path = diff.predictors.get(one.at).map(|one| one.path.clone()).unwrap_or_default();
            let asked = ProvenanceOf { parent: told.of.clone(), evaluation: change.run.clone(), path };
            provenance_ui(ui, scene, &asked, "");
        }
        if let Some(event) = rows_ui(ui, one, &look) {
            handle_event(scene, memory, diff, event);
        }
        one.demos.iter().for_each(|demo| demo_ui(ui, demo));
    }
    if !made.same.is_empty() {
        ui.add_space(size::GAP_S);
        let text = format!("Unchanged: {}", made.same.join(", "));
        text_ui(ui, &words::one_line(&text, 400), Type::Small, Tone::Muted);
    }
}

/// What changed and stands in no predictor, and what could not be compared.
fn sentences(diff: &ProgramDiff) -> Vec<&'static str> {
    let mut said = Vec::new();
    if diff.same {
        said.push("Both do the same");
    } else if !diff.complete {
        said.push("Compared as far as both are known: of one of them not all of its state was saved");
    }
    if !diff.other.is_empty() {
        said.push("Other parts of the state changed");
    }
    if diff.cut_texts().next().is_some() {
        said.push(NOT_IN_FULL);
    }
    said
}

/// Why there is nothing to compare with.
fn without_base(change: &ProgramChange, names: &ProgramNames) -> &'static str {
    let name = names.at(change.candidate);
    let is_seed = name.is_some_and(|name| name.is_seed == Some(true));
    match change.against {
        Against::Seed | Against::Parent | Against::Previous if is_seed => {
            "It is the seed: the program that the optimization was given"
        }
        Against::Winner if name.is_some_and(|name| name.rank.is_some()) => "It is the winner itself",
        Against::Parent => "From which program it was made is not known",
        Against::Previous => "Nothing whose program is known was evaluated before it",
        Against::Seed | Against::Winner => "The program of one of the two is not known",
    }
}

/// Why a prompt has none to be compared with.
fn without_prompt(change: &ProgramChange) -> &'static str {
    match change.against {
        Against::Seed | Against::Parent => "It is the prompt that was given, or that is not known",
        Against::Previous => "It is the first one",
        Against::Winner => "It is the best one itself, or no prompt has a score",
    }
}

fn heading_ui(ui: &mut Ui, one: &PredictorPart) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::LINE), Sense::hover());
    let said = format!("{}: {}", one.title, one.facts);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Heading, true, &said));
    let name = row_text::paint(ui.painter(), rect, &one.title, Type::Value, tokens.text1, Align::Min);
    let rest = rect.with_min_x((name.right() + size::GAP_S).min(rect.right()));
    row_text::paint(ui.painter(), rest, &one.facts, Type::Small, tokens.text2, Align::Min);
    response.on_hover_text(said);
}

fn rows_ui(ui: &mut Ui, one: &PredictorPart, look: &Look<'_>) -> Option<TextEvent> {
    if one.rows.is_empty() {
        return None;
    }
    let mut event = None;
    let list = VirtualRows::new(("change", one.at), one.rows.len(), ROW).label("What changed").in_page();
    list.show(ui, &mut RowScroll::default(), |ui, row| {
        if let Some(done) = one.rows.get(row.index).and_then(|it| row_ui(ui, row, it, look)) {
            event = Some(done);
        }
    });
    event
}

fn handle_event(scene: &mut Scene<'_>, memory: &mut ProgramChangeMemory, diff: &ProgramDiff, event: TextEvent) {
    match event {
        TextEvent::ShowWhole(predictor) => {
            memory.whole.insert(predictor);
        }
        TextEvent::CopyText(predictor, side) => {
            let text = diff.predictors.get(predictor).map(|one| match (text_of(one), side) {
                (text, Side::Old) => text.old(),
                (text, Side::New) => text.new_text(),
            });
            scene.act(Action::Copy(text.unwrap_or_default()));
        }
    }
}

fn demo_ui(ui: &mut Ui, demo: &DemoLine) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let (sign, word, tone) = if demo.is_added { ("+", "added", Tone::Good) } else { ("−", "removed", Tone::Bad) };
    let said = format!("Demo {word}: {}", demo.text);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &said));
    let inner = rect.shrink2(vec2(size::GAP_M, 0.0));
    row_text::paint(ui.painter(), inner, sign, Type::Value, tone.color(tokens), Align::Min);
    let text = inner.with_min_x(inner.left() + size::GAP_L);
    row_text::paint(ui.painter(), text, &demo.text, Type::Small, tokens.text1, Align::Min);
    response.on_hover_text(&demo.whole);
}

/// The instructions, or the source of a part that has none.
fn text_of(one: &PredictorDiff) -> &crate::analysis::text_diff::TextDiff {
    if one.module_src.pieces.is_empty() { &one.instructions } else { &one.module_src }
}

fn parts(diff: &ProgramDiff, how: &How, paper: &Paper) -> Parts {
    let mut made = Parts::default();
    for (at, one) in diff.predictors.iter().enumerate() {
        if one.change == ChangeKind::Same && one.instructions.unknown.is_none() {
            made.same.push(predictor_title(&one.path).to_owned());
        } else {
            made.predictors.push(predictor(at, one, how, paper));
        }
    }
    made
}

fn predictor(at: usize, one: &PredictorDiff, how: &How, paper: &Paper) -> PredictorPart {
    let text = text_of(one);
    let differs = !text.is_same() || text.unknown.is_some();
    let card = Card {
        card: at,
        diff: text,
        whose: ["the other program", "this program"],
        is_folded: !how.whole.contains(&at),
        is_unified: true,
        shows_space: how.shows_space,
        paper,
    };
    let demo = |is_added: bool| move |demo: &Demo| demo_line(demo, is_added);
    let demos = one.demos.added.iter().map(demo(true)).chain(one.demos.removed.iter().map(demo(false)));
    PredictorPart {
        at,
        title: predictor_title(&one.path).to_owned(),
        facts: facts(one),
        rows: if differs { card.rows() } else { Vec::new() },
        demos: demos.collect(),
    }
}

/// `instructions changed · +2 demos · −1 demo`
fn facts(one: &PredictorDiff) -> String {
    let mut said = match one.change {
        ChangeKind::Added => vec!["added".to_owned()],
        ChangeKind::Removed => vec!["removed".to_owned()],
        ChangeKind::Same | ChangeKind::Changed => Vec::new(),
    };
    let mut add = |is_so: bool, text: &str| said.extend(is_so.then(|| text.to_owned()));
    add(!one.module_src.is_same(), "source changed");
    add(!one.instructions.is_same(), "instructions changed");
    add(one.instructions.unknown.is_some(), "cut at 6,000 characters");
    let demos = |count: usize, sign: &str| (count > 0).then(|| format!("{sign}{}", words::counted(count, "demo")));
    said.extend(demos(one.demos.added.len(), "+"));
    said.extend(demos(one.demos.removed.len(), "−"));
    let is_moved = one.demos.moved > 0 && one.demos.added.is_empty() && one.demos.removed.is_empty();
    said.extend(is_moved.then(|| "demos in another order".to_owned()));
    said.extend((!one.fields.is_empty()).then(|| format!("{} changed", words::counted(one.fields.len(), "field"))));
    said.extend((!one.lm.is_empty()).then(|| "LM changed".to_owned()));
    said.extend(one.is_hidden.then(|| "changed only in what is masked".to_owned()));
    said.join(" · ")
}

fn demo_line(demo: &Demo, is_added: bool) -> DemoLine {
    let values: Object = demo.fields().map(|(name, value)| (name.clone(), value.clone())).collect();
    let whole: Vec<String> =
        values.iter().map(|(name, value)| format!("{name}: {}", super::example_words::json_text(value))).collect();
    let text = if values.len() == 1 { one_line(&values) } else { named_line(&values) };
    DemoLine { is_added, text, whole: super::example_words::cut_text(&whole.join("\n"), 1_500) }
}
