//! Secrets, masked where values enter the model.
//!
//! MLflow 2.21 – 3.1 writes `api_key` in clear into the attributes of every LM span. A value is
//! a secret by its key (`api_key`, `password`, `authorization`, …) or by its shape (`sk-…`, a
//! bearer token, a JSON web token). Keys that merely speak of tokens (`max_tokens`,
//! `input_tokens`, `mlflow.chat.tokenUsage`) are not. Inside a text, which may be code or speak
//! of code, a key alone decides nothing where the value only names a secret (`FS_API_KEY`).
//!
//! What is a secret is a table of patterns, each compiled in the program. Should one of them ever not compile, tests
//! stop there, and a build without checks withholds what the pattern would have looked through.
//!
//! Whatever comes out of a store or a file is [`Unmasked`] until it was looked through here, which the compiler sees to.

mod names;
mod parameters;
mod patterns;
mod typed;
mod unmasked;
mod users;

use std::borrow::Cow;
use std::sync::Arc;

use regex::{Captures, Regex};
use serde_json::Value as Json;

use names::is_name;
pub use parameters::is_secret_parameter;
pub use patterns::{Finds, PATTERNS, Pattern};
use patterns::{KEYS, PAIRS, SHAPES, SIGNS, STEMS, USERS, WHOLES};
pub use typed::Secret;
pub use unmasked::Unmasked;

/// Whether secrets are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Reveal {
    /// They are replaced: the default everywhere.
    #[default]
    Masked,
    /// The user asked to see them.
    Revealed,
}

/// A text that may have been withheld.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The text, with secrets inside it replaced by [`MASK`]. Thousands of runs have values that
    /// are equal, and share one.
    Text(Arc<str>),
    /// All of it is a secret.
    Masked,
}

impl Shown {
    /// The text, or [`MASK`].
    pub fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Masked => MASK,
        }
    }

    /// As a JSON document says it: the text, or `{"masked": true}`.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::from(&**text),
            Self::Masked => masked_json(),
        }
    }
}

/// What stands in a text where a secret was.
pub const MASK: &str = "‹masked›";

/// What stands in JSON where a secret was.
pub fn masked_json() -> Json {
    serde_json::json!({ "masked": true })
}

/// Whether something in a value that was masked was withheld, all of it or a part.
pub fn has_masked(value: &Json) -> bool {
    match value {
        Json::Object(map) => {
            map.len() == 1 && map.get("masked") == Some(&Json::Bool(true))
                || map.iter().any(|(key, value)| key.contains(MASK) || has_masked(value))
        }
        Json::Array(items) => items.iter().any(has_masked),
        Json::String(text) => text.contains(MASK),
        _ => false,
    }
}

/// A value stored under a key, as it may be shown.
fn shown_under(is_secret_key: bool, text: impl AsRef<str> + Into<Arc<str>>, reveal: Reveal) -> Shown {
    match reveal {
        Reveal::Revealed => Shown::Text(text.into()),
        Reveal::Masked => match hidden(is_secret_key, text.as_ref()) {
            Hidden::Nothing => Shown::Text(text.into()),
            Hidden::Parts(redacted) => Shown::Text(redacted.into()),
            Hidden::Whole => Shown::Masked,
        },
    }
}

/// A text within a value as it may be shown under a key; `None` if all of it is a secret.
pub(in crate::model) fn text_under(is_secret_key: bool, text: &str) -> Option<Cow<'_, str>> {
    match hidden(is_secret_key, text) {
        Hidden::Nothing => Some(Cow::Borrowed(text)),
        Hidden::Parts(redacted) => Some(Cow::Owned(redacted)),
        Hidden::Whole => None,
    }
}

/// How much of a text is a secret.
enum Hidden {
    Nothing,
    /// Parts of it; this is what is left.
    Parts(String),
    Whole,
}

fn hidden(is_secret_key: bool, text: &str) -> Hidden {
    if is_secret_key && is_worth_hiding(text) {
        return Hidden::Whole;
    }
    if !has_sign(text) {
        return Hidden::Nothing;
    }
    if is_secret_whole(text) {
        return Hidden::Whole;
    }
    match redact(text) {
        Cow::Borrowed(_) => Hidden::Nothing,
        Cow::Owned(redacted) => Hidden::Parts(redacted),
    }
}

/// Masks every secret inside a JSON value that stands under `key` (empty if under none).
fn mask_json(key: &str, mut value: Json, reveal: Reveal) -> Json {
    if reveal == Reveal::Masked {
        mask(key, &mut value);
    }
    value
}

/// In place: nearly nothing is a secret, and building everything again costs as much as reading it. Whether something
/// was.
fn mask(key: &str, value: &mut Json) -> bool {
    let masked = match value {
        Json::String(text) => match hidden(is_secret_key(key), text) {
            Hidden::Nothing => return false,
            Hidden::Parts(redacted) => Json::String(redacted),
            Hidden::Whole => masked_json(),
        },
        Json::Number(_) if is_secret_key(key) && !key_words(key).ends_with("token") => masked_json(),
        Json::Array(items) => return items.iter_mut().fold(false, |any, item| mask(key, item) | any),
        Json::Object(map) => {
            let has_cells = mask_cells(map);
            return map.iter_mut().fold(has_cells, |any, (key, item)| mask(key, item) | any);
        }
        _ => return false,
    };
    *value = masked;
    true
}

/// Of a table (`{"columns": […], "data": [[…]]}`): its cells stand under the names of its columns.
fn mask_cells(map: &mut serde_json::Map<String, Json>) -> bool {
    let Some(Json::Array(columns)) = map.get("columns") else { return false };
    let secret = |(at, column): (usize, &Json)| column.as_str().filter(|name| is_secret_key(name)).map(|_| at);
    let secret: Vec<usize> = columns.iter().enumerate().filter_map(secret).collect();
    let Some(Json::Array(rows)) = map.get_mut("data") else { return false };
    let mut any = false;
    for row in rows.iter_mut().filter_map(Json::as_array_mut) {
        for at in &secret {
            any |= row.get_mut(*at).is_some_and(|cell| mask("secret", cell));
        }
    }
    any
}

/// The length of the shortest secret that is a whole text.
const SHORTEST_WHOLE: usize = 6;
/// No secret is longer than this, in bytes.
pub const LONGEST: u64 = 4096;
/// Longer texts are no single secret.
const LONGEST_WHOLE: usize = LONGEST as usize;
/// The length of `apikey=1234`, the shortest that the expressions below find.
const SHORTEST: usize = 11;

/// Whether a text may be or hold a secret.
fn has_sign(text: &str) -> bool {
    // Most values of a store are shorter than the shortest secret.
    text.len() >= SHORTEST_WHOLE && SIGNS.as_ref().is_none_or(|signs| signs.is_match(text))
}

/// Replaces secrets inside a longer text by [`MASK`].
pub(in crate::model) fn redact(text: &str) -> Cow<'_, str> {
    if text.len() < SHORTEST || !has_sign(text) {
        return Cow::Borrowed(text);
    }
    redact_by([USERS.as_ref(), SHAPES.as_ref(), PAIRS.as_ref()], text)
}

/// Hides what one pattern finds.
type Step<'r> = dyn for<'t> Fn(&'t str) -> Cow<'t, str> + 'r;

/// As [`redact`]; a pattern that is missing hides all of the text.
fn redact_by<'a>(patterns: [Option<&Regex>; 3], text: &'a str) -> Cow<'a, str> {
    // Owned: a borrowed one would say that nothing is hidden.
    let [Some(users), Some(shapes), Some(pairs)] = patterns else { return Cow::Owned(MASK.to_owned()) };
    let steps: [&Step<'_>; 3] =
        [&|text| users::match_users(users, text), &|text| match_shapes(shapes, text), &|text| match_pairs(pairs, text)];
    steps.iter().fold(Cow::Borrowed(text), |text, step| match text {
        Cow::Borrowed(text) => step(text),
        Cow::Owned(text) => Cow::Owned(step(&text).into_owned()),
    })
}

/// Whether values under this key are secrets.
pub fn is_secret_key(key: &str) -> bool {
    // Nearly every key holds none of these, and taking it apart costs twenty times as much.
    if key.is_ascii() && STEMS.as_ref().is_some_and(|stems| !stems.is_match(key)) {
        return false;
    }
    KEYS.as_ref().is_none_or(|keys| keys.is_match(&key_words(key)))
}

/// `openaiApiKey`, `OPENAI_API_KEY`, `x-api-key` → lower-case words with single spaces.
fn key_words(key: &str) -> String {
    let mut words = String::with_capacity(key.len() + 4);
    let mut was_lower = false;
    for c in key.chars() {
        if c.is_alphanumeric() {
            if c.is_uppercase() && was_lower {
                words.push(' ');
            }
            words.extend(c.to_lowercase());
            was_lower = c.is_lowercase();
        } else {
            if !words.ends_with(' ') && !words.is_empty() {
                words.push(' ');
            }
            was_lower = false;
        }
    }
    words.truncate(words.trim_end().len());
    words
}

/// Python's and JSON's ways to say that there is nothing.
fn is_worth_hiding(text: &str) -> bool {
    !matches!(
        text.trim().trim_matches(['"', '\'']),
        "" | "None" | "null" | "none" | "True" | "False" | "true" | "false"
    )
}

/// A text that as a whole has a secret's shape; here a short one such as `sk-fake` counts too.
fn is_secret_whole(text: &str) -> bool {
    let text = text.trim().trim_matches(['"', '\'']);
    (SHORTEST_WHOLE..LONGEST_WHOLE).contains(&text.len()) && WHOLES.as_ref().is_none_or(|wholes| wholes.is_match(text))
}

fn match_shapes<'a>(shapes: &Regex, text: &'a str) -> Cow<'a, str> {
    let mut found = false;
    let replaced = shapes.replace_all(text, |hit: &Captures<'_>| {
        if hit[0].contains(|c: char| c.is_ascii_digit()) {
            found = true;
            let escape = hit.get(1).map_or("", |escape| escape.as_str());
            format!("{escape}{MASK}")
        } else {
            hit[0].to_owned()
        }
    });
    if found { replaced } else { Cow::Borrowed(text) }
}

fn match_pairs<'a>(pairs: &Regex, text: &'a str) -> Cow<'a, str> {
    let mut found = false;
    let replaced = pairs.replace_all(text, |hit: &Captures<'_>| {
        let is_quoted = hit[1].ends_with(['"', '\'']);
        if is_worth_hiding(&hit[2]) && &hit[2] != MASK && !is_name(&hit[2], is_quoted) {
            found = true;
            format!("{}{MASK}", &hit[1])
        } else {
            hit[0].to_owned()
        }
    });
    if found { replaced } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests;
