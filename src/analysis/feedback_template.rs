//! The sentence behind many feedbacks: what differs from example to example is taken out of it, so that examples which
//! failed alike are seen together. No model is asked.

use std::sync::LazyLock;

use regex::Regex;

use crate::model::Json;
use crate::model::program::Object;

/// What stands where something was quoted.
const QUOTED: &str = "“…”";
/// What stands where a number or an id was.
const NUMBER: &str = "#";
/// Shorter values of an example are words of any sentence.
const VALUE_LEAST: usize = 3;
/// Longer ones are not repeated in a feedback, but quoted in it.
const VALUE_MOST: usize = 60;
/// No more of a feedback is looked at.
const LOOKED_AT: usize = 8_000;

/// Pairs of quotation marks; what stands between two is one quotation.
const QUOTES: [(char, char); 6] = [('“', '”'), ('‘', '’'), ('«', '»'), ('「', '」'), ('"', '"'), ('`', '`')];

/// Ids and numbers: runs of hex digits that people do not write, and figures with their sign and decimals.
static NUMBERS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?-u:\b)(?:[0-9a-f]{8}(?:-[0-9a-f]{4,12}){2,4}|0x[0-9a-f]+|[0-9a-f]*[0-9][0-9a-f]{7,}|[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?)(?-u:\b)",
    )
        .ok()
});

/// The template of a feedback: quotations, the own values of the example and of its prediction, numbers and ids taken
/// out, on one line.
pub fn template(feedback: &str, example: &Object, prediction: &Object) -> String {
    let feedback: String = feedback.chars().take(LOOKED_AT).collect();
    let without_quotes = without_quotations(&feedback);
    let mut text = without_quotes.split_whitespace().collect::<Vec<_>>().join(" ");
    for (name, value) in own_values(example, prediction) {
        text = replaced(&text, &value, &name);
    }
    match &*NUMBERS {
        Some(numbers) => numbers.replace_all(&text, NUMBER).into_owned(),
        None => text,
    }
}

/// The short texts of an example, the longest first, each with what stands for it: `‹topic›`, `‹predicted topic›`.
fn own_values(example: &Object, prediction: &Object) -> Vec<(String, String)> {
    let of = |object: &Object, before: &str| -> Vec<(String, String)> {
        let value = |(name, value): (&String, &Json)| {
            let text = value.as_str()?.trim();
            let has_letters = text.chars().any(char::is_alphabetic);
            let is_taken = (VALUE_LEAST..=VALUE_MOST).contains(&text.len()) && has_letters;
            is_taken.then(|| (format!("‹{before}{name}›"), text.to_owned()))
        };
        object.iter().filter_map(value).collect()
    };
    let mut all = of(example, "");
    all.extend(of(prediction, "predicted "));
    // The sort is stable: what was expected stands before what was predicted alike.
    all.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
    all
}

/// Replaces a value where it stands as a word of its own.
fn replaced(text: &str, value: &str, name: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(value) {
        let (before, behind) = (&rest[..at], &rest[at + value.len()..]);
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '‹' || c == '›');
        made.push_str(before);
        let is_whole = !is_word(before.chars().next_back()) && !is_word(behind.chars().next());
        made.push_str(if is_whole { name } else { value });
        rest = behind;
    }
    made.push_str(rest);
    made
}

fn without_quotations(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    let mut before: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        match quotation(c, behind, before) {
            Some(length) => {
                made.push_str(QUOTED);
                rest = &behind[length..];
                before = Some('”');
            }
            None => {
                made.push(c);
                rest = behind;
                before = Some(c);
            }
        }
    }
    made
}

/// How many bytes a quotation that begins with `c` has behind it, its end included; `None` if it is none.
fn quotation(c: char, behind: &str, before: Option<char>) -> Option<usize> {
    if let Some((_, close)) = QUOTES.iter().find(|(open, _)| *open == c) {
        return Some(behind.find(*close)? + close.len_utf8());
    }
    // An apostrophe is a quotation mark only between words: 'repair', but not don't.
    if c != '\'' || before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let ends = behind.match_indices('\'').map(|(at, _)| at);
    let is_end = |at: &usize| !behind[at + 1..].chars().next().is_some_and(char::is_alphanumeric);
    ends.into_iter().find(is_end).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(feedback: &str) -> String {
        let object = |value: Json| value.as_object().expect("an object").clone();
        let example = object(json!({"topic": "rust-crate", "answer": "560", "n": 7, "short": "ab"}));
        template(feedback, &example, &object(json!({"topic": "licence", "answer": "a longer answer"})))
    }

    #[test]
    fn what_differs_is_taken_out() {
        let told = [
            ("Expected 560, got 561. Re-read the question.", "Expected #, got #. Re-read the question."),
            ("Expected 'repair' and “Mend the “saddle”.”, got 'other'.", "Expected “…” and “…”.”, got “…”."),
            ("The topic was rust-crate, not licence.", "The topic was ‹topic›, not ‹predicted topic›."),
            ("It's  by\n48% (-1,234.5e3)\tin 3f2a9c4d1b.", "It's by #% (-#) in #."),
            ("gpt-4o-mini took 12回 and 0.25 s", "gpt-4o-mini took #回 and # s"),
            ("id 0a1b2c3d-1111-2222-3333-444455556666 at 0xFF", "id # at #"),
            ("licences differ from licence", "licences differ from ‹predicted topic›"),
            ("\"open and never closed", "\"open and never closed"),
            ("", ""),
            ("日本「名前」が違う 12 回", "日本“…”が違う # 回"),
        ];
        for (feedback, wanted) in told {
            assert_eq!(of(feedback), wanted, "{feedback}");
        }
    }

    #[test]
    fn words_of_letters_are_no_ids() {
        assert_eq!(of("defaced facade added deadbeef"), "defaced facade added deadbeef");
    }
}
