//! Stretches of time of many spans, kept in one list.

/// For each span of a trace some stretches of time, in order and apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretches {
    /// From and to, nanoseconds since the epoch.
    list: Vec<(i64, i64)>,
    /// Where those of each span end in the list.
    ends: Vec<u32>,
}

impl Stretches {
    /// Of `spans` spans, from the place of a span and a stretch of it, in any order. Empty stretches are left out.
    pub(super) fn new(spans: usize, mut all: Vec<(usize, i64, i64)>) -> Self {
        all.retain(|(span, from, to)| from < to && *span < spans);
        all.sort_unstable();
        let mut ends = Vec::with_capacity(spans);
        let mut at = 0;
        for span in 0..spans {
            while all.get(at).is_some_and(|one| one.0 == span) {
                at += 1;
            }
            ends.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        Self { list: all.into_iter().map(|(_, from, to)| (from, to)).collect(), ends }
    }

    /// Those of a span, by its place; none where there is no such span.
    pub fn of(&self, span: usize) -> &[(i64, i64)] {
        let end = |span: usize| self.ends.get(span).map(|end| *end as usize);
        let begin = span.checked_sub(1).map_or(Some(0), end);
        begin.zip(end(span)).and_then(|(begin, end)| self.list.get(begin..end)).unwrap_or_default()
    }

    /// How long those of a span are together, nanoseconds.
    pub fn length_ns(&self, span: usize) -> i64 {
        self.of(span).iter().fold(0, |sum, (from, to)| to.saturating_sub(*from).saturating_add(sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_span_has_its_own() {
        let all = Stretches::new(3, vec![(2, 5, 9), (0, 7, 8), (0, 1, 3), (2, 4, 4), (7, 0, 1)]);
        assert_eq!((all.of(0), all.of(1), all.of(2)), (&[(1, 3), (7, 8)][..], &[][..], &[(5, 9)][..]));
        assert_eq!(all.of(7), []);
        assert_eq!(all.length_ns(0), 3);
    }
}
