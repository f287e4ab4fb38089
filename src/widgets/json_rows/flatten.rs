//! From a value to rows. Without recursion, so that no depth is too deep; with a bound, so that none is too many.

use super::preview::{PREVIEW_MOST, is_masked, preview_of};
use super::row::{JsonKey, JsonKind, JsonRow};
use crate::widgets::text::TextLines;
use crate::words;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// How a value becomes rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonOptions {
    /// Rows less deep than this are open at first.
    pub open_depth: u32,
    /// Arrays longer than this are divided.
    pub chunk: u32,
    /// Texts longer than this many characters, or with line breaks, fold.
    pub text_most: usize,
    /// How many columns a line of a text has.
    pub columns: usize,
    /// No more rows than this; the last one says what is missing.
    pub rows_most: usize,
}

impl Default for JsonOptions {
    fn default() -> Self {
        Self { open_depth: 2, chunk: 100, text_most: 120, columns: 100, rows_most: 1_000_000 }
    }
}

/// A value as rows. Make it on a worker; it is never changed again.
#[derive(Clone, Debug)]
pub struct JsonRows {
    pub(super) rows: Vec<JsonRow>,
    /// The long texts, by the row that they stand under.
    pub(super) texts: BTreeMap<u32, TextLines>,
    /// Tells the rows of one value from those of another.
    pub(super) stamp: u64,
    /// Values that are not among the rows.
    missing: usize,
}

impl JsonRows {
    /// Makes a value flat. The keys of an object, or the items of an array, at the root stand at depth 0.
    pub fn new(value: &Value, options: JsonOptions) -> Self {
        static STAMP: AtomicU64 = AtomicU64::new(1);
        let mut making = Making { options, rows: Vec::new(), texts: BTreeMap::new(), open: Vec::new(), missing: 0 };
        making.root(value);
        let Making { rows, texts, missing, .. } = making;
        Self { rows, texts, stamp: STAMP.fetch_add(1, Ordering::Relaxed), missing }
    }

    /// How many rows there are when everything is open.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows; there is always one at least.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A row.
    pub fn row(&self, index: usize) -> Option<&JsonRow> {
        self.rows.get(index)
    }

    /// How many values are not shown, since there were too many.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// The value of a row as it is shown on its line: of a text's line that line, else the preview.
    pub fn shown(&self, index: usize) -> &str {
        let Some(row) = self.rows.get(index) else { return "" };
        match (&row.key, row.parent.and_then(|parent| self.texts.get(&parent))) {
            (JsonKey::Line(line), Some(text)) => text.line(*line as usize),
            _ => &row.preview,
        }
    }

    /// About how many bytes this keeps, for caches with a bound.
    pub fn bytes(&self) -> usize {
        let rows: usize = self.rows.iter().map(|row| size_of::<JsonRow>() + row.preview.len()).sum();
        rows + self.texts.values().map(TextLines::bytes).sum::<usize>()
    }
}

/// A container whose children are being made.
struct Open<'v> {
    row: Option<u32>,
    depth: u32,
    children: Children<'v>,
}

enum Children<'v> {
    Keys(serde_json::map::Iter<'v>),
    /// The items from `next` to `end`, in steps of `step`: one by one, or in chunks.
    Items {
        items: &'v [Value],
        next: usize,
        end: usize,
        step: usize,
    },
}

struct Making<'v> {
    options: JsonOptions,
    rows: Vec<JsonRow>,
    texts: BTreeMap<u32, TextLines>,
    open: Vec<Open<'v>>,
    missing: usize,
}

impl<'v> Making<'v> {
    fn root(&mut self, value: &'v Value) {
        match value {
            Value::Object(map) if !map.is_empty() && !is_masked(value) => {
                self.open.push(Open { row: None, depth: 0, children: Children::Keys(map.iter()) });
            }
            Value::Array(items) if !items.is_empty() => {
                let children = self.items(items, 0, items.len());
                self.open.push(Open { row: None, depth: 0, children });
            }
            _ => self.value(JsonKey::Root, value, None, 0),
        }
        while let Some(open) = self.open.last_mut() {
            let (parent, depth) = (open.row, open.depth);
            match next_child(&mut open.children) {
                Some(_) if self.rows.len() >= self.options.rows_most => self.cut(),
                Some(Child::Value(key, value)) => self.value(key, value, parent, depth),
                Some(Child::Chunk(items, from, to)) => self.chunk(items, from, to, parent, depth),
                None => self.close(),
            }
        }
    }

    fn items(&self, items: &'v [Value], from: usize, to: usize) -> Children<'v> {
        let chunk = self.options.chunk.max(2) as usize;
        let mut step = 1;
        // The longest steps that still divide it, so that a million items are a hundred rows at first.
        while (to - from).div_ceil(step) > chunk {
            step *= chunk;
        }
        Children::Items { items, next: from, end: to, step }
    }

    fn push(&mut self, row: JsonRow) -> u32 {
        self.rows.push(row);
        (self.rows.len() - 1) as u32
    }

    fn value(&mut self, key: JsonKey, value: &'v Value, parent: Option<u32>, depth: u32) {
        let (kind, preview, count) = match value {
            _ if is_masked(value) => (JsonKind::Masked, "masked".into(), 0),
            Value::Null => (JsonKind::Null, "null".into(), 0),
            Value::Bool(is_true) => (JsonKind::Bool, is_true.to_string().into(), 0),
            Value::Number(number) => (JsonKind::Number, number.to_string().into(), 0),
            Value::String(text) => return self.text(key, text, parent, depth),
            Value::Array(items) => (JsonKind::Array, preview_of(value), items.len()),
            Value::Object(map) => (JsonKind::Object, preview_of(value), map.len()),
        };
        let is_open = depth < self.options.open_depth;
        let count = count as u32;
        let row = self.push(JsonRow { depth, kind, key, preview, count, descendants: 0, parent, is_open });
        let children = match value {
            Value::Object(map) if count > 0 && kind == JsonKind::Object => Children::Keys(map.iter()),
            Value::Array(items) if count > 0 => self.items(items, 0, items.len()),
            _ => return,
        };
        self.open.push(Open { row: Some(row), depth: depth + 1, children });
    }

    fn text(&mut self, key: JsonKey, text: &str, parent: Option<u32>, depth: u32) {
        let is_long = text.len() > self.options.text_most && text.chars().nth(self.options.text_most).is_some();
        let (is_open, descendants) = (false, 0);
        if !is_long && !text.contains('\n') {
            let preview = format!("\"{text}\"").into();
            let kind = JsonKind::String;
            self.push(JsonRow { depth, kind, key, preview, count: 0, descendants, parent, is_open });
            return;
        }
        let lines = TextLines::new(text).wrap_at(self.options.columns);
        let room = self.options.rows_most.saturating_sub(self.rows.len() + 1);
        let count = lines.len().min(room) as u32;
        self.missing += lines.len() - count as usize;
        let preview = format!("\"{}", words::one_line(text, PREVIEW_MOST)).into();
        let kind = JsonKind::Text;
        let row = self.push(JsonRow { depth, kind, key, preview, count, descendants: count, parent, is_open });
        for line in 0..count {
            self.push(JsonRow {
                depth: depth + 1,
                kind: JsonKind::Line,
                key: JsonKey::Line(line),
                preview: "".into(),
                count: 0,
                descendants: 0,
                parent: Some(row),
                is_open,
            });
        }
        self.texts.insert(row, lines);
    }

    fn chunk(&mut self, items: &'v [Value], from: usize, to: usize, parent: Option<u32>, depth: u32) {
        let row = self.push(JsonRow {
            depth,
            kind: JsonKind::Chunk,
            key: JsonKey::Range(from as u32, (to - 1) as u32),
            preview: "".into(),
            count: (to - from) as u32,
            descendants: 0,
            parent,
            is_open: false,
        });
        let children = self.items(items, from, to);
        self.open.push(Open { row: Some(row), depth: depth + 1, children });
    }

    fn close(&mut self) {
        let Some(Open { row: Some(row), .. }) = self.open.pop() else { return };
        let below = self.rows.len() - 1 - row as usize;
        if let Some(row) = self.rows.get_mut(row as usize) {
            row.descendants = below as u32;
        }
    }

    /// There is room for no more rows: says so once, and counts what is left at each level.
    fn cut(&mut self) {
        let mut missing = 1;
        while let Some(open) = self.open.last_mut() {
            missing += match &mut open.children {
                Children::Keys(keys) => keys.len(),
                Children::Items { next, end, .. } => *end - (*next).min(*end),
            };
            self.close();
        }
        self.missing += missing;
        let preview = format!("{} more values are not shown", words::count(self.missing as u64)).into();
        let (kind, key) = (JsonKind::Cut, JsonKey::Root);
        self.push(JsonRow { depth: 0, kind, key, preview, count: 0, descendants: 0, parent: None, is_open: false });
    }
}

enum Child<'v> {
    Value(JsonKey, &'v Value),
    Chunk(&'v [Value], usize, usize),
}

fn next_child<'v>(children: &mut Children<'v>) -> Option<Child<'v>> {
    match children {
        Children::Keys(keys) => {
            keys.next().map(|(name, value)| Child::Value(JsonKey::Name(name.as_str().into()), value))
        }
        Children::Items { items, next, end, step } => {
            let from = *next;
            if from >= *end {
                return None;
            }
            let to = (from + *step).min(*end);
            *next = to;
            if *step == 1 {
                items.get(from).map(|value| Child::Value(JsonKey::Index(from as u32), value))
            } else {
                Some(Child::Chunk(items, from, to))
            }
        }
    }
}
