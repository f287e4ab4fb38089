//! What each candidate has of its own: where its instructions part from those of its parents.

use crate::analysis::family_tree::{FamilyCandidate, candidate_at};
use crate::analysis::first_change::{MOST, first_change, first_words};
use crate::model::predictor_title;
use crate::views::distinctions::change_words;

/// So much is told of each of several components, in graphemes.
const OF_SEVERAL: usize = 44;

/// One line for each candidate: `extract: … Quote three lines`. `None` where its instructions are not known.
pub(super) fn changes(candidates: &[FamilyCandidate]) -> Vec<Option<String>> {
    candidates.iter().map(|one| change(candidates, one)).collect()
}

fn change(candidates: &[FamilyCandidate], one: &FamilyCandidate) -> Option<String> {
    if one.instructions.is_empty() {
        return None;
    }
    let parents = one.parents.iter().filter(|index| **index != one.index);
    let parents: Vec<&FamilyCandidate> = parents.filter_map(|index| candidate_at(candidates, *index)).collect();
    let names_each = one.instructions.len() > 1;
    let name = |path: &str, words: String| match names_each {
        true => format!("{}: {words}", predictor_title(path)),
        false => words,
    };
    let most = if names_each { OF_SEVERAL } else { MOST };
    let Some(first) = parents.first() else {
        let whole =
            one.instructions.iter().map(|(path, text)| name(path, change_words(&first_words(text), None, most)));
        return Some(whole.collect::<Vec<_>>().join(" · "));
    };
    let mut own: Vec<String> = Vec::new();
    let mut taken: Vec<(usize, Vec<&str>)> = Vec::new();
    for (path, text) in &one.instructions {
        let has = |parent: &&&FamilyCandidate| text_of(parent, path).is_some_and(|other| other.trim() == text.trim());
        let holders = parents.iter().filter(has).count();
        match parents.iter().find(has) {
            // All of them have it: nothing was chosen here.
            Some(_) if holders == parents.len() => {}
            Some(parent) => match taken.iter_mut().find(|(known, _)| *known == parent.index) {
                Some((_, paths)) => paths.push(predictor_title(path)),
                None => taken.push((parent.index, vec![predictor_title(path)])),
            },
            None => {
                let before = text_of(first, path);
                let change = before.and_then(|before| first_change(before, text)).unwrap_or_else(|| first_words(text));
                own.push(name(path, change_words(&change, None, if own.is_empty() { 2 * most } else { most })));
            }
        }
    }
    own.extend(taken.iter().map(|(parent, paths)| format!("{} from {parent}", paths.join(", "))));
    if own.is_empty() {
        let only = parents.len() == 1;
        return Some(if only {
            format!("the same as candidate {}", first.index)
        } else {
            "the same as its parents".to_owned()
        });
    }
    Some(own.join(" · "))
}

fn text_of<'c>(candidate: &'c FamilyCandidate, path: &str) -> Option<&'c str> {
    candidate.instructions.iter().find(|(own, _)| own == path).map(|(_, text)| text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(index: usize, parents: &[usize], texts: &[(&str, &str)]) -> FamilyCandidate {
        let instructions = texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        FamilyCandidate { index, parents: parents.to_vec(), instructions, ..FamilyCandidate::default() }
    }

    #[test]
    fn a_candidate_says_what_its_proposal_changed() {
        let told = changes(&[
            candidate(0, &[], &[("find", "Find it."), ("say", "Say it.")]),
            candidate(1, &[0], &[("find", "Find it.\n\n### Lesson 1\nQuote it."), ("say", "Say it.")]),
            candidate(2, &[0], &[("find", "Find it."), ("say", "Be kind.")]),
            candidate(3, &[1, 2], &[("find", "Find it.\n\n### Lesson 1\nQuote it."), ("say", "Be kind.")]),
            candidate(4, &[3], &[("find", "Find it.\n\n### Lesson 1\nQuote it."), ("say", "Be kind. Be brief.")]),
            candidate(5, &[4], &[("find", "Find it.\n\n### Lesson 1\nQuote it."), ("say", "Be kind. Be brief.")]),
            candidate(6, &[99], &[]),
        ]);
        let told: Vec<Option<&str>> = told.iter().map(Option::as_deref).collect();
        assert_eq!(
            told,
            [
                Some("find: Find it. · say: Say it."),
                Some("find: … ### Lesson 1 Quote it."),
                Some("say: Be kind."),
                Some("find from 1 · say from 2"),
                Some("say: … Be brief."),
                Some("the same as candidate 4"),
                None,
            ]
        );
    }

    #[test]
    fn one_component_needs_no_name() {
        let told = changes(&[
            candidate(0, &[], &[("self", "Route it. Be brief.")]),
            candidate(1, &[0], &[("self", "Route it.")]),
            candidate(2, &[7], &[("self", "Of an unknown parent.")]),
        ]);
        let told: Vec<Option<&str>> = told.iter().map(Option::as_deref).collect();
        assert_eq!(told, [Some("Route it. Be brief."), Some("without “Be brief.”"), Some("Of an unknown parent.")]);
    }
}
