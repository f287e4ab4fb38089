//! By which fields examples can be parted, and how.

use std::collections::{BTreeMap, HashSet};

use super::confusion::Confusion;
use super::value::SliceValue;
use crate::model::Json;
use crate::model::program::Object;

/// A longer text names no group that people could tell from another.
const LONGEST: usize = 200;

/// Fewer examples, or fewer different numbers, cannot be parted into quarters.
const QUARTERS_FROM: usize = 8;

/// How a field parts examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parting {
    /// By its value.
    Values,
    /// By the values of its list: an example is in as many slices as it has of them.
    Elements,
    /// By its number, into quarters of about as many examples.
    Quarters,
    /// By how many characters its text has, into quarters.
    Lengths,
}

/// A field that parts examples.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SliceField {
    /// The field, without its `example_`.
    pub name: String,
    /// How it parts them.
    pub parting: Parting,
}

impl SliceField {
    /// What it is called: `topic`, `length of document`.
    pub fn title(&self) -> String {
        match self.parting {
            Parting::Lengths => format!("length of {}", self.name),
            Parting::Values | Parting::Elements | Parting::Quarters => self.name.clone(),
        }
    }

    /// Whether its slices are what examples have, not a range of it or of what was computed from it.
    pub fn is_stored(&self) -> bool {
        matches!(self.parting, Parting::Values | Parting::Elements)
    }
}

/// The fields that part examples: those by values first, of these the ones that the program was not given. `is_input`
/// says whether a field was given to the program.
pub fn fields(examples: &[&Object], is_input: impl Fn(&str) -> bool) -> Vec<SliceField> {
    let mut names: Vec<&String> = Vec::new();
    let mut met: HashSet<&String> = HashSet::new();
    names.extend(examples.iter().flat_map(|one| one.keys()).filter(|name| met.insert(name)));
    let mut found: Vec<SliceField> = names
        .into_iter()
        .filter_map(|name| Some(SliceField { name: name.clone(), parting: parting(examples, name, &is_input)? }))
        .collect();
    // The sort is stable.
    found.sort_by_key(|field| match field.parting {
        Parting::Values => usize::from(is_input(&field.name)),
        Parting::Elements => 2,
        Parting::Quarters => 3,
        Parting::Lengths => 4,
    });
    found
}

fn parting(examples: &[&Object], name: &str, is_input: impl Fn(&str) -> bool) -> Option<Parting> {
    let stored: Vec<&Json> = examples.iter().filter_map(|one| one.get(name)).filter(|it| !it.is_null()).collect();
    let has_few = |values: &HashSet<String>, of: usize| {
        values.len() >= 2 && values.len() * 2 <= of && values.len() <= Confusion::MOST_LABELS
    };
    let is_short = |value: &&Json| value.as_str().is_none_or(|text| text.len() <= LONGEST);
    if stored.iter().all(is_short) {
        let mut values: HashSet<String> = stored.iter().map(|value| value.to_string()).collect();
        if stored.len() < examples.len() {
            // Those without a value are a group, too.
            values.insert(String::new());
        }
        if has_few(&values, examples.len()) {
            return Some(Parting::Values);
        }
    }
    let is_list = |value: &&Json| {
        let items = value.as_array();
        items.is_some_and(|items| items.iter().all(|item| !item.is_array() && !item.is_object() && is_short(&item)))
    };
    if !stored.is_empty() && stored.iter().all(is_list) {
        let all: Vec<String> = stored.iter().flat_map(|list| list.as_array()).flatten().map(Json::to_string).collect();
        let values: HashSet<String> = all.iter().cloned().collect();
        return has_few(&values, all.len()).then_some(Parting::Elements);
    }
    let different = |numbers: Vec<f64>| {
        let values: HashSet<u64> = numbers.iter().map(|number| number.to_bits()).collect();
        numbers.len() >= QUARTERS_FROM && values.len() >= QUARTERS_FROM
    };
    if stored.iter().all(|value| value.is_number()) {
        return different(stored.iter().filter_map(|value| value.as_f64()).collect()).then_some(Parting::Quarters);
    }
    if is_input(name) && stored.iter().all(|value| value.is_string()) {
        let lengths = stored.iter().filter_map(|value| value.as_str()).map(length);
        return different(lengths.collect()).then_some(Parting::Lengths);
    }
    None
}

fn length(text: &str) -> f64 {
    text.chars().count() as f64
}

/// The groups of examples, by their places among `examples`.
pub fn part(examples: &[&Object], field: &SliceField) -> Vec<(SliceValue, Vec<usize>)> {
    let values = || examples.iter().map(|one| one.get(&field.name));
    match field.parting {
        Parting::Values => grouped(values().map(|value| vec![SliceValue::of(value)])),
        Parting::Elements => grouped(values().map(|list| match list.and_then(Json::as_array) {
            Some(items) if !items.is_empty() => {
                let mut met = HashSet::new();
                let once = items.iter().filter(|item| met.insert(item.to_string()));
                once.map(|item| SliceValue::of(Some(item))).collect()
            }
            _ => vec![SliceValue::Nothing],
        })),
        Parting::Quarters => quarters(values().map(|value| value.and_then(Json::as_f64))),
        Parting::Lengths => quarters(values().map(|value| value.and_then(Json::as_str).map(length))),
    }
}

fn grouped(values: impl Iterator<Item = Vec<SliceValue>>) -> Vec<(SliceValue, Vec<usize>)> {
    let mut groups: BTreeMap<(&'static str, String), (SliceValue, Vec<usize>)> = BTreeMap::new();
    for (place, values) in values.enumerate() {
        for value in values {
            let key = (value.kind(), value.text());
            groups.entry(key).or_insert_with(|| (value, Vec::new())).1.push(place);
        }
    }
    groups.into_values().collect()
}

/// Equal numbers stay together, in the quarter in which the first of them is; those without a number are a group.
fn quarters(numbers: impl Iterator<Item = Option<f64>>) -> Vec<(SliceValue, Vec<usize>)> {
    let mut without = Vec::new();
    let mut known: Vec<(f64, usize)> = Vec::new();
    for (place, number) in numbers.enumerate() {
        match number.filter(|number| number.is_finite()) {
            Some(number) => known.push((number, place)),
            None => without.push(place),
        }
    }
    known.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut groups: Vec<(usize, SliceValue, Vec<usize>)> = Vec::new();
    let (mut first, mut before) = (0, None);
    for (rank, (number, place)) in known.iter().enumerate() {
        if before != Some(*number) {
            (first, before) = (rank, Some(*number));
        }
        let quarter = first * 4 / known.len();
        match groups.last_mut().filter(|(last, ..)| *last == quarter) {
            Some((_, SliceValue::Range { high, .. }, places)) => {
                *high = *number;
                places.push(*place);
            }
            _ => groups.push((quarter, SliceValue::Range { low: *number, high: *number }, vec![*place])),
        }
    }
    let mut found: Vec<(SliceValue, Vec<usize>)> =
        groups.into_iter().map(|(_, value, places)| (value, places)).collect();
    if !without.is_empty() {
        found.push((SliceValue::Nothing, without));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn objects(values: &[Json]) -> Vec<Object> {
        let object = |value: &Json| value.as_object().expect("an object").clone();
        values.iter().map(object).collect()
    }

    fn told(values: &[Json]) -> Vec<(String, Parting)> {
        let objects = objects(values);
        let examples: Vec<&Object> = objects.iter().collect();
        let found = fields(&examples, |name| name != "label");
        found.into_iter().map(|field| (field.name, field.parting)).collect()
    }

    #[test]
    fn fields_are_offered_where_they_part_examples() {
        let row = |at: usize| {
            json!({
                "id": format!("ticket {at}"), "kind": if at.is_multiple_of(2) { "mail" } else { "call" }, "one": 7,
                "label": (["a", "b", "c"][at % 3]), "text": "x".repeat(at), "price": 10.0 + at as f64,
                "tags": if at < 6 { json!(["new", format!("k{}", at % 3)]) } else { json!([format!("k{}", at % 3)]) },
                "is_paid": at < 5, "long": if at < 6 { "y".repeat(300) } else { "z".repeat(300) },
                "odd": if at == 0 { json!([1]) } else { json!("text") }, "maybe": if at < 4 { Json::Null } else { json!("m") },
            })
        };
        let mut found = told(&(0..12).map(row).collect::<Vec<_>>());
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let told: Vec<(&str, Parting)> = found.iter().map(|(name, parting)| (&**name, *parting)).collect();
        let wanted = [
            ("is_paid", Parting::Values),
            ("kind", Parting::Values),
            ("label", Parting::Values),
            ("maybe", Parting::Values),
            ("odd", Parting::Values),
            ("price", Parting::Quarters),
            ("tags", Parting::Values),
            ("text", Parting::Lengths),
        ];
        assert_eq!(told, wanted, "one value, an id, a long text part nothing; lists that repeat are values");
    }

    #[test]
    fn what_was_expected_stands_first_and_lengths_last() {
        let rows: Vec<Json> = (0..8)
            .map(|at| json!({"text": "x".repeat(at), "kind": (at % 2).to_string(), "label": (at % 4).to_string()}))
            .collect();
        let names: Vec<String> = told(&rows).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["label", "kind", "text"]);
    }

    #[test]
    fn nothing_is_a_group_and_lists_are_in_several() {
        let objects = objects(&[json!({"a": "x"}), json!({"a": null}), json!({}), json!({"a": "null"})]);
        let examples: Vec<&Object> = objects.iter().collect();
        let by = |parting| part(&examples, &SliceField { name: "a".into(), parting });
        let text = |text: &str| SliceValue::Text(text.into());
        let wanted = [(SliceValue::Nothing, vec![1, 2]), (text("null"), vec![3]), (text("x"), vec![0])];
        assert_eq!(by(Parting::Values), wanted);
        let objects = self::objects(&[json!({"a": ["x", "y", "x"]}), json!({"a": ["y"]}), json!({"a": []})]);
        let examples: Vec<&Object> = objects.iter().collect();
        let found = part(&examples, &SliceField { name: "a".into(), parting: Parting::Elements });
        assert_eq!(found, [(SliceValue::Nothing, vec![2]), (text("x"), vec![0]), (text("y"), vec![0, 1])]);
    }

    #[test]
    fn quarters_keep_equal_numbers_together() {
        let found = quarters([5.0, 1.0, 1.0, 1.0, 9.0, 7.0, 8.0, f64::NAN].into_iter().map(Some));
        let range = |low, high| SliceValue::Range { low, high };
        let wanted = [
            (range(1.0, 1.0), vec![1, 2, 3]),
            (range(5.0, 5.0), vec![0]),
            (range(7.0, 8.0), vec![5, 6]),
            (range(9.0, 9.0), vec![4]),
            (SliceValue::Nothing, vec![7]),
        ];
        assert_eq!(found, wanted);
        assert_eq!(quarters(std::iter::empty()), []);
    }
}
