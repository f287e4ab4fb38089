//! What fits a place of a filter.

use super::{CompletionKind, Typed};
use crate::query::filter::expected::Wanted;
use crate::query::filter::grammar::Grammar;
use crate::query::filter::keys::{FilterKeys, KeyUse};
use crate::query::filter::lex::ends_word;
use crate::query::filter::syntax::Field;
use crate::query::filter::trace_keys::TraceField;
use crate::words;

/// Something that fits, before it is placed.
pub(super) struct Offer {
    pub(super) insert: String,
    pub(super) label: String,
    pub(super) note: String,
    pub(super) kind: CompletionKind,
    /// What is typed to get it: the key without its entity, the value without its quotes.
    name: String,
    /// For a key: the entity that must have been typed if one was.
    entity: Option<&'static str>,
    /// Stands without a space before it.
    pub(super) is_tight: bool,
}

impl Offer {
    fn new(insert: impl Into<String>, note: impl Into<String>, kind: CompletionKind) -> Self {
        let insert = insert.into();
        let (label, name) = (insert.clone(), insert.clone());
        Self { insert, label, note: note.into(), kind, name, entity: None, is_tight: false }
    }

    /// Whether it has been typed already.
    pub(super) fn is_whole(&self, typed: &Typed, grammar: &Grammar) -> bool {
        match typed {
            Typed::Word(word) => self.kind != CompletionKind::Value && self.insert.eq_ignore_ascii_case(word),
            Typed::Key(entity, key) => {
                self.entity.is_some_and(|own| grammar.is_same_entity(own, entity)) && self.name == *key
            }
            Typed::Operator(sign) => self.insert == *sign,
            _ => false,
        }
    }

    /// How well it fits what was typed, 0 best; `None` if not at all.
    pub(super) fn rank(&self, typed: &Typed, grammar: &Grammar) -> Option<usize> {
        let typed = match typed {
            Typed::Nothing => return Some(0),
            Typed::Operator(sign) => return self.insert.starts_with(sign).then_some(0),
            Typed::Key(entity, key) => match self.entity {
                Some(own) if grammar.is_same_entity(own, entity) => key,
                // A value such as 0.5 has a dot too.
                None if self.kind == CompletionKind::Value => &format!("{entity}.{key}"),
                _ => return None,
            },
            Typed::Word(text) | Typed::Quoted(text) => text,
        };
        let (typed, insert, name) = (typed.to_lowercase(), self.insert.to_lowercase(), self.name.to_lowercase());
        if insert.starts_with(&typed) || (self.kind == CompletionKind::Value && name.starts_with(&typed)) {
            Some(0)
        } else if name.starts_with(&typed) {
            Some(1)
        } else {
            name.contains(&typed).then_some(2)
        }
    }
}

/// Everything that fits, in the order in which it should be seen.
pub(super) fn of(wanted: &[Wanted], typed: &Typed, keys: &FilterKeys, grammar: &'static Grammar) -> Vec<Offer> {
    let noun = grammar.noun;
    let mut offers = Vec::new();
    for one in wanted {
        match one {
            Wanted::Operand(_) => operands(keys, typed, grammar, &mut offers),
            Wanted::Comparison(field) => operators(field, noun, &mut offers),
            Wanted::Value(field, _) => values(field, keys, noun, &mut offers),
            Wanted::List => offers.push(keyword("(", "a list")),
            Wanted::And => offers.push(keyword("AND", "both hold")),
            Wanted::Or => offers.push(keyword("OR", "one of them holds")),
            Wanted::In => offers.push(Offer::new("IN (", "one of a list", CompletionKind::Operator)),
            Wanted::Null => offers.push(keyword("NULL", &format!("the {noun} does not have it"))),
            Wanted::NotNull => offers.push(keyword("NOT NULL", &format!("the {noun} has it"))),
            Wanted::Comma => offers.push(Offer { is_tight: true, ..keyword(",", "one more") }),
            Wanted::Close => offers.push(Offer { is_tight: true, ..keyword(")", "the end of what is in parentheses") }),
            Wanted::Attribute(_) | Wanted::End | Wanted::Words(_) => {}
        }
    }
    offers
}

fn keyword(word: &str, note: &str) -> Offer {
    Offer::new(word, note, CompletionKind::Keyword)
}

fn operands(keys: &FilterKeys, typed: &Typed, grammar: &'static Grammar, offers: &mut Vec<Offer>) {
    let kinds = || grammar.entities.iter().filter_map(|entity| entity.names.first().map(|name| (*name, entity)));
    for (entity, _) in kinds() {
        let note = match keys.of_entity(entity).len() {
            1 => "1 key".to_owned(),
            count => format!("{count} keys"),
        };
        offers.push(Offer::new(format!("{entity}."), note, CompletionKind::Entity));
    }
    let attributes = grammar.attribute_words.first().copied().unwrap_or_default();
    offers.push(Offer::new(format!("{attributes}."), grammar.attributes_note, CompletionKind::Entity));
    // As it was begun: `attributes.status`, or `status` alone.
    let prefix = if matches!(typed, Typed::Key(..)) { format!("{attributes}.") } else { String::new() };
    for (name, _, note) in (grammar.shown)() {
        let offer = Offer::new(format!("{prefix}{name}"), note, CompletionKind::Attribute);
        offers.push(Offer { name: name.to_owned(), entity: Some(attributes), ..offer });
    }
    offers.push(keyword("NOT", "the opposite"));
    offers.push(keyword("(", "a part of its own"));
    for (entity, _) in kinds() {
        for key in keys.of_entity(entity) {
            let note = format!("{} of {}", words::count(key.rows as u64), words::counted(keys.rows, grammar.noun));
            let offer = Offer::new(format!("{entity}.{}", quoted_key(&key.key)), note, CompletionKind::Key);
            offers.push(Offer { name: key.key.to_string(), entity: Some(entity), ..offer });
        }
    }
}

/// A key as it can be written after the dot: in quotes where MLflow needs them.
fn quoted_key(key: &str) -> String {
    let is_plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    if is_plain && !key.contains(ends_word) {
        key.to_owned()
    } else if key.contains('`') {
        format!("\"{}\"", key.replace('"', "\"\""))
    } else {
        format!("`{key}`")
    }
}

fn operators(field: &Field, noun: &str, offers: &mut Vec<Offer>) {
    let numeric = [
        (">", "greater"),
        (">=", "greater or equal"),
        ("<", "less"),
        ("<=", "less or equal"),
        ("=", "equal"),
        ("!=", "not equal"),
    ];
    let textual = [
        ("=", "equal"),
        ("!=", "not equal"),
        ("LIKE", "% is any text, _ any character"),
        ("ILIKE", "LIKE in either case"),
        ("~", "contains"),
        ("IN (", "one of a list"),
        ("NOT IN (", "none of a list"),
        (">", "greater, as a number or a text"),
        (">=", "greater or equal"),
        ("<", "less, as a number or a text"),
        ("<=", "less or equal"),
    ];
    let fitting: &[(&str, &str)] = if field.is_number() { &numeric } else { &textual };
    offers.extend(fitting.iter().map(|(sign, note)| Offer::new(*sign, *note, CompletionKind::Operator)));
    let always = [("IS NULL", format!("the {noun} does not have it")), ("IS NOT NULL", format!("the {noun} has it"))];
    offers.extend(always.into_iter().map(|(sign, note)| Offer::new(sign, note, CompletionKind::Operator)));
}

fn values(field: &Field, keys: &FilterKeys, noun: &str, offers: &mut Vec<Offer>) {
    let (of_kind, key): (&[KeyUse], &str) = match field {
        Field::Metric(_) => return,
        Field::Param(key) => (&keys.params, key),
        Field::Tag(key) | Field::Trace(TraceField::Tag(key)) => (&keys.tags, key),
        Field::Trace(TraceField::Metadata(key)) => (&keys.metadata, key),
        Field::Trace(TraceField::Assessment(key, _)) => (&keys.assessments, key),
        Field::Attribute(attribute) => (&keys.attributes, attribute.name()),
        Field::Trace(TraceField::Attribute(attribute)) => (&keys.attributes, attribute.name()),
    };
    let Some(found) = of_kind.iter().find(|one| *one.key == *key) else { return };
    for value in &found.values {
        let note = words::counted(value.rows, noun);
        let insert = format!("'{}'", value.value.replace('\'', "''"));
        let offer = Offer::new(insert, note, CompletionKind::Value);
        offers.push(Offer { label: value.value.clone(), name: value.value.clone(), ..offer });
    }
}
