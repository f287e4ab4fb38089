//! Nothing that is typed panics, and every mistake has a place in the text.

use dspyglass::model::{Run, RunValues};
use dspyglass::query::{Filter, FilterKeys, RunTable};
use dspyglass::store::{OpenOptions, open};

use crate::dice::Dice;
use crate::generate::{Generator, Vocabulary, written};
use crate::{rows, stores};

const TEXTS: usize = 200_000;

const PIECES: [&str; 66] = [
    "metrics.",
    "params.",
    "tags.",
    "attributes.",
    "run.",
    "datasets.",
    "metrics",
    "eval",
    "status",
    "run_name",
    "duration",
    "start_time",
    "=",
    "==",
    "!=",
    "<>",
    "<",
    ">",
    "<=",
    ">=",
    "~",
    "!",
    "like",
    "ILIKE",
    "in",
    "not",
    "NOT",
    "and",
    "OR",
    "or",
    "is",
    "null",
    "(",
    ")",
    "((",
    "))",
    ",",
    "'a'",
    "\"b\"",
    "`c`",
    "''",
    "'",
    "\"",
    "`",
    "1",
    "-2.5e3",
    "1e999",
    "0x1f",
    "nan",
    "inf",
    ".",
    "..",
    "-",
    "+",
    "é",
    "🧮",
    "\u{301}",
    "\u{0}",
    "\n",
    "\u{a0}",
    "ſ",
    "İ",
    "%",
    "_",
    "\\",
    "\u{10ffff}",
];

fn check(text: &str, caret: usize, rows: &[(Run, RunValues)], keys: &FilterKeys) -> bool {
    let understood = match Filter::parse(text) {
        Ok(filter) => {
            filter.matching(&rows[..rows.len().min(3)]);
            true
        }
        Err(error) => {
            assert!(text.get(error.range.clone()).is_some(), "{text:?}: {error:?}");
            assert!(!error.expected.is_empty() && !error.found.is_empty(), "{text:?}: {error:?}");
            assert!(error.to_string().starts_with("found "), "{text:?}: {error}");
            let place = error.excerpt(text, 20);
            assert!(text.contains(&format!("{}{}{}", place.before, place.marked, place.after)), "{text:?}: {place:?}");
            false
        }
    };
    if caret.is_multiple_of(4) {
        for one in Filter::complete(text, caret, keys) {
            assert!(text.get(one.replace.clone()).is_some(), "{text:?} at {caret}: {one:?}");
        }
    }
    understood
}

#[test]
fn whatever_is_typed() {
    let sample = stores::samples().remove(0);
    let mut store = open(&sample.database, &OpenOptions::default()).expect("opens");
    let rows = rows(&mut *store);
    let keys = FilterKeys::of(&RunTable { rows: rows[..rows.len().min(4)].to_vec() });
    let vocabulary = Vocabulary::of(&rows);
    let mut dice = Dice::new(2024);
    let mut understood = [0; 2];
    for round in 0..TEXTS {
        let mut text = String::new();
        if round % 2 == 0 {
            for _ in 0..dice.below(14) {
                text.push_str(dice.pick(&PIECES));
                text.push_str(["", " "][dice.below(2)]);
            }
        } else {
            let expression = Generator { vocabulary: &vocabulary, dice: &mut dice }.expression(2);
            text = written(&expression, &mut dice).chars().take(400).collect();
            for _ in 0..dice.below(4) {
                mutate(&mut text, &mut dice);
            }
        }
        let caret = dice.below(text.len() + 2);
        understood[round % 2] += usize::from(check(&text, caret, &rows, &keys));
    }
    println!("understood {understood:?} of {TEXTS}");
    assert!(understood[0] > 500 && understood[1] > 20_000, "{understood:?}");
}

/// Cuts, repeats, replaces or inserts.
fn mutate(text: &mut String, dice: &mut Dice) {
    let chars: Vec<char> = text.chars().collect();
    let start = dice.below(chars.len() + 1);
    let end = (start + dice.below(6)).min(chars.len());
    let (before, middle, after): (String, String, String) =
        (chars[..start].iter().collect(), chars[start..end].iter().collect(), chars[end..].iter().collect());
    *text = match dice.below(4) {
        0 => before + &after,
        1 => format!("{before}{middle}{middle}{after}"),
        2 => format!("{before}{}{after}", dice.pick(&PIECES)),
        _ => format!("{before}{}{middle}{after}", dice.pick(&PIECES)),
    };
}

#[test]
fn depth_and_length() {
    let keys = FilterKeys::default();
    for depth in [63, 64, 65, 1_000, 200_000] {
        for (open, close) in [("(", ")"), ("not ", ""), ("not(", ")"), ("(", "")] {
            let text = format!("{}status = 'a'{}", open.repeat(depth), close.repeat(depth));
            check(&text, 0, &[], &keys);
            check(&text, text.len() / 8 * 4, &[], &keys);
        }
    }
    for piece in ["status = 'a' and ", "'", "\"", "`", "!", "é", "metrics.", ",", "status in ('a', "] {
        check(&piece.repeat(20_000), 0, &[], &keys);
    }
}
