//! How long a span worked itself: its duration without the time in which its children worked.

use super::stretches::Stretches;
use crate::model::{Forest, SpanHead};

/// Each span's own time in nanoseconds, in the order of `spans` (the list that the forest was
/// built from): its duration minus the union of its children's intervals, clipped to it.
///
/// Children may overlap (threads) or outlive their parent; nothing is subtracted twice and the
/// result is never negative. A child without an end counts up to its parent's end. `None` for
/// a span that has not ended.
pub fn own_times_ns(forest: &Forest, spans: &[SpanHead]) -> Vec<Option<i64>> {
    let mut own = vec![None; spans.len()];
    let mut intervals = Vec::new();
    for (position, node) in forest.nodes.iter().enumerate() {
        let Some(span) = spans.get(node.item) else { continue };
        let (Some(end), Some(duration)) = (span.end_ns, span.duration_ns()) else { continue };
        intervals.clear();
        let last = position + node.descendants;
        let mut child = position + 1;
        while child <= last {
            let Some(node) = forest.nodes.get(child) else { break };
            child += node.descendants + 1;
            if let Some(child) = spans.get(node.item) {
                let from = child.start_ns.max(span.start_ns);
                let to = child.end_ns.unwrap_or(end).min(end);
                if from < to {
                    intervals.push((from, to));
                }
            }
        }
        own[node.item] = Some(duration.saturating_sub(covered_ns(&mut intervals)).max(0));
    }
    own
}

/// When each span worked itself, in the order of `spans` (the list that the forest was built from): its time without the
/// times of its children. Of a span without an end, up to the last end or start of all.
pub fn own_stretches(forest: &Forest, spans: &[SpanHead]) -> Stretches {
    let last = spans.iter().map(|span| span.end_ns.unwrap_or(span.start_ns)).max().unwrap_or(0);
    let mut found = Vec::with_capacity(spans.len());
    let mut below = Vec::new();
    for (position, node) in forest.nodes.iter().enumerate() {
        let Some(span) = spans.get(node.item) else { continue };
        below.clear();
        let mut child = position + 1;
        while let Some(node) =
            forest.nodes.get(child).filter(|_| child <= position + forest.nodes[position].descendants)
        {
            child += node.descendants + 1;
            below.extend(spans.get(node.item).map(|child| (child.start_ns, child.end_ns.unwrap_or(last))));
        }
        below.sort_unstable();
        let end = span.end_ns.unwrap_or(last);
        let mut reached = span.start_ns;
        for (from, to) in &below {
            if *from > reached {
                found.push((node.item, reached, (*from).min(end)));
            }
            reached = reached.max(*to);
        }
        found.push((node.item, reached, end));
    }
    Stretches::new(spans.len(), found)
}

/// The length of a union of intervals; sorts them.
fn covered_ns(intervals: &mut [(i64, i64)]) -> i64 {
    intervals.sort_unstable();
    let mut covered = 0i64;
    let mut reached = i64::MIN;
    for &(from, to) in intervals.iter() {
        let from = from.max(reached);
        if to > from {
            covered = to.saturating_sub(from).saturating_add(covered);
            reached = to;
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpanHandle;

    fn span(start_ns: i64, end_ns: Option<i64>) -> SpanHead {
        SpanHead {
            id: String::new(),
            parent_id: None,
            name: String::new(),
            kind: String::new(),
            status: String::new(),
            start_ns,
            end_ns,
            handle: SpanHandle(0),
        }
    }

    fn own(parents: &[Option<usize>], times: &[(i64, Option<i64>)]) -> Vec<Option<i64>> {
        let items: Vec<_> = parents.iter().copied().enumerate().collect();
        let spans: Vec<_> = times.iter().map(|(start, end)| span(*start, *end)).collect();
        own_times_ns(&Forest::build(&items), &spans)
    }

    #[test]
    fn children_are_taken_off_once_where_they_overlap() {
        let got =
            own(&[None, Some(0), Some(0), Some(1)], &[(0, Some(100)), (10, Some(40)), (30, Some(60)), (10, Some(15))]);
        assert_eq!(got, [Some(50), Some(25), Some(30), Some(5)]);
    }

    #[test]
    fn children_outside_their_parent_are_clipped() {
        let got = own(&[None, Some(0), Some(0)], &[(100, Some(200)), (50, Some(120)), (190, Some(900))]);
        assert_eq!(got[0], Some(70));
        let got = own(&[None, Some(0)], &[(100, Some(200)), (300, Some(400))]);
        assert_eq!(got[0], Some(100));
    }

    #[test]
    fn open_ends() {
        let got = own(&[None, Some(0)], &[(0, Some(100)), (60, None)]);
        assert_eq!(got, [Some(60), None]);
        assert_eq!(own(&[None, Some(0)], &[(0, None), (60, Some(70))]), [None, Some(10)]);
    }

    #[test]
    fn stretches_are_as_long_as_the_own_time() {
        let parents = [None, Some(0), Some(0), Some(1), Some(0), None];
        let times = [(0, Some(100)), (10, Some(40)), (30, Some(60)), (10, Some(15)), (90, Some(120)), (110, None)];
        let items: Vec<_> = parents.iter().copied().enumerate().collect();
        let spans: Vec<_> = times.iter().map(|(start, end)| span(*start, *end)).collect();
        let forest = Forest::build(&items);
        let stretches = own_stretches(&forest, &spans);
        assert_eq!(stretches.of(0), [(0, 10), (60, 90)]);
        assert_eq!(stretches.of(1), [(15, 40)]);
        assert_eq!(stretches.of(5), [(110, 120)], "no end of its own");
        let lengths: Vec<_> = (0..5).map(|span| Some(stretches.length_ns(span))).collect();
        assert_eq!(lengths, own_times_ns(&forest, &spans)[..5]);
    }

    #[test]
    fn extreme_and_reversed_times_do_not_overflow() {
        let got = own(&[None, Some(0)], &[(5, Some(1)), (i64::MIN, Some(i64::MAX))]);
        assert_eq!(got[0], Some(0));
        let got = own(&[None, Some(0)], &[(i64::MIN, Some(i64::MAX)), (0, Some(10))]);
        assert_eq!(got[0], Some(i64::MAX - 10));
    }
}
