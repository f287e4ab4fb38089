//! Signatures as traces hold them: `question, plan -> reasoning, answer` as an attribute of a
//! `Predict` span, and the whole repr among the inputs of `ChatAdapter.format`.

use super::parse::direction_of;
use super::python::{find_outside, string, value_of};
use crate::model::Direction;

/// A signature as a trace holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct SignatureText {
    /// Its instructions; only a repr has them.
    pub instructions: Option<String>,
    /// Its fields, inputs first.
    pub fields: Vec<SignatureField>,
}

/// One field of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SignatureField {
    /// Its name.
    pub name: String,
    /// Which way it goes.
    pub direction: Direction,
    /// Its Python type; only a repr has it.
    pub type_: Option<String>,
    /// Its prefix; only a repr has it.
    pub prefix: Option<String>,
    /// Its description; only a repr has it.
    pub description: Option<String>,
}

/// Reads `question, plan -> reasoning, answer`; `None` if it is something else.
pub fn signature_of_text(text: &str) -> Option<SignatureText> {
    let (inputs, outputs) = text.trim().split_once("->")?;
    let mut fields = Vec::new();
    for (names, direction) in [(inputs, Direction::Input), (outputs, Direction::Output)] {
        let mut rest = names.trim();
        while !rest.is_empty() {
            let end = find_outside(rest, ",").unwrap_or(rest.len());
            let (name, type_) = rest[..end].split_once(':').map_or((&rest[..end], None), |(n, t)| (n, Some(t)));
            let name = name.trim();
            if !is_name(name) {
                return None;
            }
            let type_ = type_.map(|type_| type_.trim().to_owned());
            fields.push(SignatureField { name: name.to_owned(), direction, type_, prefix: None, description: None });
            rest = rest.get(end + 1..).unwrap_or_default().trim();
        }
    }
    (!fields.is_empty()).then_some(SignatureText { instructions: None, fields })
}

/// Reads a signature's repr, as in `StringSignature(question -> answer\n    instructions='…'\n
/// question = Field(annotation=str required=True json_schema_extra={…})\n)`; `None` if it is
/// something else.
pub fn signature_of_repr(repr: &str) -> Option<SignatureText> {
    let mut lines = repr.lines();
    let head = lines.next()?.split_once('(')?.1;
    let plain = signature_of_text(head)?;
    let mut read = SignatureText::default();
    for line in lines {
        let line = line.trim_start();
        if let Some(literal) = line.strip_prefix("instructions=") {
            read.instructions = Some(string(literal)?.0);
        } else if let Some((name, field)) = line.split_once(" = Field(") {
            read.fields.extend(field_of(name, field, &plain));
        }
    }
    // What could not be read field by field is still known by name.
    if read.fields.len() != plain.fields.len() {
        read.fields = plain.fields;
    }
    Some(read)
}

fn field_of(name: &str, text: &str, plain: &SignatureText) -> Option<SignatureField> {
    let known = plain.fields.iter().find(|field| field.name == name)?;
    let annotation = text.strip_prefix("annotation=").and_then(|text| {
        let end = find_outside(text, " required=").or_else(|| find_outside(text, " default="))?;
        Some(declared(&text[..end]).to_owned())
    });
    const EXTRA: &str = "json_schema_extra={";
    let extra = find_outside(text, EXTRA).map(|at| &text[at + EXTRA.len()..]);
    let value = |key: &str| extra.and_then(|extra| value_of(extra, key));
    Some(SignatureField {
        name: name.to_owned(),
        direction: value("__dspy_field_type").and_then(|word| direction_of(&word)).unwrap_or(known.direction),
        type_: annotation,
        prefix: value("prefix"),
        description: value("desc"),
    })
}

/// An adapter asks for the evidence of a decision where a decision is declared (DSPy 3.4).
fn declared(annotation: &str) -> &str {
    match annotation {
        "NoulEvidence" => "Noul",
        "ChoiceEvidence" => "Choice",
        "ScoreEvidence" => "Score",
        other => other,
    }
}

/// Whether this can be the name of a field in Python.
pub(super) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic()) && chars.all(|c| c == '_' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(signature: &SignatureText, direction: Direction) -> Vec<&str> {
        signature.fields.iter().filter(|field| field.direction == direction).map(|field| &*field.name).collect()
    }

    #[test]
    fn the_short_form() {
        let read = signature_of_text("question, plan -> reasoning, answer").expect("a signature");
        assert_eq!(names(&read, Direction::Input), ["question", "plan"]);
        assert_eq!(names(&read, Direction::Output), ["reasoning", "answer"]);
        let typed = signature_of_text("a: dict[str, int], b -> c: bool").expect("a signature");
        assert_eq!(typed.fields[0].type_.as_deref(), Some("dict[str, int]"));
        assert_eq!(names(&typed, Direction::Input), ["a", "b"]);
        for other in ["", "->", "hello", "a b -> c", "1 -> 2", "a -> b c"] {
            assert_eq!(signature_of_text(other), None, "{other}");
        }
    }

    #[test]
    fn the_repr() {
        let repr = r#"Sig(text, limit -> people, sure
    instructions="Find it's\npeople = Field(annotation=no"
    text = Field(annotation=str required=True json_schema_extra={'desc': 'a text', '__dspy_field_type': 'input', 'prefix': 'Text:'})
    limit = Field(annotation=int required=False default=3 json_schema_extra={'__dspy_field_type': 'input', 'prefix': 'Limit:', 'desc': '${limit}'})
    people = Field(annotation=list[Person] required=True json_schema_extra={'format': <class 'str'>, '__dspy_field_type': 'output', 'prefix': 'People:', 'desc': "who's in it"})
    sure = Field(annotation=Literal['a required=', 'b'] required=True json_schema_extra={'__dspy_field_type': 'output', 'prefix': 'Sure:'})
)"#;
        let read = signature_of_repr(repr).expect("a signature");
        assert_eq!(read.instructions.as_deref(), Some("Find it's\npeople = Field(annotation=no"));
        let types: Vec<_> = read.fields.iter().filter_map(|field| field.type_.as_deref()).collect();
        assert_eq!(types, ["str", "int", "list[Person]", "Literal['a required=', 'b']"]);
        assert_eq!(names(&read, Direction::Output), ["people", "sure"]);
        assert_eq!(read.fields[2].description.as_deref(), Some("who's in it"));
        assert_eq!(read.fields[3].prefix.as_deref(), Some("Sure:"));
    }

    #[test]
    fn a_damaged_repr_still_names_its_fields() {
        let read = signature_of_repr("Sig(a -> b\n    a = Field(annotation=str requi").expect("a signature");
        assert_eq!(names(&read, Direction::Input), ["a"]);
        assert_eq!(read.fields[1].type_, None);
        assert_eq!(signature_of_repr("LM(model='x')"), None);
        assert_eq!(signature_of_repr("Sig(a -> b\n    instructions='open"), None);
    }
}
