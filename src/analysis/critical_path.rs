//! Which spans determine how long a trace took.

use super::stretches::Stretches;
use crate::model::{Forest, SpanHead};

/// The critical path: for each span, in the order of `spans` (the list that the forest was built from), the stretches of
/// time in which nothing but its own work kept the trace from ending.
///
/// The rule is that of Jaeger: from the end of the last root backwards, a span waits for the child that ended last
/// before the time in question. What lies behind that child's end is the span's own; then the same holds within the
/// child, and before the child's start again for the span. A child that still ran when the next one on the path began
/// was not waited for, so that of children that ran at the same time only the last to end counts. A child counts within
/// its parent's time alone, and up to its end where it has none itself. Between roots nobody is waited for.
///
/// All stretches together are as long as the one root of a trace.
pub fn critical_path(forest: &Forest, spans: &[SpanHead]) -> Stretches {
    let ends = spans.iter().map(|span| span.end_ns.unwrap_or(span.start_ns));
    let last = ends.max().unwrap_or(0);
    let mut found = Vec::new();
    let whole = (i64::MIN, i64::MAX);
    let roots = waited_for(forest, spans, 0..forest.len(), (whole, last));
    // The ways down that are open: a span, since when it runs, up to when it is explained, and its children.
    let mut open = vec![(None, i64::MIN, i64::MAX, roots)];
    while let Some((item, from, reached, children)) = open.last_mut() {
        let child = loop {
            match children.pop() {
                Some(child) if child.to > *reached => {}
                other => break other,
            }
        };
        let Some(child) = child else {
            found.extend(item.map(|item| (item, *from, *reached)));
            open.pop();
            continue;
        };
        found.extend(item.map(|item| (item, child.to, *reached)));
        *reached = child.from;
        let below = waited_for(forest, spans, child.below, ((child.from, child.to), last));
        open.push((Some(child.item), child.from, child.to, below));
    }
    Stretches::new(spans.len(), found)
}

/// A child as it may be waited for.
struct Waited {
    item: usize,
    from: i64,
    to: i64,
    /// What is below it, as positions in the forest.
    below: std::ops::Range<usize>,
}

/// The topmost nodes among these, within a stretch of time, by their ends; those that took no time are left out.
fn waited_for(
    forest: &Forest,
    spans: &[SpanHead],
    mut positions: std::ops::Range<usize>,
    ((from, to), last): ((i64, i64), i64),
) -> Vec<Waited> {
    let mut waited = Vec::new();
    while let Some(node) = forest.nodes.get(positions.start).filter(|_| !positions.is_empty()) {
        let below = positions.start + 1..positions.start + 1 + node.descendants;
        positions.start = below.end;
        let Some(span) = spans.get(node.item) else { continue };
        let (start, end) = (span.start_ns.max(from), span.end_ns.unwrap_or(last).min(to));
        if start < end {
            waited.push(Waited { item: node.item, from: start, to: end, below });
        }
    }
    // The last to end is taken first; of those that ended together, the one that began first.
    waited.sort_by_key(|one| (one.to, std::cmp::Reverse(one.from)));
    waited
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SpanHandle;

    /// Spans by their parents, starts and ends.
    fn path(list: &[(Option<usize>, i64, Option<i64>)]) -> Vec<Vec<(i64, i64)>> {
        let items: Vec<_> = list.iter().map(|one| one.0).enumerate().collect();
        let spans: Vec<SpanHead> = list
            .iter()
            .map(|(_, start_ns, end_ns)| SpanHead {
                id: String::new(),
                parent_id: None,
                name: String::new(),
                kind: String::new(),
                status: String::new(),
                start_ns: *start_ns,
                end_ns: *end_ns,
                handle: SpanHandle(0),
            })
            .collect();
        let path = critical_path(&Forest::build(&items), &spans);
        (0..spans.len()).map(|span| path.of(span).to_vec()).collect()
    }

    #[test]
    fn one_after_another_all_count() {
        let got =
            path(&[(None, 0, Some(100)), (Some(0), 10, Some(40)), (Some(0), 50, Some(90)), (Some(2), 60, Some(90))]);
        assert_eq!(got, [vec![(0, 10), (40, 50), (90, 100)], vec![(10, 40)], vec![(50, 60)], vec![(60, 90)]]);
    }

    #[test]
    fn of_those_at_the_same_time_the_last_to_end_counts() {
        let got = path(&[
            (None, 0, Some(100)),
            (Some(0), 0, Some(80)),
            (Some(0), 0, Some(95)),
            (Some(0), 20, Some(60)),
            // Two workers: this one began when the first one was free.
            (Some(0), 95, Some(100)),
        ]);
        assert_eq!(got, [vec![], vec![], vec![(0, 95)], vec![], vec![(95, 100)]]);
    }

    #[test]
    fn what_still_ran_was_not_waited_for() {
        let got = path(&[(None, 0, Some(20)), (Some(0), 0, Some(10)), (Some(0), 5, Some(20))]);
        assert_eq!(got, [vec![(0, 5)], vec![], vec![(5, 20)]]);
    }

    #[test]
    fn beyond_the_parent_without_an_end_and_backwards() {
        let got = path(&[(None, 0, Some(50)), (Some(0), 40, Some(90)), (Some(0), 30, Some(20)), (None, 60, None)]);
        assert_eq!(got, [vec![(0, 40)], vec![(40, 50)], vec![], vec![(60, 90)]]);
        assert_eq!(path(&[]), Vec::<Vec<_>>::new());
        assert_eq!(path(&[(None, i64::MIN, Some(i64::MAX))]), [vec![(i64::MIN, i64::MAX)]]);
    }

    #[test]
    fn all_of_it_is_as_long_as_the_root_however_deep() {
        // A chain of 50,000, each a little shorter; and many at once with starts and ends of a fixed sequence.
        let chain: Vec<_> =
            (0..50_000).map(|at: usize| (at.checked_sub(1), at as i64, Some(200_000 - at as i64))).collect();
        let mut state = 7_u64;
        let mut next = |most: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % most) as i64
        };
        let mut many = vec![(None, 0, Some(1_000_000))];
        for at in 1..5_000 {
            let start = next(1_000_000);
            many.push((Some(next(at) as usize), start, Some(start + next(300_000))));
        }
        for list in [chain, many] {
            let sum: i64 = path(&list).iter().flatten().map(|(from, to)| to - from).sum();
            assert_eq!(Some(sum), list[0].2);
        }
    }
}
