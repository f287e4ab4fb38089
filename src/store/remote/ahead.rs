//! Questions that are likely to come next, asked before they come.
//!
//! Whoever looks into a hundred traces asks of one after the other, and would wait for the way there and back as often.
//! So where the same is asked of several in the order of a list that was given before, it is asked of those behind them,
//! too. The other side answers that when nobody else waits, and the answer is there when it is wanted. What is read
//! earlier than it is wanted is kept for [`FRESH`] at most, and not beyond a change of the store.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::frame::Number;

/// An answer counts as just read for so long.
const FRESH: Duration = Duration::from_secs(10);

/// So many lists are known at once, of no more ids than that.
const LISTS: usize = 16;
const LONGEST: usize = 20_000;

/// What is asked next is among so many behind the last.
const NEAR: usize = 16;

/// In order as often before it is followed.
const BEFORE: u32 = 2;

/// No more are asked ahead of one.
const FARTHEST: usize = 64;

/// No more wait to be answered: what is answered late is no longer fresh, and is read twice.
const UNANSWERED: usize = 16;

/// So many answers that nobody wanted yet are kept.
const MOST: usize = 256;

/// So many kinds of questions are followed.
const SHAPES: usize = 256;

/// Answers that are larger are not asked for before they are wanted.
const LARGE: usize = 256 << 10;

/// A question without what it is about: what stands before and behind that.
pub type Shape = (Vec<u8>, Vec<u8>);

/// What is known of the order of questions.
#[derive(Debug, Default)]
pub struct Ahead {
    lists: VecDeque<(u64, Arc<[Arc<str>]>)>,
    last_list: u64,
    places: HashMap<Arc<str>, (u64, usize)>,
    followed: HashMap<Shape, Followed>,
    asked: HashMap<(Shape, Arc<str>), (Number, Instant)>,
}

#[derive(Debug, Default)]
struct Followed {
    last: Option<(u64, usize)>,
    in_order: u32,
    /// Up to where it was asked ahead in the list of `last`.
    asked_to: usize,
}

impl Ahead {
    /// Notes a list of ids that was given.
    pub fn listed<'a>(&mut self, ids: impl Iterator<Item = &'a str>) {
        let list: Arc<[Arc<str>]> = ids.take(LONGEST).map(Arc::from).collect();
        if list.len() < 2 || self.lists.iter().any(|(_, known)| *known == list) {
            return;
        }
        self.last_list += 1;
        let number = self.last_list;
        self.places.extend((0..).zip(list.iter()).map(|(at, id)| (Arc::clone(id), (number, at))));
        self.lists.push_back((number, list));
        if self.lists.len() > LISTS
            && let Some((old, ids)) = self.lists.pop_front()
        {
            for id in ids.iter() {
                if self.places.get(id).is_some_and(|(list, _)| *list == old) {
                    self.places.remove(id);
                }
            }
        }
    }

    /// What was asked ahead and is kept.
    pub fn numbers(&self) -> Vec<Number> {
        self.asked.values().map(|(number, _)| *number).collect()
    }

    /// Notes that a question is asked of `id`; the ids of which it is to be asked, too, while so many that were asked
    /// ahead wait for their answers.
    pub fn follow(&mut self, shape: &Shape, id: &str, unanswered: usize) -> Vec<Arc<str>> {
        let Some((list, at)) = self.places.get(id).copied() else { return Vec::new() };
        if self.followed.len() >= SHAPES && !self.followed.contains_key(shape) {
            self.followed.clear();
        }
        let followed = self.followed.entry(shape.clone()).or_default();
        let goes_on = followed.last.is_some_and(|(last_list, last)| match list == last_list {
            true => at > last && at - last <= NEAR,
            false => list > last_list && at < NEAR,
        });
        followed.in_order = if goes_on { followed.in_order.saturating_add(1) } else { 0 };
        if !goes_on || followed.last.is_some_and(|(last_list, _)| last_list != list) {
            followed.asked_to = 0;
        }
        followed.last = Some((list, at));
        if followed.in_order < BEFORE {
            return Vec::new();
        }
        let Some((_, ids)) = self.lists.iter().find(|(number, _)| *number == list) else { return Vec::new() };
        let window = 4_usize.checked_shl(followed.in_order).unwrap_or(FARTHEST).min(FARTHEST);
        let (from, to) = ((at + 1).max(followed.asked_to), (at + 1 + window).min(ids.len()));
        let to = to.min(from + UNANSWERED.saturating_sub(unanswered));
        followed.asked_to = to.max(from);
        ids.get(from..to).unwrap_or_default().to_vec()
    }

    /// The answer of a question was large, or it cannot be read: nobody wants more of them unasked.
    pub fn has_seen(&mut self, shape: &Shape, bytes: usize) {
        if bytes > LARGE
            && let Some(followed) = self.followed.get_mut(shape)
        {
            *followed = Followed::default();
        }
    }

    /// Notes a question that was asked ahead. What is given is no longer wanted.
    pub fn put(&mut self, shape: &Shape, id: &Arc<str>, number: Number) -> Vec<Number> {
        let mut dropped: Vec<Number> = Vec::new();
        if self.asked.len() >= MOST {
            self.asked.retain(|_, (number, since)| {
                let is_fresh = since.elapsed() < FRESH;
                dropped.extend((!is_fresh).then_some(*number));
                is_fresh
            });
        }
        if self.asked.len() >= MOST {
            dropped.extend(self.clear());
        }
        let before = self.asked.insert((shape.clone(), Arc::clone(id)), (number, Instant::now()));
        dropped.extend(before.map(|(number, _)| number));
        dropped
    }

    /// The number of a question that was asked ahead, and whether its answer still counts. It is known no more.
    pub fn take(&mut self, shape: &Shape, id: &str) -> Option<(Number, bool)> {
        let (number, since) = self.asked.remove(&(shape.clone(), Arc::from(id)))?;
        Some((number, since.elapsed() < FRESH))
    }

    /// Forgets what was asked ahead: the store changed. What is given is no longer wanted.
    pub fn clear(&mut self) -> Vec<Number> {
        for followed in self.followed.values_mut() {
            followed.asked_to = 0;
        }
        self.asked.drain().map(|(_, (number, _))| number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(name: &str) -> Shape {
        (name.as_bytes().to_vec(), Vec::new())
    }

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("tr-{at}")).collect()
    }

    #[test]
    fn what_is_asked_in_order_is_asked_ahead_once() {
        let (all, spans) = (ids(30), shape("spans"));
        let mut ahead = Ahead::default();
        ahead.listed(all.iter().map(String::as_str));
        assert!(ahead.follow(&spans, "tr-0", 0).is_empty() && ahead.follow(&spans, "tr-1", 0).is_empty());
        let mut asked: Vec<Arc<str>> = ahead.follow(&spans, "tr-2", 0);
        assert_eq!((asked.first().map(|id| &**id), asked.len()), (Some("tr-3"), 16));
        for id in &all[3..] {
            asked.extend(ahead.follow(&spans, id, 0));
        }
        assert!(asked.iter().map(|id| &**id).eq(all[3..].iter().map(String::as_str)), "each once");
        // The next page of a list goes on where this one ended.
        let next: Vec<String> = (30..40).map(|at| format!("tr-{at}")).collect();
        ahead.listed(next.iter().map(String::as_str));
        assert_eq!(ahead.follow(&spans, "tr-30", 0).len(), 9);
    }

    #[test]
    fn few_wait_to_be_answered() {
        let (all, spans) = (ids(100), shape("spans"));
        let mut ahead = Ahead::default();
        ahead.listed(all.iter().map(String::as_str));
        let asked: Vec<usize> = [(0, 0), (1, 0), (2, 13), (3, 16), (4, 20), (5, 0), (6, 15)]
            .map(|(at, unanswered)| ahead.follow(&spans, &all[at], unanswered).len())
            .to_vec();
        assert_eq!(asked, [0, 0, 3, 0, 0, 16, 1]);
        // None was left out.
        assert_eq!(ahead.follow(&spans, "tr-7", 0).first().map(|id| &**id), Some("tr-23"));
    }

    #[test]
    fn what_is_asked_in_no_order_is_not() {
        let (all, spans) = (ids(100), shape("spans"));
        let mut ahead = Ahead::default();
        ahead.listed(all.iter().map(String::as_str));
        for id in ["tr-50", "tr-3", "tr-99", "tr-3", "tr-3", "tr-60", "unknown"] {
            assert!(ahead.follow(&spans, id, 0).is_empty(), "{id}");
        }
        for (at, id) in all.iter().enumerate().take(3) {
            // Each of another kind.
            assert!(ahead.follow(&shape(&format!("body {at}")), id, 0).is_empty());
        }
    }

    #[test]
    fn an_answer_is_taken_once_and_not_after_a_change() {
        let (spans, id) = (shape("spans"), Arc::from("tr-1"));
        let mut ahead = Ahead::default();
        assert!(ahead.put(&spans, &id, 7).is_empty());
        assert_eq!((ahead.take(&spans, "tr-1"), ahead.take(&spans, "tr-1")), (Some((7, true)), None));
        ahead.put(&spans, &id, 8);
        assert_eq!((ahead.clear(), ahead.take(&spans, "tr-1")), (vec![8], None));
        // However many are never wanted, few are kept.
        let dropped: usize = ids(1000).iter().map(|id| ahead.put(&spans, &Arc::from(&**id), 1).len()).sum();
        assert!(dropped >= 1000 - MOST && ahead.asked.len() <= MOST);
    }
}
