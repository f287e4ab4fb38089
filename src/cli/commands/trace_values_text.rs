//! A label and a value beside it, of several lines, for people.

use crate::cli::words;

/// Of a long code or observation so many lines are shown; all of them with `--full`.
const LINES: usize = 8;

/// Whether all of long values is shown, and how wide a line may be.
pub(super) type Form = (bool, usize);

/// A label and a text of several lines beside it.
pub(super) fn value(label: &str, text: &str, (is_full, width): Form, lines: &mut Vec<String>) {
    let shown = if is_full { usize::MAX } else { LINES };
    let label = words::clean(label);
    let room = words::width(&label).max(7) + 1;
    let cut = |line: String| if width == usize::MAX { line } else { words::cut(&line, width) };
    for (at, line) in text.lines().take(shown).enumerate() {
        let label = if at == 0 { &*label } else { "" };
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let line = format!("{}{}", " ".repeat(blanks.min(80)), words::clean(line.trim_start_matches(' ')));
        let gap = " ".repeat(room.saturating_sub(words::width(label)));
        lines.push(cut(format!("  {label}{gap}{line}")));
    }
    let more = if is_full { 0 } else { text.lines().skip(shown).count() };
    if more > 0 {
        lines.push(format!(
            "          … {} more {}",
            words::count(more as u64),
            if more == 1 { "line" } else { "lines" }
        ));
    }
}
