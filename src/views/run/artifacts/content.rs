//! What a file is, found out on a worker: a table, JSON, an image, Markdown, text, or only bytes.

use super::grid::Grid;
use crate::loader::Text;
use crate::model::readable_file::{SNIFFED, ending, is_binary};
use crate::model::{Reveal, json};
use crate::widgets::image_view::{DecodedImage, ImageError, MAX_PIXELS, decode_image};
use crate::widgets::markdown::MarkdownText;
use crate::words;

/// What a file holds.
#[derive(Debug)]
pub(super) enum Content {
    /// Nothing.
    Empty,
    /// Rows and columns, and the text they were read from.
    Table(Grid, Text),
    /// JSON, laid out.
    Json(Text),
    /// Markdown, and its source.
    Markdown(MarkdownText, Text),
    /// Text or code.
    Text(Text),
    /// An image, or why it is not shown.
    Image(Result<DecodedImage, ImageError>),
    /// Anything else.
    Bytes,
}

/// What a file holds, and what had to be said about it.
#[derive(Debug)]
pub(super) struct Prepared {
    pub content: Content,
    /// Damage: broken JSON, characters that are none.
    pub note: String,
    bytes: usize,
}

impl Prepared {
    /// Looks at the beginning of a file. `is_cut`: it is longer.
    pub fn new(path: &str, bytes: &[u8], is_cut: bool, reveal: Reveal) -> Self {
        let mut note = String::new();
        let content = content(path, bytes, is_cut, reveal, &mut note);
        let bytes = match &content {
            Content::Table(grid, text) => grid.bytes() + text.bytes(),
            Content::Json(text) | Content::Text(text) => text.bytes(),
            Content::Markdown(_, text) => 2 * text.bytes(),
            Content::Image(Ok(image)) => image.bytes(),
            Content::Empty | Content::Image(Err(_)) | Content::Bytes => 64,
        };
        Self { content, note, bytes }
    }

    /// About how many bytes this keeps.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Whether the name is that of an image that can be shown.
pub(super) fn is_image(path: &str) -> bool {
    matches!(ending(path).as_str(), "png" | "jpg" | "jpeg" | "gif" | "webp")
}

fn content(path: &str, bytes: &[u8], is_cut: bool, reveal: Reveal, note: &mut String) -> Content {
    if bytes.is_empty() {
        return Content::Empty;
    }
    if is_image(path) {
        if is_cut {
            *note = "The file is too large to be read whole, so the image is not shown".to_owned();
            return Content::Bytes;
        }
        return Content::Image(decode_image(bytes, MAX_PIXELS));
    }
    if is_binary(bytes) {
        return Content::Bytes;
    }
    let text = String::from_utf8_lossy(bytes);
    let broken = text.matches('\u{FFFD}').count();
    if broken > 0 && broken * 10 > text.chars().take(SNIFFED).count() {
        return Content::Bytes;
    }
    if broken > 0 && !is_cut {
        let what =
            if broken == 1 { "1 character is" } else { &*format!("{} characters are", words::count(broken as u64)) };
        *note = format!("{what} no UTF-8, shown as \u{FFFD}");
    }
    match ending(path).as_str() {
        "json" => json_content(&text, is_cut, reveal, note),
        "csv" | "tsv" => {
            let separator = if ending(path) == "tsv" { b'\t' } else { b',' };
            match Grid::separated(&text, separator, is_cut, reveal) {
                Some(grid) => Content::Table(grid, Text::new(text)),
                None => Content::Text(Text::new(text)),
            }
        }
        "md" | "markdown" => {
            let markdown = MarkdownText::new(&text);
            if markdown.is_cut() {
                *note = "Only the beginning is rendered; Raw shows all of it".to_owned();
            } else if markdown.images() > 0 {
                let images = markdown.images();
                let what =
                    if images == 1 { "1 image is" } else { &*format!("{} images are", words::count(images as u64)) };
                *note = format!("{what} named, not loaded");
            }
            Content::Markdown(markdown, Text::new(text))
        }
        _ => Content::Text(Text::new(text)),
    }
}

fn json_content(text: &str, is_cut: bool, reveal: Reveal, note: &mut String) -> Content {
    if is_cut {
        // Half of a JSON text is none.
        return Content::Text(Text::new(text));
    }
    let decoded = json::decode(text.as_bytes());
    if decoded.marks.is_raw {
        let why = serde_json::from_str::<serde::de::IgnoredAny>(text).err();
        let why = why.map_or_else(|| "it is nested too deeply".to_owned(), |error| error.to_string());
        *note = format!("This JSON cannot be read and is shown as text: {why}");
        return Content::Text(Text::new(text));
    }
    if decoded.marks.has_lone_surrogate {
        *note = "Half characters (lone surrogates) stand as \u{FFFD}".to_owned();
    }
    let value = decoded.value.mask("", reveal);
    let pretty = Text::new(serde_json::to_string_pretty(&value).unwrap_or_else(|_| text.to_owned()));
    match Grid::of_json(&value) {
        Some(grid) => Content::Table(grid, pretty),
        None => Content::Json(pretty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str, bytes: &[u8]) -> (&'static str, String) {
        let made = Prepared::new(path, bytes, false, Reveal::Masked);
        let name = match made.content {
            Content::Empty => "empty",
            Content::Table(..) => "table",
            Content::Json(_) => "json",
            Content::Markdown(..) => "markdown",
            Content::Text(_) => "text",
            Content::Image(Ok(_)) => "image",
            Content::Image(Err(_)) => "no image",
            Content::Bytes => "bytes",
        };
        (name, made.note)
    }

    #[test]
    fn files_are_told_apart_by_name_and_content() {
        assert_eq!(kind("a.json", b"").0, "empty");
        assert_eq!(kind("a.json", br#"{"columns": ["a"], "data": [[1]]}"#).0, "table");
        assert_eq!(kind("a.json", br#"{"columns": ["a"], "data": [[1, 2, 3]]}"#).0, "json");
        assert_eq!(kind("a.json", br#"{"b": NaN}"#).0, "json");
        let (what, note) = kind("a.json", b"{\"b\": ");
        assert!(what == "text" && note.contains("line 1"), "{note}");
        assert_eq!(kind("a.csv", b"a,b\n1,2\n").0, "table");
        assert_eq!(kind("README.md", b"# Hello").0, "markdown");
        assert_eq!(kind("page.html", b"<script>").0, "text");
        assert_eq!(kind("program.pkl", b"\x80\x04\x00\x01").0, "bytes");
        assert_eq!(kind("plot.png", b"no image at all").0, "no image");
        assert_eq!(kind("x", &[0xff; 100]).0, "bytes");
        let (what, note) = kind("x.txt", b"most of this is a text \xff here");
        assert!(what == "text" && note.starts_with("1 character is"), "{what} {note}");
    }
}
