//! The circles of files that remain. Nothing is added here: a circle that is gone is taken out.

/// The files of each, by name.
pub const CIRCLES: &[&[&str]] = &[
    // The reader holds caches whose types stand beside what fills them.
    &[
        "src/store/sqlite/cached.rs",
        "src/store/sqlite/reader.rs",
        "src/store/sqlite/run_traces.rs",
        "src/store/sqlite/spans.rs",
    ],
];
