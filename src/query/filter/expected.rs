//! What could have stood in a place of a filter: said to people where it is missing, and offered
//! to them while they type. The parser is the only one who knows.

use std::fmt;

use super::grammar::Grammar;
use super::syntax::{Field, Operator};
use super::trace_keys::TraceValueKind;

/// One thing that could have stood in a place; its text is for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected(pub(super) Wanted);

/// What it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    /// A field to compare, `NOT` or `(`.
    Operand(&'static Grammar),
    /// One of the attributes.
    Attribute(&'static Grammar),
    /// An operator after this field.
    Comparison(Field),
    /// What to compare this field with; without an operator one of a list.
    Value(Field, Option<Operator>),
    /// `('a', 'b')`
    List,
    And,
    Or,
    In,
    Null,
    NotNull,
    Comma,
    Close,
    End,
    /// Whatever is only said, never offered.
    Words(String),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Wanted::Operand(grammar) => f.write_str(grammar.operand),
            Wanted::Attribute(grammar) => {
                f.write_str("one of")?;
                for (place, (name, ..)) in (grammar.shown)().into_iter().enumerate() {
                    write!(f, "{} {name}", if place == 0 { "" } else { "," })?;
                }
                Ok(())
            }
            Wanted::Comparison(field) if field.is_number() => {
                write!(f, "a comparison such as >, <= or = after {}", field.describe())
            }
            Wanted::Comparison(field) => write!(f, "a comparison such as =, LIKE or IN after {}", field.describe()),
            Wanted::Value(Field::Trace(field), _) if field.kind() == Some(TraceValueKind::Moment) => {
                write!(f, "a time such as 2026-11-28, '2026-11-28 10:30' or -2h for {}", field.describe())
            }
            Wanted::Value(Field::Trace(field), _) if field.kind() == Some(TraceValueKind::Duration) => {
                write!(f, "milliseconds or a duration such as 2s for {}", field.describe())
            }
            Wanted::Value(field @ Field::Trace(_), _) if !field.is_number() => {
                write!(f, "a word or a text in quotes for {}", field.describe())
            }
            Wanted::Value(field, _) if field.is_number() => write!(f, "a number for {}", field.describe()),
            Wanted::Value(_, Some(operator)) if operator.is_for_text() => {
                f.write_str("a text in quotes, such as 'eval%'")
            }
            Wanted::Value(field @ Field::Attribute(_), _) => write!(f, "a text in quotes for {}", field.describe()),
            Wanted::Value(_, None) => f.write_str("a text in quotes"),
            Wanted::Value(..) => f.write_str("a text in quotes or a number"),
            Wanted::List => f.write_str("a list such as ('a', 'b')"),
            Wanted::And => f.write_str("AND"),
            Wanted::Or => f.write_str("OR"),
            Wanted::In => f.write_str("IN after NOT"),
            Wanted::Null => f.write_str("NULL"),
            Wanted::NotNull => f.write_str("NOT NULL"),
            Wanted::Comma => f.write_str("`,`"),
            Wanted::Close => f.write_str("`)`"),
            Wanted::End => f.write_str("the end"),
            Wanted::Words(words) => f.write_str(words),
        }
    }
}
