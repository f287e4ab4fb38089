//! Seed and winner of an optimization by the values of a field of the examples, and what they took for what.

mod predictions;
mod words;
mod worst;

use super::scores::{Evaluated, Scores, ScoresOf};
use super::sides::{BothSides, BothSidesOf, Sides};
use super::verdict::NoVerdict;
use crate::analysis::slices::{Answered, Confusion, Scored, Slice, SliceField, SliceValue, fields, part, slices};
use crate::model::program::Object;
use crate::query::ask::{Question, Session};
use crate::store::{Part, Result};

pub(super) use predictions::{Predictions, text};
pub use worst::{WorstSlice, WorstSliceOf};

/// Examples by a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Slices {
    /// The fields that examples can be parted by, those with few values that repeat first.
    pub fields: Vec<SliceField>,
    /// The field that parts them here; `None` if none was asked for, or there is no such one.
    pub field: Option<SliceField>,
    /// One slice for each value of the field.
    pub slices: Vec<Slice>,
    /// What seed and winner took for what, if the field is what was expected and has few values.
    pub confusion: Option<Confusion>,
    /// Of so many examples it is not known what both predicted: they are not in [`Self::confusion`].
    pub not_predicted: usize,
    /// One point of an example's score on the scale of `eval`: 100 or 1.
    pub unit: f64,
}

impl Slices {
    /// The examples that are in some slice, each once.
    pub fn examples(&self) -> usize {
        let mut all: Vec<u32> = self.slices.iter().flat_map(|slice| slice.examples.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    }
}

/// Evaluations by a field of the examples; the outer `None` if the store has no such ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SlicesOf {
    /// Among which evaluations.
    pub of: Evaluated,
    /// Which of them are looked at.
    pub sides: Sides,
    /// By what.
    pub by: SliceBy,
    /// Which of several scores, by its name; `None` for the one that counts by itself.
    pub score: Option<String>,
}

/// By what examples are parted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SliceBy {
    /// By nothing: which fields there are.
    Nothing,
    /// By the field that parts them best: what was expected, if that repeats.
    Usual,
    /// By this one, as [`SliceField::title`] says it.
    Field(String),
}

impl Question for SlicesOf {
    type Answer = Option<std::result::Result<Slices, NoVerdict>>;
    const LABEL: &'static str = "slices of examples";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let asked = BothSidesOf { of: self.of.clone(), sides: self.sides.clone(), score: self.score.clone() };
        let sides = session.ask(&asked)?;
        let sides = match sides.as_ref() {
            None => return Ok(None),
            Some(Err(why)) => return Ok(Some(Err(*why))),
            Some(Ok(sides)) => sides,
        };
        let scores = session.ask(&ScoresOf { of: self.of.clone(), score: self.score.clone() })?;
        let Some(scores) = scores.as_ref() else { return Ok(None) };
        let examples = objects(scores, sides);
        let fields = fields_of(scores, &examples);
        let field = match &self.by {
            SliceBy::Nothing => None,
            SliceBy::Usual => fields.first(),
            // A field of the examples may be called as a computed one.
            SliceBy::Field(title) => fields.iter().find(|field| field.title() == *title),
        };
        let field = field.cloned();
        let mut found =
            Slices { fields, field, slices: Vec::new(), confusion: None, not_predicted: 0, unit: sides.unit };
        if let Some(field) = &found.field {
            found.slices = sliced(sides, &examples, field);
            if field.is_stored() {
                let answers = answers(session, scores, sides, &field.name)?;
                found.confusion = Confusion::count(&answers);
                found.not_predicted = answers.iter().filter(|one| one.told.iter().any(Option::is_none)).count();
            }
        }
        Ok(Some(Ok(found)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let slice = |slice: &Slice| slice.value.bytes() + 300 + 12 * slice.examples.len();
        let of = |one: &Slices| {
            one.slices.iter().map(slice).sum::<usize>() + one.confusion.as_ref().map_or(0, Confusion::bytes)
        };
        answer.as_ref().and_then(|it| it.as_ref().ok()).map_or(0, of)
    }
}

/// The examples that were scored, in the order of [`BothSides::scored`].
pub(super) fn objects<'a>(scores: &'a Scores, sides: &BothSides) -> Vec<&'a Object> {
    let example = |one: &Scored| scores.matrix.examples.get(one.example as usize).map(|it| &it.example);
    sides.scored.iter().filter_map(example).collect()
}

pub(super) fn fields_of(scores: &Scores, examples: &[&Object]) -> Vec<SliceField> {
    fields(examples, |name| scores.inputs.as_ref().is_none_or(|inputs| inputs.contains(name)))
}

fn sliced(sides: &BothSides, examples: &[&Object], field: &SliceField) -> Vec<Slice> {
    let scored = |places: Vec<usize>| places.into_iter().filter_map(|at| sides.scored.get(at).copied()).collect();
    let groups = part(examples, field);
    slices(groups.into_iter().map(|(value, places): (SliceValue, _)| (value, scored(places))).collect())
}

/// Predictions of a field of the examples, from the tables, else from the traces of the examples.
fn answers(session: &mut Session<'_>, scores: &Scores, sides: &BothSides, field: &str) -> Result<Vec<Answered>> {
    let time = session.cx.begin(Part::Failures);
    let places: Vec<u32> = sides.scored.iter().map(|one| one.example).collect();
    let mut told: Vec<Vec<Option<String>>> = Vec::new();
    for column in sides.columns().into_iter().flatten() {
        let Some(found) = Predictions::of(session, scores, column, time)? else { return Ok(Vec::new()) };
        told.push(found.of_field(session, &places, field)?);
    }
    let (Some(first), Some(last)) = (told.first(), told.last()) else { return Ok(Vec::new()) };
    let expected = |place: u32| scores.matrix.examples.get(place as usize)?.example.get(field).map(text);
    let answers = places
        .iter()
        .zip(first.iter().zip(last))
        .filter_map(|(place, (seed, winner))| {
            Some(Answered { example: *place, expected: expected(*place)?, told: [seed.clone(), winner.clone()] })
        })
        .collect();
    Ok(answers)
}
