//! Which demos of a program a prompt shows: the way from a call to the program that it ran.

use super::chat::{CallOf, Message, PartKind, Place, ReadCall};
use super::program::program_state;
use super::trace::TraceTreeOf;
use crate::model::{Demo, Json, Predictor, RunId};
use crate::query::ask::{Question, Session};
use crate::store::Result;

/// Where the demos of a call's prompt stand in the program of the trace's run. `None` inside where the trace belongs to
/// no run, the run has no program, or no predictor of it has such demos.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PromptDemosOf(pub CallOf);

/// The demos of a prompt within a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptDemos {
    /// The run whose program it is.
    pub run: RunId,
    /// The path of the predictor whose demos they are; of several with such demos the first.
    pub predictor: String,
    /// For each demo of the prompt, in its order: its place among the predictor's, from 0; `None` of one that it does
    /// not have.
    pub places: Vec<Option<usize>>,
}

impl Question for PromptDemosOf {
    type Answer = Option<PromptDemos>;
    const LABEL: &'static str = "demos of a prompt";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let tree = session.ask(&TraceTreeOf(self.0.trace.clone()))?;
        let run = tree.as_ref().as_ref().and_then(|tree| tree.head.row.run_id.clone());
        let Some(run) = run else { return Ok(None) };
        let call = session.ask(&self.0)?;
        let shown = call.as_ref().as_ref().map(demos_of).unwrap_or_default();
        if shown.is_empty() {
            return Ok(None);
        }
        let Some(program) = program_state(session, &run, false)? else { return Ok(None) };
        let mut best: Option<(usize, PromptDemos)> = None;
        for predictor in &program.predictors {
            let places: Vec<Option<usize>> = shown.iter().map(|demo| place_of(demo, predictor)).collect();
            let known = places.iter().flatten().count();
            if known > best.as_ref().map_or(0, |(most, _)| *most) {
                best = Some((known, PromptDemos { run: run.clone(), predictor: predictor.path.clone(), places }));
            }
        }
        Ok(best.map(|(_, demos)| demos))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.as_ref().map_or(0, |demos| demos.places.len() * 16 + 128)
    }
}

/// The fields of a demo as the prompt shows them.
type Shown = Vec<(String, String)>;

/// The demos of a prompt in their order.
fn demos_of(read: &ReadCall) -> Vec<Shown> {
    let mut demos: Vec<(usize, Shown)> = Vec::new();
    let fields = |message: &Message| -> Shown {
        let fields = message.parts.iter().filter(|part| part.kind == PartKind::Field);
        fields
            .filter_map(|part| Some((part.name.as_deref()?.to_owned(), message.value_of(part).trim().to_owned())))
            .collect()
    };
    for message in &read.call.call.messages {
        let Place::Demo(number) = message.place else { continue };
        match demos.last_mut().filter(|(last, _)| *last == number) {
            Some((_, demo)) => demo.extend(fields(message)),
            None => demos.push((number, fields(message))),
        }
    }
    demos.into_iter().map(|(_, demo)| demo).collect()
}

fn place_of(shown: &Shown, predictor: &Predictor) -> Option<usize> {
    predictor.demos.iter().position(|demo| is_shown(shown, demo))
}

/// Whether a prompt shows this demo: every text of it that the prompt has is the same, and there is one. Adapters write
/// what is no text in words of their own; that tells nothing.
fn is_shown(shown: &Shown, demo: &Demo) -> bool {
    let mut texts = shown.iter().filter_map(|(name, text)| match demo.values.get(name) {
        Some(Json::String(value)) => Some(value.trim() == text),
        _ => None,
    });
    texts.next().is_some_and(|first| first) && texts.all(|is_same| is_same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_demo_is_known_by_its_texts() {
        let demo = |value: Json| Demo { values: value.as_object().cloned().unwrap_or_default() };
        let shown: Shown = [("q", "one"), ("a", "1"), ("n", "['x']")].map(|(a, b)| (a.to_owned(), b.to_owned())).into();
        assert!(is_shown(&shown, &demo(json!({"q": "one\n", "a": "1", "n": ["x"], "augmented": true}))));
        assert!(!is_shown(&shown, &demo(json!({"q": "one", "a": "2"}))));
        assert!(!is_shown(&shown, &demo(json!({"n": ["x"]}))), "nothing tells");
    }
}
