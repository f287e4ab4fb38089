//! What is taken for a secret, as a table: a pattern more is a row more, with the text that it must
//! hide and the nearest one that it must leave alone, which a test walks.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

/// What a pattern is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// The lower-case words of a key, with single spaces: its values are secrets.
    Key,
    /// A whole text.
    Whole,
    /// A part of a longer text, if there is a digit in it.
    Shape,
    /// The key of a pair inside a longer text (`key='…'`), whose value is hidden.
    Pair,
    /// The user part of an address.
    User,
}

/// One kind of secret.
pub struct Pattern {
    /// What it is.
    pub name: &'static str,
    /// What it is held against.
    pub finds: Finds,
    /// A regular expression.
    pub pattern: &'static str,
    /// Every text that matches holds one of these, however they are capitalized. They are looked for
    /// first, since nearly no text has any and the expressions are ten times as slow.
    pub signs: &'static [&'static str],
    /// Who writes such a thing.
    pub source: &'static str,
    /// A key or a text of which it hides something.
    pub hides: &'static str,
    /// One that looks much like it and stays as it is.
    pub leaves: &'static str,
}

const fn row(
    [name, pattern, source, hides, leaves]: [&'static str; 5],
    finds: Finds,
    signs: &'static [&'static str],
) -> Pattern {
    Pattern { name, finds, pattern, signs, source, hides, leaves }
}

/// All of them. Within a kind the first that matches counts.
#[rustfmt::skip]
pub const PATTERNS: &[Pattern] = &[
    row(["password", r"(?:^| )pass(?:word|wd|phrase)(?: |$)", "settings of databases and proxies",
        "db_password", "passwordless"], Finds::Key, &["pass"]),
    row(["secret", r"(?:^| )secrets?(?: |$)", "OAuth clients, S3", "client-secret", "secretary"], Finds::Key, &["secret"]),
    row(["API key", r"api key|(?:^| )apikey(?: |$)", "`api_key` of every dspy.LM; `x-api-key` of Anthropic",
        "openaiApiKey", "api_base"], Finds::Key, &["key"]),
    row(["access key", "access key|private key", "AWS, Azure, TLS", "aws_secret_access_key", "monkey_keys"],
        Finds::Key, &["key"]),
    row(["authorization", r"(?:^| )authorization(?: |$)|.auth$", "HTTP headers; `basic_auth` of clients",
        "Authorization", "author"], Finds::Key, &["auth"]),
    row(["credential", r"(?:^| )credentials?(?: |$)", "Google and AWS clients", "vertex_credentials", "credentialed"],
        Finds::Key, &["credential"]),
    // Counts of tokens are no secrets: `max_tokens`, `mlflow.chat.tokenUsage`.
    row(["token", r"(?:^| )token$", "Hugging Face, GitHub, OAuth", "hf.token", "max_tokens"], Finds::Key, &["token"]),

    row(["key of an API, whole", "sk-[A-Za-z0-9_-]*", "OpenAI, Anthropic, OpenRouter; `sk-fake` of tests",
        "sk-fake", "sk-? no"], Finds::Whole, &["sk-"]),
    row(["key of Langfuse, whole", "pk-lf-[A-Za-z0-9_-]*", "Langfuse", "pk-lf-1", "pk-of-1"], Finds::Whole, &["pk-"]),
    row(["key of Stripe, whole", "[rs]k_live_[A-Za-z0-9_-]*", "Stripe", "rk_live_1", "rk_love_1"],
        Finds::Whole, &["rk_", "sk_"]),

    // `sk-` followed by nothing but words ("sk-learn-based-pipelines") is prose: no digit.
    row(["key of an API", r"\b(?:sk|rk|pk)[-_][A-Za-z0-9_-]{16,}", "OpenAI, Anthropic, OpenRouter, Langfuse, Stripe",
        "use sk-proj-abcdefghij1234567890 here", "as sk-learn-based-pipelines-are-fine says"],
        Finds::Shape, &["sk-", "sk_", "rk-", "rk_", "pk-", "pk_"]),
    row(["token of Hugging Face", r"\bhf_[A-Za-z0-9]{20,}", "huggingface.co", "as hf_abcdefghij0123456789 says",
        "as hf_transfer_1 says"], Finds::Shape, &["hf_"]),
    row(["token of GitHub", r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}", "github.com",
        "as ghp_abcdefghij0123456789 says", "as ghx_abcdefghij0123456789 says"],
        Finds::Shape, &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"]),
    row(["access key of AWS", r"\bAKIA[0-9A-Z]{16}\b", "AWS IAM", "as AKIAIOSFODNN7EXAMPLE says",
        "as AKIAIOSFODNN7 says"], Finds::Shape, &["akia"]),
    row(["key of Google", r"\bAIza[0-9A-Za-z_-]{30,}", "Gemini and other APIs of Google",
        "as AIza0123456789012345678901234567890 says", "as AIza0123 says"], Finds::Shape, &["aiza"]),
    row(["token of Slack", r"\bxox[abprs]-[A-Za-z0-9-]{10,}", "slack.com", "as xoxb-0123456789-a says",
        "as xoxo-0123456789-a says"], Finds::Shape, &["xox"]),
    row(["token of Databricks", r"\bdapi[0-9a-f]{32}\b", "Databricks, MLflow's own host",
        "as dapi0123456789abcdef0123456789abcdef says", "as dapi0123456789abcdef says"], Finds::Shape, &["dapi"]),
    row(["bearer token", r"\bBearer +[A-Za-z0-9._~+/-]{12,}=*", "HTTP headers, RFC 6750",
        "Bearer abcdef123456789", "Bearer of bad news 12"], Finds::Shape, &["bearer"]),
    row(["JSON web token", r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}", "RFC 7519",
        "as eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxw says", "as eyJhbGciOiJIUzI1 says"], Finds::Shape, &["eyj"]),

    row(["API key of a pair", "api[_-]?key", "`repr` of a dspy.LM, shell lines", "LM(model='x', api_key='abcd', n=1)",
        "LM(model='x', api_key=None, n=1)"], Finds::Pair, &["api_key", "api-key", "apikey"]),
    row(["password of a pair", "password|passwd", "addresses of databases", "connect(password='abcd')",
        "the password: must be long"], Finds::Pair, &["passw"]),
    row(["secret of a pair", "client[_-]?secret|secret[_-]?key|secret[_-]?access[_-]?key", "OAuth clients, AWS",
        "client_secret=abcd", "S3_SECRET_KEY = 'S3_SECRET_KEY'"], Finds::Pair, &["secret"]),
    row(["token of a pair", "access[_-]?token|auth[_-]?token|refresh[_-]?token", "OAuth", "{'access_token': 'abcd'}",
        "max_tokens=1000"], Finds::Pair, &["token"]),
    row(["header of a pair", "authorization", "HTTP headers", "{'Authorization': 'abcd'}", "authorization: basic"],
        Finds::Pair, &["authorization"]),

    // Up to the last @ of the host: an @ may stand in a password.
    row(["user of an address", r#"([A-Za-z][A-Za-z0-9+.-]*)://([^\s/?\#"'`<>()\[\]{}\\]+)@"#,
        "RFC 3986; `api_base` of a dspy.LM behind a proxy", "see https://me:pw1@host/v1",
        "abfss://container@account.dfs.core.windows.net/x"], Finds::User, &["://"]),
];

fn of(kind: Finds) -> impl Iterator<Item = &'static Pattern> {
    PATTERNS.iter().filter(move |row| row.finds == kind)
}

fn joined(kind: Finds) -> String {
    of(kind).map(|row| row.pattern).collect::<Vec<_>>().join("|")
}

/// Key (1: up to its value) and value (2) of a pair: `=`, or a colon before a quoted value; backslashes of
/// nested JSON allowed.
pub(super) fn pair_of(keys: &str) -> String {
    format!(r#"(?i)((?:{keys})\\*["']?\s*(?:=\s*\\*["']?|:\s*\\*["']))([^\s"'\\,;&(){{}}\[\]<>]{{4,}})"#)
}

/// The expression over all patterns of a kind.
pub(super) fn expression(kind: Finds) -> String {
    match kind {
        Finds::Pair => pair_of(&joined(kind)),
        Finds::Whole => format!("^(?:{})$", joined(kind)),
        // A word may begin behind an escape of JSON that stands within a text: whoever reads that JSON gets the word.
        Finds::Shape => {
            let begins = joined(kind).replace(r"|\b", "|");
            format!(r"(?:\b|(\\[bfnrt]))(?:{})", begins.trim_start_matches(r"\b"))
        }
        _ => joined(kind),
    }
}

pub(super) static KEYS: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(&expression(Finds::Key)));
pub(super) static WHOLES: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(&expression(Finds::Whole)));
pub(super) static SHAPES: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(&expression(Finds::Shape)));
pub(super) static PAIRS: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(&expression(Finds::Pair)));
pub(super) static USERS: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(&expression(Finds::User)));

/// What every text with a secret inside has one of.
pub(super) static SIGNS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| searcher(PATTERNS.iter().filter(|row| row.finds != Finds::Key)));

/// What every key of a secret holds.
pub(super) static STEMS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| searcher(of(Finds::Key)));

/// Finds any sign of some patterns, however it is capitalized.
fn searcher(rows: impl Iterator<Item = &'static Pattern>) -> Option<AhoCorasick> {
    let signs = rows.flat_map(|row| row.signs);
    let built = AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(signs);
    debug_assert!(built.is_ok(), "{built:?}");
    built.ok()
}

/// A pattern; `None`, after which nothing is let through, if it is none.
pub(super) fn pattern(text: &str) -> Option<Regex> {
    let compiled = Regex::new(text);
    debug_assert!(compiled.is_ok(), "{compiled:?}");
    compiled.ok()
}
