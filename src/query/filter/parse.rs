//! From pieces to a tree. OR binds weakest, then AND, then NOT.

use super::FilterError;
use super::expected::{Expected, Wanted};
use super::grammar::Grammar;
use super::lex::{Token, TokenKind, tokens};
use super::moments::{self, Now};
use super::syntax::{Field, Node, Operator, Value};
use super::trace_keys::{TraceField, TraceValueKind};

/// Parentheses and NOTs are nested no deeper, so that no input can overflow the stack.
const MAX_DEPTH: usize = 64;

/// What no text without quotes can be.
const KEYWORDS: [&str; 8] = ["and", "or", "not", "in", "is", "null", "like", "ilike"];

/// Reads a whole filter; `None` for a blank one.
pub(super) fn parse(text: &str, grammar: &'static Grammar, now: Now) -> Result<Option<Node>, FilterError> {
    let mut parser = Parser { text, grammar, now, tokens: tokens(text)?, next: 0, depth: 0 };
    if parser.peek().kind == TokenKind::End {
        return Ok(None);
    }
    let root = parser.any()?;
    match parser.peek().kind {
        TokenKind::End => Ok(Some(root)),
        _ => Err(parser.error([Wanted::And, Wanted::Or, Wanted::End])),
    }
}

struct Parser<'a> {
    text: &'a str,
    grammar: &'static Grammar,
    now: Now,
    /// Never empty; ends with `End`, beyond which nobody reads.
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

type Parsed<T> = Result<T, FilterError>;

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn take(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn take_word(&mut self, keyword: &str) -> bool {
        let is_it = self.peek().is_word(keyword);
        self.next += usize::from(is_it);
        is_it
    }

    fn error(&self, wanted: impl IntoIterator<Item = Wanted>) -> FilterError {
        self.error_at(self.peek(), wanted)
    }

    fn error_at(&self, token: &Token, wanted: impl IntoIterator<Item = Wanted>) -> FilterError {
        let expected = wanted.into_iter().map(Expected).collect();
        FilterError { range: token.at..token.end, found: token.describe(self.text), expected }
    }

    /// `a OR b OR c`
    fn any(&mut self) -> Parsed<Node> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::Any(parts) })
    }

    /// `a AND b AND c`
    fn all(&mut self) -> Parsed<Node> {
        let mut parts = vec![self.one()?];
        while self.take_word("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Node::All(parts) })
    }

    /// A comparison, `NOT …`, or `( … )`.
    fn one(&mut self) -> Parsed<Node> {
        if self.depth >= MAX_DEPTH {
            let wanted = format!("no more than {MAX_DEPTH} parentheses and NOTs inside each other");
            return Err(self.error([Wanted::Words(wanted)]));
        }
        self.depth += 1;
        let node = if self.take_word("not") {
            Node::Not(Box::new(self.one()?))
        } else if self.peek().kind == TokenKind::Open {
            self.take();
            let inside = self.any()?;
            match self.peek().kind {
                TokenKind::Close => self.take(),
                _ => return Err(self.error([Wanted::And, Wanted::Or, Wanted::Close])),
            };
            inside
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn comparison(&mut self) -> Parsed<Node> {
        let field = self.field()?;
        if self.take_word("is") {
            let is_negated = self.take_word("not");
            if !self.take_word("null") {
                let wanted = [Wanted::Null, Wanted::NotNull].into_iter().take(if is_negated { 1 } else { 2 });
                return Err(self.error(wanted));
            }
            let node = Node::IsAbsent(field);
            return Ok(if is_negated { Node::Not(Box::new(node)) } else { node });
        }
        let token = self.peek().clone();
        let is_negated = self.take_word("not");
        if self.take_word("in") {
            if field.is_number() {
                return Err(self.error_at(&token, [Wanted::Comparison(field)]));
            }
            return Ok(Node::Among { values: self.list(&field)?, field, is_negated });
        }
        if is_negated {
            return Err(self.error([Wanted::In]));
        }
        let operator = self.operator(&field)?;
        let value = self.value(&field, operator)?;
        Ok(Node::Compare { field, operator, value })
    }

    /// `metrics.eval`, `params."a key"`, ``tags.`mlflow.user` ``, `status`
    fn field(&mut self) -> Parsed<Field> {
        let token = self.take();
        let word = match &token.kind {
            TokenKind::Word(word) => word.clone(),
            TokenKind::Quoted(word, '"' | '`') => return self.attribute(&token, word),
            _ => return Err(self.error_at(&token, [Wanted::Operand(self.grammar)])),
        };
        let Some((kind, key)) = word.split_once('.') else { return self.attribute(&token, &word) };
        if let Some(entity) = self.grammar.entity(kind) {
            return Ok((entity.field)(self.key(&token, key)?.0));
        }
        if self.grammar.is_attribute_word(kind) {
            let (key, token) = self.key(&token, key)?;
            return self.attribute(&token, &key);
        }
        // Some attributes have a dot in their name.
        if let Some(field) = (self.grammar.attribute)(&word.to_lowercase()) {
            return Ok(field);
        }
        let other = self.grammar.others.iter().find(|(name, _)| kind.eq_ignore_ascii_case(name));
        let wanted = other.map_or(Wanted::Operand(self.grammar), |(_, words)| Wanted::Words((*words).to_owned()));
        Err(self.error_at(&token, [wanted]))
    }

    /// The key after the dot: the rest of the word, or quoted right after it.
    fn key(&mut self, token: &Token, rest: &str) -> Parsed<(String, Token)> {
        if !rest.is_empty() {
            return Ok((rest.to_owned(), token.clone()));
        }
        let next = self.peek().clone();
        match &next.kind {
            TokenKind::Quoted(key, '"' | '`') if next.at == token.end => {
                self.take();
                Ok((key.clone(), next))
            }
            _ => Err(self.error([Wanted::Words("a key after the dot, in \" or ` if it holds spaces".to_owned())])),
        }
    }

    fn attribute(&self, token: &Token, name: &str) -> Parsed<Field> {
        let found = (self.grammar.attribute)(&name.to_lowercase());
        found.ok_or_else(|| self.error_at(token, [Wanted::Operand(self.grammar), Wanted::Attribute(self.grammar)]))
    }

    fn operator(&mut self, field: &Field) -> Parsed<Operator> {
        let operator = match &self.peek().kind {
            TokenKind::Operator(operator) => Some(*operator),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("like") => Some(Operator::Like),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("ilike") => Some(Operator::Ilike),
            _ => None,
        };
        match operator {
            Some(operator) if !(operator.is_for_text() && field.is_number()) => {
                self.take();
                Ok(operator)
            }
            _ => Err(self.error([Wanted::Comparison(field.clone())])),
        }
    }

    fn value(&mut self, field: &Field, operator: Operator) -> Parsed<Value> {
        let token = self.take();
        let value = match &token.kind {
            TokenKind::Quoted(text, '\'' | '"') if !field.is_number() => Some(Value::Text(text.clone())),
            TokenKind::Quoted(text, '\'' | '"') => self.measured(field, text).map(Value::Number),
            TokenKind::Word(word) => self.word(field, operator, word),
            _ => None,
        };
        let value = value.map(|value| normal(field, value));
        value.ok_or_else(|| self.error_at(&token, [Wanted::Value(field.clone(), Some(operator))]))
    }

    /// A value without quotes.
    fn word(&self, field: &Field, operator: Operator, word: &str) -> Option<Value> {
        let takes_numbers = field.is_number() || (field.is_mixed() && !operator.is_for_text());
        let number = || number(word).or_else(|| self.measured(field, word)).map(Value::Number);
        let text = || self.bare(field, word).map(Value::Text);
        if takes_numbers { number().or_else(text) } else { text() }
    }

    /// A text that stands without quotes, where that is possible.
    fn bare(&self, field: &Field, word: &str) -> Option<String> {
        let is_keyword = KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword));
        (self.grammar.has_bare_words && !field.is_number() && !is_keyword).then(|| word.to_owned())
    }

    /// A moment or a duration in its own way of writing.
    fn measured(&self, field: &Field, text: &str) -> Option<f64> {
        match field {
            Field::Trace(field) if field.kind() == Some(TraceValueKind::Moment) => moments::moment(text, self.now),
            Field::Trace(field) if field.kind() == Some(TraceValueKind::Duration) => moments::duration(text),
            _ => None,
        }
    }

    /// `('a', 'b')`
    fn list(&mut self, field: &Field) -> Parsed<Vec<String>> {
        if self.peek().kind != TokenKind::Open {
            return Err(self.error([Wanted::List]));
        }
        self.take();
        let mut values = Vec::new();
        loop {
            let text = match &self.peek().kind {
                TokenKind::Quoted(text, '\'' | '"') => Some(text.clone()),
                TokenKind::Word(word) => self.bare(field, word),
                _ => None,
            };
            match text.map(|text| normal(field, Value::Text(text))) {
                Some(Value::Text(text)) => values.push(text),
                _ => return Err(self.error([Wanted::Value(field.clone(), None)])),
            }
            self.take();
            let token = self.peek().clone();
            match token.kind {
                TokenKind::Comma => drop(self.take()),
                TokenKind::Close => {
                    self.take();
                    return Ok(values);
                }
                _ => return Err(self.error([Wanted::Comma, Wanted::Close])),
            }
        }
    }
}

/// The value as it is stored: what is told apart by its letters alone is written in one case.
fn normal(field: &Field, value: Value) -> Value {
    match (field, value) {
        (Field::Trace(TraceField::Attribute(one)), Value::Text(text)) => Value::Text(one.normal(text)),
        (_, value) => value,
    }
}

/// A number as people and Python write it; not the words `nan` and `inf`.
fn number(word: &str) -> Option<f64> {
    let is_plain = word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && !word.contains(|c: char| c.is_alphabetic() && c != 'e' && c != 'E');
    if is_plain { word.parse().ok() } else { None }
}
