//! The invariants of the architecture, checked on the source itself.
//!
//! Layers, and what may import what (an arrow reaches everything behind it):
//!
//! ```text
//! main ─▶ app ─▶ views ─▶ state ─▶ loader ─▶ query ─▶ store ─▶ model
//!         app ─▶ gallery ─▶ widgets               query ─▶ analysis ─▶ model
//!                views ─▶ widgets
//!         cli ─▶ query, model                (widgets import egui and words only)
//!         all ─▶ words
//! ```

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/figures.rs"]
mod figures;
#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/parameters.rs"]
mod parameters;
#[path = "architecture/places.rs"]
mod places;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/unmasked.rs"]
mod unmasked;

use std::path::{Path, PathBuf};

use source::Source;

/// No file of a folder is longer; half of those in `src` are shorter than [`MEDIAN_LINES`].
const MAX_LINES: [(&str, usize); 2] = [("src", 400), ("tests", 600)];
const MEDIAN_LINES: usize = 150;

/// Every Rust file below a folder of the crate, by its path from the root.
fn files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open: Vec<PathBuf> = vec![root.join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root).expect("below the root").components();
                let name = name.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
                found.push((name, std::fs::read_to_string(&path).expect("readable")));
            }
        }
    }
    found.sort();
    found
}

/// Runs a check over all files and lists what it found.
fn check(files: &[(String, String)], rule: impl Fn(&str, &Source) -> Vec<String>) {
    let mut mistakes = Vec::new();
    for (name, text) in files {
        let source = Source::parse(text);
        mistakes.extend(rule(name, &source).into_iter().map(|mistake| format!("{name}: {mistake}")));
    }
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn there_is_something_to_check() {
    let names: Vec<String> = files("src").into_iter().map(|(name, _)| name).collect();
    for layer in ["model", "analysis", "store", "query", "cli", "widgets"] {
        assert!(names.iter().any(|name| imports::layer_of(name) == Some(layer)), "{layer}");
    }
}

#[test]
fn layers_import_only_what_is_below_them() {
    check(&files("src"), imports::mistakes);
}

#[test]
fn files_import_each_other_in_no_circle() {
    let circles = circles::Graph::read(&files("src")).circles();
    let told: Vec<String> = circles.iter().map(|circle| circle.join("\n")).collect();
    assert!(told.is_empty(), "files that import each other:\n{}\n", told.join("\n\n"));
}

#[test]
fn no_place_knows_another() {
    let mistakes = places::mistakes(&circles::Graph::read(&files("src")));
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn only_what_draws_knows_egui() {
    check(&files("src"), imports::drawing_mistakes);
}

/// A file in the user's cache folder, of what servers said: no store, nor beside one.
const KEPT: &str = "src/store/server/kept/database.rs";

#[test]
fn stores_are_never_written() {
    let kept = |file: &str| file == KEPT || file == KEPT.replace(".rs", "/tests.rs");
    check(&files("src/store"), |file, source| if kept(file) { Vec::new() } else { rules::writing_sql(source) });
}

#[test]
fn text_columns_are_read_as_bytes() {
    check(&files("src/store"), |_, source| rules::text_columns(source));
}

#[test]
fn figures_are_written_by_words() {
    let mistakes = figures::mistakes(&files("src"));
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn who_looks_at_values_that_are_not_masked_is_listed() {
    let mistakes = unmasked::mistakes(&files("src"));
    assert!(mistakes.is_empty(), "\n{}\n", mistakes.join("\n"));
}

#[test]
fn colours_have_one_home() {
    check(&files("src"), rules::raw_colours);
}

#[test]
fn what_travels_together_has_a_name() {
    check(&files("src"), parameters::mistakes);
}

#[test]
fn tables_are_virtual() {
    check(&files("src"), |_, source| rules::plain_rows(source));
}

#[test]
fn threads_have_names_and_channels_have_bounds() {
    check(&files("src"), |_, source| rules::threads_and_channels(source));
}

#[test]
fn names_of_dspy_and_mlflow_have_one_home() {
    let home: Vec<(String, String)> = files("src/model").into_iter().filter(|(name, _)| names::is_home(name)).collect();
    let known: Vec<String> = home.iter().flat_map(|(_, text)| names::defined(&Source::parse(text))).collect();
    for name in ["model.json", "valset_pareto_front.json", "traces.json", "GEPA", "eval_minibatch", "mlflow.user"] {
        assert!(known.iter().any(|known| known == name), "{name} has no home");
    }
    check(&files("src"), |file, source| names::elsewhere(file, source, &known));
}

#[test]
fn limits_of_time_have_one_table() {
    check(&files("src/query"), rules::own_time_limits);
    check(&files("src/analysis"), |file, source| {
        // Where it looks at the clock, it was told until when.
        let found = rules::own_time_limits(file, source);
        found.into_iter().filter(|mistake| mistake.contains("Duration::from_")).collect()
    });
}

#[test]
fn every_question_of_a_store_is_carried_to_other_machines() {
    let text =
        |name: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("readable");
    let trait_begins = |code: &str| code.find("pub trait Store").expect("the trait");
    let code = Source::parse(&text("src/store/mod.rs")).code;
    let asked = code[trait_begins(&code)..].split("fn ").skip(1);
    let asked: Vec<&str> = asked
        .filter_map(|one| one.split_once('(').filter(|(_, rest)| rest.contains("ReadCx")).map(|(name, _)| name))
        .collect();
    assert!(asked.len() > 30 && asked.contains(&"search_page"), "{asked:?}");
    let carried = Source::parse(&text("src/store/remote/questions.rs")).code;
    let is_carried = |name: &&str| carried.contains(&format!("{name}("));
    let missing: Vec<_> = asked.into_iter().filter(|name| !is_carried(name)).collect();
    // Its default would answer for another machine without having asked it.
    assert!(missing.is_empty(), "src/store/remote/questions.rs lacks {missing:?}");
}

#[test]
fn exceptions_say_why() {
    check(&files("src"), |_, source| rules::bare_exceptions(source));
    check(&files("tests"), |_, source| rules::bare_exceptions(source));
}

#[test]
fn files_stay_short() {
    for (folder, most) in MAX_LINES {
        let mut lengths: Vec<(usize, String)> =
            files(folder).into_iter().map(|(name, text)| (text.lines().count(), name)).collect();
        lengths.sort();
        let long: Vec<_> = lengths.iter().filter(|(length, _)| *length > most).collect();
        assert!(long.is_empty(), "longer than {most} lines: {long:?}");
        let median = lengths.get(lengths.len() / 2).map_or(0, |(length, _)| *length);
        assert!(folder != "src" || median < MEDIAN_LINES, "half of the files have {median} lines or more");
    }
}
