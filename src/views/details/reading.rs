//! The ways in which a span can be read. Whoever adds one adds a variant, where it is offered, and the function that
//! draws it in the `match` of [`super::span_ui`].

use std::collections::BTreeMap;

use super::Focused;
use super::told::Told;
use crate::analysis::span_groups::SpanGroup;
use crate::views::scene::Scene;

/// A way in which what a span was given and gave back can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// An LM call as the messages of a chat, each as its adapter wrote it.
    Chat,
    /// An agent, step by step.
    Steps,
    /// What tried several times: attempts beside each other.
    Attempts,
    /// What a retriever found.
    Passages,
    /// As titled fields.
    Fields,
    /// Traces that it likely made.
    LikelyCalls,
    /// All that was stored, as JSON.
    Raw,
}

impl Reading {
    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Chat => "Chat",
            Self::Steps => "Steps",
            Self::Attempts => "Attempts",
            Self::Passages => "Passages",
            Self::Fields => "Fields",
            Self::LikelyCalls => "Likely calls",
            Self::Raw => "Raw",
        }
    }
}

/// How a span can be read: first what says most of such a span.
pub(super) fn offered(scene: &mut Scene<'_>, one: Focused<'_>) -> Vec<Reading> {
    let told = Told::of(scene, one);
    let is_call = one.tree.shape.groups.get(one.ordinal) == Some(&SpanGroup::Lm);
    let mut offered: Vec<Reading> = is_call.then_some(Reading::Chat).into_iter().collect();
    offered.extend(told.is_agent.then_some(Reading::Steps));
    offered.extend((told.has_attempts == Some(true)).then_some(Reading::Attempts));
    offered.extend(told.has_passages.then_some(Reading::Passages));
    offered.push(Reading::Fields);
    // Calls at once are no more than how it worked.
    offered.extend((told.has_attempts == Some(false)).then_some(Reading::Attempts));
    offered.extend(told.has_likely_calls.then_some(Reading::LikelyCalls));
    offered.push(Reading::Raw);
    offered
}

/// What was chosen, for each kind of span: spans are of one kind if the same reading comes first.
#[derive(Clone, Debug, Default)]
pub(super) struct Choices {
    chosen: BTreeMap<Reading, Reading>,
    /// What was chosen before the raw record.
    before_raw: BTreeMap<Reading, Reading>,
}

impl Choices {
    /// How a span is read that offers these.
    pub fn chosen(&self, offered: &[Reading]) -> Reading {
        let first = offered.first().copied().unwrap_or(Reading::Raw);
        self.chosen.get(&first).copied().filter(|chosen| offered.contains(chosen)).unwrap_or(first)
    }

    /// Spans like this are read so from now on.
    pub fn choose(&mut self, offered: &[Reading], reading: Reading) {
        let Some(first) = offered.first().copied() else { return };
        let before = self.chosen(offered);
        if before != Reading::Raw {
            self.before_raw.insert(first, before);
        }
        self.chosen.insert(first, reading);
    }

    /// To the raw record, or back from it.
    pub fn toggle_raw(&mut self, offered: &[Reading]) {
        let first = offered.first().copied().unwrap_or(Reading::Raw);
        let to = match self.chosen(offered) {
            Reading::Raw => self.before_raw.get(&first).copied().unwrap_or(first),
            _ => Reading::Raw,
        };
        self.choose(offered, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_raw_record_is_one_key_away_and_the_way_back_too() {
        let mut choices = Choices::default();
        let offered = [Reading::Fields, Reading::Raw];
        assert_eq!(choices.chosen(&offered), Reading::Fields);
        choices.toggle_raw(&offered);
        assert_eq!(choices.chosen(&offered), Reading::Raw);
        assert_eq!(choices.chosen(&[Reading::Raw]), Reading::Raw);
        choices.toggle_raw(&offered);
        assert_eq!(choices.chosen(&offered), Reading::Fields);
        // Calls have a choice of their own, and the key leads back to it.
        let of_calls = [Reading::Chat, Reading::Fields, Reading::Raw];
        assert_eq!(choices.chosen(&of_calls), Reading::Chat);
        choices.choose(&of_calls, Reading::Fields);
        choices.toggle_raw(&of_calls);
        choices.toggle_raw(&of_calls);
        assert_eq!(choices.chosen(&of_calls), Reading::Fields);
    }
}
