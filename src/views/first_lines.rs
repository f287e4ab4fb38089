//! The line that tells the instructions of each of several candidates from those before it.

use std::collections::{HashMap, HashSet};

use crate::words;

/// All instructions of a program, each with the path of its predictor.
pub(super) type Instructions<'a> = Vec<(&'a str, &'a str)>;

/// The line that stands for the instructions of one candidate.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FirstLine {
    /// The first line that no candidate before it has; where all of its lines stood before, its first. `None` without
    /// instructions.
    pub line: Option<String>,
    /// The place of the first candidate with the very same instructions, whose line this then is.
    pub same_as: Option<usize>,
}

/// No more of a line is kept.
const MOST: usize = 200;

/// One line for each candidate, in their order. Candidates often begin with the same words, so the first line of
/// each would tell nothing.
pub(super) fn first_lines(candidates: &[Instructions<'_>]) -> Vec<FirstLine> {
    let mut lines_before: HashSet<&str> = HashSet::new();
    let mut first_with: HashMap<&Instructions<'_>, usize> = HashMap::new();
    let mut told: Vec<FirstLine> = Vec::with_capacity(candidates.len());
    for (place, whole) in candidates.iter().enumerate() {
        if whole.is_empty() {
            told.push(FirstLine::default());
            continue;
        }
        if let Some(first) = first_with.get(whole) {
            let line = told.get(*first).and_then(|first| first.line.clone());
            told.push(FirstLine { line, same_as: Some(*first) });
            continue;
        }
        let lines = || whole.iter().flat_map(|(_, text)| text.lines()).map(str::trim).filter(|line| !line.is_empty());
        let is_new = |(_, line): &(usize, &str)| !lines_before.contains(line);
        let new = lines().enumerate().find(is_new).or_else(|| lines().enumerate().next());
        let line = new.map(|(at, line)| {
            let before = if at == 0 { "" } else { "… " };
            format!("{before}{}", words::ellipsize_graphemes(line, MOST))
        });
        told.push(FirstLine { line, same_as: None });
        lines_before.extend(lines());
        first_with.insert(whole, place);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidate_is_told_by_the_first_line_that_is_new_with_it() {
        let told = first_lines(&[
            vec![("a", "Route the ticket.\nBe brief.")],
            vec![("a", "Route the ticket.\nBe kind.")],
            vec![],
            vec![("a", "Route the ticket.\nBe kind.")],
            vec![("a", "Be kind.\n\nBe brief.")],
        ]);
        let line = |text: &str, same_as| FirstLine { line: Some(text.to_owned()), same_as };
        assert_eq!(told[0], line("Route the ticket.", None));
        assert_eq!(told[1], line("… Be kind.", None));
        assert_eq!(told[2], FirstLine::default());
        assert_eq!(told[3], line("… Be kind.", Some(1)));
        assert_eq!(told[4], line("Be kind.", None), "no line of it is new, and yet it has some");
    }
}
