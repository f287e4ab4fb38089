//! Demos of two predictors, as sets.

use std::collections::HashMap;

use crate::analysis::canonical::{bytes, object_bytes};
use crate::model::program::AUGMENTED;
use crate::model::{Demo, Direction, Json, Predictor};

/// What became of the demos. Equal demos count once.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct DemoDiff {
    /// Those that only the new predictor has, in its order.
    pub added: Vec<Demo>,
    /// Those that only the old predictor has, in its order.
    pub removed: Vec<Demo>,
    /// How many distinct demos are in both.
    pub kept: usize,
    /// How many of the kept ones changed their place among the kept ones: the fewest that must
    /// be moved to bring the old order into the new one.
    pub moved: usize,
    /// How many of the kept ones stand there more often or less often than before.
    pub recounted: usize,
    /// Removed and added ones that are the same example with other values.
    pub changed: Vec<DemoChange>,
}

/// A demo whose example stayed and whose values changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoChange {
    /// Its place in [`DemoDiff::removed`].
    pub removed: usize,
    /// Its place in [`DemoDiff::added`].
    pub added: usize,
    /// The fields that differ, `augmented` included.
    pub fields: Vec<String>,
}

impl DemoDiff {
    /// Nothing changed.
    pub fn is_same(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.moved == 0 && self.recounted == 0
    }
}

/// A demo and how often it stands there.
struct Distinct<'a> {
    demo: &'a Demo,
    key: Vec<u8>,
    count: usize,
}

/// Compares the demos of two predictors.
pub fn diff_demos(old: &Predictor, new: &Predictor) -> DemoDiff {
    let (before, after) = (distinct(&old.demos), distinct(&new.demos));
    let places = |list: &[Distinct<'_>]| -> HashMap<Vec<u8>, usize> {
        list.iter().enumerate().map(|(at, one)| (one.key.clone(), at)).collect()
    };
    let (old_places, new_places) = (places(&before), places(&after));
    // Where the kept ones stand now, in the old order.
    let kept: Vec<(usize, usize)> =
        before.iter().enumerate().filter_map(|(at, one)| Some((at, *new_places.get(&one.key)?))).collect();
    let only = |list: &[Distinct<'_>], other: &HashMap<Vec<u8>, usize>| -> Vec<Demo> {
        list.iter().filter(|one| !other.contains_key(&one.key)).map(|one| one.demo.clone()).collect()
    };
    let (removed, added) = (only(&before, &new_places), only(&after, &old_places));
    let order: Vec<usize> = kept.iter().map(|(_, at)| *at).collect();
    DemoDiff {
        changed: changes(&removed, &added, &input_names(old, new)),
        added,
        removed,
        kept: kept.len(),
        moved: kept.len() - longest_rising(&order),
        recounted: kept.iter().filter(|(old, new)| before[*old].count != after[*new].count).count(),
    }
}

fn distinct(demos: &[Demo]) -> Vec<Distinct<'_>> {
    let mut places: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut list: Vec<Distinct<'_>> = Vec::new();
    for demo in demos {
        let key = object_bytes(&demo.values);
        match places.get(&key) {
            Some(at) => list[*at].count += 1,
            None => {
                places.insert(key.clone(), list.len());
                list.push(Distinct { demo, key, count: 1 });
            }
        }
    }
    list
}

/// The input fields' names, where traces told them.
fn input_names(old: &Predictor, new: &Predictor) -> Vec<String> {
    let mut names = Vec::new();
    for field in old.fields.iter().chain(&new.fields) {
        if let (Some(Direction::Input), Some(name)) = (field.direction, &field.name)
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    }
    names
}

/// Pairs removed demos with added ones of the same example, each once, in order.
fn changes(removed: &[Demo], added: &[Demo], inputs: &[String]) -> Vec<DemoChange> {
    let mut waiting: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (at, demo) in added.iter().enumerate().rev() {
        if let Some(key) = example_key(demo, inputs) {
            waiting.entry(key).or_default().push(at);
        }
    }
    let pair = |(removed, demo): (usize, &Demo)| {
        let added_at = waiting.get_mut(&example_key(demo, inputs)?)?.pop()?;
        let changes = super::diff_objects(&demo.values, &added[added_at].values);
        let fields = changes.into_iter().map(|change| change.key).collect();
        Some(DemoChange { removed, added: added_at, fields })
    };
    removed.iter().enumerate().filter_map(pair).collect()
}

/// What makes a demo the same example: its inputs, if they are known; else its first value that
/// is not the mark, since DSPy saves inputs first.
fn example_key(demo: &Demo, inputs: &[String]) -> Option<Vec<u8>> {
    let named: Vec<(&str, &Json)> = inputs.iter().filter_map(|name| Some((&**name, demo.values.get(name)?))).collect();
    let parts = if named.is_empty() {
        demo.values.iter().filter(|(key, _)| *key != AUGMENTED).take(1).map(|(key, value)| (&**key, value)).collect()
    } else {
        named
    };
    let key: Vec<u8> = parts.iter().flat_map(|(key, value)| [key.as_bytes().to_vec(), bytes(value)].concat()).collect();
    (!key.is_empty()).then_some(key)
}

/// The length of the longest rising subsequence.
fn longest_rising(numbers: &[usize]) -> usize {
    // The least end of a rising subsequence of each length.
    let mut ends: Vec<usize> = Vec::new();
    for number in numbers {
        let at = ends.partition_point(|end| end < number);
        match ends.get_mut(at) {
            Some(end) => *end = *number,
            None => ends.push(*number),
        }
    }
    ends.len()
}
