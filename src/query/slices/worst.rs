//! The one group of examples that whoever reads a verdict has to know of.

use super::{fields_of, objects, sliced};
use crate::analysis::slices::{Slice, Worst, worst};
use crate::model::RunId;
use crate::query::ask::{Question, Session};
use crate::query::scores::{Evaluated, ScoresOf};
use crate::query::sides::{BothSidesOf, Sides};
use crate::store::Result;

/// Groups of fewer examples are no class: one that turned says nothing of it.
const LEAST: usize = 3;

/// A slice of the examples in which the winner lost, or lost most often.
#[derive(Clone, Debug, PartialEq)]
pub struct WorstSlice {
    /// The field that parts the examples so.
    pub field: String,
    /// The slice.
    pub slice: Slice,
    /// Whether its mean fell; else only some of its examples got worse.
    pub fell: bool,
    /// From how many slices it was chosen, over all fields.
    pub of: usize,
    /// One point of an example's score on the scale of `eval`: 100 or 1.
    pub unit: f64,
}

/// The slice in which the winner lost most against the seed, by the stored values of any field; `None` if there is no
/// verdict, no field that repeats, or no example got worse.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorstSliceOf(pub RunId);

impl Question for WorstSliceOf {
    type Answer = Option<WorstSlice>;
    const LABEL: &'static str = "worst slice";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let of = Evaluated::Optimization(self.0.clone());
        let sides = session.ask(&BothSidesOf { of, sides: Sides::SeedAndWinner, score: None })?;
        let Some(Ok(sides)) = sides.as_ref() else { return Ok(None) };
        let scores = session.ask(&ScoresOf::optimization(self.0.clone()))?;
        let Some(scores) = scores.as_ref() else { return Ok(None) };
        let examples = objects(scores, sides);
        let mut all: Vec<(String, Slice)> = Vec::new();
        for field in fields_of(scores, &examples).iter().filter(|field| field.is_stored()) {
            session.cx.check()?;
            let found = sliced(sides, &examples, field).into_iter().filter(|slice| slice.examples.len() >= LEAST);
            all.extend(found.map(|slice| (field.title(), slice)));
        }
        let Some(found) = worst(all.iter().map(|(_, slice)| slice)) else { return Ok(None) };
        let (at, fell) = match found {
            Worst::Fell(at) => (at, true),
            Worst::HasWorse(at) => (at, false),
        };
        let (of, unit) = (all.len(), sides.unit);
        Ok(all.into_iter().nth(at).map(|(field, slice)| WorstSlice { field, slice, fell, of, unit }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |it| 400 + it.slice.value.bytes() + 12 * it.slice.examples.len())
    }
}
