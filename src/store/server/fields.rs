//! Pieces of a server's answers: numbers that may be texts (protobuf writes 64 bits so), times, lists of keys.

use std::sync::Arc;

use chrono::DateTime;

use crate::model::{Entry, Json, Reveal, Shown, Unmasked};

/// A name, an id, a word of MLflow's: no secret by what it is.
pub fn name(of: &Json, key: &str) -> Option<String> {
    of.get(key)?.as_str().map(str::to_owned)
}

/// A text as it may be shown, with what is a secret in it replaced.
pub fn readable(of: &Json, key: &str, reveal: Reveal) -> Option<String> {
    Some(Unmasked::new(name(of, key)?).readable(reveal))
}

/// A whole number.
pub fn whole(of: &Json, key: &str) -> Option<i64> {
    let value = of.get(key)?;
    value.as_i64().or_else(|| value.as_f64().map(|n| n as i64)).or_else(|| value.as_str()?.trim().parse().ok())
}

/// A number; Python's words for those that are not finite are numbers, too.
pub fn real(of: &Json, key: &str) -> Option<f64> {
    let value = of.get(key)?;
    value.as_f64().or_else(|| match value.as_str()?.trim() {
        "NaN" | "nan" => Some(f64::NAN),
        "Infinity" | "inf" => Some(f64::INFINITY),
        "-Infinity" | "-inf" => Some(f64::NEG_INFINITY),
        other => other.parse().ok(),
    })
}

/// A list; none where there is no such list, which protobuf leaves out when it is empty.
pub fn list<'a>(of: &'a Json, key: &str) -> &'a [Json] {
    of.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// A moment (`2026-11-20T22:13:35.440Z`), milliseconds since the epoch.
pub fn moment_ms(of: &Json, key: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(of.get(key)?.as_str()?).ok().map(|at| at.timestamp_millis())
}

/// A duration as protobuf writes it (`0.011s`), milliseconds. Whole numbers all the way: `0.29 * 1000` is below 290.
pub fn duration_ms(of: &Json, key: &str) -> Option<i64> {
    let text = of.get(key)?.as_str()?.strip_suffix('s')?;
    let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (seconds, rest) = text.split_once('.').unwrap_or((text, ""));
    let rest: i64 = format!("{rest:0<3}").get(..3)?.parse().ok()?;
    let whole = seconds.parse::<i64>().ok()?.checked_mul(1_000)?.checked_add(rest)?;
    Some(if is_negative { -whole } else { whole })
}

/// Keys with texts, by key: a map (`{"a": "b"}`), or a list as older servers give it (`[{"key": "a", "value": "b"}]`).
pub fn entries(of: &Json, key: &str, reveal: Reveal) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut add = |key: &str, value: &Json| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value: Shown = Unmasked::new(text).shown(key, reveal);
        found.push(Entry { key: Arc::from(key), value });
    };
    match of.get(key) {
        Some(Json::Object(map)) => map.iter().for_each(|(key, value)| add(key, value)),
        Some(Json::Array(items)) => {
            for item in items {
                let value = item.get("value").unwrap_or(&EMPTY);
                item.get("key").and_then(Json::as_str).into_iter().for_each(|key| add(key, value));
            }
        }
        _ => {}
    }
    found.sort_by(|a, b| a.key.cmp(&b.key));
    found
}

/// What protobuf leaves out.
static EMPTY: Json = Json::String(String::new());

/// The text of one of such keys, as stored.
pub fn stored<'a>(of: &'a Json, key: &str, of_key: &str) -> Option<Unmasked<&'a str>> {
    let text = match of.get(key)? {
        Json::Object(map) => map.get(of_key)?.as_str()?,
        Json::Array(items) => {
            let item = items.iter().find(|item| item.get("key").and_then(Json::as_str) == Some(of_key))?;
            item.get("value")?.as_str()?
        }
        _ => return None,
    };
    Some(Unmasked::new(text))
}

/// The page behind this one, if there is one.
pub fn next(of: &Json) -> Option<String> {
    name(of, "next_page_token").filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_and_times_however_they_are_written() {
        let of = json!({"a": "12", "b": 12.0, "c": "NaN", "d": "2026-11-20T22:13:35.440Z", "e": "0.290s", "f": "-1.5s",
            "g": "7s", "h": "0.0305s", "i": "x", "j": {}});
        assert_eq!(
            (whole(&of, "a"), whole(&of, "b"), whole(&of, "i"), whole(&of, "j")),
            (Some(12), Some(12), None, None)
        );
        assert!(real(&of, "c").is_some_and(f64::is_nan));
        assert_eq!(moment_ms(&of, "d"), Some(1_795_212_815_440));
        let durations = ["e", "f", "g", "h", "i", "j"].map(|key| duration_ms(&of, key));
        assert_eq!(durations, [Some(290), Some(-1_500), Some(7_000), Some(30), None, None]);
    }

    #[test]
    fn keys_stand_in_a_map_or_in_a_list() {
        for of in [
            json!({"t": {"b": "2", "a": "1"}}),
            json!({"t": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}, 7]}),
        ] {
            let found = entries(&of, "t", Reveal::Masked);
            let told: Vec<_> = found.iter().map(|entry| (&*entry.key, entry.value.as_str())).collect();
            assert_eq!(told, [("a", "1"), ("b", "2")]);
            assert_eq!(stored(&of, "t", "a").map(|text| *text.as_stored_for_structure()), Some("1"));
        }
        assert_eq!(entries(&json!({"t": {"api_key": "sk-fake"}}), "t", Reveal::Masked)[0].value, Shown::Masked);
    }
}
