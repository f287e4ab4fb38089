//! The circles of files that remain. Nothing is added here: a circle that is gone is taken out.

/// The files of each, by name.
pub const CIRCLES: &[&[&str]] = &[
    // A question is answered with a session, which asks questions: one idea in three files.
    &["src/query/ask/memo.rs", "src/query/ask/question.rs", "src/query/ask/session.rs"],
    &["src/views/experiment/runs.rs", "src/views/experiment/toolbar.rs"],
    &["src/widgets/fonts.rs", "src/widgets/tokens/size.rs"],
    &["src/widgets/row_text.rs", "src/widgets/value_text.rs"],
    &["src/widgets/text/keys.rs", "src/widgets/text/view.rs"],
];
