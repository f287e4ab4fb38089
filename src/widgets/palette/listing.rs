//! What the palette lists: headings and items, found anew only when something was typed or the items changed.

use super::PaletteItem;
use super::rank::{Query, Score};

/// A line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Heading(usize),
    Item(usize),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    pub(super) lines: Vec<Line>,
    made_for: Option<(String, u64, usize)>,
}

impl Listing {
    /// Finds the lines if they are not those of `typed`; returns whether they are new.
    pub(super) fn update<'d>(
        &mut self,
        typed: &str,
        version: u64,
        total: usize,
        groups: usize,
        item: &dyn Fn(usize) -> PaletteItem<'d>,
    ) -> bool {
        if self.made_for.as_ref().is_some_and(|(old, v, t)| old == typed && *v == version && *t == total) {
            return false;
        }
        self.made_for = Some((typed.to_owned(), version, total));
        self.lines = lines(&Query::new(typed), total, groups, item);
        true
    }

    pub(super) fn first_item(&self) -> Option<usize> {
        self.lines.iter().position(|line| matches!(line, Line::Item(_)))
    }

    pub(super) fn item_at(&self, line: usize) -> Option<usize> {
        match self.lines.get(line) {
            Some(Line::Item(index)) => Some(*index),
            _ => None,
        }
    }

    /// The line that is so many items away, as far as there are items.
    pub(super) fn step(&self, from: usize, by: isize) -> usize {
        let mut at = from;
        let mut last_item = from;
        for _ in 0..by.unsigned_abs() {
            loop {
                let next = at.checked_add_signed(by.signum()).filter(|next| *next < self.lines.len());
                let Some(next) = next else { return last_item };
                at = next;
                if self.item_at(at).is_some() {
                    last_item = at;
                    break;
                }
            }
        }
        last_item
    }
}

/// What is offered whatever is typed was made of what is typed, and answers it best.
fn score(query: &Query, item: &PaletteItem<'_>) -> Option<Score> {
    if item.is_last {
        Some(Score::LEAST)
    } else if item.is_always {
        Some(Score::BEST)
    } else {
        query.score_of(&item.text, &item.note)
    }
}

fn lines<'d>(query: &Query, total: usize, groups: usize, item: &dyn Fn(usize) -> PaletteItem<'d>) -> Vec<Line> {
    let mut by_group: Vec<Vec<(Score, usize)>> = vec![Vec::new(); groups.max(1)];
    for index in 0..total {
        let item = item(index);
        if let (Some(score), Some(group)) = (score(query, &item), by_group.get_mut(item.group.min(groups.max(1) - 1))) {
            group.push((score, index));
        }
    }
    let mut order: Vec<usize> = (0..by_group.len()).filter(|group| !by_group[*group].is_empty()).collect();
    if !query.is_empty() {
        for group in &mut by_group {
            group.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        }
        // The group of the best match comes first.
        order.sort_by(|a, b| by_group[*b][0].0.cmp(&by_group[*a][0].0));
    }
    let mut lines = Vec::with_capacity(total + groups);
    for group in order {
        if groups > 0 {
            lines.push(Line::Heading(group));
        }
        lines.extend(by_group[group].iter().map(|(_, index)| Line::Item(*index)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEMS: [(&str, &str, usize); 5] = [
        ("Compare runs", "", 0),
        ("Open store…", "", 0),
        ("eval_full_2", "bold-finch-218", 1),
        ("calm-otter-77", "run", 1),
        ("Copy path", "", 0),
    ];

    fn item(index: usize) -> PaletteItem<'static> {
        let (text, note, group) = ITEMS[index];
        PaletteItem::new(text).note(note).group(group)
    }

    fn listing(typed: &str) -> Listing {
        let mut listing = Listing::default();
        assert!(listing.update(typed, 1, ITEMS.len(), 2, &item));
        assert!(!listing.update(typed, 1, ITEMS.len(), 2, &item));
        listing
    }

    #[test]
    fn without_words_everything_stands_in_its_order() {
        use Line::{Heading, Item};
        assert_eq!(listing("").lines, [Heading(0), Item(0), Item(1), Item(4), Heading(1), Item(2), Item(3)]);
    }

    #[test]
    fn the_group_of_the_best_match_comes_first() {
        use Line::{Heading, Item};
        assert_eq!(listing("calm").lines, [Heading(1), Item(3)]);
        assert_eq!(listing("finch").lines, [Heading(1), Item(2)]);
        assert_eq!(listing("co").lines, [Heading(0), Item(4), Item(0), Heading(1), Item(3)]);
        assert!(listing("zzz").lines.is_empty());
    }

    #[test]
    fn what_was_made_of_what_is_typed_stands_first_whatever_it_is_called() {
        let items = |index: usize| if index == 4 { item(index).always() } else { item(index) };
        let mut listing = Listing::default();
        listing.update("calm", 1, ITEMS.len(), 2, &items);
        assert_eq!(listing.lines[..2], [Line::Heading(0), Line::Item(4)]);
    }

    #[test]
    fn what_is_offered_at_last_stands_behind_what_answers() {
        let items = |index: usize| if index == 4 { item(index).last() } else { item(index) };
        let mut listing = Listing::default();
        listing.update("co", 1, ITEMS.len(), 2, &items);
        assert_eq!(listing.lines[..3], [Line::Heading(0), Line::Item(0), Line::Item(4)]);
        listing.update("zzz", 2, ITEMS.len(), 2, &items);
        assert_eq!(listing.lines, [Line::Heading(0), Line::Item(4)]);
    }

    #[test]
    fn steps_go_over_headings_and_end_at_the_ends() {
        let listing = listing("");
        assert_eq!(listing.first_item(), Some(1));
        assert_eq!([listing.step(3, 1), listing.step(5, -1), listing.step(1, -1), listing.step(1, 99)], [5, 3, 1, 6]);
    }
}
