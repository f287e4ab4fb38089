//! What a server says of what went wrong, as much of it as fits a sentence.

use crate::model::{Reveal, Unmasked, json};
use crate::words;

/// What of an answer that is no JSON is told, in characters.
const TOLD: usize = 120;
/// What of a message is told, in characters: some hold what was asked for, or a stack.
const MESSAGE: usize = 400;

/// MLflow's own words for what is wrong: its code and its message.
pub fn error_of(bytes: &[u8]) -> Option<(String, String)> {
    let said = json::decode(bytes).value;
    let said = said.as_stored_for_structure();
    let text = |key: &str| Some(said.get(key)?.as_str()?.to_owned());
    let message = Unmasked::new(text("message").unwrap_or_default()).readable(Reveal::Masked);
    Some((text("error_code")?, words::one_line(&message, MESSAGE).into_owned()))
}

/// How an answer begins that is no JSON, as far as it can be told in a sentence.
pub fn beginning(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..4 * TOLD).unwrap_or(bytes)).into_owned();
    let is_page = text.trim_start().starts_with('<');
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().take(TOLD).collect();
    match (text.is_empty(), is_page) {
        (true, _) => "an empty answer".to_owned(),
        (_, true) => "a web page".to_owned(),
        _ => format!("what is no JSON: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_told_in_part() {
        let said = serde_json::json!({"error_code": "BAD", "message": "no\n".repeat(10_000)}).to_string();
        let (code, message) = error_of(said.as_bytes()).expect("an error");
        assert!(code == "BAD" && message.starts_with("no") && !message.contains('\n'), "{message}");
        assert!(message.chars().count() <= MESSAGE + 1, "{}", message.chars().count());
        assert!(beginning("x".repeat(10_000).as_bytes()).len() < 2 * TOLD);
    }
}
