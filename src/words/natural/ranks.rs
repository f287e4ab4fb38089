//! Ranks texts by their natural order.
//!
//! `natural::compare` reads two texts character by character, millions of times in a sort.
//! Here each text is read once, into bytes that stand in the same order when they are compared
//! as they are; what all texts begin with is left out.

use std::cmp::Ordering;

use super::compare;

/// Of each text, no more bytes are prepared; those that agree so far are compared as texts.
const MAX_KEY: usize = 128;

/// The rank of each text, under the number that it came with; equal texts have the same rank.
pub fn ranks(texts: &[(u32, &str)]) -> Vec<(u32, u32)> {
    let skipped = common_start(texts);
    let mut bytes: Vec<u8> = Vec::new();
    // Where the key of each text ends; it begins where the one before it ends.
    let mut ends: Vec<usize> = Vec::with_capacity(texts.len());
    // What is sorted is small: the first 16 bytes of a key, which mostly decide, and its place.
    let mut keys: Vec<(u128, u32)> = Vec::with_capacity(texts.len());
    for (place, (_, text)) in (0..).zip(texts) {
        let start = bytes.len();
        encode(text.get(skipped..).unwrap_or_default(), &mut bytes);
        let mut head = [0; 16];
        let length = (bytes.len() - start).min(16);
        head[..length].copy_from_slice(&bytes[start..start + length]);
        keys.push((u128::from_be_bytes(head), place));
        ends.push(bytes.len());
    }
    let text = |place: u32| texts[place as usize].1;
    let key = |place: u32| {
        let start = if place == 0 { 0 } else { ends[place as usize - 1] };
        &bytes[start..ends[place as usize]]
    };
    keys.sort_unstable_by(|(head_a, a), (head_b, b)| {
        head_a.cmp(head_b).then_with(|| {
            key(*a).cmp(key(*b)).then_with(|| {
                // Nearly all that agree so far are equal.
                if text(*a) == text(*b) { Ordering::Equal } else { compare(text(*a), text(*b)) }
            })
        })
    });
    let mut rank = 0;
    let mut before: Option<(u128, u32)> = None;
    let mut found = Vec::with_capacity(keys.len());
    for (head, place) in keys {
        rank += u32::from(before.is_some_and(|(before, other)| before != head || text(other) != text(place)));
        found.push((texts[place as usize].0, rank));
        before = Some((head, place));
    }
    found
}

/// How many bytes all texts begin with. Never ends within a number, which counts as a whole.
fn common_start(texts: &[(u32, &str)]) -> usize {
    let Some((_, first)) = texts.first() else { return 0 };
    let mut common = first.len();
    for (_, text) in texts {
        let agree = first.bytes().zip(text.bytes()).take(common).take_while(|(a, b)| a == b).count();
        common = common.min(agree);
        if common == 0 {
            return 0;
        }
    }
    let common = first.floor_char_boundary(common);
    first[..common].trim_end_matches(|c: char| c.is_ascii_digit()).len()
}

/// Adds the key of a text: where two keys differ, their texts stand in the same natural order.
/// A run of digits becomes a digit, its length and its digits without leading zeros, so that it
/// stands among other characters as a digit does, and shorter numbers before longer ones.
fn encode(text: &str, bytes: &mut Vec<u8>) {
    let end = bytes.len() + MAX_KEY;
    let mut rest = text.as_bytes();
    while let Some(first) = rest.first()
        && bytes.len() < end
    {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            bytes.push(*first);
            rest = &rest[1..];
            continue;
        }
        let zeros = rest.iter().take_while(|byte| **byte == b'0').count();
        let number = &rest[zeros..digits];
        let length = u8::try_from(number.len()).unwrap_or(u8::MAX);
        bytes.extend([b'0', length]);
        if length == u8::MAX {
            // Of numbers too long for a byte nothing more is told.
            return;
        }
        bytes.extend(number);
        rest = &rest[digits..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Vec<String> {
        let pieces = [
            "",
            "0",
            "1",
            "2",
            "10",
            "007",
            "9",
            "a",
            "b",
            "_",
            "/",
            ":",
            " ",
            "é",
            "日",
            "\u{0}",
            "eval_",
            "12345678901234567890",
        ];
        let mut texts = Vec::new();
        for a in pieces {
            for b in pieces {
                texts.extend(pieces.map(|c| format!("{a}{b}{c}")));
            }
        }
        texts.extend(["9".repeat(300), "8".repeat(300), format!("1{}", "0".repeat(254)), "9".repeat(254)]);
        texts.extend(["", "1", "2", "a"].map(|end| format!("{}{end}", "long ".repeat(60))));
        texts
    }

    fn check(texts: &[String]) {
        let numbered: Vec<(u32, &str)> = (0..).zip(texts.iter().map(String::as_str)).collect();
        let mut ranks = ranks(&numbered);
        ranks.sort_unstable();
        for (place, a) in texts.iter().enumerate() {
            for (other, b) in texts.iter().enumerate().skip(place % 5).step_by(5) {
                assert_eq!(ranks[place].1.cmp(&ranks[other].1), compare(a, b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn ranks_are_those_of_the_natural_order() {
        check(&texts());
        let with_start =
            |start: &str| texts().iter().step_by(3).map(|text| format!("{start}{text}")).collect::<Vec<_>>();
        for start in ["eval_", "eval_1", "é", "x00"] {
            check(&with_start(start));
        }
        check(&[]);
    }
}
