//! What went wrong without stopping the reading.

use std::collections::HashMap;

/// One damaged, missing or unreadable piece: the rest was read all the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    /// The place, as precisely as known: a file, a table and row, a trace.
    pub place: String,
    /// What is wrong with it and, where something can be done, what.
    pub what: String,
}

/// Warnings of one kind, however many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarningGroup<'a> {
    /// What is wrong, as the first of them says it.
    pub what: &'a str,
    /// The places, in the order of the warnings; not empty.
    pub places: Vec<&'a str>,
    /// The others differ from the first in numbers, ids or addresses.
    pub differs: bool,
}

/// Puts warnings of one kind together, in the order of the first of each kind. Of one kind are
/// those that say the same but for numbers, ids and addresses.
pub fn group_warnings(warnings: &[Warning]) -> Vec<WarningGroup<'_>> {
    let mut groups: Vec<WarningGroup<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for warning in warnings {
        let at = *known.entry(kind(&warning.what)).or_insert_with(|| {
            groups.push(WarningGroup { what: &warning.what, places: Vec::new(), differs: false });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(at) {
            group.differs |= group.what != warning.what;
            group.places.push(&warning.place);
        }
    }
    groups
}

/// A warning's words without what belongs to its place: words with a digit or a slash.
fn kind(what: &str) -> String {
    let is_of_place = |word: &str| word.contains(|c: char| c.is_ascii_digit() || c == '/' || c == '\\');
    let words = what.split_whitespace().map(|word| if is_of_place(word) { "#" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

impl Warning {
    /// A warning about `place`.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_numbers_and_addresses_only_is_of_one_kind() {
        let mut warnings: Vec<Warning> = (0..78)
            .map(|n| Warning::new(format!("trace {n}"), format!("the store says it has {n} spans and holds 1")))
            .collect();
        warnings.push(Warning::new("run a", "is missing (s3://bucket/a is not here); it is pieced together"));
        warnings.push(Warning::new("run b", "is missing (s3://bucket/b is not here); it is pieced together"));
        warnings.push(Warning::new("run c", "is no table"));
        let groups = group_warnings(&warnings);
        let told: Vec<_> = groups.iter().map(|group| (group.places.len(), group.differs)).collect();
        assert_eq!(told, [(78, true), (2, true), (1, false)]);
        assert_eq!((groups[2].what, &groups[2].places[..]), ("is no table", &["run c"][..]));
        assert_eq!(groups.iter().map(|group| group.places.len()).sum::<usize>(), warnings.len());
    }
}
