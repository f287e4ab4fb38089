use serde_json::json;

use super::*;
use crate::model::{Json, Unmasked};

fn plain(text: &str) -> SearchPattern {
    SearchPattern { text: text.to_owned(), ..SearchPattern::default() }
}

fn regex(text: &str) -> SearchPattern {
    SearchPattern { is_regex: true, ..plain(text) }
}

fn matcher(pattern: &SearchPattern) -> Matcher {
    Matcher::new(pattern).expect("a pattern")
}

/// `text` as writers of JSON escape it: raw or in ASCII, with the slash or signs of HTML escaped, in small or capital
/// digits.
fn written(text: &str, way: usize) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        let escape = |out: &mut String| {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let digits = if way == 3 { format!("{unit:04X}") } else { format!("{unit:04x}") };
                out.push_str(&format!("\\u{digits}"));
            }
        };
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '/' if way == 2 => out.push_str("\\/"),
            '<' | '>' | '&' | '\'' | '=' if way >= 2 => escape(&mut out),
            '\0'..='\x1f' => escape(&mut out),
            '\x7f'.. if way == 1 || way == 3 => escape(&mut out),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

#[test]
fn a_text_is_never_missed_however_it_is_escaped() {
    let texts = [
        "refund",
        "say \"hi\"",
        "a\\b\\\\c",
        "line\nline\ttab",
        "退款政策",
        "naïve café",
        "🦀 and 👩‍🔬",
        "</script> & 'x'='y'",
        "C:\\new\\\"dir\"/x",
        "\u{1}\u{7f}\u{2028}",
        "é",
        "\"",
        "\\",
        "\u{fffd}",
    ];
    for text in texts {
        let classes: String = text.chars().map(|c| format!(r"[{}\n]", regex::escape(&c.to_string()))).collect();
        let any = format!("(?s)before .{{{}}} behind", text.chars().count());
        let patterns = [plain(text), regex(&regex::escape(text)), regex(&classes), regex(&any)];
        let folded = patterns.clone().map(|pattern| SearchPattern { ignores_case: true, ..pattern });
        let matchers: Vec<Matcher> = patterns.iter().chain(&folded).map(matcher).collect();
        let whole = format!("before {text} behind");
        for one in &matchers {
            let excerpt = one.in_text(&whole, Reveal::Masked).expect("found");
            assert!([text, &whole].contains(&excerpt.parts()[1]), "{text:?}: {excerpt:?}");
        }
        for (inner, outer) in (0..16).map(|ways| (ways / 4, ways % 4)) {
            let value = format!("{{\"q\": {}}}", written(&whole, inner));
            let record = format!("{{\"attributes\": {{\"mlflow.spanInputs\": {}}}}}", written(&value, outer));
            for (at, one) in matchers.iter().enumerate() {
                assert!(one.may_be_in(record.as_bytes()), "{text:?} as pattern {at} in {record}");
            }
        }
    }
}

#[test]
fn what_is_not_there_is_mostly_known_without_decoding() {
    let record = br#"{"attributes": {"mlflow.spanInputs": "{\"q\": \"What is the policy, \\u9000\\u6b3e?\"}"}}"#;
    let may = |pattern: SearchPattern| matcher(&pattern).may_be_in(record);
    for absent in ["refund", "policy,x", "退税", "polïcy", "the \"policy"] {
        assert!(!may(plain(absent)), "{absent}");
    }
    for absent in [r"\d{2} ms", "refunds?", "[A-Z]{3}", r"policy\."] {
        assert!(!may(regex(absent)), "{absent}");
    }
    assert!(!may(plain("POLICY")) && may(SearchPattern { ignores_case: true, ..plain("POLICY") }));
    assert!(may(plain("退款")) && may(regex(r"\bpolicy,\s\w\w")) && may(regex("x*")));
}

#[test]
fn letters_words_and_lines() {
    let finds = |pattern: &SearchPattern, text: &str| matcher(pattern).in_text(text, Reveal::Masked).is_some();
    let folded = |text: &str| SearchPattern { ignores_case: true, ..plain(text) };
    assert!(finds(&folded("straße É"), "STRAßE é") && finds(&folded("ПРИВЕТ"), "привет"));
    assert!(!finds(&folded("k"), "\u{212a}") && !finds(&plain("k"), "K"));
    let word = |text: &str| SearchPattern { is_whole_word: true, ..plain(text) };
    assert!(finds(&word("cat"), "a cat.") && !finds(&word("cat"), "concat cats cat_"));
    assert!(finds(&word("$5"), "for $5!") && !finds(&word("$5"), "for $50"));
    assert!(finds(&regex("^b$"), "a\nb\nc") && !finds(&regex("a.b"), "a\nb"));
    assert_eq!(matcher(&regex("x*")).in_text("axx", Reveal::Masked).expect("found").parts()[1], "xx");
}

#[test]
fn values_are_keys_texts_and_numbers() {
    let value: Json =
        serde_json::from_str(r#"{"key": ["text", 12.50, true, null], "n": {"deep": "x"}}"#).expect("JSON");
    let finds = |text: &str| matcher(&plain(text)).in_value(&value, Reveal::Masked).is_some();
    assert!(["key", "tex", "12.50", "deep"].iter().all(|text| finds(text)));
    assert!(!["true", "null", "key\"", "text12"].iter().any(|text| finds(text)));
}

#[test]
fn nothing_that_is_masked_is_found() {
    let stored = json!({"api_key": "sk-fake", "note": "api_key='abcd1234' and more", "password": 12345});
    let masked: Json = Unmasked::new(stored.clone()).mask("", Reveal::Masked);
    for secret in [plain("sk-f"), plain("abcd"), plain("12345"), plain("masked"), plain("‹"), regex("='.*'")] {
        assert_eq!(matcher(&secret).in_value(&masked, Reveal::Masked), None, "{secret:?}");
    }
    assert!(matcher(&plain("sk-f")).in_value(&stored, Reveal::Revealed).is_some());
    let beside = matcher(&plain("and more")).in_value(&masked, Reveal::Masked).expect("found");
    assert_eq!(beside.text, "api_key='‹masked›' and more");
    assert_eq!(beside.parts()[1], "and more");
    assert!(matcher(&plain("api_key")).in_value(&masked, Reveal::Masked).is_some(), "that there is one is no secret");
}

#[test]
fn what_cannot_be_looked_for_is_told() {
    let why = |pattern: SearchPattern| Matcher::new(&pattern).expect_err("no pattern");
    assert_eq!(why(plain("")), PatternError::Empty);
    assert_eq!(why(plain(&"x".repeat(MAX_BYTES + 1))), PatternError::TooLong(MAX_BYTES + 1));
    assert_eq!(why(regex("^")), PatternError::NoText);
    assert!(matches!(why(regex("a(")), PatternError::NoRegex(why) if why == "unclosed group"));
    assert!(matches!(why(regex("a)(b")), PatternError::NoRegex(_)));
    assert!(matches!(why(regex(r"(\w{1000}){1000}")), PatternError::NoRegex(_)));
    assert!(matches!(why(regex(&"(".repeat(5_000))), PatternError::NoRegex(_)));
    Matcher::new(&plain(&"漢\"".repeat(MAX_BYTES / 4))).expect("a long text");
}
