//! Files that import each other in a circle: neither can be read, tested or moved alone.
//!
//! A module and those below it are one thing: that a part imports from the module which it is part
//! of makes no circle. What a file re-exports without using it is no import of its own: an import of the re-exported
//! name leads to the file behind it.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Source;

/// Which files of a layer import which others of it.
pub struct Graph {
    names: Vec<String>,
    imports: Vec<BTreeSet<usize>>,
}

impl Graph {
    /// Reads the files of the crate, by name and text.
    pub fn read(files: &[(String, String)]) -> Self {
        let modules: BTreeMap<Vec<String>, Module> =
            files.iter().map(|(name, text)| (path_of(name), Module::read(text))).collect();
        let place: BTreeMap<Vec<String>, usize> = (0..).zip(files).map(|(at, (name, _))| (path_of(name), at)).collect();
        let mut imports = vec![BTreeSet::new(); files.len()];
        for (path, module) in &modules {
            let own = place[path];
            for wanted in &module.wanted {
                let Some(target) = module.absolute(path, wanted).and_then(|wanted| behind(&modules, wanted, 0)) else {
                    continue;
                };
                if !path.starts_with(&target) && target.first() == path.first() {
                    imports[own].insert(place[&target]);
                }
            }
        }
        Self { names: files.iter().map(|(name, _)| name.clone()).collect(), imports }
    }

    /// The circles: files of which each leads to each other, by name.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let reached: Vec<BTreeSet<usize>> = (0..self.names.len()).map(|from| self.reached(from)).collect();
        let mut found = BTreeSet::new();
        for (at, own) in reached.iter().enumerate().filter(|(at, own)| own.contains(at)) {
            let circle = own.iter().filter(|other| reached[**other].contains(&at));
            found.insert(circle.map(|other| self.names[*other].clone()).collect::<Vec<_>>());
        }
        found.into_iter().collect()
    }

    fn reached(&self, from: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            open.extend(self.imports[at].iter().filter(|next| found.insert(**next)));
        }
        found
    }
}

/// What matters of a file.
struct Module {
    /// The modules that it declares.
    children: BTreeSet<String>,
    /// The paths that it uses, as written.
    wanted: Vec<Vec<String>>,
    /// What it re-exports: the name and the path behind it, as written.
    reexports: BTreeMap<String, Vec<String>>,
}

impl Module {
    fn read(text: &str) -> Self {
        let code = without_tests(&Source::parse(text).code);
        let words: Vec<&str> = code.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        let children: BTreeSet<String> =
            words.windows(2).filter(|pair| pair[0] == "mod").map(|pair| pair[1].to_owned()).collect();
        let mut module = Self { children, wanted: Vec::new(), reexports: BTreeMap::new() };
        let mut rest = String::new();
        let mut reexported = Vec::new();
        for statement in code.split_inclusive(';') {
            let Some(at) = use_at(statement) else {
                rest += statement;
                continue;
            };
            rest += &statement[..at];
            let is_public = statement[..at].trim_end().ends_with("pub") || statement[..at].trim_end().ends_with(')');
            for (path, name) in tree(&statement[at + "use ".len()..]) {
                if is_public {
                    module.reexports.insert(name.clone(), path.clone());
                    reexported.push((path, name));
                } else {
                    module.wanted.push(path);
                }
            }
        }
        let is_used =
            |name: &String| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == name.as_str());
        module.wanted.extend(reexported.into_iter().filter(|(_, name)| is_used(name)).map(|(path, _)| path));
        module.wanted.extend(inline(&rest));
        module
    }

    /// A path from the root of the crate; `None` if it leads out of it or names nothing here.
    fn absolute(&self, own: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut base = own.to_vec();
        let mut rest = path;
        loop {
            match rest.first()?.as_str() {
                "crate" => base.clear(),
                "self" => {}
                "super" => {
                    base.pop();
                }
                name => {
                    let is_rooted = rest.len() < path.len() || self.children.contains(name);
                    return is_rooted.then(|| [&base, rest].concat());
                }
            }
            rest = &rest[1..];
            if rest.is_empty() {
                return Some(base);
            }
        }
    }
}

/// The file behind a path: re-exports are followed.
fn behind(modules: &BTreeMap<Vec<String>, Module>, path: Vec<String>, depth: usize) -> Option<Vec<String>> {
    let at = (0..=path.len()).rev().find(|at| modules.contains_key(&path[..*at]))?;
    let (own, rest) = path.split_at(at);
    let module = &modules[own];
    if let Some(target) = rest.first().and_then(|name| module.reexports.get(name))
        && depth < 8
        && let Some(mut target) = module.absolute(own, target)
    {
        target.extend_from_slice(&rest[1..]);
        return behind(modules, target, depth + 1);
    }
    Some(own.to_vec())
}

fn path_of(file: &str) -> Vec<String> {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    if path == "lib" { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

/// The code without inline modules of tests, which end their files.
fn without_tests(code: &str) -> String {
    let is_inline = |at: &usize| code[*at..].lines().nth(1).is_some_and(|line| line.trim_end().ends_with('{'));
    let end = code.match_indices("#[cfg(test)]").map(|(at, _)| at).find(is_inline).unwrap_or(code.len());
    code[..end].to_owned()
}

/// Where a statement says `use`, behind attributes and its visibility.
fn use_at(statement: &str) -> Option<usize> {
    statement.match_indices("use ").map(|(at, _)| at).find(|at| {
        let before = statement[..*at].trim_end();
        before.is_empty()
            || before.ends_with("pub")
            || before.ends_with("pub(super)")
            || before.ends_with("pub(crate)")
            || before.ends_with(['}', ']', '{', ';'])
    })
}

/// The paths of a tree of imports with the names that they get: `a::{b, c as d}`.
fn tree(text: &str) -> Vec<(Vec<String>, String)> {
    let text = text.trim().trim_end_matches(';').trim();
    if let Some(open) = text.find('{') {
        let start: Vec<String> = segments(&text[..open]);
        let inner = text[open + 1..].rsplit_once('}').map_or("", |(inner, _)| inner);
        let mut found = Vec::new();
        for part in parts(inner) {
            for (path, name) in tree(part) {
                let path = if path == ["self"] { start.clone() } else { [start.clone(), path].concat() };
                let name = if name == "self" { start.last().cloned().unwrap_or_default() } else { name };
                found.push((path, name));
            }
        }
        return found;
    }
    let (path, alias) = text.split_once(" as ").unwrap_or((text, ""));
    let path = segments(path);
    let Some(last) = path.last().cloned() else { return Vec::new() };
    let name = if alias.is_empty() { last } else { alias.trim().to_owned() };
    vec![(path, name)]
}

/// The parts of a list, split at commas outside of inner braces.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&text[from..]);
    found.retain(|part| !part.trim().is_empty());
    found
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(|segment| segment.trim().to_owned()).filter(|segment| !segment.is_empty()).collect()
}

/// Paths within the code: `super::a::b(…)`, `child::c`.
fn inline(code: &str) -> Vec<Vec<String>> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths = code.split(|c: char| !is_path(c)).filter(|path| path.contains("::") && !path.starts_with("::"));
    paths.map(segments).collect()
}

#[test]
fn circles_are_found() {
    let circles = |files: &[(&str, &str)]| {
        let files: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Graph::read(&files).circles()
    };
    let root = ("src/a/mod.rs", "mod b;\nmod c;\npub use b::B;\npub use c::{C, D as E};\n");
    assert_eq!(
        circles(&[root, ("src/a/b.rs", "use super::C;"), ("src/a/c.rs", "fn f() { crate::a::B::new() }")]),
        [["src/a/b.rs", "src/a/c.rs"]],
        "through the names that are re-exported"
    );
    assert_eq!(
        circles(&[root, ("src/a/b.rs", "use crate::a::E;"), ("src/a/c.rs", "use super::{b::{self, X}};")]),
        [["src/a/b.rs", "src/a/c.rs"]]
    );
    let tests = "#[cfg(test)]\nmod tests {\n    use crate::a::B;\n}";
    assert_eq!(circles(&[root, ("src/a/b.rs", "use super::C; // x"), ("src/a/c.rs", tests)]), [[""; 0]; 0]);
    let parent = ("src/a/p.rs", "mod q;\npub(super) use q::f;\npub const N: u8 = 1;\nfn g() { f() }");
    let other = ("src/a/o.rs", "use super::p::N;");
    assert_eq!(circles(&[parent, ("src/a/p/q.rs", "use super::N;")]), [[""; 0]; 0], "a module and its part");
    let part = ("src/a/p/q.rs", "use super::super::o;");
    assert_eq!(circles(&[other, parent, part]), [["src/a/o.rs", "src/a/p.rs", "src/a/p/q.rs"]]);
    let other = ("src/e.rs", "use crate::a::N;");
    assert_eq!(circles(&[("src/a.rs", "use crate::e::E;"), other]), [[""; 0]; 0], "layers have a rule of their own");
}
