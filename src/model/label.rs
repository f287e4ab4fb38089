//! What a user says of traces and examples: right, wrong, a note, the answer that would have been right.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::program::Object;
use super::secret::{MASK, has_masked};
use super::{Json, TraceId, json};

/// What is labelled.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LabelOf {
    /// An answer, by its trace.
    Trace(TraceId),
    /// An example, whatever answered it: by a hash of its inputs, in hex.
    Example(String),
}

impl LabelOf {
    /// The example of these inputs; `None` where something of them is masked, since others may differ in just that.
    pub fn example(inputs: &Object) -> Option<Self> {
        if inputs.iter().any(|(name, value)| name.contains(MASK) || has_masked(value)) {
            return None;
        }
        // Sorted, so that the order in which a store gives them does not matter.
        let mut fields: Vec<(&String, String)> = inputs.iter().map(|(name, value)| (name, as_text(value))).collect();
        fields.sort_unstable();
        let mut hash = Sha256::new();
        for (name, value) in fields {
            for part in [name.as_str(), &value] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part.as_bytes());
            }
        }
        Some(Self::Example(hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()))
    }
}

/// A table that went through pandas has `27` where a trace has `"27"`.
fn as_text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether an answer is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Judgement {
    /// It is.
    Right,
    /// It is not.
    Wrong,
}

impl Judgement {
    /// `right`, `wrong`
    pub const fn word(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
        }
    }

    /// The one of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Right, Self::Wrong].into_iter().find(|one| one.word() == word)
    }
}

/// What a user said of something.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Label {
    /// Whether it is right, if said.
    pub judgement: Option<Judgement>,
    /// A note; empty if none.
    pub note: String,
    /// The fields of the answer as they should have been.
    pub corrected: Option<Object>,
    /// When it was said last, milliseconds since the epoch.
    pub time_ms: i64,
}

impl Label {
    /// Whether it says nothing (any more).
    pub fn is_empty(&self) -> bool {
        self.judgement.is_none() && self.note.is_empty() && self.corrected.is_none()
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let corrected = self.corrected.iter().flatten().map(|(name, value)| name.len() + json::bytes_of(value));
        100 + self.note.len() + corrected.sum::<usize>()
    }
}

/// One thing that is said, or taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelChange {
    /// It is right, or wrong; nobody says so any more.
    Judgement(Option<Judgement>),
    /// What there is to note; nothing if empty.
    Note(String),
    /// How these fields of the answer should have been; nothing is corrected any more.
    Corrected(Option<Object>),
}

/// All labels of a store.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Labels(HashMap<LabelOf, Label>);

impl Labels {
    /// That of something, if there is one.
    pub fn of(&self, what: &LabelOf) -> Option<&Label> {
        self.0.get(what)
    }

    /// Says this of something from now on.
    pub fn change(&mut self, what: LabelOf, change: LabelChange, time_ms: i64) {
        let label = self.0.entry(what.clone()).or_default();
        label.time_ms = time_ms;
        match change {
            LabelChange::Judgement(judgement) => label.judgement = judgement,
            LabelChange::Note(note) => label.note = note,
            LabelChange::Corrected(corrected) => label.corrected = corrected.filter(|fields| !fields.is_empty()),
        }
        if label.is_empty() {
            self.0.remove(&what);
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, the newest first.
    pub fn newest_first(&self) -> Vec<(&LabelOf, &Label)> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_by(|(a, x), (b, y)| y.time_ms.cmp(&x.time_ms).then_with(|| a.cmp(b)));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_example_is_known_by_its_inputs_however_they_are_written() {
        let of = |value: Json| match value {
            Json::Object(inputs) => LabelOf::example(&inputs),
            _ => None,
        };
        assert_eq!(of(json!({"a": 27, "b": "x"})), of(json!({"b": "x", "a": "27"})));
        assert_ne!(of(json!({"a": "x", "b": "y"})), of(json!({"a": "y", "b": "x"})));
        assert_ne!(of(json!({"a": "xb"})), of(json!({"ax": "b"})));
        for masked in [json!(MASK), json!("say ‹masked› twice"), json!([{"b": {"masked": true}}])] {
            assert_eq!(of(json!({"a": masked, "b": "x"})), None);
        }
    }

    #[test]
    fn what_is_taken_back_is_gone() {
        let (mut labels, what) = (Labels::default(), LabelOf::Trace("tr-1".into()));
        labels.change(what.clone(), LabelChange::Judgement(Some(Judgement::Right)), 1);
        labels.change(what.clone(), LabelChange::Note("why".to_owned()), 2);
        labels.change(what.clone(), LabelChange::Judgement(None), 3);
        let label = labels.of(&what).expect("the note is there");
        assert_eq!((label.judgement, &*label.note, label.time_ms), (None, "why", 3));
        labels.change(what, LabelChange::Note(String::new()), 4);
        assert!(labels.is_empty());
    }
}
