//! Where it was read what was said to examples.

/// Where feedback was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedbackSource {
    /// The table of the evaluation.
    Table,
    /// The rationales of assessments on the traces of its examples.
    Assessments,
}

impl FeedbackSource {
    /// `table`, `assessments`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Assessments => "assessments",
        }
    }

    /// Where it was read, as a sentence without its beginning and its full stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::Table => "from the table of the evaluation",
            Self::Assessments => "from the rationales of assessments on traces",
        }
    }
}
