//! One row of a JSON value.

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonKind {
    /// An object; its keys stand below it.
    Object,
    /// An array; its items stand below it.
    Array,
    /// Some items of a long array.
    Chunk,
    /// A text on one line.
    String,
    /// A text of several lines, which stand below it.
    Text,
    /// A line of the text above.
    Line,
    /// A number, with the digits it was written with.
    Number,
    /// True or false.
    Bool,
    /// Null.
    Null,
    /// `{"masked": true}`: a secret that is not shown.
    Masked,
    /// What did not fit: says how much is missing.
    Cut,
}

impl JsonKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Array => "array",
            Self::Chunk => "items",
            Self::String | Self::Text => "text",
            Self::Line => "line",
            Self::Number => "number",
            Self::Bool => "true or false",
            Self::Null => "null",
            Self::Masked => "masked",
            Self::Cut => "not shown",
        }
    }
}

/// What stands before a row's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonKey {
    /// Nothing: the value itself.
    Root,
    /// The key of an object.
    Name(Box<str>),
    /// The place in an array.
    Index(u32),
    /// The first and the last place of a chunk.
    Range(u32, u32),
    /// The line of a text.
    Line(u32),
}

impl JsonKey {
    /// The key as it is shown.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Root | Self::Line(_) => "".into(),
            Self::Name(name) => crate::widgets::text::visible_line(name),
            Self::Index(index) => index.to_string().into(),
            Self::Range(first, last) => format!("{first} … {last}").into(),
        }
    }
}

/// A row. Rows stand in pre-order: the descendants of a row follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonRow {
    /// How deep it stands, from 0.
    pub depth: u32,
    /// What it is.
    pub kind: JsonKind,
    /// What stands before the value.
    pub key: JsonKey,
    /// The value, or the beginning of it, on one line.
    pub preview: Box<str>,
    /// How many keys, items or lines it has.
    pub count: u32,
    /// How many rows stand below it.
    pub descendants: u32,
    /// The row above it, if any.
    pub parent: Option<u32>,
    /// Whether it is open until the user says otherwise.
    pub is_open: bool,
}

impl JsonRow {
    /// Whether something can be folded below it.
    pub fn can_fold(&self) -> bool {
        self.descendants > 0
    }
}
