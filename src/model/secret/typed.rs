//! Secrets that the user types.

use std::fmt;

/// A password or a token as it was typed: no line of a log, no error and no setting shows it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What stands in a field.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself, only for whom it is meant for.
    pub fn for_sending(&self) -> &str {
        &self.0
    }

    /// The text, for the field in which it is typed, which shows dots.
    pub fn for_typing(&mut self) -> &mut String {
        &mut self.0
    }
}

/// Says nothing of it.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_told() {
        let mut secret = Secret::new("pw-secret-7");
        secret.for_typing().push('x');
        assert_eq!(format!("{secret:?} {:#?}", Some(&secret)).matches("pw").count(), 0);
        assert_eq!((secret.for_sending(), secret.is_empty()), ("pw-secret-7x", false));
    }
}
