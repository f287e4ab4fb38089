//! The longest common subsequence of two sequences, exactly: no shorter way from one to the other exists.
//!
//! Bit-parallel, after H. Hyyrö, "Bit-parallel LCS-length computation revisited" (2004): a row of the table of lengths
//! is a row of bits, so that 64 places cost one addition. Two texts of 300 words take some microseconds.

use std::collections::HashMap;

use similar::DiffOp;

/// Rows of bits of a comparison hold no more than this, in words of 8 bytes: 16 MiB.
const MOST: usize = 2 << 20;

/// How `old` becomes `new`: what is equal and what was replaced, by turns. `None` where the table would be too large.
pub(super) fn exact(old: &[u32], new: &[u32]) -> Option<Vec<DiffOp>> {
    let prefix = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (old.get(prefix..)?, new.get(prefix..)?);
    let suffix = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_middle, new_middle) = (old_rest.get(..old_rest.len() - suffix)?, new_rest.get(..new_rest.len() - suffix)?);
    let pairs = pairs(old_middle, new_middle)?;

    let mut ops = Ops::default();
    ops.equal(0, 0, prefix);
    for (old_at, new_at) in pairs {
        ops.equal(prefix + old_at, prefix + new_at, 1);
    }
    ops.equal(old.len() - suffix, new.len() - suffix, suffix);
    Some(ops.finish(old.len(), new.len()))
}

/// The places that a longest common subsequence pairs, in order.
fn pairs(old: &[u32], new: &[u32]) -> Option<Vec<(usize, usize)>> {
    let width = old.len().div_ceil(64);
    if width.checked_mul(new.len())? > MOST {
        return None;
    }
    // Where in the old sequence each of its members stands.
    let mut rows_of: HashMap<u32, usize> = HashMap::new();
    let mut places: Vec<u64> = Vec::new();
    for (at, member) in old.iter().enumerate() {
        let row = *rows_of.entry(*member).or_insert_with(|| {
            places.resize(places.len() + width, 0);
            places.len() - width
        });
        *places.get_mut(row + at / 64)? |= 1 << (at % 64);
    }
    let none = vec![0; width];
    // A bit is 0 where the common subsequence grows by the member of the old sequence that stands there.
    let mut table: Vec<u64> = Vec::with_capacity(width * new.len());
    let mut row = vec![u64::MAX; width];
    for member in new {
        let matches = rows_of.get(member).and_then(|start| places.get(*start..*start + width)).unwrap_or(&none);
        let mut carry = false;
        for (bits, matches) in row.iter_mut().zip(matches) {
            let hits = *bits & matches;
            let (sum, over) = bits.overflowing_add(hits);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            carry = over || over_again;
            *bits = sum | (*bits & !hits);
        }
        table.extend_from_slice(&row);
    }
    let grows = |new_at: usize, old_at: usize| {
        table.get(new_at * width + old_at / 64).is_some_and(|bits| bits & (1 << (old_at % 64)) == 0)
    };
    let mut pairs = Vec::new();
    let (mut old_at, mut new_at) = (old.len(), new.len());
    while old_at > 0 && new_at > 0 {
        if !grows(new_at - 1, old_at - 1) {
            old_at -= 1;
        } else if new_at > 1 && grows(new_at - 2, old_at - 1) {
            new_at -= 1;
        } else {
            (old_at, new_at) = (old_at - 1, new_at - 1);
            pairs.push((old_at, new_at));
        }
    }
    pairs.reverse();
    Some(pairs)
}

/// What is equal, and between it what was replaced.
#[derive(Default)]
struct Ops {
    ops: Vec<DiffOp>,
    old_end: usize,
    new_end: usize,
}

impl Ops {
    /// Up to here something else stood; from here on `len` members are equal.
    fn equal(&mut self, old_index: usize, new_index: usize, len: usize) {
        if len == 0 {
            return;
        }
        self.replaced(old_index, new_index);
        match self.ops.last_mut() {
            Some(DiffOp::Equal { len: before, .. }) => *before += len,
            _ => self.ops.push(DiffOp::Equal { old_index, new_index, len }),
        }
        (self.old_end, self.new_end) = (old_index + len, new_index + len);
    }

    fn replaced(&mut self, old_index: usize, new_index: usize) {
        let (old_len, new_len) = (old_index - self.old_end, new_index - self.new_end);
        self.ops.extend(replacement(self.old_end, old_len, self.new_end, new_len));
    }

    fn finish(mut self, old_len: usize, new_len: usize) -> Vec<DiffOp> {
        self.replaced(old_len, new_len);
        self.ops
    }
}

/// What stands where something changed; `None` where nothing did.
pub(super) fn replacement(old_index: usize, old_len: usize, new_index: usize, new_len: usize) -> Option<DiffOp> {
    match (old_len, new_len) {
        (0, 0) => None,
        (0, new_len) => Some(DiffOp::Insert { old_index, new_index, new_len }),
        (old_len, 0) => Some(DiffOp::Delete { old_index, old_len, new_index }),
        (old_len, new_len) => Some(DiffOp::Replace { old_index, old_len, new_index, new_len }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the table of lengths, as textbooks have it.
    fn longest(old: &[u32], new: &[u32]) -> usize {
        let mut before = vec![0; old.len() + 1];
        for member in new {
            let mut row = vec![0; old.len() + 1];
            for (at, other) in old.iter().enumerate() {
                row[at + 1] = if member == other { before[at] + 1 } else { row[at].max(before[at + 1]) };
            }
            before = row;
        }
        before[old.len()]
    }

    /// Checks that the parts join to both sequences, and gives how many members are equal.
    fn equal_in(old: &[u32], new: &[u32]) -> usize {
        let ops = exact(old, new).expect("small");
        let (mut old_at, mut new_at, mut equal) = (0, 0, 0);
        for op in &ops {
            assert_eq!((op.old_range().start, op.new_range().start), (old_at, new_at), "{ops:?}");
            (old_at, new_at) = (op.old_range().end, op.new_range().end);
            if matches!(op, DiffOp::Equal { .. }) {
                assert_eq!(old[op.old_range()], new[op.new_range()]);
                equal += op.old_range().len();
            }
        }
        assert_eq!((old_at, new_at), (old.len(), new.len()));
        let is_equal = |op: &DiffOp| matches!(op, DiffOp::Equal { .. });
        assert!(ops.windows(2).all(|pair| is_equal(&pair[0]) != is_equal(&pair[1])), "by turns: {ops:?}");
        equal
    }

    #[test]
    fn as_long_as_by_the_table_of_lengths() {
        let mut seed = 3_u64;
        let mut next = |end: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % end
        };
        for round in 0..600 {
            let letters = 1 + next(if round % 3 == 0 { 3 } else { 40 });
            let old: Vec<u32> = (0..next(200)).map(|_| next(letters) as u32).collect();
            let mut new: Vec<u32> = (0..next(200)).map(|_| next(letters) as u32).collect();
            if round % 2 == 0 {
                new = old.clone();
                for _ in 0..next(20) {
                    let at = next(new.len() as u64 + 1) as usize;
                    if at < new.len() && next(2) == 0 {
                        new.remove(at);
                    } else {
                        new.insert(at, next(letters) as u32);
                    }
                }
            }
            assert_eq!(equal_in(&old, &new), longest(&old, &new), "{old:?} {new:?}");
        }
    }

    #[test]
    fn edges_of_the_words_of_bits() {
        for len in [0, 1, 63, 64, 65, 127, 128, 129] {
            let old: Vec<u32> = (0..len).collect();
            let mut new = old.clone();
            new.reverse();
            assert_eq!(equal_in(&old, &new), longest(&old, &new));
            assert_eq!(equal_in(&old, &old), old.len());
            assert_eq!(equal_in(&old, &[]), 0);
            assert_eq!(equal_in(&[], &new), 0);
        }
    }

    #[test]
    fn what_would_need_too_large_a_table_is_refused() {
        let (old, new): (Vec<u32>, Vec<u32>) = ((0..20_000).collect(), (20_000..40_000).collect());
        assert_eq!(exact(&old, &new), None);
        let mut longer = old.clone();
        longer.insert(10_000, 1_000_000);
        assert!(exact(&old, &longer).is_some(), "little of it changed");
    }
}
