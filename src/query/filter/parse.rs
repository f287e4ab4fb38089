//! From pieces to a tree. OR binds weakest, then AND, then NOT.

use super::lex::{Token, TokenKind, tokens};
use super::{Attribute, Field, FilterError, Node, Operator, Value};

/// Parentheses and NOTs are nested no deeper, so that no input can overflow the stack.
const MAX_DEPTH: usize = 64;

/// Reads a whole filter; `None` for a blank one.
pub(super) fn parse(text: &str) -> Result<Option<Node>, FilterError> {
    let mut parser = Parser { text, tokens: tokens(text)?, next: 0, depth: 0 };
    if parser.peek().kind == TokenKind::End {
        return Ok(None);
    }
    let root = parser.any()?;
    match parser.peek().kind {
        TokenKind::End => Ok(Some(root)),
        _ => Err(parser.error("AND, OR or the end")),
    }
}

struct Parser<'a> {
    text: &'a str,
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

    fn error(&self, expected: impl Into<String>) -> FilterError {
        self.error_at(self.peek(), expected)
    }

    fn error_at(&self, token: &Token, expected: impl Into<String>) -> FilterError {
        FilterError { at: token.at, found: token.describe(self.text), expected: expected.into() }
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
            return Err(self.error(format!("no more than {MAX_DEPTH} parentheses and NOTs inside each other")));
        }
        self.depth += 1;
        let node = if self.take_word("not") {
            Node::Not(Box::new(self.one()?))
        } else if self.peek().kind == TokenKind::Open {
            self.take();
            let inside = self.any()?;
            match self.peek().kind {
                TokenKind::Close => self.take(),
                _ => return Err(self.error("AND, OR or `)`")),
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
                return Err(self.error(if is_negated { "NULL" } else { "NULL or NOT NULL" }));
            }
            let node = Node::IsAbsent(field);
            return Ok(if is_negated { Node::Not(Box::new(node)) } else { node });
        }
        let token = self.peek().clone();
        let is_negated = self.take_word("not");
        if self.take_word("in") {
            if field.is_number() {
                return Err(self.error_at(&token, format!("=, !=, <, <=, > or >= after {}", field.describe())));
            }
            return Ok(Node::Among { values: self.list()?, field, is_negated });
        }
        if is_negated {
            return Err(self.error("IN after NOT"));
        }
        let operator = self.operator(&field)?;
        let value = self.value(&field, operator)?;
        Ok(Node::Compare { field, operator, value })
    }

    /// `metrics.eval`, `params."a key"`, ``tags.`mlflow.user` ``, `status`
    fn field(&mut self) -> Parsed<Field> {
        const WANTED: &str = "metrics.<key>, params.<key>, tags.<key> or an attribute such as status";
        let token = self.take();
        let word = match &token.kind {
            TokenKind::Word(word) => word.clone(),
            TokenKind::Quoted(word, '"' | '`') => return self.attribute(&token, word),
            _ => return Err(self.error_at(&token, WANTED)),
        };
        let Some((kind, key)) = word.split_once('.') else { return self.attribute(&token, &word) };
        let make: fn(String) -> Field = match &*kind.to_ascii_lowercase() {
            "metric" | "metrics" => Field::Metric,
            "param" | "params" | "parameter" | "parameters" => Field::Param,
            "tag" | "tags" => Field::Tag,
            "attribute" | "attributes" | "attr" | "run" => {
                let (key, token) = self.key(&token, key)?;
                return self.attribute(&token, &key);
            }
            _ => return Err(self.error_at(&token, WANTED)),
        };
        Ok(make(self.key(&token, key)?.0))
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
            _ => Err(self.error("a key after the dot, in \" or ` if it holds spaces")),
        }
    }

    fn attribute(&self, token: &Token, name: &str) -> Parsed<Field> {
        let name = name.to_lowercase();
        let found = Attribute::NAMES.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, attribute)| Field::Attribute(attribute)).ok_or_else(|| {
            self.error_at(
                token,
                "metrics.<key>, params.<key>, tags.<key>, or one of status, run_name, run_id, start_time, end_time, \
                 duration_ms, experiment_id, parent_id, artifact_uri, lifecycle_stage, user_id",
            )
        })
    }

    fn operator(&mut self, field: &Field) -> Parsed<Operator> {
        let operator = match &self.peek().kind {
            TokenKind::Operator(operator) => Some(*operator),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("like") => Some(Operator::Like),
            TokenKind::Word(word) if word.eq_ignore_ascii_case("ilike") => Some(Operator::Ilike),
            _ => None,
        };
        let for_text = matches!(operator, Some(Operator::Like | Operator::Ilike | Operator::Contains));
        match operator {
            Some(operator) if !(for_text && field.is_number()) => {
                self.take();
                Ok(operator)
            }
            _ if field.is_number() => Err(self.error(format!("=, !=, <, <=, > or >= after {}", field.describe()))),
            _ => Err(self.error(format!("=, !=, <, <=, >, >=, LIKE, ILIKE, ~ or IN after {}", field.describe()))),
        }
    }

    fn value(&mut self, field: &Field, operator: Operator) -> Parsed<Value> {
        let token = self.take();
        let value = match &token.kind {
            TokenKind::Quoted(text, '\'' | '"') if !field.is_number() => Some(Value::Text(text.clone())),
            TokenKind::Word(word) => number(word).map(Value::Number),
            _ => None,
        };
        let for_text = matches!(operator, Operator::Like | Operator::Ilike | Operator::Contains);
        match value {
            Some(Value::Number(_)) if for_text => Err(self.error_at(&token, "a text in quotes, such as 'eval%'")),
            Some(Value::Number(_)) if matches!(field, Field::Attribute(_)) && !field.is_number() => {
                Err(self.error_at(&token, format!("a text in quotes for {}", field.describe())))
            }
            Some(value) => Ok(value),
            None if field.is_number() => Err(self.error_at(&token, format!("a number for {}", field.describe()))),
            None => Err(self.error_at(&token, "a text in quotes or a number")),
        }
    }

    /// `('a', 'b')`
    fn list(&mut self) -> Parsed<Vec<String>> {
        if self.peek().kind != TokenKind::Open {
            return Err(self.error("a list such as ('a', 'b')"));
        }
        self.take();
        let mut values = Vec::new();
        loop {
            match self.peek().kind.clone() {
                TokenKind::Quoted(text, '\'' | '"') => values.push(text),
                _ => return Err(self.error("a text in quotes")),
            }
            self.take();
            let token = self.peek().clone();
            match token.kind {
                TokenKind::Comma => drop(self.take()),
                TokenKind::Close => {
                    self.take();
                    return Ok(values);
                }
                _ => return Err(self.error_at(&token, "`,` or `)`")),
            }
        }
    }
}

/// A number as people and Python write it; not the words `nan` and `inf`.
fn number(word: &str) -> Option<f64> {
    let is_plain = word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && !word.contains(|c: char| c.is_alphabetic() && c != 'e' && c != 'E');
    if is_plain { word.parse().ok() } else { None }
}

impl Field {
    fn is_number(&self) -> bool {
        match self {
            Self::Metric(_) => true,
            Self::Param(_) | Self::Tag(_) => false,
            Self::Attribute(attribute) => attribute.is_number(),
        }
    }

    /// For people.
    fn describe(&self) -> String {
        match self {
            Self::Metric(key) => format!("the metric `{key}`"),
            Self::Param(key) => format!("the param `{key}`"),
            Self::Tag(key) => format!("the tag `{key}`"),
            Self::Attribute(attribute) => {
                let name = Attribute::NAMES.into_iter().find(|(_, one)| one == attribute).map_or("", |(name, _)| name);
                format!("the attribute `{name}`")
            }
        }
    }
}
