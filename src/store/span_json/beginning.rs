//! The beginning of a record that is too long to be decoded while somebody waits.

use super::{body, place};
use crate::model::json_beginning::decode_beginning;
use crate::model::{Json, Reveal, SpanBody, Unmasked};

/// The end of a text that was cut may be half of a secret, which no shape gives away.
const UNSURE_BYTES: usize = 512;

/// What the beginning of a record tells of a span's body: the attributes up to the one that is
/// cut, and the beginning of that one. `None` if the cut is not within the attributes.
pub fn beginning(content: &Unmasked<String>, reveal: Reveal) -> Option<SpanBody> {
    let record = decode_beginning(content.as_stored_for_structure())?;
    let Json::Object(mut record) = record.into_stored_to_take_apart() else { return None };
    let is_last = record.keys().next_back().is_some_and(|key| key == "attributes");
    let attributes = record.get_mut("attributes").and_then(Json::as_object_mut).filter(|_| is_last)?;
    let key = attributes.keys().next_back()?.clone();
    let last = attributes.shift_remove(&key)?;
    let last = match last {
        Json::String(text) => decode_beginning(&text).unwrap_or_else(|| Unmasked::new(Json::String(text))),
        other => Unmasked::new(other),
    };
    let mut last = last.unwrap_encoded().mask(&key, reveal);
    cut_last(&mut last);
    let mut body = body(Unmasked::new(Json::Object(record)), reveal);
    place(&mut body, key, last);
    Some(body)
}

/// Takes the unsure end off the last text inside.
fn cut_last(value: &mut Json) {
    match value {
        Json::String(text) => text.truncate(text.floor_char_boundary(text.len().saturating_sub(UNSURE_BYTES))),
        Json::Array(items) => items.last_mut().into_iter().for_each(cut_last),
        Json::Object(map) => map.values_mut().next_back().into_iter().for_each(cut_last),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn beginning(text: &str, reveal: Reveal) -> Option<SpanBody> {
        super::beginning(&Unmasked::new(text.to_owned()), reveal)
    }

    fn record(inputs: &Json) -> String {
        json!({"name": "x", "attributes": {"mlflow.spanType": "\"LLM\"", "api_key": "\"sk-fake\"",
            "mlflow.spanInputs": inputs.to_string(), "mlflow.spanOutputs": "1"}, "events": []})
        .to_string()
    }

    #[test]
    fn the_first_lines_of_a_long_input_are_there_and_no_end_of_a_secret() {
        let long = "one line\n".repeat(1_000);
        let text = record(&json!({"question": long, "n": 1}));
        let made = beginning(&text[..4_000], Reveal::Masked).expect("a beginning");
        assert_eq!(made.attributes["api_key"], json!({"masked": true}));
        let inputs = made.inputs.expect("inputs");
        let question = inputs["question"].as_str().expect("a text");
        assert!(question.len() > 2_000 && long.starts_with(question));
        assert_eq!(made.outputs, None);

        let secret = format!("{}sk-abc1234567890abcdefghijklmn{long}", "z ".repeat(500));
        let text = record(&json!(secret));
        let at = text.find("sk-abc").expect("there");
        for end in at..at + 40 {
            let made = beginning(&text[..end], Reveal::Masked).expect("a beginning");
            assert!(!made.inputs.expect("inputs").to_string().contains("sk-a"), "{end}");
        }
    }

    #[test]
    fn a_cut_elsewhere_tells_nothing() {
        let text = record(&json!(1));
        let events = text.find("events").expect("there");
        assert_eq!(beginning(&text[..events + 9], Reveal::Masked), None);
        assert_eq!(beginning("plain", Reveal::Masked), None);
        assert_eq!(beginning("{", Reveal::Masked), None);
    }
}
