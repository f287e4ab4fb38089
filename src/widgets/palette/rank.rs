//! How well a text answers what was typed: pure, and the same in every list that is filtered so.
//!
//! Best first: the same text, a whole word of it, its beginning, the beginning of a word, within a word, its letters
//! in order.
//! Case and diacritics do not count. What was typed may be several words; each has to be found.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What was typed, prepared once for many texts.
#[derive(Clone, Debug)]
pub struct Query {
    words: Vec<Vec<char>>,
}

/// How well a text matches; larger is better. Scores of different queries say nothing to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(i32);

impl Score {
    /// Nothing answers better.
    pub const BEST: Self = Self(i32::MAX);
    /// Nothing answers worse.
    pub const LEAST: Self = Self(i32::MIN);
}

/// A text that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// How well.
    pub score: Score,
    /// The bytes of the text that match, sorted and apart.
    pub bytes: Vec<Range<usize>>,
}

const EXACT: i32 = 5_000;
const WHOLE_WORD: i32 = 4_500;
const PREFIX: i32 = 4_000;
const WORD_START: i32 = 3_000;
const WITHIN: i32 = 2_000;
/// Found by what stands beside it, which says more than letters of it in some order.
const BESIDE: i32 = 1_500;
const SCATTERED: i32 = 1_000;

/// So many points are one of a class: what stands early and is short decides among equals only.
const POINTS: i32 = 10;

impl Query {
    /// Prepares what was typed.
    pub fn new(typed: &str) -> Self {
        let words = typed.split_whitespace().map(|word| fold(word).map(|(_, c)| c).collect::<Vec<_>>());
        // A word of nothing but marks says nothing.
        Self { words: words.filter(|word| !word.is_empty()).collect() }
    }

    /// Whether nothing was typed: everything matches alike.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well `text` matches, if it does.
    pub fn score(&self, text: &str) -> Option<Score> {
        self.find(text).map(|found| found.score)
    }

    /// How well something matches that is called `name` and has a `note` beside it: by its name, else by the words
    /// of both. Letters that only stand in this order count in a name, where they are initials.
    pub fn score_of(&self, name: &str, note: &str) -> Option<Score> {
        let by_name = self.score(name);
        if by_name.is_some_and(|score| score.0 >= BESIDE * POINTS) {
            return by_name;
        }
        let both = self.found(&format!("{name} {note}")).filter(|(class, ..)| *class >= WITHIN);
        let beside = both.map(|(class, points, _)| Score(points - (class - BESIDE - (class - WITHIN) / 10) * POINTS));
        by_name.max(beside)
    }

    /// How well `text` matches, and where.
    pub fn find(&self, text: &str) -> Option<Match> {
        let (_, points, bytes) = self.found(text)?;
        Some(Match { score: Score(points), bytes: joined(bytes) })
    }

    /// The class of the word that matches worst, the points of all of them, and where they stand.
    fn found(&self, text: &str) -> Option<(i32, i32, Vec<Range<usize>>)> {
        let folded: Vec<(usize, char)> = fold(text).collect();
        let mut bytes = Vec::new();
        let mut worst = EXACT;
        let mut early = 0;
        for (nth, word) in self.words.iter().enumerate() {
            let (class, places) = best_place(&folded, word)?;
            // Of several words none has to be the first: only then their order decides.
            let is_start = class == PREFIX && self.words.len() > 1;
            worst = worst.min(if is_start { WORD_START } else { class });
            // Words that stand as they were typed come before the same words turned around.
            let weight = if nth == 0 { 2 } else { 1 };
            early += weight * places.first().copied().unwrap_or(0).min(100) as i32;
            bytes.extend(places.iter().map(|place| byte_range(text, folded[*place].0)));
        }
        // Among equals what stands early and is short.
        let points = worst * POINTS - early * 10 - folded.len().min(500) as i32;
        Some((worst, points, bytes))
    }
}

/// The class of the best place and which folded characters it takes.
fn best_place(text: &[(usize, char)], word: &[char]) -> Option<(i32, Vec<usize>)> {
    let is_at = |at: usize| text[at..].len() >= word.len() && word.iter().zip(&text[at..]).all(|(a, b)| *a == b.1);
    let class_at = |at: usize| match (at, is_word_start(text, at), is_word_end(text, at + word.len())) {
        (0, _, _) if text.len() == word.len() => EXACT,
        (_, true, true) => WHOLE_WORD,
        (0, _, _) => PREFIX,
        (_, true, false) => WORD_START,
        (_, false, _) => WITHIN,
    };
    // The first of the best.
    let best =
        (0..text.len()).filter(|at| is_at(*at)).map(|at| (class_at(at), at)).rev().max_by_key(|(class, _)| *class);
    if let Some((class, at)) = best {
        return Some((class, (at..at + word.len()).collect()));
    }
    let places = scattered(text, word)?;
    // Letters that begin words are worth more: `cpv` finds "copy value" before "concept view".
    let starts = places.iter().filter(|at| is_word_start(text, **at)).count() as i32;
    let spread = places.last().zip(places.first()).map_or(0, |(last, first)| (last - first).min(300)) as i32;
    Some((SCATTERED + starts * 20 - spread, places))
}

/// The letters of `word` in order: at beginnings of words where there is a choice, else at once.
fn scattered(text: &[(usize, char)], word: &[char]) -> Option<Vec<usize>> {
    let greedy = |prefers_starts: bool| {
        let mut from = 0;
        let mut places = Vec::with_capacity(word.len());
        for wanted in word {
            let fits = |at: &usize| text[*at].1 == *wanted;
            let first = (from..text.len()).find(fits);
            let start = (from..text.len()).find(|at| fits(at) && is_word_start(text, *at));
            let at = if prefers_starts { start.or(first)? } else { first? };
            places.push(at);
            from = at + 1;
        }
        Some(places)
    };
    greedy(true).or_else(|| greedy(false))
}

fn is_word_start(text: &[(usize, char)], at: usize) -> bool {
    at == 0 || !text[at - 1].1.is_alphanumeric() && text[at].1.is_alphanumeric()
}

fn is_word_end(text: &[(usize, char)], at: usize) -> bool {
    text.get(at).is_none_or(|(_, c)| !c.is_alphanumeric())
}

/// The letters of a text without case and diacritics, each with the byte it comes from.
fn fold(text: &str) -> impl Iterator<Item = (usize, char)> + '_ {
    text.char_indices().flat_map(|(at, c)| {
        let mut out = [None; 4];
        let mut used = 0;
        let mut push = |c: char| {
            if used < out.len() && !is_combining_mark(c) {
                out[used] = Some((at, c));
                used += 1;
            }
        };
        if c.is_ascii() {
            push(c.to_ascii_lowercase());
        } else {
            for plain in std::iter::once(c).nfkd() {
                plain.to_lowercase().nfd().for_each(|c| push(without_stroke(c)));
            }
        }
        out.into_iter().flatten()
    })
}

/// Letters whose mark is no combining one.
fn without_stroke(c: char) -> char {
    match c {
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ŧ' => 't',
        _ => c,
    }
}

fn byte_range(text: &str, at: usize) -> Range<usize> {
    at..at + text[at..].chars().next().map_or(0, char::len_utf8)
}

fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order<'a>(typed: &str, texts: &[&'a str]) -> Vec<&'a str> {
        let query = Query::new(typed);
        let mut found: Vec<(Score, &str)> = texts.iter().filter_map(|text| Some((query.score(text)?, *text))).collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn a_beginning_comes_before_a_word_and_that_before_letters() {
        let texts = ["scattered opens", "the open store", "reopen", "Open store", "open", "overlap a pen"];
        assert_eq!(
            order("open", &texts),
            ["open", "Open store", "the open store", "scattered opens", "reopen", "overlap a pen"]
        );
    }

    #[test]
    fn a_whole_word_comes_before_the_beginning_of_one_wherever_it_stands() {
        let texts = ["Themed pages", "Dark theme", "Theme: dark or light", "theme", "Open the sample store"];
        assert_eq!(
            order("theme", &texts),
            ["theme", "Theme: dark or light", "Dark theme", "Themed pages", "Open the sample store"]
        );
    }

    #[test]
    fn a_word_beside_the_name_says_more_than_letters_of_the_name() {
        let query = Query::new("theme");
        let by_name = query.score_of("Colours of the theme", "");
        let by_note = query.score_of("Colours", "light and dark theme");
        let scattered = query.score_of("Open the sample store", "a small store");
        assert!(by_name > by_note && by_note > scattered && scattered.is_some());
        assert_eq!(query.score_of("Compare", "to her mean neighbour"), None, "letters in a note are no match");
        assert!(Query::new("def2").score_of("eval", "router · def2e1").is_some());
    }

    #[test]
    fn several_words_all_have_to_be_found() {
        assert_eq!(order("copy js", &["Copy as JSON", "Copy as messages", "JSON copy"]), ["Copy as JSON", "JSON copy"]);
        assert!(order("x", &["abc"]).is_empty());
        assert_eq!(order("  ", &["b", "a"]).len(), 2);
    }

    #[test]
    fn case_and_diacritics_do_not_count() {
        assert_eq!(order("uber", &["Über uns"]).len(), 1);
        assert_eq!(order("ÜBER", &["uber"]).len(), 1);
        assert_eq!(order("lodz", &["Łódź"]).len(), 1);
        assert_eq!(order("e\u{301}val", &["eval"]).len(), 1);
        assert_eq!(order("藤", &["佐藤"]).len(), 1);
    }

    #[test]
    fn what_matches_is_told_in_bytes() {
        let found = Query::new("cv").find("cöpy välue").expect("it matches");
        assert_eq!(found.bytes, [0..1, 6..7]);
        let found = Query::new("uber").find("x Über").expect("it matches");
        assert_eq!(found.bytes.first(), Some(&(2..7)));
        assert_eq!(Query::new("cpv").find("concept view").map(|found| found.bytes.len()), Some(3));
    }

    #[test]
    fn initials_win_over_scattered_letters() {
        assert_eq!(order("cv", &["concave", "copy value"])[0], "copy value");
    }

    #[test]
    fn hostile_texts_are_harmless() {
        let marks = format!("a{}", "\u{301}".repeat(1_000));
        for text in ["", "\u{301}", "👨‍👩‍👧‍👦", "ﷺ", &marks] {
            for typed in ["", "a", "\u{301}", "👩"] {
                let _ = Query::new(typed).find(text);
            }
        }
    }
}
