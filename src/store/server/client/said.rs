//! What a server says that is not what was asked for.

use crate::model::{Reveal, Unmasked, json};

/// What of an answer that is no JSON is told.
const TOLD: usize = 120;

/// MLflow's own words for what is wrong: its code and its message.
pub fn error_of(bytes: &[u8]) -> Option<(String, String)> {
    let said = json::decode(bytes).value;
    let said = said.as_stored_for_structure();
    let text = |key: &str| Some(said.get(key)?.as_str()?.to_owned());
    Some((text("error_code")?, Unmasked::new(text("message").unwrap_or_default()).readable(Reveal::Masked)))
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
