//! The ways in which a span can be read. Whoever adds one adds a variant, where it is offered, and the function that
//! draws it in the `match` of [`super::span_ui`].

use std::collections::BTreeMap;

use super::Focused;

/// A way in which what a span was given and gave back can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reading {
    /// As titled fields.
    Fields,
    /// All that was stored, as JSON.
    Raw,
}

impl Reading {
    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Fields => "Fields",
            Self::Raw => "Raw",
        }
    }
}

/// How a span can be read: first what says most of such a span.
pub(super) fn offered(_one: Focused<'_>) -> Vec<Reading> {
    vec![Reading::Fields, Reading::Raw]
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
    }
}
