//! The order in which people sort names: `eval_2` before `eval_10`.

mod ranks;

use std::cmp::Ordering;

pub use ranks::ranks;

/// Compares by runs of digits as numbers and everything else by character.
/// Total: texts that differ never compare as equal.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    while let (Some(x), Some(y)) = (rest_a.chars().next(), rest_b.chars().next()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (digits_a, after_a) = split_digits(rest_a);
            let (digits_b, after_b) = split_digits(rest_b);
            let (short_a, short_b) = (digits_a.trim_start_matches('0'), digits_b.trim_start_matches('0'));
            let order = short_a.len().cmp(&short_b.len()).then_with(|| short_a.cmp(short_b));
            if order != Ordering::Equal {
                return order;
            }
            (rest_a, rest_b) = (after_a, after_b);
        } else {
            if x != y {
                return x.cmp(&y);
            }
            (rest_a, rest_b) = (&rest_a[x.len_utf8()..], &rest_b[y.len_utf8()..]);
        }
    }
    rest_a.len().cmp(&rest_b.len()).then_with(|| a.cmp(b))
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn numbers_count_as_numbers() {
        let mut names = ["eval_10", "eval_2", "eval_02", "eval", "b", "eval_2x"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["b", "eval", "eval_02", "eval_2", "eval_2x", "eval_10"]);
    }
}
