//! Bodies: a long text or a JSON value, each with a search in it, as every place shows them.

mod find;
pub(super) mod json;
pub(super) mod text;
