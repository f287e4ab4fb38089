//! What a span was given or gave back, as titled fields: what is looked at. What was stored is read as it is elsewhere
//! ([`super::SpanTextOf`]).

use super::readable::readable;
use super::text::Text;
use crate::model::secret::MASK;
use crate::model::{Json, Reveal};
use crate::query::answer_of_repr;

/// Fields beyond these are told in one text.
const MOST: usize = 300;

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedField {
    /// Its name; empty of a value that stands alone.
    pub name: String,
    /// Its value for reading: real line breaks, no quotes.
    pub text: Text,
    /// The value is a text, and no number, list or object.
    pub is_prose: bool,
}

/// The inputs or the outputs of a span.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedFields {
    /// In stored order.
    pub fields: Vec<PreparedField>,
    /// Only the `repr` of a prediction was stored, of which these are read.
    pub is_from_repr: bool,
}

impl PreparedFields {
    /// Of a value: those of an object, else one without a name.
    pub fn new(value: &Json) -> Self {
        let fields = match value {
            Json::Object(map) if !map.is_empty() && !is_masked(value) => {
                let mut fields: Vec<PreparedField> =
                    map.iter().take(MOST).map(|(name, value)| PreparedField::new(name, value)).collect();
                let rest: serde_json::Map<String, Json> =
                    map.iter().skip(MOST).map(|(name, value)| (name.clone(), value.clone())).collect();
                if !rest.is_empty() {
                    fields.push(PreparedField::new("", &Json::Object(rest)));
                }
                fields
            }
            value => vec![PreparedField::new("", value)],
        };
        Self { fields, is_from_repr: false }
    }

    /// The same of outputs: where only the text of a prediction was stored, its fields are read out of that.
    pub fn of_outputs(value: &Json) -> Self {
        match answer_of_repr(value, Reveal::Masked) {
            Some(answer) => Self { is_from_repr: true, ..Self::new(&Json::Object(answer)) },
            None => Self::new(value),
        }
    }

    /// Their texts, in order.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.fields.iter().map(|field| &field.text)
    }

    /// About how many bytes they hold.
    pub fn bytes(&self) -> usize {
        self.fields.iter().map(|field| field.name.len() + field.text.bytes() + 64).sum()
    }
}

impl PreparedField {
    fn new(name: &str, value: &Json) -> Self {
        let text = match value {
            Json::String(text) => Text::new(text.as_str()),
            masked if is_masked(masked) => Text::new(MASK),
            other => {
                let made = readable(other);
                Text::with_keys(made.text, made.keys)
            }
        };
        Self { name: name.to_owned(), text, is_prose: value.is_string() }
    }
}

fn is_masked(value: &Json) -> bool {
    value.get("masked") == Some(&Json::Bool(true)) && value.as_object().is_some_and(|map| map.len() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(fields: &PreparedFields) -> Vec<(&str, &str)> {
        fields.fields.iter().map(|field| (&*field.name, &**field.text.text())).collect()
    }

    #[test]
    fn an_object_is_its_fields_and_anything_else_one_text() {
        let fields = PreparedFields::new(&json!({"question": "a\n\"b\"", "n": 3, "key": {"masked": true}}));
        assert_eq!(told(&fields), [("question", "a\n\"b\""), ("n", "3"), ("key", "‹masked›")]);
        assert_eq!(told(&PreparedFields::new(&json!("ok"))), [("", "ok")]);
        assert_eq!(told(&PreparedFields::new(&json!({"masked": true}))), [("", "‹masked›")]);
        assert_eq!(told(&PreparedFields::new(&json!({}))), [("", "{}")]);
        let many: serde_json::Map<String, Json> = (0..MOST + 2).map(|at| (format!("f{at}"), json!(at))).collect();
        let fields = PreparedFields::new(&Json::Object(many));
        assert_eq!(told(&fields).last(), Some(&("", "f300  300\nf301  301")));
    }

    #[test]
    fn the_repr_of_a_prediction_is_read() {
        let outputs = json!(["Prediction(\n    answer='42'\n)", []]);
        let fields = PreparedFields::of_outputs(&outputs);
        assert!(fields.is_from_repr);
        assert_eq!(told(&fields), [("answer", "42")]);
        assert!(!PreparedFields::of_outputs(&json!({"answer": "42"})).is_from_repr);
    }
}
