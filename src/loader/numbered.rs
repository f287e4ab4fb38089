//! A value of which rows are made, with a number under which they are kept.

use super::text::unique_id;

/// A value and its number. Equal if the values are, whatever their numbers: who drew from the first one need not draw
/// anew.
#[derive(Clone, Debug)]
pub struct Numbered<T> {
    /// What nothing else has: the source of a [`super::DerivedKey`].
    pub id: u64,
    /// The value.
    pub value: T,
}

impl<T> Numbered<T> {
    pub(super) fn new(value: T) -> Self {
        Self { id: unique_id(), value }
    }
}

impl<T: PartialEq> PartialEq for Numbered<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

#[cfg(test)]
mod tests {
    use super::Numbered;

    #[test]
    fn equal_values_are_equal_and_yet_told_apart() {
        let (a, b) = (Numbered::new("same"), Numbered::new("same"));
        assert_eq!(a, b);
        assert_ne!(a.id, b.id);
        assert_ne!(a, Numbered::new("other"));
    }
}
