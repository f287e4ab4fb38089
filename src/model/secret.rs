//! Secrets, masked where values enter the model.
//!
//! MLflow 2.21 – 3.1 writes `api_key` in clear into the attributes of every LM span. A value is
//! a secret by its key (`api_key`, `password`, `authorization`, …) or by its shape (`sk-…`, a
//! bearer token, a JSON web token). Keys that merely speak of tokens (`max_tokens`,
//! `input_tokens`, `mlflow.chat.tokenUsage`) are not. Inside a text, which may be code or speak
//! of code, a key alone decides nothing where the value only names a secret (`FS_API_KEY`).
//!
//! Every pattern is compiled in the program. Should one of them ever not compile, tests stop
//! there, and a build without checks withholds what the pattern would have looked through.

mod names;

mod users;

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::{Captures, Regex};

use super::Json;
use names::is_name;
pub use users::readable;

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

/// A value stored under a key, as it may be shown.
pub fn shown(key: &str, text: impl AsRef<str> + Into<Arc<str>>, reveal: Reveal) -> Shown {
    shown_under(is_secret_key(key), text, reveal)
}

/// As [`shown`], for readers that ask [`is_secret_key`] once for thousands of values.
pub fn shown_under(is_secret_key: bool, text: impl AsRef<str> + Into<Arc<str>>, reveal: Reveal) -> Shown {
    match reveal {
        Reveal::Revealed => Shown::Text(text.into()),
        Reveal::Masked => match hidden(is_secret_key, text.as_ref()) {
            Hidden::Nothing => Shown::Text(text.into()),
            Hidden::Parts(redacted) => Shown::Text(redacted.into()),
            Hidden::Whole => Shown::Masked,
        },
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
pub fn mask_json(key: &str, mut value: Json, reveal: Reveal) -> Json {
    if reveal == Reveal::Masked {
        mask(key, &mut value);
    }
    value
}

/// In place: nearly nothing is a secret, and building everything again costs as much as reading it.
fn mask(key: &str, value: &mut Json) {
    let masked = match value {
        Json::String(text) => match hidden(is_secret_key(key), text) {
            Hidden::Nothing => return,
            Hidden::Parts(redacted) => Json::String(redacted),
            Hidden::Whole => masked_json(),
        },
        Json::Number(_) if is_secret_key(key) && !key_words(key).ends_with("token") => masked_json(),
        Json::Array(items) => return items.iter_mut().for_each(|item| mask(key, item)),
        Json::Object(map) => return map.iter_mut().for_each(|(key, item)| mask(key, item)),
        _ => return,
    };
    *value = masked;
}

/// What every secret inside a text has one of: looked for first, since nearly no text has any
/// and the expressions below are ten times as slow.
static SIGNS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let signs = [
        "sk-",
        "sk_",
        "rk-",
        "rk_",
        "pk-",
        "pk_",
        "hf_",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "akia",
        "aiza",
        "xox",
        "dapi",
        "bearer",
        "eyj",
        "api_key",
        "api-key",
        "apikey",
        "passw",
        "secret",
        "token",
        "authorization",
        "://",
    ];
    searcher(&signs)
});

/// Finds any of some words, however they are capitalized.
fn searcher(words: &[&str]) -> Option<AhoCorasick> {
    let built = AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(words);
    debug_assert!(built.is_ok(), "{words:?}: {built:?}");
    built.ok()
}

/// A pattern; `None`, after which nothing is let through, if it is none.
fn pattern(text: &str) -> Option<Regex> {
    let compiled = Regex::new(text);
    debug_assert!(compiled.is_ok(), "{compiled:?}");
    compiled.ok()
}

/// The length of the shortest secret that is a whole text.
const SHORTEST_WHOLE: usize = 6;
/// The length of `apikey=1234`, the shortest that the expressions below find.
const SHORTEST: usize = 11;

/// Whether a text may be or hold a secret.
fn has_sign(text: &str) -> bool {
    // Most values of a store are shorter than the shortest secret.
    text.len() >= SHORTEST_WHOLE && SIGNS.as_ref().is_none_or(|signs| signs.is_match(text))
}

/// Replaces secrets inside a longer text by [`MASK`].
pub fn redact(text: &str) -> Cow<'_, str> {
    if text.len() < SHORTEST || !has_sign(text) {
        return Cow::Borrowed(text);
    }
    redact_by([users::USERS.as_ref(), SHAPES.as_ref(), PAIRS.as_ref()], text)
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

/// What every key of a secret holds.
static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let stems = ["pass", "secret", "key", "auth", "credential", "token"];
    searcher(&stems)
});

/// Whether values under this key are secrets.
pub fn is_secret_key(key: &str) -> bool {
    // Nearly every key holds none of these, and taking it apart costs twenty times as much.
    if key.is_ascii() && STEMS.as_ref().is_some_and(|stems| !stems.is_match(key)) {
        return false;
    }
    let words = key_words(key);
    let has = |wanted: &str| words.split(' ').any(|word| word == wanted);
    has("password")
        || has("passwd")
        || has("passphrase")
        || has("secret")
        || has("secrets")
        || has("apikey")
        || has("authorization")
        || has("credential")
        || has("credentials")
        || words.contains("api key")
        || words.contains("access key")
        || words.contains("private key")
        || words.ends_with("auth") && words != "auth"
        || words == "token"
        || words.ends_with(" token")
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
    text.len() >= 6
        && text.len() < 4096
        && ["sk-", "pk-lf-", "rk_live_", "sk_live_"].iter().any(|start| text.starts_with(start))
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:sk|rk|pk)[-_][A-Za-z0-9_-]{16,}",
        r"|\bhf_[A-Za-z0-9]{20,}",
        r"|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}",
        r"|\bAKIA[0-9A-Z]{16}\b",
        r"|\bAIza[0-9A-Za-z_-]{30,}",
        r"|\bxox[abprs]-[A-Za-z0-9-]{10,}",
        r"|\bdapi[0-9a-f]{32}\b",
        r"|\bBearer +[A-Za-z0-9._~+/-]{12,}=*",
        r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}",
    ))
});

fn match_shapes<'a>(shapes: &Regex, text: &'a str) -> Cow<'a, str> {
    // `sk-` followed by nothing but words ("sk-learn-based-pipelines") is prose.
    let mut found = false;
    let replaced = shapes.replace_all(text, |hit: &Captures<'_>| {
        let hit = &hit[0];
        if hit.contains(|c: char| c.is_ascii_digit()) {
            found = true;
            MASK.to_owned()
        } else {
            hit.to_owned()
        }
    });
    if found { replaced } else { Cow::Borrowed(text) }
}

static PAIRS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    // key, quote?, then `=` or a colon before a quoted value; backslashes of nested JSON allowed.
    pattern(concat!(
        r#"(?i)((?:api[_-]?key|apikey|password|passwd|client[_-]?secret|secret[_-]?key|secret[_-]?access[_-]?key"#,
        r#"|access[_-]?token|auth[_-]?token|refresh[_-]?token|authorization)\\*["']?\s*"#,
        r#"(?:=\s*\\*["']?|:\s*\\*["']))([^\s"'\\,;&(){}\[\]<>]{4,})"#,
    ))
});

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
