//! A text split into lines that are short enough to lay out. Made on a worker: 20 MB take milliseconds.

use super::grapheme::grapheme_boundary;
use super::wrap::{self, CharWidths};
use std::ops::Range;
use std::sync::Arc;

/// No line is longer than this many characters.
pub const LINE_CHARS_MOST: usize = 2_000;

/// A long line is split between words where they are no longer than this.
const WORD_BYTES_MOST: usize = 100;

/// A text, kept once, and where its lines begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLines {
    text: Arc<str>,
    /// Where each line begins; a line reaches to the next one's beginning.
    starts: Vec<u32>,
    is_cut: bool,
}

impl TextLines {
    /// Splits at line breaks and, within long lines, at [`LINE_CHARS_MOST`]. A text beyond 4 GB is cut.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let mut text: Arc<str> = text.into();
        let most = u32::MAX as usize;
        let is_cut = text.len() > most;
        if is_cut {
            text = text[..text.floor_char_boundary(most)].into();
        }
        let mut starts = Vec::with_capacity(text.len() / 64 + 1);
        for_each_break(&text, |start, end| {
            push_split(&mut starts, &text[start..end], start, LINE_CHARS_MOST);
        });
        Self { text, starts, is_cut }
    }

    /// The same text with lines of at most `columns` figures of a monospace font, broken after spaces.
    pub fn wrap_at(&self, columns: usize) -> Self {
        self.wrapped(columns.max(1) as f32, &CharWidths::monospace())
    }

    /// The same text with lines of at most `width` points in the font that `widths` was measured in.
    pub fn wrapped(&self, width: f32, widths: &CharWidths) -> Self {
        let mut starts = Vec::with_capacity(self.starts.len());
        for index in 0..self.starts.len() {
            let range = self.range(index);
            wrap::push_wrapped(&mut starts, &self.text, range, width, widths);
        }
        Self { text: Arc::clone(&self.text), starts, is_cut: self.is_cut }
    }

    /// The number of lines; an empty text has one.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether the text was longer than can be kept.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The bytes of a line, its line break included.
    pub fn range(&self, index: usize) -> Range<usize> {
        let at = |index: usize| match self.starts.get(index) {
            Some(start) => *start as usize,
            None => self.text.len(),
        };
        at(index)..at(index + 1)
    }

    /// A line without its line break; empty if there is no such line.
    pub fn line(&self, index: usize) -> &str {
        let line = &self.text[self.range(index)];
        let line = line.strip_suffix('\n').unwrap_or(line);
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// The text of several lines, as it was.
    pub fn lines(&self, lines: Range<usize>) -> &str {
        let start = self.range(lines.start).start;
        let end = self.range(lines.end.saturating_sub(1)).end;
        &self.text[start..end.max(start)]
    }

    /// The line that holds a byte.
    pub fn line_at(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= byte).saturating_sub(1)
    }

    /// The bytes that this keeps, for caches with a bound.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.starts.len() * size_of::<u32>()
    }
}

/// Calls `line` with each line's start and end, the line break included.
fn for_each_break(text: &str, mut line: impl FnMut(usize, usize)) {
    let mut start = 0;
    // Searching one ASCII character is what the standard library does fastest.
    for (at, _) in text.match_indices('\n') {
        line(start, at + 1);
        start = at + 1;
    }
    line(start, text.len());
}

/// Pushes the starts of the pieces of one line.
fn push_split(starts: &mut Vec<u32>, line: &str, offset: usize, most: usize) {
    let mut rest = line;
    let mut start = offset;
    starts.push(start as u32);
    // No more bytes than characters allowed: nothing to count.
    while rest.len() > most {
        let mut chars = rest.chars();
        chars.nth(most - 1);
        let cut = rest.len() - chars.as_str().len();
        if matches!(&rest[cut..], "" | "\n" | "\r\n") {
            return;
        }
        let cut = grapheme_boundary(rest, cut);
        let cut = word_boundary(rest, cut);
        rest = &rest[cut..];
        start += cut;
        starts.push(start as u32);
    }
}

/// Behind the last space a little before `cut`; `cut` itself if there is none.
fn word_boundary(text: &str, cut: usize) -> usize {
    let from = text.floor_char_boundary(cut.saturating_sub(WORD_BYTES_MOST));
    match text[from..cut].rfind(' ') {
        Some(space) => from + space + 1,
        None => cut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> TextLines {
        let lines = TextLines::new(text);
        let joined: String = (0..lines.len()).map(|i| &lines.text()[lines.range(i)]).collect();
        assert_eq!(joined, text);
        for index in 0..lines.len() {
            assert!(lines.line(index).chars().count() <= LINE_CHARS_MOST);
            assert!(!lines.line(index).contains('\n'));
        }
        for columns in [1, 7, 80] {
            let wrapped = lines.wrap_at(columns);
            let joined: String = (0..wrapped.len()).map(|i| &text[wrapped.range(i)]).collect();
            assert_eq!(joined, text);
        }
        lines
    }

    #[test]
    fn long_lines_are_split_between_words() {
        let text = "word ".repeat(1_000);
        let lines = TextLines::new(text.as_str());
        assert_eq!((lines.len(), lines.line(0).len(), lines.line(1).get(..4)), (3, LINE_CHARS_MOST, Some("word")));
        let text = "w".repeat(7) + &" longer".repeat(1_000);
        let lines = TextLines::new(text.as_str());
        assert!(lines.line(0).ends_with("longer ") && lines.line(1).starts_with("longer"));
    }

    #[test]
    fn lines_join_back_to_the_text() {
        for text in ["", "\n", "a", "a\n", "a\r\nb\n\nc", "\r\n\r\n", "\u{0}\u{7f}\n"] {
            check(text);
        }
        assert_eq!(check("").len(), 1);
        assert_eq!(check("a\nb\n").len(), 3);
        assert_eq!(check("a\r\nb").line(0), "a");
        let family = "👨‍👩‍👧‍👦";
        for unit in ["x", "é", "佐", "🎉", family, "e\u{301}", "word ", "\u{301}", "\r"] {
            check(&unit.repeat(9_000));
            check(&format!("{}\n{}", unit.repeat(LINE_CHARS_MOST), unit.repeat(LINE_CHARS_MOST + 1)));
        }
    }

    #[test]
    fn a_full_line_keeps_its_line_break() {
        let full = "x".repeat(LINE_CHARS_MOST);
        assert_eq!(check(&format!("{full}\n{full}\r\n{full}")).len(), 3);
        assert_eq!(check(&format!("{full}y\n")).len(), 3);
    }

    #[test]
    fn graphemes_stay_whole() {
        let family = "👨‍👩‍👧‍👦";
        let lines = check(&family.repeat(3_000));
        for index in 0..lines.len() {
            assert!(lines.line(index).starts_with('👨'));
            assert!(lines.line(index).ends_with('👦'));
        }
    }

    #[test]
    fn a_byte_is_found_in_its_line() {
        let lines = TextLines::new("ab\ncd\n");
        assert_eq!([0, 2, 3, 5, 6, 99].map(|byte| lines.line_at(byte)), [0, 0, 1, 1, 2, 2]);
        assert_eq!(lines.lines(0..2), "ab\ncd\n");
        assert_eq!(lines.lines(1..1), "");
        assert_eq!(lines.line(9), "");
    }

    /// Run with `--release --ignored --nocapture` to see the times.
    #[test]
    #[ignore = "prints times"]
    fn times() {
        let prose = "The quick brown fox jumps over the lazy dog, again and again.\n".repeat(330_000);
        let one_line = prose.replace('\n', " ");
        let chinese = "佐藤です。アプリが起動しません。".repeat(420_000);
        for (name, text) in [("prose", prose), ("one line", one_line), ("chinese", chinese)] {
            let (bytes, text) = (text.len(), Arc::<str>::from(text));
            let begin = std::time::Instant::now();
            let lines = TextLines::new(text);
            let split = begin.elapsed();
            let begin = std::time::Instant::now();
            let wrapped = lines.wrap_at(100);
            println!(
                "{name}: {bytes} bytes, {} lines in {split:?}, {} wrapped in {:?}",
                lines.len(),
                wrapped.len(),
                begin.elapsed()
            );
        }
    }
}
