//! Where a text stands among the rows, whether they are folded away or not.

use super::flatten::JsonRows;
use super::row::{JsonKey, JsonKind};
use crate::widgets::text::{Case, find_all};
use std::ops::Range;

/// Which part of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum JsonPart {
    /// Its key.
    Key,
    /// Its value.
    Value,
}

/// One place at which the text was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonHit {
    /// The row.
    pub row: u32,
    /// Which part of it.
    pub part: JsonPart,
    /// The bytes of the key, or of [`JsonRows::shown`]. It may end behind a line of a text.
    pub range: Range<usize>,
}

/// No search keeps more hits than this.
pub const HITS_MOST: usize = 100_000;

impl JsonRows {
    /// All places at which `needle` stands in keys and values, in the order of the rows. Meant for a worker.
    pub fn search(&self, needle: &str, case: Case) -> Vec<JsonHit> {
        let mut hits = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            if hits.len() >= HITS_MOST {
                break;
            }
            let mut push = |row: usize, part, range| hits.push(JsonHit { row: row as u32, part, range });
            if let JsonKey::Name(name) = &row.key {
                find_all(name, needle, case).for_each(|range| push(index, JsonPart::Key, range));
            }
            match row.kind {
                JsonKind::String | JsonKind::Number | JsonKind::Bool | JsonKind::Null => {
                    find_all(&row.preview, needle, case).for_each(|range| push(index, JsonPart::Value, range));
                }
                JsonKind::Text => {
                    let Some(lines) = self.texts.get(&(index as u32)) else { continue };
                    for range in find_all(lines.text(), needle, case) {
                        let line = lines.line_at(range.start);
                        let start = lines.range(line).start;
                        if line < row.count as usize {
                            push(index + 1 + line, JsonPart::Value, range.start - start..range.end - start);
                        }
                    }
                }
                _ => {}
            }
        }
        // Keys first, then values, as they are read.
        hits.truncate(HITS_MOST);
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::json_rows::JsonOptions;
    use serde_json::json;

    #[test]
    fn hits_stand_in_keys_values_and_lines() {
        let text = format!("{}\nneedle here", "no ".repeat(100));
        let value = json!({"needle": 1, "a": ["x needle", "Needle"], "text": text});
        let rows = JsonRows::new(&value, JsonOptions::default());
        let hits = rows.search("needle", Case::Exact);
        assert_eq!(hits.len(), 3);
        assert_eq!((hits[0].row, hits[0].part), (0, JsonPart::Key));
        let at = |hit: &JsonHit| rows.shown(hit.row as usize)[hit.range.clone()].to_owned();
        assert_eq!([at(&hits[1]), at(&hits[2])], ["needle", "needle"]);
        assert_eq!(rows.row(hits[2].row as usize).map(|row| row.kind), Some(JsonKind::Line));
        assert_eq!(rows.search("needle", Case::Ignored).len(), 4);
        assert!(rows.search("", Case::Exact).is_empty());
    }
}
