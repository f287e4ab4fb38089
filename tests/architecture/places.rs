//! Places of the window know nothing of each other: what two of them share stands below both.

use std::collections::BTreeSet;

use crate::circles::Graph;

/// Folders of `views` that are no place: several places share what is in them.
const SHARED: [&str; 3] = ["body", "command", "text_change"];

/// Who shows other places within itself.
const COMPOSED: [(&str, &[&str]); 4] = [
    // Its tabs.
    ("run", &["doctor", "evolution", "examples", "family_tree", "optimization", "program", "slices", "traces"]),
    ("experiment", &["examples", "traces"]),
    // Where there is no room beside it.
    ("trace", &["details"]),
    // What moves in what is on screen.
    ("window", &["compare_traces", "trace"]),
];

/// What reaches from one place into another that it does not show; and entries of the lists above that are of no use.
pub fn mistakes(graph: &Graph) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut used = BTreeSet::new();
    for file in graph.files().filter(|file| folder_of(file).is_some()) {
        let own = folder_of(file).unwrap_or_default();
        let shown = COMPOSED.iter().find(|(place, _)| *place == own).map_or(&[][..], |(_, shown)| shown);
        for other in graph.first_reached(file, |file| place_of(file).is_some()) {
            let place = place_of(&other).unwrap_or_default();
            if place == own {
                continue;
            }
            used.insert((own.to_owned(), place.to_owned()));
            if !shown.contains(&place) {
                mistakes.push(format!("{file} reaches {other}"));
            }
        }
    }
    for (own, shown) in COMPOSED {
        for place in shown.iter().filter(|place| !used.contains(&(own.to_owned(), (**place).to_owned()))) {
            mistakes.push(format!("{own} shows no {place}; take it from the list"));
        }
    }
    mistakes
}

/// The folder of `views` in which a file stands.
fn folder_of(file: &str) -> Option<&str> {
    file.strip_prefix("src/views/")?.split_once('/').map(|(folder, _)| folder)
}

/// The place that a file is part of.
fn place_of(file: &str) -> Option<&str> {
    folder_of(file).filter(|folder| !SHARED.contains(folder))
}

#[test]
fn what_reaches_another_place_is_found() {
    let found = |files: &[(&str, &str)]| {
        let files: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let mistakes = mistakes(&Graph::read(&files));
        mistakes.into_iter().filter(|mistake| !mistake.contains("take it")).collect::<Vec<_>>()
    };
    let root = ("src/views/mod.rs", "mod compare;\nmod family_tree;\nmod run;\nmod parts;\nmod body;\nmod window;");
    let compare = [("src/views/compare/mod.rs", "mod rows;\npub use rows::R;"), ("src/views/compare/rows.rs", "")];
    let direct = ("src/views/family_tree/list.rs", "use crate::views::compare::R;");
    let wanted = ["src/views/family_tree/list.rs reaches src/views/compare/rows.rs"];
    assert_eq!(found(&[root, compare[0], compare[1], direct]), wanted);
    let through = ("src/views/family_tree/list.rs", "use super::super::parts;\nfn f() { parts::f() }");
    let parts = ("src/views/parts.rs", "fn f() { super::compare::R::f() }");
    assert_eq!(found(&[root, compare[0], compare[1], parts, through]), wanted, "through a file of no place");
    let shared = ("src/views/body/text.rs", "use crate::views::compare::R;");
    let wanted = ["src/views/body/text.rs reaches src/views/compare/rows.rs"];
    assert_eq!(found(&[root, compare[0], compare[1], shared]), wanted, "what is shared stands below all places");
    let shown = [("src/views/run/mod.rs", "use super::family_tree::L;"), ("src/views/family_tree/mod.rs", "")];
    let window = ("src/views/window.rs", "use super::run::R;\nuse super::compare::R;");
    assert_eq!(found(&[root, shown[0], shown[1], compare[0], compare[1], window]), [""; 0]);
}
