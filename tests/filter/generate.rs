//! Random filters over the keys and values of a store, and the many ways to write one.

use dspyglass::model::{Run, RunValues};

use crate::dice::Dice;

/// A filter, known here in its own right.
#[derive(Clone, Debug)]
pub enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Compare(Field, &'static str, Literal),
    Among(Field, Vec<String>, bool),
    IsNull(Field, bool),
}

/// What is compared: an entity and a key.
#[derive(Clone, Debug)]
pub struct Field {
    pub entity: &'static str,
    pub key: String,
}

/// What it is compared with.
#[derive(Clone, Debug)]
pub enum Literal {
    Number(f64),
    Text(String),
}

pub const NUMERIC: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const TEXTUAL: [&str; 9] = ["=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "~"];
const TEXT_ATTRIBUTES: [&str; 8] =
    ["status", "run_name", "run_id", "experiment_id", "artifact_uri", "lifecycle_stage", "user_id", "parent_id"];
const NUMBER_ATTRIBUTES: [&str; 3] = ["start_time", "end_time", "duration_ms"];

/// The keys and values that a store has.
pub struct Vocabulary {
    metrics: Vec<String>,
    params: Vec<(String, String)>,
    tags: Vec<(String, String)>,
    texts: Vec<String>,
    numbers: Vec<f64>,
}

impl Vocabulary {
    pub fn of(rows: &[(Run, RunValues)]) -> Self {
        let mut found = Self { metrics: vec![], params: vec![], tags: vec![], texts: vec![], numbers: vec![] };
        for (run, values) in rows {
            for metric in &values.metrics {
                found.metrics.push(metric.key.to_string());
                found.numbers.push(metric.point.value);
            }
            for (list, entries) in [(&mut found.params, &values.params), (&mut found.tags, &values.tags)] {
                list.extend(entries.iter().map(|one| (one.key.to_string(), one.value.as_str().to_owned())));
            }
            let texts =
                [run.id.as_str(), &run.name, run.status.as_str(), run.experiment_id.as_str(), "active", "deleted"];
            found.texts.extend(texts.map(str::to_owned));
            found.texts.extend(run.artifact_uri.clone());
            let times = [run.start_time_ms, run.end_time_ms].into_iter().flatten();
            found.numbers.extend(times.map(|time| time as f64));
            found.numbers.extend(run.start_time_ms.zip(run.end_time_ms).map(|(start, end)| (end - start) as f64));
        }
        found.numbers.extend([0.0, -0.0, 1.0, 0.5, -7.0, 70.0, 1e300, -1e300]);
        // Infinity is not written as a number, as in MLflow.
        found.numbers.retain(|number| number.is_finite());
        found
    }
}

pub struct Generator<'a> {
    pub vocabulary: &'a Vocabulary,
    pub dice: &'a mut Dice,
}

impl Generator<'_> {
    pub fn expression(&mut self, depth: usize) -> Expression {
        let choice = if depth == 0 { 9 } else { self.dice.below(10) };
        match choice {
            0 | 1 => Expression::All(self.parts(depth)),
            2 | 3 => Expression::Any(self.parts(depth)),
            4 => Expression::Not(Box::new(self.expression(depth - 1))),
            _ => self.comparison(),
        }
    }

    fn parts(&mut self, depth: usize) -> Vec<Expression> {
        (0..2 + self.dice.below(2)).map(|_| self.expression(depth - 1)).collect()
    }

    fn comparison(&mut self) -> Expression {
        let (field, near, is_number) = self.field();
        if self.dice.one_in(10) {
            return Expression::IsNull(field, self.dice.one_in(2));
        }
        if is_number {
            let number = self.number();
            return Expression::Compare(field, self.dice.pick(&NUMERIC), Literal::Number(number));
        }
        if self.dice.one_in(5) {
            let values = (0..1 + self.dice.below(3)).map(|_| self.text(&near)).collect();
            return Expression::Among(field, values, self.dice.one_in(2));
        }
        if field.entity != "attributes" && self.dice.one_in(3) {
            let number = near.trim().parse().ok().filter(|number: &f64| number.is_finite() && !self.dice.one_in(4));
            let number = number.unwrap_or_else(|| self.number());
            return Expression::Compare(field, self.dice.pick(&NUMERIC), Literal::Number(number));
        }
        let operator = self.dice.pick(&TEXTUAL);
        let text = self.text(&near);
        let text = if operator.ends_with("LIKE") { self.pattern(text, operator == "ILIKE") } else { text };
        let text = if operator == "~" { self.piece(&text) } else { text };
        Expression::Compare(field, operator, Literal::Text(text))
    }

    /// A field, a value that some run has for it, and whether it is a number.
    fn field(&mut self) -> (Field, String, bool) {
        let v = self.vocabulary;
        let entity = |list: &[(String, String)], entity, dice: &mut Dice| {
            let (key, value) = list[dice.below(list.len())].clone();
            let key = if dice.one_in(20) { "absent".to_owned() } else { key };
            (Field { entity, key }, value, false)
        };
        match self.dice.below(10) {
            0..3 => {
                let key = v.metrics[self.dice.below(v.metrics.len())].clone();
                let key = if self.dice.one_in(20) { "absent".to_owned() } else { key };
                (Field { entity: "metrics", key }, String::new(), true)
            }
            3..6 => entity(&v.params, "params", self.dice),
            6..8 => entity(&v.tags, "tags", self.dice),
            8 => {
                let key = self.dice.pick(&TEXT_ATTRIBUTES).to_owned();
                let near = v.texts[self.dice.below(v.texts.len())].clone();
                (Field { entity: "attributes", key }, near, false)
            }
            _ => {
                let key = self.dice.pick(&NUMBER_ATTRIBUTES).to_owned();
                (Field { entity: "attributes", key }, String::new(), true)
            }
        }
    }

    fn number(&mut self) -> f64 {
        let numbers = &self.vocabulary.numbers;
        numbers[self.dice.below(numbers.len())]
    }

    fn text(&mut self, near: &str) -> String {
        match self.dice.below(4) {
            0 => self.piece(near),
            1 => {
                let list = if self.dice.one_in(2) { &self.vocabulary.params } else { &self.vocabulary.tags };
                list[self.dice.below(list.len())].1.clone()
            }
            _ => near.to_owned(),
        }
    }

    fn piece(&mut self, text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let start = self.dice.below(chars.len() + 1);
        let length = self.dice.below((chars.len() - start + 1).min(30));
        chars[start..start + length].iter().collect()
    }

    /// A text with wildcards in some places; for ILIKE with other cases. Only ASCII changes its
    /// case: SQLite knows no other letters.
    fn pattern(&mut self, text: String, any_case: bool) -> String {
        let mut pattern: Vec<char> = text.chars().take(60).collect();
        for c in &mut pattern {
            if self.dice.one_in(8) {
                *c = ['%', '_'][self.dice.below(2)];
            } else if any_case && self.dice.one_in(2) {
                *c = if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            }
        }
        if self.dice.one_in(2) {
            pattern.push('%');
        }
        pattern.into_iter().collect()
    }
}

/// The filter as a text, in one of the ways in which it can be written.
pub fn written(expression: &Expression, dice: &mut Dice) -> String {
    let mut text = String::new();
    write(expression, 0, dice, &mut text);
    text
}

/// `binding`: 0 where anything may stand, 1 below OR, 2 below AND and NOT.
fn write(expression: &Expression, binding: usize, dice: &mut Dice, out: &mut String) {
    let own = match expression {
        Expression::Any(_) => 0,
        Expression::All(_) => 1,
        _ => 2,
    };
    let is_bracketed = own < binding || dice.one_in(8);
    if is_bracketed {
        out.push('(');
        space(dice, out);
    }
    match expression {
        Expression::All(parts) | Expression::Any(parts) => {
            let word = if own == 1 { "and" } else { "or" };
            for (place, part) in parts.iter().enumerate() {
                if place > 0 {
                    out.push_str(&format!(" {} ", cased(word, dice)));
                }
                // A part of the same kind is a part of its own only in brackets.
                write(part, own + 1, dice, out);
            }
        }
        Expression::Not(part) => {
            out.push_str(&format!("{} ", cased("not", dice)));
            write(part, 2, dice, out);
        }
        Expression::Compare(field, operator, literal) => {
            name(field, dice, out);
            let operator = match *operator {
                "=" if dice.one_in(4) => "==".to_owned(),
                "!=" if dice.one_in(4) => "<>".to_owned(),
                other => cased(other, dice),
            };
            let is_word = operator.starts_with(|c: char| c.is_alphabetic());
            let gap = if is_word || dice.one_in(2) { " " } else { "" };
            out.push_str(&format!("{gap}{operator}{gap}"));
            match literal {
                Literal::Number(number) => out.push_str(&match dice.below(3) {
                    0 => format!("{number:e}"),
                    1 => format!("{number:?}"),
                    _ => format!("{number}"),
                }),
                Literal::Text(text) => quoted(text, dice, out),
            }
        }
        Expression::Among(field, values, is_negated) => {
            name(field, dice, out);
            out.push_str(&format!(" {} ", cased(if *is_negated { "not in" } else { "in" }, dice)));
            for (place, value) in values.iter().enumerate() {
                out.push_str(if place == 0 { "(" } else { "," });
                space(dice, out);
                quoted(value, dice, out);
            }
            out.push(')');
        }
        Expression::IsNull(field, is_negated) => {
            name(field, dice, out);
            out.push_str(&format!(" {}", cased(if *is_negated { "is not null" } else { "is null" }, dice)));
        }
    }
    if is_bracketed {
        out.push(')');
    }
}

fn space(dice: &mut Dice, out: &mut String) {
    out.push_str(["", " ", "\n\t"][dice.below(3)]);
}

fn cased(word: &str, dice: &mut Dice) -> String {
    if dice.one_in(2) { word.to_uppercase() } else { word.to_owned() }
}

fn quoted(text: &str, dice: &mut Dice, out: &mut String) {
    let quote = ['\'', '"'][dice.below(2)];
    out.push(quote);
    out.push_str(&text.replace(quote, &format!("{quote}{quote}")));
    out.push(quote);
}

fn name(field: &Field, dice: &mut Dice, out: &mut String) {
    let entity = match field.entity {
        "metrics" => dice.pick(&["metrics", "metric"]),
        "params" => dice.pick(&["params", "param", "parameter", "parameters"]),
        "tags" => dice.pick(&["tags", "tag"]),
        _ => dice.pick(&["attributes", "attribute", "attr", "run", ""]),
    };
    if !entity.is_empty() {
        out.push_str(entity);
        out.push('.');
    }
    let is_plain = field.key.chars().all(|c| c.is_alphanumeric() || "._-/[]".contains(c));
    if is_plain && !dice.one_in(3) {
        out.push_str(&field.key);
    } else {
        let quote = ['`', '"'][dice.below(2)];
        out.push(quote);
        out.push_str(&field.key.replace(quote, &format!("{quote}{quote}")));
        out.push(quote);
    }
}
