//! Figures, sizes, times and plurals are written by `words`: a view and a command that write one of their own would
//! differ sooner or later.

use crate::rules::test_module_line;
use crate::source::Source;

/// Texts that look like such a figure and are none, and why.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("src/views/compare/rows.rs", "s", "the ending of a verb: `1 differs`, `2 differ`")];

/// What a figure of a unit ends with.
const UNITS: [&str; 16] =
    ["ns", "µs", "us", "ms", "s", "sec", "min", "h", "d", "B", "kB", "KB", "MB", "GB", "bytes", "byte"];

/// Figures that are written by hand, in files of `views` and `cli`; and exceptions that are none any more.
pub fn mistakes(files: &[(String, String)]) -> Vec<String> {
    let mut used = vec![false; EXCEPTIONS.len()];
    let mut mistakes = Vec::new();
    for (name, text) in files.iter().filter(|(name, _)| name.starts_with("src/views/") || name.starts_with("src/cli/"))
    {
        if name.ends_with("/tests.rs") {
            continue;
        }
        for (line, text) in by_hand(text) {
            match EXCEPTIONS.iter().position(|(file, part, _)| file == name && text == *part) {
                Some(at) => used[at] = true,
                None => mistakes.push(format!("{name}, line {line}: {text:?}")),
            }
        }
    }
    let stale = EXCEPTIONS.iter().zip(used).filter(|(_, used)| !used);
    mistakes.extend(stale.map(|((file, part, _), _)| format!("{file} has {part:?} no more; take it from the list")));
    mistakes
}

/// The texts of a file that write a figure, outside of its tests.
fn by_hand(text: &str) -> Vec<(usize, String)> {
    let source = Source::parse(text);
    let tests_begin = test_module_line(&source);
    let texts = source.texts.into_iter().filter(|(line, _)| *line < tests_begin);
    texts.filter(|(_, text)| has_precision(text) || has_unit(text) || text == "s").collect()
}

/// `{:.2}`, `{score:.1}`, `{:.*}`, `{value:.3e}`
fn has_precision(text: &str) -> bool {
    holes(text).any(|(hole, _)| hole.split_once(':').is_some_and(|(_, how)| how.contains('.')))
}

/// `{} ms`, `{size} bytes`, `{ms}ms`
fn has_unit(text: &str) -> bool {
    holes(text).any(|(_, after)| {
        let after = after.trim_start_matches(['\u{a0}', ' ']);
        let end = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        UNITS.contains(&&after[..end])
    })
}

/// What stands inside the braces of a text, and what follows them.
fn holes(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices('{').filter_map(move |(at, _)| {
        let (hole, after) = text[at + 1..].split_once('}')?;
        let is_hole = hole.chars().all(|c| c.is_alphanumeric() || "_.:*$<>^+-#?".contains(c));
        is_hole.then_some((hole, after))
    })
}

#[test]
fn figures_by_hand_are_found() {
    let found = |text: &str| by_hand(&format!("fn f() {{ format!({text:?}, 1) }}")).len();
    for by_hand in ["{:.2}", "{score:.1}", "a {:>8.3} b", "{value:.3e}", "{} ms", "{ms}ms", "{n} bytes", "{} B", "s"] {
        assert_eq!(found(by_hand), 1, "{by_hand}");
    }
    for other in ["{}", "{name}: {value}", "{} more", "{{\"s\": 1}}", "5 ms", "{:>8}", "{what} message", "ms"] {
        assert_eq!(found(other), 0, "{other}");
    }
}
