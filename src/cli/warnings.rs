//! What was damaged or missing, after an answer for people: each kind once, with its first places.

use std::io::Write;

use super::words::{clean, count};
use crate::model::Warning;
use crate::model::warning::group_warnings;
use crate::store::{Standing, StoreInfo};
use crate::words::Zone;

/// Of one kind, so many places are named.
const PLACES_SHOWN: usize = 5;

/// Prints them. Standard error may be closed; that is no reason to fail.
pub(super) fn print(warnings: &[Warning], err: &mut dyn Write) {
    // Said by `print_standing`, with the time.
    let warnings: Vec<Warning> = warnings.iter().filter(|warning| &*warning.what != Standing::OLD).cloned().collect();
    for group in group_warnings(&warnings) {
        let what = clean(group.what);
        if let [place] = group.places[..] {
            let _ = writeln!(err, "warning: {}: {what}", clean(place));
            continue;
        }
        let alike = if group.differs { " (or alike)" } else { "" };
        let _ = writeln!(err, "warning: {} places, each: {what}{alike}", count(group.places.len() as u64));
        for line in place_lines(group.places.iter().copied(), group.places.len() as u64) {
            let _ = writeln!(err, "{line}");
        }
    }
}

/// Says that a server does not answer and how old it is what is shown instead, beside a document, too: whoever reads it
/// may not look for that in it.
pub(super) fn print_standing(info: &StoreInfo, is_utc: bool, err: &mut dyn Write) {
    let zone = if is_utc { Zone::Utc } else { Zone::Local };
    let old = info.standing.as_ref().filter(|standing| standing.shows_old());
    if let Some(words) = old.and_then(|standing| standing.words(zone)) {
        let _ = writeln!(err, "warning: {} {}", clean(&info.location.to_string()), clean(&words));
    }
}

/// The first places, and how many more there are of `all`.
pub(super) fn place_lines<'a>(places: impl Iterator<Item = &'a str>, all: u64) -> Vec<String> {
    let mut lines: Vec<String> = places.take(PLACES_SHOWN).map(|place| format!("    {}", clean(place))).collect();
    let more = all.saturating_sub(lines.len() as u64);
    if more > 0 {
        lines.push(format!("    … and {} more", count(more)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_once() {
        let mut warnings: Vec<Warning> =
            (0..78).map(|n| Warning::new(format!("run {n}\u{1b}[31m"), "is missing")).collect();
        warnings.push(Warning::new("one", "is no table"));
        let mut told = Vec::new();
        print(&warnings, &mut told);
        let told = String::from_utf8(told).expect("text");
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 1 + PLACES_SHOWN + 1 + 1, "{told}");
        assert_eq!((lines[0], lines[1]), ("warning: 78 places, each: is missing", "    run 0[31m"));
        assert_eq!((lines[6], lines[7]), ("    … and 73 more", "warning: one: is no table"));
    }
}
