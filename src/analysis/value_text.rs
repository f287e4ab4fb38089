//! A value of a field as people read it.

use std::borrow::Cow;

use crate::model::Json;

/// A value as text; what is no text as JSON.
pub fn value_text(value: &Json) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}
