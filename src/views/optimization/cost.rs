//! What the candidates cost, and their scores against that.

use egui::Ui;

use super::rows::{CandidateRow, Candidates, name};
use crate::analysis::cost::{Certainty, Cost, CostSum, UnknownCost};
use crate::loader::Optimization;
use crate::model::{Json, Program, RunId};
use crate::query::OptimizationCost;
use crate::views::costs::{CostInRounds, about_sum, sum_cell, told};
use crate::views::scene::Scene;
use crate::widgets::charts::{TradeOff, TradeOffPoint};
use crate::widgets::section::text_ui;
use crate::widgets::table::CellText;
use crate::widgets::tokens::Tone;
use crate::widgets::tokens::size::Type;
use crate::words;

/// Programs are compared by what so many examples cost.
const EXAMPLES: f64 = 1_000.0;

/// A fact: its name, its value, a note behind it.
pub(super) type Told = (&'static str, String, String);

/// What is known of the cost of an optimization, and whether its scores are shown against it.
#[derive(Default)]
pub(super) struct CostShown {
    asked: CostInRounds,
    /// The chart is that of scores against cost.
    pub is_chart: bool,
    /// The points are those of this cost and of the rows that are shown.
    is_pointed: bool,
    points: Vec<TradeOffPoint>,
    /// The candidate that stands at each point.
    candidates: Vec<usize>,
}

impl CostShown {
    /// The rows are others now: a point leads to one by its place.
    pub fn forget_points(&mut self) {
        self.is_pointed = false;
        (self.points, self.candidates) = Default::default();
    }

    /// Takes what is known by now.
    pub fn update(&mut self, scene: &mut Scene<'_>, found: &Optimization, candidates: &Candidates) {
        if self.asked.update(scene, &found.run.id) {
            self.forget_points();
        }
        self.point(found, candidates);
    }

    /// Makes the points anew where the cost or the rows are others.
    fn point(&mut self, found: &Optimization, candidates: &Candidates) {
        if std::mem::replace(&mut self.is_pointed, true) {
            return;
        }
        if let Some(cost) = self.asked.cost() {
            (self.points, self.candidates) = points(found, candidates, cost);
        }
    }

    /// The costs, once they are known.
    pub fn cost(&self) -> Option<&OptimizationCost> {
        self.asked.cost()
    }

    /// Whether any candidate can be shown by what it costs.
    pub fn has_points(&self) -> bool {
        !self.points.is_empty()
    }

    /// Whether some were scored on minibatches alone, beside others that were not.
    pub fn has_rings(&self) -> bool {
        self.points.iter().any(|point| !point.is_firm)
    }

    /// Whether the column of costs would say anything.
    pub fn has_costs(&self) -> bool {
        self.cost().is_some_and(|cost| cost.candidates.iter().any(|sum| sum.cost.is_some()))
    }

    /// The point of a candidate.
    pub fn place_of(&self, candidate: usize) -> Option<usize> {
        self.candidates.iter().position(|one| *one == candidate)
    }

    /// Draws the chart; gives back the candidates that are pointed at and that was clicked.
    pub fn chart_ui(
        &self,
        ui: &mut Ui,
        candidates: &Candidates,
        height: f32,
        marked: Option<usize>,
    ) -> (Option<usize>, Option<usize>) {
        let label = format!("Score against cost, {}", words::counted(self.points.len(), "program"));
        let (hovered, clicked) = TradeOff::new(&label, ["US dollars for 1,000 examples", "Score"], &self.points)
            .height(height)
            .marked(marked.and_then(|candidate| self.place_of(candidate)))
            .show(ui, (|usd, _| words::dollars(Some(usd)), words::on_axis), |ui, place| {
                let Some((at, row)) = self.candidates.get(place).and_then(|at| Some((*at, candidates.rows.get(*at)?)))
                else {
                    return;
                };
                for (text, tone) in self.tip(at, row) {
                    text_ui(ui, &text, Type::Small, tone);
                }
            });
        let candidate = |place: Option<usize>| self.candidates.get(place?).copied();
        (candidate(hovered), candidate(clicked))
    }

    fn tip(&self, at: usize, row: &CandidateRow) -> Vec<(String, Tone)> {
        let marks: Vec<String> = row.marks.iter().map(|mark| format!(" {}", mark.word)).collect();
        let mut lines = vec![(format!("{}{}", name(row.number), marks.join(",")), Tone::Category(row.number))];
        if let Some((score, on)) = score_of(row) {
            lines.push((format!("{}, {on}", words::precise(score)), Tone::Neutral));
        }
        if let Some(sum) = self.cost().and_then(|cost| cost.candidates.get(at)) {
            if let Some(each) = per_examples(sum) {
                lines.push((format!("{} for 1,000 examples", told(each)), Tone::Neutral));
            }
            lines.push((about_sum(sum), Tone::Muted));
        }
        lines
    }

    /// What one candidate cost, over all of its evaluations.
    pub fn candidate_cell(&self, at: usize) -> CellText<'static> {
        self.cost().and_then(|cost| cost.candidates.get(at)).map_or_else(CellText::default, sum_cell)
    }

    /// What one evaluation cost.
    pub fn evaluation_cell(&self, run: &RunId) -> CellText<'static> {
        self.cost().and_then(|cost| cost.by_run.get(run)).map_or_else(CellText::default, sum_cell)
    }

    /// What is told of the whole optimization.
    pub fn facts(&self) -> Vec<Told> {
        let Some(cost) = self.cost() else {
            // Its place is kept while the traces are read.
            return if self.asked.is_awaited() { vec![("Cost", "…".to_owned(), String::new())] } else { Vec::new() };
        };
        let all = &cost.costs.all;
        let mut facts = Vec::new();
        let mut add = |name, value: String, note: String| facts.push((name, value, note));
        if all.traces() == 0 {
            return facts;
        }
        add("Cost", all.cost.map_or_else(|| "unknown".to_owned(), told), note_of_all(cost));
        if let Some(saved) = cost.saved_usd {
            let answers = words::counted(all.unknown_for(UnknownCost::LikelyCached), "trace");
            add("Saved", estimate(saved), format!("by {answers} likely answered from a cache"));
        }
        if let Some(projected) = cost.projected_usd {
            add("Projected", estimate(projected), "when all planned evaluations are made".to_owned());
        }
        facts
    }
}

fn estimate(usd: f64) -> String {
    told(Cost { usd, certainty: Certainty::Estimate })
}

/// What the total leaves out, and what it was spent on.
fn note_of_all(cost: &OptimizationCost) -> String {
    let all = &cost.costs.all;
    let mut notes = Vec::new();
    if all.unknown() > 0 {
        notes.push(format!("of {} of {} traces", words::count(all.priced), words::count(all.traces())));
    }
    let proposing = cost.proposing.cost.map(|cost| format!("{} proposing", told(cost)));
    let after = cost.after_best.cost.map(|cost| format!("{} after the best score", told(cost)));
    let parts: Vec<String> = proposing.into_iter().chain(after).collect();
    if !parts.is_empty() {
        notes.push(parts.join(", "));
    }
    if !cost.costs.unpriced.is_empty() {
        let names: Vec<&str> = cost.costs.unpriced.keys().map(|name| &**name).collect();
        notes.push(format!("no price of {}", names.join(", ")));
    }
    notes.join("; ")
}

/// What so many examples would cost, by those that are known.
fn per_examples(sum: &CostSum) -> Option<Cost> {
    Some(Cost { usd: sum.mean()? * EXAMPLES, certainty: sum.cost?.certainty })
}

/// The score of a candidate, and what it was measured on: its best full evaluation, else its minibatches.
fn score_of(row: &CandidateRow) -> Option<(f64, &'static str)> {
    let full = row.full.map(|score| (score, "full"));
    let mini = row.mini.map(|score| (score, "minibatches"));
    full.or(mini).or(row.other.map(|score| (score, "kind unknown"))).filter(|(score, _)| score.is_finite())
}

/// The candidates whose score and cost are known, as points, and their places.
fn points(found: &Optimization, candidates: &Candidates, cost: &OptimizationCost) -> (Vec<TradeOffPoint>, Vec<usize>) {
    let program = |row: &CandidateRow| found.programs.get(*row.evaluations.first()?)?.as_ref();
    let lengths: Vec<Option<usize>> = candidates.rows.iter().map(|row| program(row).map(prompt_length)).collect();
    let longest = lengths.iter().copied().flatten().max().unwrap_or(0).max(1);
    let has_full = candidates.rows.iter().any(|row| row.full.is_some());
    let point = |(at, row): (usize, &CandidateRow)| {
        let (worth, on) = score_of(row)?;
        let each = per_examples(cost.candidates.get(at)?)?;
        let is_firm = row.full.is_some() || !has_full;
        let told = format!("{} {} ({on}) for {}", name(row.number), words::precise(worth), told(each));
        let size = lengths[at].map_or(0.0, |length| (length as f32 / longest as f32).sqrt());
        let tone = Tone::Category(row.number);
        let name = name(row.number);
        Some((TradeOffPoint { cost: each.usd, worth, size, tone, is_firm, name, told }, at))
    };
    candidates.rows.iter().enumerate().filter_map(point).unzip()
}

/// How much a program adds to each prompt: the text of its instructions and demos, in bytes.
fn prompt_length(program: &Program) -> usize {
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string().len(), str::len);
    let of_demos = |demos: &[crate::model::Demo]| -> usize {
        demos.iter().flat_map(|demo| demo.fields()).map(|(_, value)| text(value)).sum()
    };
    let one = |one: &crate::model::Predictor| one.instructions.as_deref().map_or(0, str::len) + of_demos(&one.demos);
    program.predictors.iter().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::found;
    use super::*;

    #[test]
    fn candidates_without_a_known_cost_are_no_points_at_0() {
        let found = found();
        let candidates = Candidates::of(&found);
        let mut cost =
            OptimizationCost { candidates: vec![CostSum::default(); candidates.rows.len()], ..Default::default() };
        assert!(points(&found, &candidates, &cost).0.is_empty());
        cost.candidates[1].cost = Some(Cost { usd: 0.02, certainty: Certainty::AtMost });
        cost.candidates[1].priced = 4;
        let (points, places) = points(&found, &candidates, &cost);
        assert_eq!(places, [1]);
        assert!((points[0].cost - 5.0).abs() < 1e-12, "four examples cost two cents");
        assert!(
            points[0].told.starts_with("C2 ") && points[0].told.ends_with("for ≤\u{a0}$5.00"),
            "{}",
            points[0].told
        );
    }

    #[test]
    fn a_point_leads_to_the_row_that_is_shown() {
        let found = found();
        let mut candidates = Candidates::of(&found);
        let mut cost =
            OptimizationCost { candidates: vec![CostSum::default(); candidates.rows.len()], ..Default::default() };
        for sum in &mut cost.candidates {
            (sum.cost, sum.priced) = (Some(Cost { usd: 0.02, certainty: Certainty::AtMost }), 4);
        }
        let mut shown = CostShown { asked: CostInRounds::of(cost), ..CostShown::default() };
        let leads = |shown: &CostShown, candidates: &Candidates| {
            let names = shown.candidates.iter().map(|at| name(candidates.rows[*at].number));
            names.zip(&shown.points).all(|(name, point)| name == point.name)
        };
        shown.point(&found, &candidates);
        assert!(shown.has_points() && leads(&shown, &candidates));
        candidates.rows.reverse();
        assert!(!leads(&shown, &candidates), "they are those of other rows");
        shown.forget_points();
        shown.point(&found, &candidates);
        assert!(shown.has_points() && leads(&shown, &candidates));
    }
}
