//! Where a row stands in its value: as text to copy, and as the value itself.

use super::flatten::JsonRows;
use super::row::{JsonKey, JsonKind};
use serde_json::Value;

impl JsonRows {
    /// The keys and places that lead to a row, from the root.
    fn steps(&self, index: usize) -> Vec<&JsonKey> {
        let mut steps = Vec::new();
        let mut at = Some(index as u32);
        while let Some(row) = at.and_then(|index| self.row(index as usize)) {
            if matches!(row.key, JsonKey::Name(_) | JsonKey::Index(_)) {
                steps.push(&row.key);
            }
            at = row.parent;
        }
        steps.reverse();
        steps
    }

    /// The path of a row: `messages[0].content`, `["an odd key"][3]`. That of a line is its text's, that of a
    /// chunk its array's; the root's is empty.
    pub fn path(&self, index: usize) -> String {
        let mut path = String::new();
        for step in self.steps(index) {
            match step {
                JsonKey::Index(index) => path.push_str(&format!("[{index}]")),
                JsonKey::Name(name) if is_identifier(name) => {
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(name);
                }
                JsonKey::Name(name) => path.push_str(&format!("[{}]", Value::from(&**name))),
                _ => {}
            }
        }
        path
    }

    /// The value of a row within the value that the rows were made from.
    pub fn value<'v>(&self, root: &'v Value, index: usize) -> Option<&'v Value> {
        self.steps(index).into_iter().try_fold(root, |value, step| match step {
            JsonKey::Index(index) => value.get(*index as usize),
            JsonKey::Name(name) => value.get(&**name),
            _ => Some(value),
        })
    }

    /// What "copy value" puts into the clipboard: a text as it is, a line of a text, the items of a chunk,
    /// anything else as JSON.
    pub fn copy_text(&self, root: &Value, index: usize) -> String {
        let Some(row) = self.row(index) else { return String::new() };
        if row.kind == JsonKind::Line {
            return self.shown(index).to_owned();
        }
        let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
        match (&row.key, self.value(root, index)) {
            (JsonKey::Range(from, to), Some(Value::Array(items))) => {
                let part = items.get(*from as usize..=*to as usize).unwrap_or_default();
                serde_json::to_string_pretty(part).unwrap_or_default()
            }
            (_, Some(Value::String(text))) => text.clone(),
            (_, Some(value)) => pretty(value),
            (_, None) => String::new(),
        }
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::json_rows::{JsonFold, JsonOptions};
    use serde_json::json;

    fn find(rows: &JsonRows, path: &str) -> usize {
        (0..rows.len()).find(|index| rows.path(*index) == path).expect("a row with this path")
    }

    #[test]
    fn paths_lead_back_to_their_values() {
        let value = json!({"messages": [{"content": "hi", "an odd \"key\"": 1.50}], "": null, "プロンプト": true});
        let rows = JsonRows::new(&value, JsonOptions::default());
        for path in ["messages[0].content", "messages[0][\"an odd \\\"key\\\"\"]", "[\"\"]", "プロンプト"] {
            let index = find(&rows, path);
            assert!(rows.value(&value, index).is_some(), "{path}");
        }
        assert_eq!(rows.copy_text(&value, find(&rows, "messages[0].content")), "hi");
        assert_eq!(rows.copy_text(&value, find(&rows, "[\"\"]")), "null");
        assert!(rows.copy_text(&value, find(&rows, "messages")).starts_with("[\n"));
    }

    #[test]
    fn lines_and_chunks_stand_for_what_is_around_them() {
        let value = json!({"text": "one\ntwo", "long": (0..250).collect::<Vec<_>>()});
        let rows = JsonRows::new(&value, JsonOptions::default());
        let text = find(&rows, "text");
        assert_eq!(rows.path(text + 2), "text");
        assert_eq!(rows.copy_text(&value, text + 2), "two");
        assert_eq!(rows.copy_text(&value, text), "one\ntwo");
        let chunk = (0..rows.len()).find(|i| rows.row(*i).expect("row").key == JsonKey::Range(200, 249));
        let chunk = chunk.expect("the last chunk");
        assert_eq!(rows.path(chunk), "long");
        assert_eq!(rows.copy_text(&value, chunk).lines().count(), 52);
        assert_eq!(rows.path(chunk + 1), "long[200]");
        let mut fold = JsonFold::default();
        fold.reveal(&rows, chunk + 1);
        assert!(fold.visible(&rows).contains(&(chunk as u32 + 1)));
    }
}
