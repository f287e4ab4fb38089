//! The content of a message: a text, or a list of pieces in the shapes of OpenAI's chat and responses and of Anthropic's
//! messages.

use super::beside::{BASE64_MOST, Beside, Media};
use super::message::{PartKind, text_of};
use crate::model::{Json, attachment};

/// A content, taken apart.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// Its texts, joined.
    pub(super) text: String,
    /// What stands beside them, with the place in `text`.
    pub(super) beside: Vec<(usize, PartKind, Option<String>, Beside)>,
}

/// Names for the kinds of pieces.
const IMAGES: [&str; 3] = ["image_url", "image", "input_image"];
const SOUNDS: [&str; 2] = ["input_audio", "audio"];
const FILES: [&str; 3] = ["file", "input_file", "document"];

impl Content {
    /// Takes apart what `content` holds.
    pub(super) fn read(content: &Json) -> Self {
        let mut read = Self::default();
        match content {
            Json::Null => {}
            Json::Array(pieces) => pieces.iter().for_each(|piece| read.piece(piece)),
            other => read.piece(other),
        }
        read
    }

    /// The calls of tools that stand beside the content of an assistant's message.
    pub(super) fn tool_calls(&mut self, calls: Option<&Json>) {
        for call in calls.and_then(Json::as_array).into_iter().flatten() {
            let function = call.get("function").unwrap_or(call);
            let arguments = function.get("arguments").or_else(|| function.get("args"));
            self.tool_call(
                function.get("name").and_then(text_of),
                call.get("call_id").or_else(|| call.get("id")),
                arguments,
            );
        }
    }

    /// What the model thought.
    pub(super) fn reasoning(&mut self, thought: Option<&Json>) {
        if let Some(text) = thought.and_then(text_of).filter(|text| !text.is_empty()) {
            self.push(PartKind::Reasoning, None, Beside { text: text.to_owned(), id: None, media: None });
        }
    }

    /// Something that is not known, as JSON.
    pub(super) fn other(&mut self, value: &Json) {
        self.push(PartKind::Other, None, Beside { text: value.to_string(), id: None, media: None });
    }

    fn push(&mut self, kind: PartKind, name: Option<&str>, beside: Beside) {
        self.beside.push((self.text.len(), kind, name.map(str::to_owned), beside));
    }

    fn tool_call(&mut self, name: Option<&str>, id: Option<&Json>, arguments: Option<&Json>) {
        let id = id.and_then(Json::as_str).map(str::to_owned);
        let text = arguments.map(words).unwrap_or_default();
        self.push(PartKind::ToolCall, name, Beside { text, id, media: None });
    }

    fn piece(&mut self, piece: &Json) {
        if let Some(text) = text_of(piece) {
            return self.text.push_str(text);
        }
        let get = |key: &str| piece.get(key);
        match piece.get("type").and_then(Json::as_str).unwrap_or_default() {
            "text" | "input_text" | "output_text" if get("text").and_then(text_of).is_some() => {
                self.text.push_str(get("text").and_then(text_of).unwrap_or_default());
            }
            kind if IMAGES.contains(&kind) => self.media(PartKind::Image, piece, get("image_url").or(get("source"))),
            kind if SOUNDS.contains(&kind) => self.media(PartKind::Audio, piece, get("input_audio").or(get("source"))),
            kind if FILES.contains(&kind) => self.media(PartKind::File, piece, get("file").or(get("source"))),
            "tool_use" => self.tool_call(get("name").and_then(text_of), get("id"), get("input")),
            "function_call" => {
                self.tool_call(get("name").and_then(text_of), get("call_id").or(get("id")), get("arguments"));
            }
            "tool_result" | "function_call_output" => {
                let text = get("content").or(get("output")).map(words).unwrap_or_default();
                let id = get("tool_use_id").or(get("call_id")).and_then(Json::as_str).map(str::to_owned);
                self.push(PartKind::ToolResult, None, Beside { text, id, media: None });
            }
            "thinking" => self.reasoning(get("thinking")),
            "reasoning" => match get("summary").and_then(Json::as_array) {
                Some(list) => list.iter().for_each(|one| self.reasoning(one.get("text"))),
                None => self.reasoning(get("text")),
            },
            // An item of a response that holds pieces itself.
            "message" => get("content").and_then(Json::as_array).into_iter().flatten().for_each(|one| match one {
                Json::Object(map) if map.get("type").and_then(Json::as_str) == Some("message") => self.other(one),
                one => self.piece(one),
            }),
            _ => self.other(piece),
        }
    }

    /// `piece` is the whole, `source` what holds the data within it.
    fn media(&mut self, kind: PartKind, piece: &Json, source: Option<&Json>) {
        let source = source.unwrap_or(piece);
        let get = |key: &str| source.get(key).or_else(|| piece.get(key)).and_then(text_of);
        let data = text_of(source).or_else(|| get("url")).or_else(|| get("data")).or_else(|| get("file_data"));
        let mut media = data.map(media_of).unwrap_or_default();
        media.media_type = media.media_type.or_else(|| get("media_type").map(str::to_owned));
        if media.media_type.is_none() && kind == PartKind::Audio {
            media.media_type = get("format").map(|format| format!("audio/{format}"));
        }
        let name = get("filename").or_else(|| get("title")).or_else(|| get("file_id"));
        let text = name.or(media.address.as_deref()).unwrap_or_default().to_owned();
        self.push(kind, None, Beside { text, id: None, media: Some(media) });
    }
}

/// What an address, or bytes in base64, tell.
fn media_of(data: &str) -> Media {
    if let Some(attachment) = attachment::find(data.get(..data.floor_char_boundary(2_000)).unwrap_or_default()).pop() {
        let media_type = Some(attachment.content_type).filter(|kind| !kind.is_empty());
        return Media { media_type, size: attachment.size, attachment: Some(attachment.id), ..Media::default() };
    }
    if let Some((head, bytes)) = data.strip_prefix("data:").and_then(|rest| rest.split_once(',')) {
        let mut words = head.split(';');
        let media_type = words.next().filter(|kind| !kind.is_empty()).map(str::to_owned);
        let size = if head.ends_with("base64") { size_of_base64(bytes) } else { None };
        return Media { media_type, size, base64: kept(bytes, size), ..Media::default() };
    }
    if data.contains("://") {
        return Media { address: Some(data.to_owned()), ..Media::default() };
    }
    let size = size_of_base64(data);
    Media { size, base64: kept(data, size), ..Media::default() }
}

/// The letters of base64, where they are some and not too many.
fn kept(letters: &str, size: Option<u64>) -> Option<std::sync::Arc<str>> {
    (size.is_some() && letters.len() <= BASE64_MOST).then(|| letters.trim().into())
}

/// How many bytes base64 stands for; `None` if it cannot be any.
fn size_of_base64(text: &str) -> Option<u64> {
    let text = text.trim();
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=');
    let letters = text.bytes().filter(|byte| *byte != b'=').count() as u64;
    (letters > 0 && text.bytes().all(is_base64)).then_some(letters * 3 / 4)
}

/// A text as it is, anything else as JSON.
pub(super) fn words(value: &Json) -> String {
    text_of(value).map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(content: Json) -> (String, Vec<String>) {
        let read = Content::read(&content);
        let told = |(at, kind, name, beside): &(usize, PartKind, Option<String>, Beside)| {
            let media = beside.media.as_ref().map(|one| format!("{:?} {:?}", one.media_type.as_deref(), one.size));
            let name = name.as_deref().unwrap_or("-");
            format!("{at} {} {name} {} {}", kind.as_str(), beside.text, media.unwrap_or_default())
        };
        (read.text, read.beside.iter().map(told).collect())
    }

    #[test]
    fn pieces_of_every_shape_are_told() {
        let (text, beside) = read(json!([
            {"type": "text", "text": "<p>\n"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAECAw=="}},
            {"type": "text", "text": "\n</p>"},
            {"type": "image_url", "image_url": {"url": "mlflow-attachment://ab-1?content_type=image%2Fpng&size=78"}},
            {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
            {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA", "filename": "a.pdf"}},
            {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "AAAA"}},
            {"type": "input_image", "image_url": "https://example.org/a.png"},
            {"type": "odd", "x": 1},
        ]));
        assert_eq!(text, "<p>\n\n</p>");
        let wanted = [
            "4 image -  Some(\"image/png\") Some(4)",
            "9 image -  Some(\"image/png\") Some(78)",
            "9 audio -  Some(\"audio/wav\") Some(3)",
            "9 file - a.pdf Some(\"application/pdf\") Some(3)",
            "9 image -  Some(\"image/jpeg\") Some(3)",
            "9 image - https://example.org/a.png None None",
            "9 other - {\"type\":\"odd\",\"x\":1} ",
        ];
        assert_eq!(beside, wanted);
    }

    #[test]
    fn tools_and_thoughts_are_told() {
        let (text, beside) = read(json!([
            {"type": "thinking", "thinking": "hm"},
            {"type": "tool_use", "id": "t1", "name": "stock", "input": {"a": 1}},
            {"type": "tool_result", "tool_use_id": "t1", "content": "7"},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "well"}]},
            {"type": "message", "content": [{"type": "output_text", "text": "so"}]},
        ]));
        assert_eq!(text, "so");
        let wanted = [
            "0 reasoning - hm ",
            "0 tool_call stock {\"a\":1} ",
            "0 tool_result - 7 ",
            "0 tool_call f {} ",
            "0 reasoning - well ",
        ];
        assert_eq!(beside, wanted);
        assert_eq!(read(json!({"masked": true})), ("‹masked›".to_owned(), Vec::new()));
        assert_eq!(read(json!(7)), (String::new(), vec!["0 other - 7 ".to_owned()]));
        assert_eq!(read(Json::Null), (String::new(), Vec::new()));
    }
}
