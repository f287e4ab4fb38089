//! Siblings of two traces, aligned in their order.
//!
//! Which are worth a row together: those of one name, type and signature first, those of one name and type, then those
//! that do the same by another name – two tools, the same step of two adapters, `forward` of two modules. Of all ways
//! to pair siblings without crossing that which is worth most is taken; between ways that are worth the same, inputs
//! that are equal decide. Lists that are too long for that are walked once, looking a little ahead.

/// What is known of a sibling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sibling<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub signature: Option<&'a str>,
    pub inputs: Option<u64>,
}

/// Tables of more cells than this are not filled.
const CELLS_MOST: usize = 1 << 20;
/// So far ahead is looked where lists are too long.
const AHEAD: usize = 64;
/// Worth of a pair of one name, type and signature; of a pair of one name and type; of one that does the same.
const SAME: u32 = 8;
const SAME_NAME: u32 = 6;
const ALIKE: u32 = 3;

impl Sibling<'_> {
    /// What a row of both is worth; 0 if they have nothing to do with each other.
    fn worth(&self, other: &Self) -> u32 {
        let worth = match (self.name == other.name, self.kind == other.kind) {
            (true, true) if self.signature == other.signature => SAME,
            (true, _) => SAME_NAME,
            (false, true) if self.does_the_same(other) => ALIKE,
            _ => return 0,
        };
        // Equal inputs decide between ways that are worth the same; only many of them outweigh a pair.
        2 * worth + u32::from(self.inputs.is_some() && self.inputs == other.inputs)
    }

    /// Of one type: whether it is a tool, or the same method of another class.
    fn does_the_same(&self, other: &Self) -> bool {
        fn method(name: &str) -> Option<&str> {
            name.rsplit_once('.').map(|(_, method)| method)
        }
        self.kind == "TOOL" || method(self.name).is_some_and(|own| method(other.name) == Some(own))
    }

    fn is_equal(&self, other: &Self) -> bool {
        self.worth(other) == 2 * SAME + 1
    }
}

/// The pairs in order, and between them those that have no partner, those of the first list before those of the other.
/// `are_roots`: a root that is the only one of its trace stands for that of the other trace, whatever it is called.
pub(super) fn align(first: &[Sibling<'_>], other: &[Sibling<'_>], are_roots: bool) -> Vec<[Option<usize>; 2]> {
    let (matched, rest) = match (first, other) {
        ([_], [_]) if are_roots => (vec![(0, 0)], 0..0),
        _ => {
            let same = |(a, b): &(&Sibling<'_>, &Sibling<'_>)| a.is_equal(b);
            let begin = first.iter().zip(other).take_while(same).count();
            let (a, b) = (first.get(begin..).unwrap_or_default(), other.get(begin..).unwrap_or_default());
            let end = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
            let inner = (a.get(..a.len() - end).unwrap_or_default(), b.get(..b.len() - end).unwrap_or_default());
            let between = if inner.0.len().saturating_mul(inner.1.len()) <= CELLS_MOST {
                best(inner.0, inner.1)
            } else {
                walked(inner.0, inner.1)
            };
            let mut matched: Vec<(usize, usize)> = (0..begin).map(|at| (at, at)).collect();
            matched.extend(between.into_iter().map(|(a, b)| (begin + a, begin + b)));
            (matched, first.len() - end..first.len())
        }
    };
    let tail = rest.clone().map(|at| (at, other.len() - (first.len() - at)));
    let mut pairs = Vec::with_capacity(first.len().max(other.len()));
    let (mut a, mut b) = (0, 0);
    for (next_a, next_b) in matched.into_iter().chain(tail).chain([(first.len(), other.len())]) {
        pairs.extend((a..next_a).map(|at| [Some(at), None]));
        pairs.extend((b..next_b).map(|at| [None, Some(at)]));
        if next_a < first.len() && next_b < other.len() {
            pairs.push([Some(next_a), Some(next_b)]);
        }
        (a, b) = (next_a + 1, next_b + 1);
    }
    pairs
}

/// The pairs that are worth most together.
fn best(first: &[Sibling<'_>], other: &[Sibling<'_>]) -> Vec<(usize, usize)> {
    let width = other.len() + 1;
    // What the rest of both lists from here on is worth; the last row and column are 0.
    let mut worth = vec![0_u32; (first.len() + 1) * width];
    for (at, a) in first.iter().enumerate().rev() {
        for (column, b) in other.iter().enumerate().rev() {
            let here = at * width + column;
            let pair = a.worth(b);
            let with = if pair == 0 { 0 } else { pair + worth[here + width + 1] };
            worth[here] = with.max(worth[here + width]).max(worth[here + 1]);
        }
    }
    let (mut at, mut column) = (0, 0);
    let mut pairs = Vec::new();
    while let (Some(a), Some(b)) = (first.get(at), other.get(column)) {
        let here = at * width + column;
        let pair = a.worth(b);
        if pair > 0 && worth[here] == pair + worth[here + width + 1] {
            pairs.push((at, column));
            (at, column) = (at + 1, column + 1);
        } else if worth[here] == worth[here + width] {
            at += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// Of long lists: the next that has a partner, with as few left out as possible.
fn walked(first: &[Sibling<'_>], other: &[Sibling<'_>]) -> Vec<(usize, usize)> {
    let (mut at, mut column) = (0, 0);
    let mut pairs = Vec::new();
    while at < first.len() && column < other.len() {
        let near = (0..AHEAD).find_map(|skipped| {
            (0..=skipped).find_map(|of_first| {
                let (a, b) = (at + of_first, column + skipped - of_first);
                let worth = first.get(a)?.worth(other.get(b)?);
                (worth >= 2 * SAME_NAME).then_some((a, b))
            })
        });
        match near {
            Some((a, b)) => {
                pairs.push((a, b));
                (at, column) = (a + 1, b + 1);
            }
            None => (at, column) = (at + 1, column + 1),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn siblings<'a>(list: &[(&'a str, &'a str, u64)]) -> Vec<Sibling<'a>> {
        let sibling = |(name, kind, inputs): &(&'a str, &'a str, u64)| Sibling {
            name,
            kind,
            signature: None,
            inputs: Some(*inputs),
        };
        list.iter().map(sibling).collect()
    }

    /// `ab` a pair, `a-` and `-b` those without a partner, by their names.
    fn aligned(first: &[(&str, &str, u64)], other: &[(&str, &str, u64)]) -> Vec<String> {
        let (first, other) = (siblings(first), siblings(other));
        let name = |list: &[Sibling<'_>], at: Option<usize>| at.map_or("-".to_owned(), |at| list[at].name.to_owned());
        let pairs = align(&first, &other, false);
        for (side, list) in [&first, &other].into_iter().enumerate() {
            let places: Vec<usize> = pairs.iter().filter_map(|pair| pair[side]).collect();
            assert_eq!(places, (0..list.len()).collect::<Vec<_>>(), "each stands once, in its order");
        }
        pairs.iter().map(|pair| format!("{} {}", name(&first, pair[0]), name(&other, pair[1]))).collect()
    }

    #[test]
    fn what_was_inserted_moves_no_other() {
        let a = [("Predict.forward", "LLM", 1), ("Tool.search", "TOOL", 2), ("Predict.forward", "LLM", 3)];
        let b = [("Predict.forward", "LLM", 1), ("Docs.forward", "RETRIEVER", 9), a[1], ("Predict.forward", "LLM", 7)];
        let wanted = [
            "Predict.forward Predict.forward",
            "- Docs.forward",
            "Tool.search Tool.search",
            "Predict.forward Predict.forward",
        ];
        assert_eq!(aligned(&a, &b), wanted);
        assert_eq!(aligned(&a, &[]), ["Predict.forward -", "Tool.search -", "Predict.forward -"]);
        assert!(aligned(&[], &[]).is_empty());
    }

    #[test]
    fn of_several_alike_those_with_equal_inputs_are_a_pair() {
        let predict = |inputs| ("Predict.forward", "LLM", inputs);
        let pairs = |a: &[u64], b: &[u64]| {
            let list = |of: &[u64]| siblings(&of.iter().map(|one| predict(*one)).collect::<Vec<_>>());
            align(&list(a), &list(b), false)
        };
        assert_eq!(pairs(&[1, 2, 3], &[2, 3]), [[Some(0), None], [Some(1), Some(0)], [Some(2), Some(1)]]);
        // Equal inputs never cost a pair.
        assert_eq!(pairs(&[1, 2], &[2, 1]), [[Some(0), Some(0)], [Some(1), Some(1)]]);
    }

    #[test]
    fn another_tool_stands_beside_the_one_in_its_place() {
        let a = [("Tool.search", "TOOL", 1), ("LM.__call__", "CHAT_MODEL", 2), ("ChatAdapter.parse", "PARSER", 3)];
        let b = [("Tool.order", "TOOL", 1), ("MyLM.__call__", "CHAT_MODEL", 2), ("JSONAdapter.format", "PARSER", 3)];
        let wanted =
            ["Tool.search Tool.order", "LM.__call__ MyLM.__call__", "ChatAdapter.parse -", "- JSONAdapter.format"];
        assert_eq!(aligned(&a, &b), wanted);
        // The same tool is worth more than one in its place.
        let both = [("Tool.search", "TOOL", 1), ("Tool.order", "TOOL", 2)];
        assert_eq!(aligned(&both, &b[..1]), ["Tool.search -", "Tool.order Tool.order"]);
    }

    #[test]
    fn the_only_roots_are_a_pair() {
        let (a, b) = (siblings(&[("ReAct.forward", "AGENT", 1)]), siblings(&[("Rag", "CHAIN", 2)]));
        assert_eq!(align(&a, &b, true), [[Some(0), Some(0)]]);
        assert_eq!(align(&a, &b, false), [[Some(0), None], [None, Some(0)]]);
    }

    #[test]
    fn long_lists_end_in_the_same_pairs() {
        let names: Vec<String> = (0..3_000).map(|at| format!("step {at}.f")).collect();
        let list: Vec<(&str, &str, u64)> = names.iter().map(|name| (name.as_str(), "CHAIN", 0)).collect();
        let mut other: Vec<(&str, &str, u64)> = list.iter().map(|(name, kind, _)| (*name, *kind, 1)).collect();
        other.remove(1_500);
        other.insert(700, ("new", "CHAIN", 5));
        let pairs = aligned(&list, &other);
        assert_eq!(pairs.len(), 3_001);
        assert_eq!(pairs[700], "- new");
        assert_eq!(pairs[1_501], "step 1500.f -");
        assert_eq!(pairs[3_000], "step 2999.f step 2999.f");
    }
}
