//! Where an instruction stands in what a model wrote.
//!
//! Optimizers take an instruction out of an answer and strip little of it: quotes and spaces
//! (COPRO), a prefix of a few words (MIPROv2), the fence of a block (GEPA of DSPy 3.0 – 3.2).

use crate::model::json::bytes_of;
use crate::model::{Json, TraceId, json};

/// How well what was written fits an instruction, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextMatch {
    /// It is the instruction, up to what optimizers strip.
    Whole,
    /// The instruction stands in it word for word, within more text.
    Within,
    /// The instruction stands in it but for spaces and line breaks.
    Loose,
}

impl TextMatch {
    /// `whole`, `within`, `loose`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Within => "within",
            Self::Loose => "loose",
        }
    }
}

/// What kind of span wrote it, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriterKind {
    /// A predictor with the signature of an optimizer's proposer.
    Proposer,
    /// A call of a model for such a predictor.
    CallOfProposer,
    /// A call of a model without a predictor, with GEPA's prompt of DSPy 3.0 – 3.2.
    ReflectionPrompt,
    /// Any other call of a model without a predictor.
    BareCall,
    /// A predictor that is not known to be a proposer.
    OtherPredictor,
}

/// A span that wrote an instruction, and what it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Writer {
    /// The trace.
    pub trace: TraceId,
    /// The id of the span.
    pub span_id: String,
    /// Which of the spans with this id, from 0.
    pub span_nth: usize,
    /// The name of the span.
    pub name: String,
    /// What kind of span it is.
    pub kind: WriterKind,
    /// The signature of its predictor, if it has one.
    pub signature: Option<String>,
    /// When it started, nanoseconds since the epoch.
    pub start_ns: i64,
    /// When it ended, if it did.
    pub end_ns: Option<i64>,
    /// What its predictor was given; what the model was, if it has none.
    pub inputs: Option<Json>,
    /// What it wrote.
    pub outputs: Json,
}

impl Writer {
    /// How well what it wrote fits an instruction; `None` if that is not in it. Of what is not
    /// known to be a proposer only the whole is taken.
    pub fn wrote(&self, instruction: &str) -> Option<TextMatch> {
        let found = find_instruction(instruction, &self.outputs)?;
        (self.kind != WriterKind::OtherPredictor || found == TextMatch::Whole).then_some(found)
    }

    /// Whether it may be a coincidence that it wrote something.
    pub fn is_inferred(&self, found: TextMatch) -> bool {
        found != TextMatch::Whole || matches!(self.kind, WriterKind::BareCall | WriterKind::OtherPredictor)
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        400 + self.inputs.as_ref().map_or(0, bytes_of) + bytes_of(&self.outputs)
    }

    /// The instruction, or the source of a Flex, that it was asked to improve, if it was told one.
    pub fn given_instruction(&self) -> Option<&str> {
        let inputs = self.inputs.as_ref()?;
        let named = ["current_instruction", "basic_instruction", "current_source"]
            .iter()
            .find_map(|key| inputs.get(*key)?.as_str());
        match named {
            Some(text) => Some(text),
            None if self.kind == WriterKind::ReflectionPrompt => first_fenced(prompt_text(inputs)?),
            None => None,
        }
    }

    /// The instruction, or the source of a Flex, that it proposes, for GEPA's proposers.
    pub fn proposed_instruction(&self) -> Option<&str> {
        match &self.outputs {
            Json::Object(fields) => {
                let instruction =
                    || ["new_instruction", "proposed_instruction"].iter().find_map(|key| fields.get(*key)?.as_str());
                // A source comes in a fence, which GEPA strips.
                instruction().or_else(|| Some(unfenced(fields.get("revised_source")?.as_str()?)))
            }
            Json::Array(texts) => texts.iter().find_map(Json::as_str).map(unfenced),
            Json::String(text) => Some(unfenced(text)),
            _ => None,
        }
    }
}

/// The text of a model's prompt: a text, or the content of its first message.
pub fn prompt_text(inputs: &Json) -> Option<&str> {
    match inputs {
        Json::String(text) => Some(text),
        Json::Array(items) => items.iter().find_map(prompt_text),
        Json::Object(map) => {
            ["prompt", "messages", "content", "text"].iter().filter_map(|key| map.get(*key)).find_map(prompt_text)
        }
        _ => None,
    }
}

/// How well any text of `written` fits an instruction; `None` if it is nowhere.
pub fn find_instruction(instruction: &str, written: &Json) -> Option<TextMatch> {
    let wanted = instruction.trim();
    if wanted.is_empty() {
        return None;
    }
    find(wanted, written, true)
}

fn find(wanted: &str, written: &Json, may_decode: bool) -> Option<TextMatch> {
    match written {
        Json::String(text) => {
            let found = in_text(wanted, text);
            if found == Some(TextMatch::Whole) || !may_decode {
                return found;
            }
            // An answer in JSON writes quotes and line breaks in its own way.
            let inner = text.find('{').zip(text.rfind('}')).and_then(|(from, to)| text.get(from..=to));
            let decoded = inner.map(|inner| json::decode(inner.as_bytes())).filter(|decoded| !decoded.marks.is_raw);
            let inside = decoded.and_then(|decoded| find(wanted, decoded.value.as_stored_for_structure(), false));
            [found, inside].into_iter().flatten().min()
        }
        Json::Array(items) => items.iter().filter_map(|item| find(wanted, item, may_decode)).min(),
        Json::Object(map) => map.values().filter_map(|item| find(wanted, item, may_decode)).min(),
        _ => None,
    }
}

fn in_text(wanted: &str, text: &str) -> Option<TextMatch> {
    let mut is_within = false;
    for (at, _) in text.match_indices(wanted) {
        is_within = true;
        if begins_whole(&text[..at]) && ends_whole(&text[at + wanted.len()..]) {
            return Some(TextMatch::Whole);
        }
    }
    if is_within {
        return Some(TextMatch::Within);
    }
    let wanted = words(wanted);
    // One or two words may stand anywhere.
    let is_telling = wanted.bytes().filter(|byte| *byte == b' ').count() >= 2;
    (is_telling && words(text).contains(&wanted)).then_some(TextMatch::Loose)
}

/// A text with one space between its words.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What optimizers strip from both ends of an answer.
fn is_stripped(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | '*')
}

/// Whether only what is stripped stands before an instruction, or a mark at which DSPy cuts.
fn begins_whole(before: &str) -> bool {
    let rest = before.trim_matches(is_stripped);
    let last_line = before.trim_end().rsplit('\n').next().unwrap_or_default();
    rest.is_empty() || is_prefix(rest) || before.trim_end().ends_with("]]") || last_line.starts_with("```")
}

fn ends_whole(after: &str) -> bool {
    let rest = after.trim_start();
    after.trim_matches(is_stripped).is_empty() || rest.starts_with("[[") || rest.starts_with("```")
}

/// Up to five words and a colon, as MIPROv2 strips them.
fn is_prefix(text: &str) -> bool {
    let Some(words) = text.strip_suffix(':') else { return false };
    let is_word = |word: &str| word.chars().all(|letter| letter.is_alphanumeric() || "_'-".contains(letter));
    words.split_whitespace().count() <= 5 && words.split_whitespace().all(is_word)
}

/// What stands between the first fence and the last, without the word for its language; all
/// if there is no fence. This is how GEPA reads an answer.
fn unfenced(text: &str) -> &str {
    let (Some(from), Some(to)) = (text.find("```"), text.rfind("```")) else { return text.trim() };
    let inner = text.get(from + 3..to).unwrap_or_default();
    without_language(inner).trim()
}

/// The first fenced block of a prompt.
fn first_fenced(text: &str) -> Option<&str> {
    let from = text.find("```\n")? + 4;
    let rest = &text[from..];
    Some(&rest[..rest.find("\n```")?])
}

fn without_language(inner: &str) -> &str {
    match inner.split_once('\n') {
        Some((word, rest)) if !word.trim().contains(char::is_whitespace) => rest,
        _ => inner,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const WANTED: &str = "Solve it step by step.";

    #[test]
    fn what_optimizers_strip_does_not_hide_an_instruction() {
        for written in [
            json!({"proposed_instruction": WANTED}),
            json!({"proposed_instruction": format!(" \"{WANTED}\"\n")}),
            json!({"proposed_instruction": format!("**Proposed Instruction:** \"{WANTED}\"")}),
            json!([format!("Here is one:\n```\n{WANTED}\n```")]),
            json!([format!("```text\n{WANTED}\n```\nGood luck")]),
            json!([format!("[[ ## proposed_instruction ## ]]\n{WANTED}\n\n[[ ## completed ## ]]")]),
            json!([format!("{{\"new_instruction\": \"{WANTED}\"}}")]),
        ] {
            assert_eq!(find_instruction(&format!("{WANTED} "), &written), Some(TextMatch::Whole), "{written}");
        }
    }

    #[test]
    fn answers_in_json_are_read_as_json() {
        let written = json!(["{\"new_instruction\": \"Say \\\"yes\\\" twice.\\nThen stop.\"}"]);
        assert_eq!(find_instruction("Say \"yes\" twice.\nThen stop.", &written), Some(TextMatch::Whole));
    }

    #[test]
    fn a_part_of_something_longer_is_no_whole() {
        let written = json!({"text": format!("{WANTED} Then check.")});
        assert_eq!(find_instruction(WANTED, &written), Some(TextMatch::Within));
        let written = json!({"text": format!("Be careful. Do this: {WANTED}")});
        assert_eq!(find_instruction(WANTED, &written), Some(TextMatch::Within));
        let written = json!({"text": "Solve  it\nstep by\tstep."});
        assert_eq!(find_instruction(WANTED, &written), Some(TextMatch::Loose));
        for nothing in [json!(null), json!({"text": "Solve it."}), json!([1, true])] {
            assert_eq!(find_instruction(WANTED, &nothing), None);
        }
        assert_eq!(find_instruction("  ", &json!("  ")), None);
    }

    #[test]
    fn fences_are_read_as_gepa_reads_them() {
        assert_eq!(unfenced("So:\n```\na\nb\n```\n"), "a\nb");
        assert_eq!(unfenced("```markdown\na b\n```"), "a b");
        assert_eq!(unfenced(" plain "), "plain");
        assert_eq!(unfenced("```"), "");
        assert_eq!(first_fenced("Given:\n```\na\n```\nand\n```\nb\n```"), Some("a"));
    }
}
