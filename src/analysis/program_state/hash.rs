//! One text for what a program does.
//!
//! Left out is what does not change its answers: `metadata`, and the `traces` and `train` of
//! each predictor. The order of keys does not matter, nor how a number is written (`1`, `1.0`,
//! `1e0`). Everything else does, down to the order of demos. Secrets are part of it, since
//! masking them first would make two programs equal that are not.

use sha2::{Digest, Sha256};

use super::{HISTORY, METADATA, SELF, is_bare};
use crate::analysis::canonical::{write_count, write_entries, write_text, write_value};
use crate::model::program::Object;
use crate::model::{Json, StateHash};

/// Begins every hash, so that a later way of counting gives none of today's.
const WAY: &str = "dspyglass program state 1\n";

/// The hash of a whole state; `None` if it names nothing at all, and so tells no program from
/// another.
pub(super) fn program(document: &Object) -> Option<StateHash> {
    if is_bare(document) {
        return Some(predictor(document));
    }
    let mut parts: Vec<(&str, &Json)> = document
        .iter()
        .filter(|(key, _)| *key != METADATA)
        .map(|(key, value)| (if key == SELF { "" } else { key }, value))
        .collect();
    if parts.is_empty() {
        return None;
    }
    parts.sort_by(|a, b| a.0.cmp(b.0));
    Some(sum(|out| {
        write_count('o', parts.len(), out);
        for (path, value) in &parts {
            write_text('k', path, out);
            match value {
                Json::Object(body) => write_body(body, out),
                other => write_value(other, out),
            }
        }
    }))
}

/// The hash of one predictor, as of a program that is nothing else.
pub(super) fn predictor(body: &Object) -> StateHash {
    sum(|out| {
        write_count('o', 1, out);
        write_text('k', "", out);
        write_entries(
            body.iter().filter(|(key, _)| *key != METADATA && is_doing(key)).map(|(key, value)| (&**key, value)),
            out,
        );
    })
}

fn write_body(body: &Object, out: &mut dyn FnMut(&[u8])) {
    write_entries(body.iter().filter(|(key, _)| is_doing(key)).map(|(key, value)| (&**key, value)), out);
}

fn is_doing(key: &str) -> bool {
    !HISTORY.contains(&key)
}

fn sum(write: impl FnOnce(&mut dyn FnMut(&[u8]))) -> StateHash {
    let mut sum = Sha256::new_with_prefix(WAY);
    write(&mut |part: &[u8]| sum.update(part));
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(document: &str) -> Option<StateHash> {
        let document: Json = serde_json::from_str(document).expect("json");
        program(document.as_object().expect("an object"))
    }

    #[test]
    fn only_what_the_program_does_counts() {
        let one = hash(r#"{"p": {"demos": [], "traces": [], "train": [], "lm": {"n": 1.0}}, "metadata": {"v": 1}}"#);
        assert!(one.as_ref().is_some_and(|hash| hash.as_str().len() == 64));
        for same in [
            r#"{"p": {"lm": {"n": 1}, "demos": []}}"#,
            r#"{"metadata": 7, "p": {"train": [1], "traces": [{"a": 2}], "demos": [], "lm": {"n": 10e-1}}}"#,
        ] {
            assert_eq!(hash(same), one, "{same}");
        }
        for other in [
            r#"{"q": {"lm": {"n": 1}, "demos": []}}"#,
            r#"{"p": {"lm": {"n": "1"}, "demos": []}}"#,
            r#"{"p": {"lm": {"n": 1}, "demos": [[]]}}"#,
            r#"{"p": {"lm": {"n": 1}, "demos": []}, "more": 1}"#,
            r#"{"p": {"lm": {"n": 1}, "demos": [], "x": null}}"#,
        ] {
            assert_ne!(hash(other), one, "{other}");
        }
        assert_eq!(hash("{}"), None);
        assert_eq!(hash(r#"{"metadata": {}}"#), None);
    }

    #[test]
    fn a_bare_predictor_is_the_one_that_older_versions_call_self() {
        let bare = hash(r#"{"demos": [], "signature": {"instructions": "x", "fields": []}, "lm": null, "train": [3]}"#);
        let named = hash(r#"{"self": {"demos": [], "signature": {"instructions": "x", "fields": []}, "lm": null}}"#);
        assert_eq!(bare, named);
    }
}
