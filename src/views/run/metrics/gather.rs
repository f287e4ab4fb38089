//! Asks for what the runs logged of a metric, and makes it the lines of a chart.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::MetricsMemory;
use super::by_run::{ByRun, RunValue, latest};
use super::choice::Candidate;
use super::lines::{Axis, Drawing, Facts, Line};
use super::points::RunPoints;
use crate::loader::{DerivedKey, Failure, Lane, unique_id};
use crate::model::{MetricSeries, RunId};
use crate::query::MetricOf;
use crate::views::scene::Scene;
use crate::widgets::charts::Series;
use crate::widgets::tokens::Tone;

/// What is known of the lines of a metric.
#[derive(Default)]
pub(super) struct Gathered {
    pub series: Vec<Series>,
    pub points: Vec<RunPoints>,
    pub drawing: Drawing,
    pub is_by_order: bool,
    /// One run is shown alone.
    pub is_single: bool,
    pub is_waiting: bool,
    pub error: Option<Failure>,
    pub facts: Facts,
}

/// A run that is shown, what it logged of the metric, and the number of that answer.
type Answer<'c> = (&'c Candidate, Arc<Option<MetricSeries>>, u64);

/// Asks for the points of each run, and for their lines as they are drawn now.
pub(super) fn gather(scene: &mut Scene<'_>, memory: &mut MetricsMemory, key: &str, shown: &[&Candidate]) -> Gathered {
    let mut gathered = Gathered { is_single: shown.len() == 1, ..Gathered::default() };
    let mut answers: Vec<Answer<'_>> = Vec::new();
    for candidate in shown {
        let id = &candidate.run.id;
        let slot = scene.loader.ask(&MetricOf { run: id.clone(), key: key.to_owned() }, Lane::Visible);
        gathered.is_waiting |= slot.is_pending() && slot.value().is_none();
        gathered.error = gathered.error.take().or(slot.error().cloned());
        let Some(answer) = slot.value() else { continue };
        if answer.as_ref().as_ref().is_none_or(|series| series.points.is_empty()) {
            continue;
        }
        let source = memory.number(id, key, answer);
        answers.push((candidate, Arc::clone(answer), source));
    }
    let Some(axis) = memory.axis_of(key, &answers, gathered.is_waiting) else { return gathered };
    gathered.drawing = Drawing { axis, ..memory.drawing };
    for (candidate, answer, _) in &answers {
        let (run_id, name) = (candidate.run.id.to_string(), candidate.name().to_owned());
        let tone = if gathered.is_single { Tone::Accent } else { candidate.tone };
        gathered.points.push(RunPoints {
            run_id,
            name,
            label: candidate.label.clone(),
            tone,
            series: Arc::clone(answer),
        });
    }
    match axis {
        Axis::Runs => by_run(memory, key, &answers, &mut gathered),
        _ => by_point(scene, memory, key, &answers, &mut gathered),
    }
    gathered
}

/// A line per run.
fn by_point(
    scene: &mut Scene<'_>,
    memory: &mut MetricsMemory,
    key: &str,
    answers: &[Answer<'_>],
    gathered: &mut Gathered,
) {
    let (drawing, is_single) = (gathered.drawing, gathered.is_single);
    for (candidate, answer, source) in answers {
        let id = &candidate.run.id;
        let (owned, start_ms) = (Arc::clone(answer), candidate.run.start_time_ms);
        let derived = DerivedKey { what: "line of a metric", source: *source, variant: drawing.variant() };
        let made = scene.loader.derive(derived, Lane::Visible, move || {
            let line = owned.as_ref().as_ref().map(|series| Line::new(series, drawing, start_ms));
            let bytes = line.as_ref().map_or(0, Line::bytes);
            (line, bytes)
        });
        let lines = &mut memory.charts.entry(key.to_owned()).or_default().lines;
        if let Some(line) = made.value().and_then(|line| line.as_ref().clone()) {
            lines.insert(id.clone(), Arc::new(line));
        }
        let tone = if is_single { Tone::Accent } else { candidate.tone };
        if let Some(line) = lines.get(id) {
            gathered.is_by_order |= line.is_by_order;
            gathered.facts = gathered.facts.and(line.facts);
            let name: Arc<str> = if is_single { key.into() } else { candidate.label.as_str().into() };
            let dressed = |series: &Series| series.clone().tone(tone).named(Arc::clone(&name));
            gathered.series.extend(line.raw.as_ref().map(dressed));
            gathered.series.push(dressed(&line.main));
        } else {
            gathered.is_waiting = true;
        }
    }
    // The raw lines lie behind all others.
    gathered.series.sort_by_key(|series| !series.is_faint());
}

/// One line over the runs.
fn by_run(memory: &mut MetricsMemory, key: &str, answers: &[Answer<'_>], gathered: &mut Gathered) {
    let drawing = gathered.drawing;
    let state = memory.charts.entry(key.to_owned()).or_default();
    // What was made while the names of the programs were not known yet is made anew.
    let looks = |candidate: &Candidate| {
        let mut hasher = DefaultHasher::new();
        (candidate.tone, &candidate.label).hash(&mut hasher);
        hasher.finish()
    };
    let sources = answers.iter().flat_map(|(candidate, _, source)| [*source, looks(candidate)]).collect::<Vec<_>>();
    let kept = state.by_run.take().filter(|made| made.is_of(&sources, drawing));
    let made = kept.unwrap_or_else(|| {
        let value = |(candidate, answer, _): &Answer<'_>| {
            Some(RunValue {
                name: candidate.label.as_str().into(),
                tone: candidate.tone,
                start_ms: candidate.run.start_time_ms,
                point: *latest(answer.as_ref().as_ref()?)?,
            })
        };
        ByRun::new(key, answers.iter().filter_map(value).collect(), sources, drawing)
    });
    gathered.series.clone_from(&made.series);
    gathered.facts = made.facts;
    state.by_run = Some(made);
}

impl MetricsMemory {
    /// Over what the chart of a metric is drawn: as the user chose, else over the runs where each has one value,
    /// which over steps would all stand at one place. `None` while that is not known.
    fn axis_of(&mut self, key: &str, answers: &[Answer<'_>], is_waiting: bool) -> Option<Axis> {
        let chosen = self.axis;
        let state = self.charts.entry(key.to_owned()).or_default();
        let has_one = |answer: &Answer<'_>| answer.1.as_ref().as_ref().is_some_and(|series| series.points.len() == 1);
        let axis = match chosen {
            Some(axis) => axis,
            None if is_waiting => return state.axis,
            None if answers.len() > 1 && answers.iter().all(has_one) => Axis::Runs,
            None => Axis::Step,
        };
        if state.axis.replace(axis).is_some_and(|before| before != axis) {
            state.see_all();
        }
        Some(axis)
    }

    fn number(&mut self, run: &RunId, key: &str, answer: &Arc<Option<MetricSeries>>) -> u64 {
        let known = self.numbers.get(&(run.clone(), key.to_owned()));
        match known.filter(|(known, _)| Arc::ptr_eq(known, answer)) {
            Some((_, number)) => *number,
            None => {
                let number = unique_id();
                self.numbers.insert((run.clone(), key.to_owned()), (Arc::clone(answer), number));
                number
            }
        }
    }
}
