//! What is damaged in how a span was written.

use std::collections::{BTreeMap, HashMap};

use crate::model::{Forest, SpanHead};

/// Something that no sound trace has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// It names a parent that is not in the trace.
    ParentMissing,
    /// It is below itself, by the parents that are named; shown at the top.
    Ring,
    /// Another span of the trace has the same id.
    RepeatedId,
    /// It ends before it starts.
    EndsBeforeStart,
}

impl Oddity {
    /// As it is said beside a span.
    pub fn words(self) -> &'static str {
        match self {
            Self::ParentMissing => "parent missing",
            Self::Ring => "its own ancestor",
            Self::RepeatedId => "id repeated",
            Self::EndsBeforeStart => "ends before it starts",
        }
    }
}

/// What is odd, by the place of a span in `spans` (the list that the forest was built from).
pub fn oddities(forest: &Forest, spans: &[SpanHead]) -> BTreeMap<usize, Vec<Oddity>> {
    let mut odd: BTreeMap<usize, Vec<Oddity>> = BTreeMap::new();
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(spans.len());
    for (at, span) in spans.iter().enumerate() {
        if let Some(first) = seen.insert(&span.id, at) {
            for at in [first, at] {
                let words = odd.entry(at).or_default();
                if !words.contains(&Oddity::RepeatedId) {
                    words.push(Oddity::RepeatedId);
                }
            }
        }
        if span.end_ns.is_some_and(|end| end < span.start_ns) {
            odd.entry(at).or_default().push(Oddity::EndsBeforeStart);
        }
    }
    for node in forest.nodes.iter().filter(|node| node.lacks_parent) {
        let is_there =
            spans.get(node.item).and_then(|span| span.parent_id.as_deref()).is_some_and(|id| seen.contains_key(id));
        odd.entry(node.item).or_default().push(if is_there { Oddity::Ring } else { Oddity::ParentMissing });
    }
    odd.values_mut().for_each(|words| words.sort_unstable());
    odd
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpanHandle;

    #[test]
    fn each_damage_has_its_word() {
        let spans: Vec<SpanHead> = [
            ("a", None, 0, Some(9)),
            ("a", Some("a"), 1, Some(2)),
            ("b", Some("gone"), 5, Some(3)),
            ("c", Some("d"), 1, None),
            ("d", Some("c"), 1, Some(1)),
            ("e", Some("e"), 1, Some(2)),
        ]
        .into_iter()
        .map(|(id, parent, start_ns, end_ns): (&str, Option<&str>, _, _)| SpanHead {
            id: id.to_owned(),
            parent_id: parent.map(str::to_owned),
            name: String::new(),
            kind: String::new(),
            status: String::new(),
            start_ns,
            end_ns,
            handle: SpanHandle(0),
        })
        .collect();
        let links: Vec<_> = spans.iter().map(|span| (&*span.id, span.parent_id.as_deref())).collect();
        let odd = oddities(&Forest::build(&links), &spans);
        let words = |at: usize| -> Vec<&str> { odd.get(&at).into_iter().flatten().map(|one| one.words()).collect() };
        assert_eq!(words(0), ["id repeated"]);
        assert_eq!(words(1), ["id repeated"]);
        assert_eq!(words(2), ["parent missing", "ends before it starts"]);
        assert_eq!((words(3), words(4)), (vec!["its own ancestor"], vec![]));
        assert_eq!(words(5), ["its own ancestor"]);
    }
}
