//! What changed between two programs.

mod demos;
mod fields;
mod incomplete;

pub use demos::{DemoChange, DemoDiff, diff_demos};
pub use fields::{FieldDiff, diff_fields};

use std::time::Instant;

use super::program_state::known_instructions;
use super::text_diff::{TextDiff, diff_known_texts, diff_lines, diff_texts};
use crate::model::program::Object;
use crate::model::{Json, Predictor, Program, ProgramSource};
use incomplete::{as_instructions, as_params};

/// What became of a predictor or a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It does the same in both.
    Same,
    /// It is in both and differs.
    Changed,
    /// Only the new program has it.
    Added,
    /// Only the old program has it.
    Removed,
}

impl ChangeKind {
    /// The word for people and scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// A key whose value differs.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyChange {
    /// The key; empty where the value as a whole is no object.
    pub key: String,
    /// Its old value, if it had one.
    pub old: Option<Json>,
    /// Its new value, if it has one.
    pub new: Option<Json>,
}

/// What changed in one predictor.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictorDiff {
    /// Its path.
    pub path: String,
    /// Whether anything changed.
    pub change: ChangeKind,
    /// Its instructions, piece by piece.
    pub instructions: TextDiff,
    /// The source of a Flex, line by line; empty where neither is one.
    pub module_src: TextDiff,
    /// Its demos as a set.
    pub demos: DemoDiff,
    /// The fields that differ.
    pub fields: Vec<FieldDiff>,
    /// The LM settings that differ.
    pub lm: Vec<KeyChange>,
    /// Everything else that was saved and differs.
    pub other: Vec<KeyChange>,
    /// It changed, but only in what is masked or in the order of things that is not shown.
    pub is_hidden: bool,
}

/// What changed between two programs.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramDiff {
    /// What the programs do is equal. Metadata and history do not count.
    pub same: bool,
    /// Both programs are completely known; otherwise only what is known of both was compared.
    pub complete: bool,
    /// Every predictor of either: those of the old program in its order, then new ones.
    pub predictors: Vec<PredictorDiff>,
    /// Other parts of the state that differ.
    pub other: Vec<KeyChange>,
}

impl ProgramDiff {
    /// The predictors whose instructions were too long to be compared word by word in full.
    pub fn cut_texts(&self) -> impl Iterator<Item = &PredictorDiff> {
        self.predictors.iter().filter(|one| one.instructions.is_cut || one.module_src.is_cut)
    }

    /// All instructions are known to their ends and were compared word by word.
    pub fn texts_complete(&self) -> bool {
        self.predictors.iter().all(|one| one.instructions.is_complete() && one.module_src.is_complete())
    }
}

/// Compares two programs. Texts are compared until `deadline` and coarsely from then on.
pub fn diff_programs(old: &Program, new: &Program, deadline: Option<Instant>) -> ProgramDiff {
    // Of a program known from params or GEPA's tables only, less is known: compared is what these could tell.
    if old.source.has_instructions_only() || new.source.has_instructions_only() {
        return diff(&as_instructions(old), &as_instructions(new), false, deadline);
    }
    if old.complete != new.complete {
        return diff(&as_params(old), &as_params(new), false, deadline);
    }
    diff(old, new, old.complete && new.complete, deadline)
}

fn diff(old: &Program, new: &Program, complete: bool, deadline: Option<Instant>) -> ProgramDiff {
    let absent = Predictor::default();
    let sources = [old.source, new.source];
    let find = |program: &'_ Program, path: &str| program.predictors.iter().position(|one| one.path == path);
    let mut predictors = Vec::new();
    for one in &old.predictors {
        predictors.push(match find(new, &one.path) {
            Some(at) => diff_predictor([one, &new.predictors[at]], sources, None, deadline),
            None => diff_predictor([one, &absent], sources, Some(ChangeKind::Removed), deadline),
        });
    }
    for one in new.predictors.iter().filter(|one| find(old, &one.path).is_none()) {
        predictors.push(diff_predictor([&absent, one], sources, Some(ChangeKind::Added), deadline));
    }
    let other = diff_objects(&old.other, &new.other);
    let looks_same = other.is_empty() && predictors.iter().all(|one| one.change == ChangeKind::Same);
    let same = match (&old.state_hash, &new.state_hash) {
        (Some(old), Some(new)) => old == new,
        _ => looks_same,
    };
    ProgramDiff { same, complete, predictors, other }
}

fn diff_predictor(
    [old, new]: [&Predictor; 2],
    sources: [ProgramSource; 2],
    presence: Option<ChangeKind>,
    deadline: Option<Instant>,
) -> PredictorDiff {
    let (old_text, new_text) = (known_instructions(old, sources[0]), known_instructions(new, sources[1]));
    // A predictor that is in one of them only is not the other's text, cut at its beginning.
    let instructions = match presence {
        Some(_) => diff_texts(old_text.text, new_text.text, deadline),
        None => diff_known_texts(old_text, new_text, deadline),
    };
    let source = |one: &Predictor| one.module_src.clone().unwrap_or_default();
    let module_src = diff_lines(&source(old), &source(new), deadline);
    let demos = diff_demos(old, new);
    let fields = diff_fields(&old.fields, &new.fields);
    let lm = diff_values(old.lm.as_ref(), new.lm.as_ref());
    let other = diff_objects(&old.other, &new.other);
    // Texts of which one was cut are equal as far as that is known.
    let looks_same = old.instructions.is_some() == new.instructions.is_some()
        && instructions.is_same()
        && old.module_src == new.module_src
        && demos.is_same()
        && fields.is_empty()
        && lm.is_empty()
        && other.is_empty();
    let change = presence.unwrap_or(match (&old.state_hash, &new.state_hash) {
        (Some(old), Some(new)) if old == new => ChangeKind::Same,
        (Some(_), Some(_)) => ChangeKind::Changed,
        _ if looks_same => ChangeKind::Same,
        _ => ChangeKind::Changed,
    });
    PredictorDiff {
        path: if presence == Some(ChangeKind::Added) { new.path.clone() } else { old.path.clone() },
        change,
        instructions,
        module_src,
        demos,
        fields,
        lm,
        other,
        is_hidden: change == ChangeKind::Changed && looks_same,
    }
}

/// Two values that are objects or absent key by key, others as a whole.
fn diff_values(old: Option<&Json>, new: Option<&Json>) -> Vec<KeyChange> {
    let empty = Object::new();
    let object = |value: Option<&'_ Json>| -> Option<Object> {
        match value {
            None => Some(empty.clone()),
            Some(Json::Object(object)) => Some(object.clone()),
            Some(_) => None,
        }
    };
    match (object(old), object(new)) {
        (Some(old), Some(new)) => diff_objects(&old, &new),
        _ if old == new => Vec::new(),
        _ => vec![KeyChange { key: String::new(), old: old.cloned(), new: new.cloned() }],
    }
}

/// The keys whose values differ: those of `old` in its order, then new ones. Numbers are
/// compared by what they are.
pub fn diff_objects(old: &Object, new: &Object) -> Vec<KeyChange> {
    let is_equal = |a: &Json, b: &Json| a == b || super::canonical::bytes(a) == super::canonical::bytes(b);
    let mut changes = Vec::new();
    for (key, value) in old {
        let now = new.get(key);
        if !now.is_some_and(|now| is_equal(value, now)) {
            changes.push(KeyChange { key: key.clone(), old: Some(value.clone()), new: now.cloned() });
        }
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        changes.push(KeyChange { key: key.clone(), old: None, new: Some(value.clone()) });
    }
    changes
}

#[cfg(test)]
mod tests;
