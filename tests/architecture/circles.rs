//! Files that import each other in a circle: neither can be read, tested or moved alone.
//!
//! A module and those below it are one thing: that a part imports from the module which it is part
//! of makes no circle. What a file re-exports without using it is no import of its own: an import of the re-exported
//! name leads to the file behind it, and so does one of a name that the module imported for itself.

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
            for wanted in module.wanted.iter().cloned().chain(module.through_globs(path, &modules)) {
                let Some(wanted) = module.absolute(path, &wanted) else { continue };
                // A module itself is nothing yet; the paths that begin with it lead on.
                if modules.contains_key(&wanted) {
                    continue;
                }
                let Some(target) = behind(&modules, wanted, 0) else { continue };
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

    /// The files, by name.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The files to which `from` leads, each as the last of its way: those of which `is_end` says so.
    pub fn first_reached(&self, from: &str, is_end: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> = self.names.iter().position(|name| name == from).into_iter().collect();
        let mut ends = BTreeSet::new();
        while let Some(at) = open.pop() {
            for next in self.imports[at].iter().copied().filter(|next| found.insert(*next)) {
                match is_end(&self.names[next]) {
                    true => drop(ends.insert(self.names[next].clone())),
                    false => open.push(next),
                }
            }
        }
        ends
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
    /// What it imports, for itself or for others: the name and the path behind it, as written.
    names: BTreeMap<String, Vec<String>>,
    /// The modules of which it takes every name.
    globs: Vec<Vec<String>>,
    /// The words of its code, without what it imports.
    words: BTreeSet<String>,
}

impl Module {
    fn read(text: &str) -> Self {
        let code = without_tests(&Source::parse(text).code);
        let words: Vec<&str> = code.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        let children: BTreeSet<String> =
            words.windows(2).filter(|pair| pair[0] == "mod").map(|pair| pair[1].to_owned()).collect();
        let (mut wanted, mut names, mut globs) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut rest = String::new();
        let mut reexported = Vec::new();
        for statement in code.split_inclusive(';') {
            let Some(at) = use_at(statement) else {
                rest += statement;
                continue;
            };
            rest += &statement[..at];
            let is_public = ends_with_visibility(statement[..at].trim_end());
            for (path, name) in tree(&statement[at + "use ".len()..]) {
                if name == "*" {
                    globs.push(path[..path.len() - 1].to_vec());
                    continue;
                }
                names.insert(name.clone(), path.clone());
                match is_public {
                    true => reexported.push((path, name)),
                    false => wanted.push(path),
                }
            }
        }
        let words: BTreeSet<String> =
            rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).map(str::to_owned).collect();
        wanted.extend(reexported.into_iter().filter(|(_, name)| words.contains(name)).map(|(path, _)| path));
        wanted.extend(inline(&rest));
        Self { children, wanted, names, globs, words }
    }

    /// The paths that it uses by names of modules of which it takes every name.
    fn through_globs(&self, own: &[String], modules: &BTreeMap<Vec<String>, Self>) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        for glob in &self.globs {
            let Some(target) = self.absolute(own, glob).and_then(|path| behind(modules, path, 0)) else { continue };
            let names = modules[&target].names.keys().filter(|name| self.words.contains(*name));
            found.extend(names.map(|name| [glob.as_slice(), std::slice::from_ref(name)].concat()));
        }
        found
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
                _ if rest.len() < path.len() => return Some([&base, rest].concat()),
                name if self.children.contains(name) => return Some([&base, rest].concat()),
                // Of a path that begins with a name which was imported.
                name => {
                    let imported = self.names.get(name).filter(|imported| imported.first() != path.first())?;
                    return self.absolute(own, &[imported, &rest[1..]].concat());
                }
            }
            rest = &rest[1..];
            if rest.is_empty() {
                return Some(base);
            }
        }
    }
}

/// The file behind a path: names that a module has from elsewhere are followed.
fn behind(modules: &BTreeMap<Vec<String>, Module>, path: Vec<String>, depth: usize) -> Option<Vec<String>> {
    let at = (0..=path.len()).rev().find(|at| modules.contains_key(&path[..*at]))?;
    let (own, rest) = path.split_at(at);
    let module = &modules[own];
    if let Some(target) = rest.first().and_then(|name| module.names.get(name))
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
        before.is_empty() || ends_with_visibility(before) || before.ends_with(['}', ']', '{', ';'])
    })
}

/// `pub`, `pub(super)`, `pub(in crate::views)`.
fn ends_with_visibility(code: &str) -> bool {
    let before = match code.strip_suffix(')').and_then(|inner| inner.rsplit_once('(')) {
        Some((before, place)) if !place.contains(')') => before,
        Some(_) => return false,
        None => code,
    };
    before.strip_suffix("pub").is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
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
    let part = ("src/a/p/q.rs", "use super::super::o;\nfn f() { o::f() }");
    assert_eq!(circles(&[other, parent, part]), [["src/a/o.rs", "src/a/p.rs", "src/a/p/q.rs"]]);
    let other = ("src/e.rs", "use crate::a::N;");
    assert_eq!(circles(&[("src/a.rs", "use crate::e::E;"), other]), [[""; 0]; 0], "layers have a rule of their own");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let files: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Graph::read(&files).circles()
    }

    #[test]
    fn circles_across_folders_of_a_layer_are_found() {
        let layer = ("src/v/mod.rs", "mod one;\nmod two;\npub use one::Shown;\n");
        let one = ("src/v/one/mod.rs", "mod part;\npub(in crate::v) use part::Shown;\n");
        for import in ["use crate::v::one::Shown;", "use super::super::one::Shown;", "use crate::v::Shown;"] {
            for back in [
                "use crate::v::two::rows::F;",
                "use super::super::two::rows::F;",
                "fn f() { crate::v::two::rows::f() }",
            ] {
                let two = [("src/v/two/mod.rs", "pub mod rows;"), ("src/v/two/rows.rs", import)];
                let found = circles(&[layer, one, ("src/v/one/part.rs", back), two[0], two[1]]);
                assert_eq!(found, [["src/v/one/part.rs", "src/v/two/rows.rs"]], "{import} {back}");
            }
        }
    }

    #[test]
    fn circles_through_modules_that_are_imported_whole_are_found() {
        let layer = ("src/v.rs", "mod one;\nmod two;");
        let one = ("src/v/one.rs", "mod part;\nmod other;\npub use part::f;\npub use other::g;");
        let part = [("src/v/one/part.rs", "use crate::v::two;\nfn f() { two::h() }"), ("src/v/one/other.rs", "")];
        for import in ["use super::one;\nfn h() { one::f() }", "use super::{one as it};\nfn h() { it::f() }"] {
            let found = circles(&[layer, one, part[0], part[1], ("src/v/two.rs", import)]);
            assert_eq!(found, [["src/v/one/part.rs", "src/v/two.rs"]], "{import}");
        }
        let found = circles(&[layer, one, part[0], part[1], ("src/v/two.rs", "use super::one;\nfn h() { one::g() }")]);
        assert_eq!(found, [[""; 0]; 0], "another part of it");
    }

    #[test]
    fn a_name_that_a_module_imported_for_itself_hides_no_circle() {
        for root in ["mod b;\nmod c;\nuse b::B;\nfn f(b: B) {}", "mod b;\nmod c;\npub(in crate::a) use b::B;"] {
            for import in ["use super::B;", "use super::*;\nfn g(b: B) {}", "use crate::a::{B as Other};"] {
                let files = [("src/a.rs", root), ("src/a/b.rs", "use super::c::C;"), ("src/a/c.rs", import)];
                assert_eq!(circles(&files), [["src/a/b.rs", "src/a/c.rs"]], "{root} {import}");
            }
        }
        let files = [
            ("src/a.rs", "mod b;\nmod c;\nuse b::B;"),
            ("src/a/b.rs", "use super::c::C;"),
            ("src/a/c.rs", "use super::*;"),
        ];
        assert_eq!(circles(&files), [[""; 0]; 0], "every name, and none of them used");
    }
}
