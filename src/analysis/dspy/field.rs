//! Fields of a signature, as far as a prompt tells them.

use std::sync::Arc;

/// A field as the system prompt tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Arc<str>,
    /// Its type in Python's words, for instance `Literal['a', 'b']`; `None` if none stands there.
    pub field_type: Option<Arc<str>>,
}

/// A field that a signature has, by its name; of a signature that is not known any name.
pub(super) fn field(fields: &[Field], name: &str) -> Option<Field> {
    match fields.iter().find(|field| *field.name == *name) {
        None if fields.is_empty() => Some(Field { name: name.into(), field_type: None }),
        found => found.cloned(),
    }
}
