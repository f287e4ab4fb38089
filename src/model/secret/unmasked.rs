//! A value that nobody looked through for secrets yet.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};
use serde_json::Map;

use super::{Json, Reveal, Shown, mask_json, redact, shown_under};

/// A value as it stands in a store or a file, in which there may be secrets. It cannot be printed, formatted,
/// serialized, or used as what it holds: to be shown it is masked, and what a type lacks nobody can forget.
///
/// Two ways out do not mask. Their names say what they are for, they are called only in the rooms that read stores
/// and parse what was read, and a test of the architecture lists each file that does.
///
/// ```compile_fail,E0277
/// println!("{}", dspyglass::model::Unmasked::new("sk-fake"));
/// ```
/// ```compile_fail,E0277
/// let text: String = serde_json::to_string(&dspyglass::model::Unmasked::new("sk-fake")).unwrap();
/// ```
/// ```compile_fail,E0308
/// let text: &str = &dspyglass::model::Unmasked::new("sk-fake");
/// ```
/// ```
/// use dspyglass::model::{Reveal, Unmasked};
/// assert_eq!(Unmasked::new("sk-fake".to_owned()).readable(Reveal::Revealed), "sk-fake");
/// assert_eq!(format!("{:?}", Unmasked::new("sk-fake")), "Unmasked(…)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Unmasked<T>(T);

impl<T> Unmasked<T> {
    /// A value from outside.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, to count, compare and hash it or to find a place by it: nothing of it may be kept as text.
    pub fn as_stored_for_structure(&self) -> &T {
        &self.0
    }

    /// The value itself, to take it apart: whoever does wraps the parts again.
    pub fn into_stored_to_take_apart(self) -> T {
        self.0
    }
}

/// Says nothing of the value.
impl<T> fmt::Debug for Unmasked<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Unmasked(…)")
    }
}

/// The way in: what is read out of a text is as foreign as the text.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unmasked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T: AsRef<str> + Into<Arc<str>>> Unmasked<T> {
    /// A text that is stored under a key (empty if under none), as it may be shown.
    pub fn shown(self, key: &str, reveal: Reveal) -> Shown {
        self.shown_under(super::is_secret_key(key), reveal)
    }

    /// As [`Self::shown`], for readers that ask [`super::is_secret_key`] once for thousands of values.
    pub fn shown_under(self, is_secret_key: bool, reveal: Reveal) -> Shown {
        shown_under(is_secret_key, self.0, reveal)
    }
}

impl<T: AsRef<str> + Into<String>> Unmasked<T> {
    /// An address or another text that is stored under no key, as it may be shown: what is a secret in it is replaced.
    pub fn readable(self, reveal: Reveal) -> String {
        match reveal {
            Reveal::Revealed => self.0.into(),
            Reveal::Masked => match redact(self.0.as_ref()) {
                Cow::Borrowed(_) => self.0.into(),
                Cow::Owned(redacted) => redacted,
            },
        }
    }
}

impl Unmasked<Json> {
    /// The value as it may be shown where it stands under `key` (empty if under none).
    pub fn mask(self, key: &str, reveal: Reveal) -> Json {
        mask_json(key, self.0, reveal)
    }

    /// The value as it may be shown, if something in it is a secret; `None` if it may be shown as it stands.
    pub fn masked_if_secret(mut self) -> Option<Json> {
        super::mask("", &mut self.0).then_some(self.0)
    }

    /// Its entries if it is an object, each with its name, which is no secret; else it comes back.
    ///
    /// # Errors
    /// The value, if it is no object.
    pub fn into_entries(self) -> Result<impl DoubleEndedIterator<Item = (String, Unmasked<Json>)>, Self> {
        match self.0 {
            Json::Object(map) => Ok(map.into_iter().map(|(key, value)| (key, Self(value)))),
            other => Err(Self(other)),
        }
    }

    /// Its items if it is a list; else it comes back.
    ///
    /// # Errors
    /// The value, if it is no list.
    pub fn into_items(self) -> Result<Vec<Unmasked<Json>>, Self> {
        match self.0 {
            Json::Array(items) => Ok(items.into_iter().map(Self).collect()),
            other => Err(Self(other)),
        }
    }
}

impl Unmasked<Map<String, Json>> {
    /// The entries as they may be shown.
    pub fn mask(self, reveal: Reveal) -> Map<String, Json> {
        self.0
            .into_iter()
            .map(|(key, value)| {
                let value = mask_json(&key, value, reveal);
                (key, value)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomData;

    use super::*;

    /// Whether a type has a trait, found without using it.
    macro_rules! has {
        ($type:ty: $($trait:tt)+) => {{
            trait _Otherwise {
                const _HAS: bool = false;
            }
            impl<T: ?Sized> _Otherwise for T {}
            struct _Probe<T: ?Sized>(PhantomData<T>);
            // Where it is there, it hides the one of the trait.
            impl<T: ?Sized + $($trait)+> _Probe<T> {
                const _HAS: bool = true;
            }
            <_Probe<$type>>::_HAS
        }};
    }

    #[test]
    fn nothing_that_shows_takes_a_value_that_was_not_masked() {
        assert!(has!(String: fmt::Display) && has!(Json: serde::Serialize), "the probe finds what is there");
        assert!(!has!(Unmasked<String>: fmt::Display));
        assert!(!has!(Unmasked<Json>: fmt::Display));
        assert!(!has!(Unmasked<Json>: serde::Serialize));
        assert!(!has!(Unmasked<String>: std::ops::Deref));
        assert!(!has!(Unmasked<String>: AsRef<str>));
        assert!(!has!(Unmasked<String>: Into<String>));
        assert!(!has!(Unmasked<String>: std::borrow::Borrow<str>));
        assert_eq!(format!("{:?}", Unmasked::new(serde_json::json!({"a": "sk-fake"}))), "Unmasked(…)");
    }

    #[test]
    fn taken_apart_it_stays_what_it_is_until_it_is_masked_by_its_key() {
        let value = Unmasked::new(serde_json::json!({"api_key": "abcdef", "q": ["x", "sk-fake"]}));
        let entries: Vec<_> = value.into_entries().expect("an object").collect();
        let masked: Vec<Json> = entries
            .into_iter()
            .map(|(key, value): (String, Unmasked<Json>)| value.mask(&key, Reveal::Masked))
            .collect();
        assert_eq!(masked, [serde_json::json!({"masked": true}), serde_json::json!(["x", {"masked": true}])]);
        assert!(Unmasked::new(Json::Null).into_items().is_err());
        let read: Unmasked<Json> = serde_json::from_str(r#"{"password": 1234}"#).expect("JSON");
        assert_eq!(read.mask("", Reveal::Masked), serde_json::json!({"password": {"masked": true}}));
    }
}
