//! Answers that stop before they end.

use crate::model::Json;
use crate::model::dspy::keys::lm;

/// Whether an answer that an adapter could not parse stops in its middle: JSON that goes on, or a tag of the XML
/// adapter that is never closed. Other answers do not tell: models forget end marks, too.
pub fn is_broken_off(answer: &str) -> bool {
    let text = answer.trim();
    let json = text.strip_prefix("```json").unwrap_or(text).trim_start();
    if json.starts_with(['{', '[']) && !json.starts_with("[[") {
        return serde_json::from_str::<serde::de::IgnoredAny>(json).is_err_and(|error| error.is_eof());
    }
    text.starts_with('<') && has_open_tag(text)
}

/// Whether the last tag that was opened at the beginning of a line is closed nowhere.
fn has_open_tag(text: &str) -> bool {
    let mut opened = text.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix('<')?.split_once('>')?;
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_name.then_some(name)
    });
    opened.next_back().is_some_and(|name| !text.contains(&format!("</{name}>")))
}

/// Whether a response as a provider sends it says that it was ended by its length: `finish_reason` of one of its
/// `choices` is `length` (OpenAI's format, which LiteLLM gives for all providers; stored by MLflow 2.21 and by the
/// autologging of other libraries).
pub fn is_ended_by_length(response: &Json) -> bool {
    let choices = response.get(lm::CHOICES).and_then(Json::as_array);
    choices.is_some_and(|choices| {
        choices.iter().any(|one| one.get(lm::FINISH_REASON).and_then(Json::as_str) == Some(lm::ENDED_BY_LENGTH))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_breaks_off_within_json_or_a_tag() {
        for answer in ["{\"answer\": \"it was", "```json\n{\"a\": [1,", "<a>\nx\n</a>\n<b>\nand then"] {
            assert!(is_broken_off(answer), "{answer}");
        }
        for answer in [
            "{\"answer\": 1}",
            "{answer: 1}",
            "[[ ## answer ## ]]\nParis",
            "I cannot tell.",
            "<a>\nx\n</a>\n<b>\ny\n</b>",
            "<3 you",
            "",
        ] {
            assert!(!is_broken_off(answer), "{answer}");
        }
    }

    #[test]
    fn a_provider_says_why_a_response_ended() {
        assert!(is_ended_by_length(&json!({"choices": [{"finish_reason": "stop"}, {"finish_reason": "length"}]})));
        assert!(!is_ended_by_length(&json!({"choices": [{"finish_reason": "stop"}]})));
        assert!(!is_ended_by_length(&json!(["length"])));
    }
}
