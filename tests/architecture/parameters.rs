//! What travels together has a name: functions take few things, and no long tuples.

use crate::rules::test_module_line;
use crate::source::Source;

/// Where this holds.
const LAYERS: [&str; 3] = ["src/query/", "src/loader/", "src/views/"];

/// No function takes more, itself apart.
const MOST: usize = 5;
/// No tuple in a signature has more fields.
const MOST_FIELDS: usize = 3;

/// Functions that take too much.
pub fn mistakes(file: &str, source: &Source) -> Vec<String> {
    if !LAYERS.iter().any(|layer| file.starts_with(layer)) || file.ends_with("/tests.rs") {
        return Vec::new();
    }
    let (code, end) = (&source.code, test_module_line(source));
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ").filter(|(at, _)| !code[..*at].ends_with(is_word)) {
        let line = code[..at].matches('\n').count() + 1;
        let name: String = code[at + "fn ".len()..].chars().take_while(|c| is_word(*c)).collect();
        let Some(signature) = (line < end && !name.is_empty()).then(|| signature(&code[at..])).flatten() else {
            continue;
        };
        let (list, whole) = signature;
        let count = parts(list).iter().filter(|one| !is_self(one)).count();
        if count > MOST {
            found.push(format!("line {line}: {name} takes {count} things"));
        }
        if longest_tuple(whole) > MOST_FIELDS {
            found.push(format!("line {line}: {name} has a tuple of {} fields", longest_tuple(whole)));
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_self(parameter: &str) -> bool {
    parameter.split(':').next().is_some_and(|name| name.split(|c: char| !is_word(c)).any(|word| word == "self"))
}

/// The parameters of a function, and its signature without its name and generics.
fn signature(code: &str) -> Option<(&str, &str)> {
    let mut from = code.find(['<', '('])?;
    if code[from..].starts_with('<') {
        from += closing(&code[from..])?;
        from += code[from..].find('(')?;
    }
    let to = from + closing(&code[from..])?;
    let end = code[to..].find(['{', ';']).map_or(code.len(), |end| to + end);
    Some((&code[from + 1..to - 1], &code[from..end]))
}

/// Behind the bracket that closes the one with which `code` begins.
fn closing(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' | '<' | '{' => depth += 1,
            '>' if matches!(before, '-' | '=') => {}
            ')' | ']' | '>' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        before = c;
    }
    None
}

/// The parts of a list, split at its own commas.
fn parts(list: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found, mut before) = (0_i32, 0, Vec::new(), ' ');
    for (at, c) in list.char_indices() {
        match c {
            '(' | '[' | '<' | '{' => depth += 1,
            '>' if matches!(before, '-' | '=') => {}
            ')' | ']' | '>' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(list[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    found.push(list[from..].trim());
    found.retain(|part| !part.is_empty());
    found
}

/// How many fields the longest tuple in a signature has; its own list and what closures take are none.
fn longest_tuple(signature: &str) -> usize {
    let inner = signature.char_indices().filter(|(at, c)| *c == '(' && *at > 0);
    let tuples = inner.filter(|(at, _)| !signature[..*at].ends_with(is_word));
    let fields =
        tuples.filter_map(|(at, _)| Some(parts(&signature[at + 1..at + closing(&signature[at..])? - 1]).len()));
    fields.max().unwrap_or(0)
}

#[test]
fn long_lists_are_found() {
    let found = |code: &str| mistakes("src/views/a.rs", &Source::parse(code)).len();
    assert_eq!(found("fn f(a: A, b: B, c: C, d: D, e: E, g: G) {}"), 1);
    assert_eq!(found("fn f<T: X<Y>>(&mut self, a: A<B, C>, b: (B, C), c: impl Fn(A, B, C, D) -> E, d: D, e: E) {}"), 0);
    assert_eq!(
        found(
            "pub fn f<T>(\n    self: Arc<Self>,\n    a: A,\n    b: B,\n    c: C,\n    d: D,\n    e: E,\n    g: G,\n) -> X {}"
        ),
        1
    );
    assert_eq!(found("fn f(a: Vec<(A, B, C, D)>) -> Option<B> {}"), 1);
    assert_eq!(found("fn f() -> Result<(A, B, C, D)> {}"), 1);
    assert_eq!(found("fn f((a, b): (A, B)) -> (A, B, C) { g((1, 2, 3, 4)) }"), 0);
    assert_eq!(found("#[cfg(test)]\nmod tests {\n    fn f(a: A, b: B, c: C, d: D, e: E, g: G) {}\n}"), 0);
    assert_eq!(mistakes("src/widgets/a.rs", &Source::parse("fn f(a: A, b: B, c: C, d: D, e: E, g: G) {}")).len(), 0);
}
