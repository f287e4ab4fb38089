//! Looking for text in a record: what cannot hold it is not decoded.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Map;
use serde_json::value::RawValue;

use super::direct::Text;
use super::{KNOWN, body, body_of};
use crate::model::mlflow::span::{INPUTS, OUTPUTS};
use crate::model::{Excerpt, FoundText, Json, Matcher, Reveal, SearchField, Unmasked, json};

/// What was found in a record.
#[derive(Debug, Default)]
pub struct FoundInRecord {
    /// Each field in which it stands, once.
    pub found: Vec<FoundText>,
    /// The record is no JSON, and was looked through as text.
    pub is_raw: bool,
}

/// Whether what is looked for may stand in a record or in its name, as far as its bytes tell: nothing is decoded.
pub fn may_be_in(content: &Unmasked<&[u8]>, name: &[u8], matcher: &Matcher) -> bool {
    matcher.may_be_in(content.as_stored_for_structure()) || matcher.may_be_in(name)
}

/// Looks through the text of a record.
pub fn find(content: &Unmasked<&[u8]>, matcher: &Matcher, reveal: Reveal) -> FoundInRecord {
    let bytes = content.as_stored_for_structure();
    if !matcher.may_be_in(bytes) {
        return FoundInRecord::default();
    }
    if let Some(found) = in_parts(bytes, matcher, reveal) {
        return FoundInRecord { found, is_raw: false };
    }
    let (body, is_raw) = body_of(content, reveal);
    FoundInRecord { found: matcher.in_body(&body, reveal), is_raw }
}

/// What is found in those parts of a record in which it may stand; each is masked by its own key, and so without the
/// others as with them. `None` if anything about the record is unusual.
fn in_parts(bytes: &[u8], matcher: &Matcher, reveal: Reveal) -> Option<Vec<FoundText>> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= json::MAX_BYTES)?;
    let Record { attributes, others } = serde_json::from_str(text).ok()?;
    let may_be_in =
        |key: &str, value: &RawValue| matcher.may_be_in(value.get().as_bytes()) || matcher.may_be_in(key.as_bytes());
    let (mut inputs, mut outputs, mut found) = (None, None, Vec::new());
    for (key, value) in attributes {
        if !may_be_in(&key, value) {
            continue;
        }
        let (field, named) = match &*key {
            INPUTS => (SearchField::Inputs, ""),
            OUTPUTS => (SearchField::Outputs, ""),
            key => (SearchField::Attribute(key.to_owned()), key),
        };
        let Some(excerpt) = in_attribute(matcher, (&key, named), value, reveal)? else { continue };
        let hit = FoundText { field, excerpt };
        match hit.field {
            SearchField::Inputs => inputs = Some(hit),
            SearchField::Outputs => outputs = Some(hit),
            _ => found.push(hit),
        }
    }
    let is_status = |key: &str| matches!(key, "status" | "status_message");
    // The one is shown where the other is not there.
    let wants_status = others.iter().any(|(key, value)| is_status(key) && may_be_in(key, value));
    let mut rest = Map::new();
    for (key, value) in others {
        let is_wanted = if is_status(&key) { wants_status } else { !KNOWN.contains(&&*key) && may_be_in(&key, value) };
        if is_wanted {
            rest.insert(key.into_owned(), decoded(value)?);
        }
    }
    let mut all: Vec<FoundText> = inputs.into_iter().chain(outputs).chain(found).collect();
    if !rest.is_empty() {
        all.extend(matcher.in_body(&body(Unmasked::new(Json::Object(rest)), reveal), reveal));
    }
    Some(all)
}

/// What is found in an attribute: `named` is the part of its key that is looked in, too. `None` if it is unusual.
fn in_attribute(
    matcher: &Matcher,
    (key, named): (&str, &str),
    value: &RawValue,
    reveal: Reveal,
) -> Option<Option<Excerpt>> {
    if let Ok(Text(text)) = serde_json::from_str::<Text<'_>>(value.get())
        && let Some(found) = matcher.in_encoded((key, named), &text, reveal)
    {
        return Some(found);
    }
    let value = Unmasked::new(decoded(value)?).unwrap_encoded().mask(key, reveal);
    Some(matcher.in_entry(named, &value, reveal))
}

/// A part as JSON; `None` if something in it has to be mended.
fn decoded(value: &RawValue) -> Option<Json> {
    serde_json::from_str(value.get()).ok()
}

/// A record, nothing of which is decoded but keys: its attributes, and what else it has.
struct Record<'a> {
    attributes: Vec<(Cow<'a, str>, &'a RawValue)>,
    others: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Record<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Record<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut attributes, mut others) = (None, Vec::new());
                while let Some(Text(key)) = map.next_key()? {
                    if key == "attributes" {
                        let Entries(entries) = map.next_value()?;
                        if attributes.replace(entries).is_some() {
                            return Err(serde::de::Error::custom("a key stands twice"));
                        }
                    } else {
                        others.push((key, map.next_value()?));
                    }
                }
                all_differ(&others)?;
                Ok(Record { attributes: attributes.unwrap_or_default(), others })
            }
        }
        deserializer.deserialize_map(Read)
    }
}

fn all_differ<E: serde::de::Error>(entries: &[(Cow<'_, str>, &RawValue)]) -> Result<(), E> {
    /// More are not compared one by one.
    const FEW: usize = 16;
    let mut rest = entries;
    if entries.len() <= FEW {
        while let Some(((key, _), behind)) = rest.split_first() {
            if behind.iter().any(|(other, _)| other == key) {
                return Err(E::custom("a key stands twice"));
            }
            rest = behind;
        }
        return Ok(());
    }
    let keys: HashSet<&str> = entries.iter().map(|(key, _)| &**key).collect();
    if keys.len() < entries.len() { Err(E::custom("a key stands twice")) } else { Ok(()) }
}

/// The entries of an object whose keys are all different.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Entries<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
                while let Some((Text(key), value)) = map.next_entry()? {
                    entries.push((key, value));
                }
                all_differ(&entries)?;
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SearchPattern;

    #[test]
    fn parts_of_a_record_say_what_the_whole_says() {
        let records = [
            r#"{"name": "n", "attributes": {"mlflow.spanInputs": "{\"q\": \"a \\\"b\\\" 谢\", \"n\": 12.50}", "k": "\"ab\"",
                "mlflow.spanOutputs": "\"ok\"", "api_key": "\"sk-fake\"", "plain": "no JSON ab"}, "links": [{"ab": 1}],
                "events": [{"name": "exception", "attributes": {"exception.type": "E", "token": "t0 ab"}}],
                "status": {"code": "STATUS_CODE_ERROR", "message": "no \"way\" ab"}}"#,
            r#"{"attributes": {"ab": "\"x\"", "ab": "\"y\""}}"#,
            r#"{"attributes": {"a": NaN, "b": "ab"}}"#,
            r#"{"attributes": {"a": "\ud83e ab"}, "status": {"message": "x"}, "status_message": "ab"}"#,
            r#"{"attributes": ["ab"], "events": "ab"}"#,
            r#"["ab"]"#,
            "{\"attributes\": {\"a\": \"ab",
        ];
        let needles =
            ["ab", "a", "\"b\"", "谢", "12.5", "ok", "sk-fake", "t0", "way\"", "exception", "x", "y", "E", "\u{fffd}"];
        let mut found = 0;
        for record in records {
            for needle in needles {
                let pattern = SearchPattern { text: needle.to_owned(), ..SearchPattern::default() };
                let matcher = Matcher::new(&pattern).expect("a pattern");
                for reveal in [Reveal::Masked, Reveal::Revealed] {
                    let content = Unmasked::new(record.as_bytes());
                    let (whole, is_raw) = body_of(&content, reveal);
                    let wanted = matcher.in_body(&whole, reveal);
                    let by_parts = find(&content, &matcher, reveal);
                    assert_eq!(by_parts.found, wanted, "{needle} in {record}");
                    assert!(by_parts.found.is_empty() || by_parts.is_raw == is_raw);
                    found += wanted.len();
                }
            }
        }
        assert!(found > 40, "{found}");
    }
}
