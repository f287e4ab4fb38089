//! How scores are spread, and both evaluations example by example.

use std::sync::Arc;

use egui::Ui;

use super::beside;
use super::links::Links;
use super::rows::{Spread, spread};
use super::sides::SideNames;
use crate::query::ask::Question;
use crate::query::{BothSides, BothSidesOf, Scores};
use crate::views::scene::Scene;
use crate::widgets::charts::{Histogram, Scatter};
use crate::widgets::count_grid::{CountGrid, GridCell};
use crate::widgets::glyphs::Glyph;
use crate::widgets::section::{card_heading_ui, card_ui, text_ui};
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::{self, Type};
use crate::words;

/// An answer to [`BothSidesOf`].
type Known = Arc<<BothSidesOf as Question>::Answer>;

/// What was made of the scores.
#[derive(Default)]
pub(super) struct SpreadMemory {
    made: Option<(Known, Spread)>,
    /// How high the cards are, so that both are equally high.
    height: f32,
}

impl SpreadMemory {
    /// Makes bars and points anew only when the scores changed.
    pub fn update(&mut self, known: &Known) {
        if self.made.as_ref().is_some_and(|(made, _)| Arc::ptr_eq(made, known)) {
            return;
        }
        let both = known.as_ref().as_ref().and_then(|answer| answer.as_ref().ok());
        self.made = both.map(|both| (Arc::clone(known), spread(both)));
    }
}

/// What the cards show.
pub(super) struct Shown<'a> {
    pub both: &'a BothSides,
    pub scores: &'a Scores,
    pub names: &'a SideNames,
    pub links: &'a Links,
}

/// How high the charts are.
const HEIGHT: f32 = 240.0;
/// So many examples of a point are named.
const NAMED_MOST: usize = 5;
/// No more of one is written.
const NAME_MOST: usize = 70;

pub(super) fn cards(ui: &mut Ui, scene: &mut Scene<'_>, memory: &mut SpreadMemory, shown: Shown<'_>) {
    let SpreadMemory { made, height } = memory;
    let Some((_, spread)) = made.as_ref().filter(|(_, spread)| !spread.bins.is_empty()) else { return };
    let Shown { both, scores, names, links } = shown;
    let mut bar = None;
    let mut bars_ui = |ui: &mut Ui| {
        card_heading_ui(ui, "How often which score");
        legend_ui(ui, names);
        // One alone needs no name.
        let titles = if names.is_alone() { [""; 2] } else { [&*names.titles[0], &*names.titles[1]] };
        bar = Histogram::new("scores", titles, &spread.bins).of("example").height(HEIGHT).show(ui);
    };
    let mut examples: Option<(String, &[u32])> = None;
    let mut points_ui = |ui: &mut Ui| match &spread.turned {
        Some(turned) => {
            card_heading_ui(ui, "What became of right and wrong");
            ui.add_space(size::GAP_XS);
            examples = turned_ui(ui, turned, names);
        }
        None => {
            card_heading_ui(ui, "Example by example");
            text_ui(ui, "Above the line it got better", Type::Small, Tone::Muted);
            let titles = [names.titles[0].as_str(), names.titles[1].as_str()];
            let scatter = Scatter::new(titles, &spread.points).of("example").height(HEIGHT);
            let place = scatter.show(ui, |place| tip(spread, scores, place, names));
            examples = place.and_then(|place| {
                let (point, examples) = (spread.points.get(place)?, spread.point_examples.get(place)?);
                let title = format!("Scores {} → {}", words::value(point.x), words::value(point.y));
                Some((title, examples.as_slice()))
            });
        }
    };
    match both.before {
        Some(_) => beside(ui, height, [&mut bars_ui, &mut points_ui]),
        None => card_ui(ui, |ui| {
            ui.set_width(ui.available_width());
            bars_ui(ui);
        }),
    }
    if let Some((at, series)) = bar
        && let (Some(bin), Some(examples)) = (spread.bins.get(at), spread.bin_examples.get(at))
    {
        let whose = if names.is_alone() { String::new() } else { format!("{}, ", names.titles[series]) };
        links.go(scene, &format!("{whose}{}", bin.words), &examples[series]);
    }
    if let Some((title, examples)) = examples {
        links.go(scene, &title, examples);
    }
}

fn legend_ui(ui: &mut Ui, names: &SideNames) {
    if names.is_alone() {
        return;
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = size::GAP_XS;
        // As high as the line in the card beside it.
        ui.spacing_mut().interact_size.y = 0.0;
        for (name, tone) in names.titles.iter().zip([Tone::Faint, Tone::Accent]) {
            Glyph::Dot.show(ui, tone);
            text_ui(ui, name, Type::Small, Tone::Muted);
            ui.add_space(size::GAP_S);
        }
    });
}

/// Right and wrong before by right and wrong after.
fn turned_ui<'a>(ui: &mut Ui, turned: &'a [[Vec<u32>; 2]; 2], names: &SideNames) -> Option<(String, &'a [u32])> {
    let of = |name: &str| ["right", "wrong"].map(|word| format!("{name} {word}"));
    let [rows, columns] = [of(&names.titles[0]), of(&names.titles[1])];
    let tones = [[Tone::Neutral, Tone::Bad], [Tone::Good, Tone::Neutral]];
    let words = [["always right", "broken"], ["fixed", "always wrong"]];
    let all: usize = turned.iter().flatten().map(Vec::len).sum();
    let clicked = CountGrid::new("turned", &rows, &columns).show(ui, |row, column| {
        let count = turned[row][column].len();
        let share = count as f32 / all.max(1) as f32;
        let words = format!("{}: {}", words[row][column], crate::words::counted(count, "example"));
        GridCell { count, tone: tones[row][column], share, words }
    });
    let (row, column) = clicked?;
    let mut title = words[row][column].to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Some((title, &turned[row][column]))
}

/// What stands at a point.
fn tip(spread: &Spread, scores: &Scores, place: usize, names: &SideNames) -> String {
    let (Some(point), Some(examples)) = (spread.points.get(place), spread.point_examples.get(place)) else {
        return String::new();
    };
    let [before, after] = &names.titles;
    let mut lines = vec![format!("{before} {}, {after} {}", words::value(point.x), words::value(point.y))];
    lines.extend(examples.iter().take(NAMED_MOST).map(|example| name(scores, *example)));
    if examples.len() > NAMED_MOST {
        lines.push(format!("and {} more", words::count((examples.len() - NAMED_MOST) as u64)));
    }
    lines.join("\n")
}

/// An example by its first value.
fn name(scores: &Scores, example: u32) -> String {
    let found = scores.matrix.examples.get(example as usize).and_then(|one| one.example.values().next());
    let text = found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default();
    words::one_line(&text, NAME_MOST).into_owned()
}
