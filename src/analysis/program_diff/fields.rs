//! Fields of two signatures.

use super::ChangeKind;
use crate::model::Field;

/// A field that differs. What is recovered from traces (types, directions) is not compared: it
/// may be known of one program and not of the other.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDiff {
    /// Added, removed or changed.
    pub change: ChangeKind,
    /// The old field.
    pub old: Option<Field>,
    /// The new field.
    pub new: Option<Field>,
    /// What changed: `prefix`, `description`, `order`, a key of what was fitted or of `other`.
    pub keys: Vec<String>,
}

/// The fields that differ: those of `old` in order, then new ones. Fields are the same by their
/// name, else by their prefix, else by their place.
pub fn diff_fields(old: &[Field], new: &[Field]) -> Vec<FieldDiff> {
    let mut is_taken = vec![false; new.len()];
    let mut partner: Vec<Option<usize>> = vec![None; old.len()];
    let same_name = |a: &Field, b: &Field| a.name.is_some() && a.name == b.name;
    let same_prefix = |a: &Field, b: &Field| a.prefix.is_some() && a.prefix == b.prefix;
    let ways: [&dyn Fn(usize, usize) -> bool; 3] =
        [&|a, b| same_name(&old[a], &new[b]), &|a, b| same_prefix(&old[a], &new[b]), &|a, b| {
            a == b && may_be_renamed(&old[a], &new[b])
        }];
    for way in ways {
        for (at, partner) in partner.iter_mut().enumerate().filter(|(_, partner)| partner.is_none()) {
            *partner = (0..new.len()).find(|other| !is_taken[*other] && way(at, *other));
            if let Some(found) = *partner {
                is_taken[found] = true;
            }
        }
    }
    let mut diffs = Vec::new();
    let mut last = None;
    for (field, partner) in old.iter().zip(&partner) {
        let Some(at) = *partner else {
            diffs.push(FieldDiff {
                change: ChangeKind::Removed,
                old: Some(field.clone()),
                new: None,
                keys: Vec::new(),
            });
            continue;
        };
        let mut keys = changed_keys(field, &new[at]);
        if last > Some(at) {
            keys.push("order".to_owned());
        }
        last = last.max(Some(at));
        if !keys.is_empty() {
            let (old, new) = (Some(field.clone()), Some(new[at].clone()));
            diffs.push(FieldDiff { change: ChangeKind::Changed, old, new, keys });
        }
    }
    for (field, _) in new.iter().zip(&is_taken).filter(|(_, is_taken)| !**is_taken) {
        diffs.push(FieldDiff { change: ChangeKind::Added, old: None, new: Some(field.clone()), keys: Vec::new() });
    }
    diffs
}

/// Whether two fields at the same place may be one: a name is unknown, or only it changed.
fn may_be_renamed(old: &Field, new: &Field) -> bool {
    old.name.is_none() || new.name.is_none() || old.description == new.description
}

fn changed_keys(old: &Field, new: &Field) -> Vec<String> {
    let mut keys = Vec::new();
    if old.prefix != new.prefix {
        keys.push("prefix".to_owned());
    }
    if old.description != new.description {
        keys.push("description".to_owned());
    }
    keys.extend(super::diff_objects(&old.fitted, &new.fitted).into_iter().map(|change| change.key));
    keys.extend(super::diff_objects(&old.other, &new.other).into_iter().map(|change| change.key));
    keys
}
