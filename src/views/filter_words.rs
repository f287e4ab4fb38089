//! What a filter offers while it is typed, as the field shows it.

use crate::query::{Completion as Offered, CompletionKind};
use crate::widgets::completion::Completion;

/// One of the offers.
pub(super) fn completion(one: Offered) -> Completion {
    Completion {
        replace: one.replace,
        text: one.insert,
        kind: match one.kind {
            CompletionKind::Entity => "group",
            CompletionKind::Attribute => "attribute",
            CompletionKind::Keyword => "word",
            CompletionKind::Key => "key",
            CompletionKind::Operator => "operator",
            CompletionKind::Value => "value",
        },
        note: one.note,
    }
}
