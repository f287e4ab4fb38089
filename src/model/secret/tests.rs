//! What is a secret and what only looks like one.

use super::patterns::pattern;
use super::*;
use serde_json::json;

/// A text under a key, as it may be shown.
pub(super) fn shown(key: &str, text: &str, reveal: Reveal) -> Shown {
    Unmasked::new(text).shown(key, reveal)
}

#[test]
fn keys_that_hold_secrets_and_keys_that_do_not() {
    for key in [
        "api_key",
        "OPENAI_API_KEY",
        "openaiApiKey",
        "x-api-key",
        "apiKey",
        "password",
        "db_password",
        "token",
        "access_token",
        "hf.token",
        "secret",
        "client-secret",
        "Authorization",
        "aws_secret_access_key",
    ] {
        assert!(is_secret_key(key), "{key}");
    }
    for key in [
        "max_tokens",
        "input_tokens",
        "mlflow.chat.tokenUsage",
        "tokens",
        "tokenizer",
        "key",
        "monkey",
        "question",
        "api_base",
        "mlflow.trace.tokenUsage",
        "secretary",
        "author",
        "auth",
    ] {
        assert!(!is_secret_key(key), "{key}");
    }
}

#[test]
fn json_is_masked_at_any_depth() {
    let value = json!({"lm": [{"api_key": "x1", "n": 1, "headers": {"Authorization": "Bearer abc"}}],
        "token_count": 3, "note": "sk-fake", "password": 1234, "api_base": "http://x"});
    let masked = json!({"lm": [{"api_key": {"masked": true}, "n": 1, "headers": {"Authorization": {"masked": true}}}],
        "token_count": 3, "note": {"masked": true}, "password": {"masked": true}, "api_base": "http://x"});
    assert_eq!(mask_json("", value.clone(), Reveal::Masked), masked);
    assert_eq!(mask_json("", value.clone(), Reveal::Revealed), value);
    assert_eq!(mask_json("api_key", json!(null), Reveal::Masked), json!(null));
    assert_eq!(mask_json("api_key", json!(["a1", "b2"]), Reveal::Masked), json!([{"masked": true}, {"masked": true}]));
}

#[test]
fn cells_of_a_table_stand_under_their_column() {
    let table = json!({"columns": ["example_api_key", "n", 3], "data": [["abc", "abc", "d"], ["x"], 7, [5]]});
    let cell = masked_json();
    let masked = json!({"columns": ["example_api_key", "n", 3], "data": [[cell, "abc", "d"], [cell], 7, [cell]]});
    assert_eq!(mask_json("", table, Reveal::Masked), masked);
    let none = json!({"columns": ["password"], "data": "abcd", "rows": [["abcd"]]});
    assert_eq!(mask_json("", none.clone(), Reveal::Masked), none);
}

#[test]
fn secrets_inside_a_text_are_replaced() {
    let cases = [
        ("LM(model='x', api_key='sk-fake', n=1)", "LM(model='x', api_key='‹masked›', n=1)"),
        (r#"{"a": "{\"api_key\": \"abcd\"}"}"#, r#"{"a": "{\"api_key\": \"‹masked›\"}"}"#),
        ("use sk-proj-abcdefghij1234567890 here", "use ‹masked› here"),
        ("Authorization: Bearer abcdef123456789", "Authorization: ‹masked›"),
        ("OPENAI_API_KEY=abcdef123 python x.py", "OPENAI_API_KEY=‹masked› python x.py"),
    ];
    for (text, wanted) in cases {
        assert_eq!(redact(text), wanted);
    }
    for text in [
        "api_key=None, n=1",
        "the password: must be long",
        "sk-learn-based-pipelines-are-fine",
        "max_tokens=1000",
        "ask-me-anything-2024-edition-please",
        "[[ ## token ## ]]\nhello",
        "{'api_key': 'FS_API_KEY', 'api_base': 'http://x'}",
        r#"{"a": "{\"api_key\": \"OPENAI_API_KEY\"}"}"#,
        "S3_SECRET_KEY = 'S3_SECRET_KEY'",
        "export OPENAI_API_KEY=$FS_API_KEY",
        "LM(model, api_key=os.environ['FS_API_KEY'])",
        "LM(model, api_key=self.api_key)",
    ] {
        assert!(matches!(redact(text), Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn what_is_not_surely_a_name_is_hidden() {
    for secret in [
        "abcd",
        "my_secret",
        "LETMEIN",
        "SECRET_TOKEN_9F8E7D6C",
        "A1B2_C3D4",
        "_A_B",
        "FS__KEY",
        "Correct_Horse",
        "hunter.two",
        "fs_api_key",
    ] {
        for quote in ["'", "\"", "\\\""] {
            let text = format!("{{{quote}api_key{quote}: {quote}{secret}{quote}}}");
            assert_eq!(redact(&text), text.replace(secret, MASK));
        }
        assert_eq!(redact(&format!("password={secret} x")), format!("password={MASK} x"));
    }
    // In quotes it is no code.
    assert_eq!(redact("password='self.destruct'"), format!("password='{MASK}'"));
    // Under a key of its own nothing is said of code: the key decides.
    assert_eq!(shown("api_key", "FS_API_KEY", Reveal::Masked), Shown::Masked);
    assert_eq!(mask_json("api_key", json!("FS_API_KEY"), Reveal::Masked), masked_json());
}

#[test]
fn a_pattern_that_is_missing_lets_nothing_through() {
    let text = "nothing of it is a secret";
    let some = pattern("never").expect("a pattern");
    let some = Some(&some);
    for patterns in [[None; 3], [None, some, some], [some, None, some], [some, some, None]] {
        let redacted = redact_by(patterns, text);
        assert!(matches!(&redacted, Cow::Owned(all) if all == MASK), "{redacted}");
    }
    assert_eq!(redact_by([some; 3], text), text);
    for (name, is_there) in [
        ("signs", SIGNS.is_some()),
        ("stems", STEMS.is_some()),
        ("shapes", SHAPES.is_some()),
        ("pairs", PAIRS.is_some()),
        ("users", USERS.is_some()),
        ("keys", KEYS.is_some()),
        ("wholes", WHOLES.is_some()),
    ] {
        assert!(is_there, "{name}");
    }
}

#[test]
#[should_panic(expected = "unclosed group")]
fn a_pattern_that_does_not_compile_stops_a_test() {
    pattern("(");
}

/// Whether a text or a key is hidden, by everything that is known.
fn is_hidden(finds: Finds, text: &str) -> bool {
    match finds {
        Finds::Key => is_secret_key(text),
        _ => shown("", text, Reveal::Masked) != Shown::Text(text.into()),
    }
}

#[test]
fn every_row_of_the_table_hides_its_example_and_leaves_the_other() {
    let mut names: Vec<&str> = PATTERNS.iter().map(|row| row.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), PATTERNS.len(), "two rows of one name");
    for row in PATTERNS {
        let Pattern { name, finds, .. } = *row;
        let alone = match finds {
            Finds::Pair => patterns::pair_of(row.pattern),
            Finds::Whole => format!("^(?:{})$", row.pattern),
            _ => row.pattern.to_owned(),
        };
        let alone = Regex::new(&alone).unwrap_or_else(|error| panic!("{name}: {error}"));
        let held_against = |text: &str| if finds == Finds::Key { key_words(text) } else { text.to_owned() };
        assert!(alone.is_match(&held_against(row.hides)), "{name} does not find `{}` by itself", row.hides);
        assert!(is_hidden(finds, row.hides), "{name} lets `{}` through", row.hides);
        assert!(!is_hidden(finds, row.leaves), "{name}: `{}` is no secret", row.leaves);
        let has_sign = |sign: &str| row.hides.to_lowercase().contains(sign);
        assert!(row.signs.iter().any(|sign| has_sign(sign)), "{name}: no sign is in `{}`", row.hides);
        assert!(!row.source.is_empty(), "{name}: who writes it?");
    }
}

#[test]
fn a_secret_behind_an_escape_of_json_within_a_text_is_hidden() {
    let text = r#"{"value": "line\nsk-proj-abcdefghij1234567890", "more": "\tghp_abcdefghij0123456789"}"#;
    let hidden = shown("", text, Reveal::Masked);
    assert_eq!(hidden.as_str(), format!(r#"{{"value": "line\n{MASK}", "more": "\t{MASK}"}}"#));
    let prose = r"as\nsk-learn-based-pipelines-are-fine says";
    assert_eq!(shown("", prose, Reveal::Masked).as_str(), prose);
}
