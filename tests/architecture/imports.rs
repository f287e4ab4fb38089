//! Which layer imports which.

use crate::source::Source;

/// What each layer may import directly; an arrow reaches everything behind it.
const ARROWS: [(&str, &[&str]); 14] = [
    ("words", &[]),
    ("model", &["words"]),
    ("analysis", &["model"]),
    ("store", &["model"]),
    ("query", &["store", "analysis"]),
    ("loader", &["query"]),
    ("state", &["loader"]),
    ("widgets", &["words"]),
    ("gallery", &["widgets"]),
    ("views", &["state", "widgets"]),
    ("app", &["views", "gallery"]),
    ("cli", &["query"]),
    ("main", &["app", "cli"]),
    ("lib", &[]),
];

/// The layers that may know egui.
const DRAWING: [&str; 4] = ["widgets", "gallery", "views", "app"];

/// The crates that only these may know.
const DRAWING_CRATES: [&str; 7] =
    ["egui", "eframe", "egui_commonmark", "egui_extras", "egui_plot", "egui_kittest", "rfd"];

/// The layer of a file below `src`, if it is one of those known here.
pub fn layer_of(file: &str) -> Option<&'static str> {
    let name = file.strip_prefix("src/")?.split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    ARROWS.into_iter().map(|(layer, _)| layer).find(|layer| *layer == name)
}

/// Whether a layer may import another one.
fn may_import(layer: &str, other: &str) -> bool {
    let direct = ARROWS.into_iter().find(|(name, _)| *name == layer).map_or(&[][..], |(_, direct)| direct);
    layer == other || direct.iter().any(|next| may_import(next, other))
}

/// Imports that run against the arrows, and folders that are no layer.
pub fn mistakes(file: &str, source: &Source) -> Vec<String> {
    let Some(layer) = layer_of(file) else { return vec!["is in no layer known to this test".to_owned()] };
    if layer == "lib" {
        return Vec::new();
    }
    let wrong =
        |(_, other): &(usize, String)| ARROWS.iter().any(|(known, _)| known == other) && !may_import(layer, other);
    let found = imported(file, source).into_iter().filter(wrong);
    found.map(|(line, other)| format!("line {line}: {layer} must not import {other}")).collect()
}

/// Crates that draw, named where nothing is drawn.
pub fn drawing_mistakes(file: &str, source: &Source) -> Vec<String> {
    if layer_of(file).is_some_and(|layer| DRAWING.contains(&layer)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (line, text) in (1..).zip(source.code.lines()) {
        for name in DRAWING_CRATES {
            let is_named = words(text).any(|(at, word)| word == name && text[at + word.len()..].starts_with("::"))
                || words(text).any(|(_, word)| word == name) && words(text).any(|(_, word)| word == "use");
            if is_named {
                found.push(format!("line {line}: {name} belongs to {}", DRAWING.join(", ")));
            }
        }
    }
    found
}

/// The first names after `crate::` (in `src/main.rs`: after the crate's name) and after enough
/// `super::` to reach the root, with their lines.
fn imported(file: &str, source: &Source) -> Vec<(usize, String)> {
    let code = &source.code;
    let line_of = |at: usize| code[..at].matches('\n').count() + 1;
    let mut found = Vec::new();
    for root in ["crate::", "dspyglass::"] {
        for (at, _) in code.match_indices(root).filter(|(at, _)| is_word_start(code, *at)) {
            found.extend(names_at(&code[at + root.len()..]).into_iter().map(|name| (line_of(at), name)));
        }
    }
    let depth = module_depth(file);
    for (at, _) in code.match_indices("super::").filter(|(at, _)| is_word_start(code, *at)) {
        let rest = &code[at..];
        let climbs = rest.split("super::").take_while(|before| before.is_empty()).count();
        // A module inside the file stands one deeper; it cannot be told apart here, so that
        // only what surely reaches the root counts.
        if climbs >= depth && !code[..at].ends_with("super::") {
            found.extend(names_at(&rest["super::".len() * climbs..]).into_iter().map(|name| (line_of(at), name)));
        }
    }
    found
}

/// How many `super` lead from a file's module to the root of the crate.
fn module_depth(file: &str) -> usize {
    let path = file.trim_start_matches("src/").trim_end_matches(".rs");
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.split('/').count()
}

fn is_word_start(code: &str, at: usize) -> bool {
    !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// `model::X` gives model; `{model::{A, B}, store}` gives model and store.
fn names_at(code: &str) -> Vec<String> {
    let first_word =
        |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = code.trim_start().strip_prefix('{') else { return vec![first_word(code)] };
    let mut names = vec![first_word(group)];
    let mut depth = 1;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(first_word(&group[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.split(move |c: char| !is_word(c))
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - line.as_ptr() as usize, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(file: &str, code: &str) -> usize {
        mistakes(file, &Source::parse(code)).len()
    }

    #[test]
    fn arrows_do_not_run_back() {
        assert!(may_import("app", "model") && may_import("cli", "store") && may_import("views", "query"));
        assert!(!may_import("store", "analysis") && !may_import("widgets", "model") && !may_import("query", "cli"));
        assert_eq!(wrong("src/model/a.rs", "use crate::store::Store;"), 1);
        assert_eq!(wrong("src/model/a.rs", "fn f() { crate::query::x() }"), 1);
        assert_eq!(wrong("src/store/a.rs", "use crate::{model::{A, B}, analysis::C, loader};"), 2);
        assert_eq!(wrong("src/store/a/b.rs", "use super::super::super::query::X;"), 1);
        assert_eq!(wrong("src/widgets.rs", "use super::model::X;"), 1);
        assert_eq!(wrong("src/cli/a.rs", "use dspyglass::app::run;"), 1);
        assert_eq!(wrong("src/query/a.rs", "use crate::store::X; // crate::cli::X \n let a = \"crate::app::x\";"), 0);
        assert_eq!(wrong("src/store/a/b.rs", "use super::super::cx::X; use super::query::Y;"), 0);
        assert_eq!(wrong("src/gallery/a.rs", "use crate::widgets::X; use crate::state::Y;"), 1);
        assert_eq!(wrong("src/elsewhere/a.rs", ""), 1);
    }

    #[test]
    fn egui_is_found() {
        let wrong = |file: &str, code: &str| drawing_mistakes(file, &Source::parse(code)).len();
        assert_eq!(wrong("src/query/a.rs", "use egui::Color32;"), 1);
        assert_eq!(wrong("src/state/a.rs", "use eframe as e;"), 1);
        assert_eq!(wrong("src/loader/a.rs", "fn f(c: egui_extras::X) {}"), 1);
        assert_eq!(wrong("src/views/a.rs", "use egui::Color32;"), 0);
        assert_eq!(wrong("src/query/a.rs", "// egui::X\nlet egui = 1; let s = \"use egui::X\";"), 0);
    }
}
