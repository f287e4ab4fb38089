//! Looking in a value as it is written, without building it: most of what a search finds is one short text in a long
//! value, and nobody shows the rest.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Number;

use super::{Excerpt, Matcher};
use crate::model::json;
use crate::model::secret::{self, Reveal, is_secret_key};

/// What `serde_json` calls a number of any length.
const NUMBER: &str = "$serde_json::private::Number";

impl Matcher {
    /// What [`Matcher::in_entry`] finds in the value that a text says, once that is masked by its key, and in the name
    /// under which it is shown. `None` if anything about the text is unusual, after which that is the way.
    pub fn in_encoded(&self, (key, name): (&str, &str), text: &str, reveal: Reveal) -> Option<Option<Excerpt>> {
        if text.len() > json::MAX_BYTES {
            return None;
        }
        if let Some(found) = self.in_text(name, reveal) {
            return Some(Some(found));
        }
        let mut walk = Walk { matcher: self, reveal, text, found: None, is_settled: false };
        let mut reader = serde_json::Deserializer::from_str(text);
        At { walk: &mut walk, key }.deserialize(&mut reader).ok()?;
        reader.end().ok()?;
        Some(walk.found)
    }
}

/// A way through a value, up to what is found first; what follows is only read.
struct Walk<'m> {
    matcher: &'m Matcher,
    reveal: Reveal,
    /// All of it.
    text: &'m str,
    found: Option<Excerpt>,
    /// Nothing that follows changes what was found, or is too deep to be read, but keys of the objects that it stands in.
    is_settled: bool,
}

impl Walk<'_> {
    /// So many brackets nest no deeper than any reader goes.
    const FEW_BRACKETS: usize = 100;

    /// Notes whether something was found.
    fn settle(&mut self) {
        if self.found.is_some() {
            let brackets = self.text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
            self.is_settled = brackets <= Self::FEW_BRACKETS;
        }
    }

    fn text(&mut self, key: &str, text: &str) {
        if self.found.is_some() {
            return;
        }
        // Masking leaves pieces of a text. Unless what stands beside them counts, nothing is in a piece that is not in
        // the text, and few texts have it.
        let in_stored = self.matcher.find(text, self.reveal);
        if self.reveal == Reveal::Masked {
            if in_stored.is_none() && !self.matcher.looks_beside {
                return;
            }
            match secret::text_under(is_secret_key(key), text) {
                Some(Cow::Borrowed(_)) => {}
                Some(Cow::Owned(shown)) => return self.found = self.matcher.in_text(&shown, self.reveal),
                None => return,
            }
        }
        self.found = in_stored.map(|found| Excerpt::of(text, found));
    }
}

/// A value that stands under a key.
struct At<'w, 'm> {
    walk: &'w mut Walk<'m>,
    key: &'w str,
}

impl<'de> DeserializeSeed<'de> for At<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.walk.is_settled {
            deserializer.deserialize_ignored_any(IgnoredAny)?;
            return Ok(());
        }
        deserializer.deserialize_any(self)
    }
}

/// A key, borrowed where it holds no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for At<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _value: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.walk.text(self.key, text);
        self.walk.settle();
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(At { walk: self.walk, key: self.key })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut keys = Keys::default();
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            match (&*key, keys.is_empty()) {
                (NUMBER, true) => {
                    let number = map.next_value::<String>()?;
                    let number: Number = number.parse().map_err(A::Error::custom)?;
                    // Whether it is a secret is told elsewhere.
                    if self.walk.found.is_none() && is_secret_key(self.key) {
                        return Err(A::Error::custom("a number under the key of a secret"));
                    }
                    if self.walk.found.is_none() {
                        self.walk.found = self.walk.matcher.in_text(&number.to_string(), self.walk.reveal);
                    }
                    continue;
                }
                // Tables and what stands for a secret are told elsewhere.
                ("columns", _) | ("masked", true) => return Err(A::Error::custom("not any object")),
                _ => {}
            }
            if self.walk.found.is_none() {
                self.walk.found = self.walk.matcher.in_text(&key, self.walk.reveal);
                self.walk.settle();
            }
            map.next_value_seed(At { walk: self.walk, key: &key })?;
            if !keys.add(key) {
                return Err(A::Error::custom("a key stands twice"));
            }
        }
        Ok(())
    }
}

/// The keys of an object.
#[derive(Default)]
struct Keys<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Keys<'a> {
    /// More are not compared one by one.
    const FEW: usize = 12;

    fn is_empty(&self) -> bool {
        self.few.is_empty()
    }

    /// Whether it is another one.
    fn add(&mut self, key: Cow<'a, str>) -> bool {
        if self.few.contains(&key) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push(key);
            return true;
        }
        self.many.insert(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{SearchPattern, Unmasked};

    #[test]
    fn it_finds_what_is_found_in_the_value_that_is_built() {
        let values = [
            r#"{"question": "a needle in hay", "n": 12.50, "list": ["x", {"needle": [42, true, null]}]}"#,
            r#"{"question": "a needle in hay", "n": 12.50, "list": ["x", {"needle": [1e400]}]}"#,
            r#"{"api_key": "needle-0123456789", "tokens": 42, "token": 42, "password": 42}"#,
            r#"["needle", "sk-needle0123456789abcdef0123", "api_key=needle123456 needle"]"#,
            r#"{"columns": ["api_key", "x"], "data": [["needle", "b"]]}"#,
            r#"{"data": [["needle", {"q": "needle"}]], "columns": ["api_key", "x"]}"#,
            r#"{"a": {"q": "needle", "r": {"s": [1, {"t": "\ud83e"}]}}, "b": NaN}"#,
            r#"{"a": {"q": "needle"}, "b": {"c": "x", "c": "y"}, "a": "hay"}"#,
            r#"{"masked": true, "x": "masked"}"#,
            r#"{"a": {"masked": true}}"#,
            r#"{"a": "hay", "a": "needle"}"#,
            r#"{"$serde_json::private::Number": "needle"}"#,
            r#"{"$serde_json::private::Number": "42", "b": 42}"#,
            r#"{"a": NaN, "b": "needle"}"#,
            r#"{"a": "needle", "b": "\ud83e"}"#,
            r#""needle \"quoted\" \u8c22 ‹masked› needle""#,
            r#"{"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9, "10": 10, "11": 11, "12": 12,
                "13": "x", "14": "y", "13": "needle"}"#,
            "needle, no JSON",
            "{\"a\": \"needle",
            "[] needle",
            "42",
            "null",
        ];
        let nested = format!("{}\"needle\"{}", "[".repeat(200), "]".repeat(200));
        let behind = format!("[\"needle\", {nested}]");
        let in_object = format!("{{\"a\": \"needle\", \"b\": {nested}}}");
        let values = values.into_iter().chain([nested.as_str(), behind.as_str(), in_object.as_str()]);
        let patterns = [
            ("needle", false, false),
            ("needle", true, false),
            (r"\w+e\b", false, true),
            (r"^needle", false, true),
            ("42", false, false),
            ("12.50", false, false),
            ("1e+400", false, false),
            ("谢", false, false),
            ("\"quoted\"", false, false),
            ("masked", false, false),
            ("sk-", false, false),
            ("0123", true, false),
            ("x", false, false),
        ];
        let (mut told, mut found) = (0, 0);
        for value in values {
            for (text, is_whole_word, is_regex) in patterns {
                let pattern = SearchPattern { text: text.to_owned(), ignores_case: false, is_whole_word, is_regex };
                let matcher = Matcher::new(&pattern).expect("a pattern");
                for key in ["mlflow.spanInputs", "api_key", "needle"] {
                    for reveal in [Reveal::Masked, Reveal::Revealed] {
                        let built = Unmasked::new(crate::model::Json::from(value)).unwrap_encoded().mask(key, reveal);
                        let wanted = matcher.in_entry(key, &built, reveal);
                        let Some(seen) = matcher.in_encoded((key, key), value, reveal) else { continue };
                        assert_eq!(seen, wanted, "{text} under {key} in {value}");
                        told += 1;
                        found += usize::from(seen.is_some());
                    }
                }
            }
        }
        assert!(told > 300 && found > 100, "{found} of {told}");
    }
}
