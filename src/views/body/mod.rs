//! Bodies: a long text or a JSON value, each with a search in it, as every place shows them.

mod find;
pub(super) mod json;
pub(super) mod page;
pub(super) mod text;

pub(super) use find::Wanted;

use crate::loader::Text;

/// A body on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body<'a> {
    /// What no other body on the screen has.
    pub id: &'a str,
    /// How it is called: "Find in" comes before.
    pub label: &'a str,
    pub text: &'a Text,
}
