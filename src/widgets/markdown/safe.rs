//! Markdown without what would be fetched and without what would be too much to lay out. Made on a worker.

use crate::widgets::text::visible_line;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::borrow::Cow;
use std::sync::Arc;

/// No longer text is laid out as Markdown; show the rest as lines.
pub const TEXT_MOST: usize = 100_000;
/// Deeper lists and quotes are shown as they are written.
const DEPTH_MOST: usize = 24;
/// A longer word is cut in pieces by line breaks nowhere, and would be laid out as a whole.
const LINE_MOST: usize = 20_000;

/// A Markdown text that is safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkdownText {
    safe: Arc<str>,
    is_cut: bool,
    is_source: bool,
    images: usize,
}

impl MarkdownText {
    /// Prepares a text: images become their names, controls are made visible, what is too long is cut.
    pub fn new(text: &str) -> Self {
        let end = if text.len() > TEXT_MOST { cut_at_line(text, TEXT_MOST) } else { text.len() };
        let is_cut = end < text.len();
        let visible: Vec<Cow<'_, str>> = text[..end].split('\n').map(visible_keeping_tabs).collect();
        let text = visible.join("\n");
        if is_too_deep(&text) || text.lines().any(|line| line.len() > LINE_MOST) {
            return Self { safe: as_source(&text).into(), is_cut, is_source: true, images: 0 };
        }
        let (safe, images) = without_images(&text);
        Self { safe: safe.into(), is_cut, is_source: false, images }
    }

    /// The text that is shown.
    pub fn safe(&self) -> &str {
        &self.safe
    }

    /// Whether only the beginning is shown: say so.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether it is shown as it is written, since it is nested too deeply or its lines are too long.
    pub fn is_source(&self) -> bool {
        self.is_source
    }

    /// How many images are named instead of shown.
    pub fn images(&self) -> usize {
        self.images
    }
}

/// What the view understands; the same set, so that both see the same images.
fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_DEFINITION_LIST
}

fn cut_at_line(text: &str, most: usize) -> usize {
    let most = text.floor_char_boundary(most);
    text[..most].rfind('\n').unwrap_or(most)
}

fn visible_keeping_tabs(line: &str) -> Cow<'_, str> {
    let line = line.strip_suffix('\r').unwrap_or(line);
    match line.contains('\t') {
        true => Cow::Owned(line.split('\t').map(visible_line).collect::<Vec<_>>().join("\t")),
        false => visible_line(line),
    }
}

fn is_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    Parser::new_ext(text, options()).any(|event| {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEPTH_MOST
    })
}

/// As a block of code whose fence does not occur within.
fn as_source(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: Vec<String> = text.lines().map(|line| crate::words::one_line(line, 2_000).into_owned()).collect();
    format!("{fence}\n{}\n{fence}", lines.join("\n"))
}

/// Puts a name in the place of every image and a sign in that of every box to tick; takes the languages of code.
fn without_images(text: &str) -> (String, usize) {
    let mut out = String::with_capacity(text.len());
    let (mut from, mut images, mut depth) = (0, 0, 0_usize);
    let mut name = String::new();
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { .. }) => {
                if depth == 0 {
                    out.push_str(text.get(from..range.start).unwrap_or(""));
                    from = range.end.max(from);
                    name.clear();
                }
                depth += 1;
            }
            Event::Text(part) | Event::Code(part) if depth > 0 => name.push_str(&part),
            Event::End(TagEnd::Image) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    images += 1;
                    out.push_str(&format!("*image{}*", escaped(&name)));
                }
            }
            Event::TaskListMarker(is_done) if depth == 0 => {
                // Boxes that cannot be ticked, and that have no name, become signs.
                out.push_str(text.get(from..range.start).unwrap_or(""));
                out.push_str(if is_done { "✓" } else { "○" });
                from = range.end.max(from);
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if depth == 0 && !language.is_empty() => {
                // Without a language no colours: the highlighter knows neither our themes nor their contrast.
                let line = text.get(range.clone()).and_then(|block| block.lines().next()).unwrap_or("");
                let fence = line.len() - line.trim_start_matches(['`', '~']).len();
                out.push_str(text.get(from..range.start + fence).unwrap_or(""));
                from = (range.start + line.len()).max(from);
            }
            _ => {}
        }
    }
    out.push_str(text.get(from..).unwrap_or(""));
    (out, images)
}

fn escaped(name: &str) -> String {
    let words = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return String::new();
    }
    let mut out = String::from(": ");
    for c in words.chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_image(text: &str) -> bool {
        Parser::new_ext(text, options()).any(|event| matches!(event, Event::Start(Tag::Image { .. })))
    }

    #[test]
    fn images_are_named_instead_of_fetched() {
        for (text, images) in [
            ("![a *plot*](https://example.org/x.png) after", 1),
            ("[![badge](file:///etc/passwd)](https://example.org)", 1),
            ("![x][ref]\n\n[ref]: http://example.org/y.png", 1),
            ("![](data:image/png;base64,AAAA) ![b](c)", 2),
            ("![outer ![inner](a) text](b)", 1),
            ("`![no](image)`", 0),
            ("| a |\n|---|\n| ![t](u) |", 1),
        ] {
            let safe = MarkdownText::new(text);
            assert_eq!(safe.images(), images, "{text}");
            assert!(!has_image(safe.safe()), "{text} became {}", safe.safe());
        }
        assert_eq!(MarkdownText::new("> ```python\n> x\n> ```\n").safe(), "> ```\n> x\n> ```\n");
        assert_eq!(MarkdownText::new("- [x] a\n- [ ] b").safe(), "- ✓ a\n- ○ b");
        assert!(MarkdownText::new("![a *plot*](x) after").safe().contains("a plot"));
    }

    #[test]
    fn what_would_be_too_much_is_shown_as_it_is_written() {
        assert!(MarkdownText::new(&"> ".repeat(5_000)).is_source());
        assert!(MarkdownText::new(&"x".repeat(50_000)).is_source());
        let deep = (0..200).map(|n| format!("{}- x\n", "  ".repeat(n))).collect::<String>();
        assert!(MarkdownText::new(&deep).is_source());
        let long = MarkdownText::new(&"a line\n".repeat(50_000));
        assert!(long.is_cut() && long.safe().len() <= TEXT_MOST && !long.is_source());
        assert!(MarkdownText::new("````\n``` inner\n").safe().contains("inner"));
    }

    #[test]
    fn controls_are_seen_and_tabs_stay() {
        assert_eq!(MarkdownText::new("a\u{1b}[31m\r\n\tcode\u{202e}").safe(), "a␛[31m\n\tcode‹U+202E›");
    }
}
