//! What sets a program apart, in one line and in full.

use crate::analysis::distinction::{DemoSet, Distinction, TextOf};
use crate::analysis::first_change::{FirstChange, MOST};
use crate::model::predictor_title;
use crate::words;

/// So much is told of each of several predictors, in graphemes.
const OF_SEVERAL: usize = 44;

/// How programs are called.
pub(super) struct Names<'a> {
    /// By their places: `C2`.
    pub program: &'a dyn Fn(usize) -> String,
    /// What the one is called that the others are told apart from: `the seed`, `C1`.
    pub base: &'a str,
}

/// Where two texts part, in words: `… Quote three lines`. `from`: what the other text is called, where that is not the
/// base.
pub(super) fn change_words(change: &FirstChange, from: Option<&str>, most: usize) -> String {
    match change {
        FirstChange::Words { text, .. } if text.is_empty() => "empty".to_owned(),
        FirstChange::Words { text, is_start } => {
            format!("{}{}", if *is_start { "" } else { "… " }, words::ellipsize_graphemes(text, most))
        }
        FirstChange::Without(text) => {
            let from = from.map(|from| format!("{from} ")).unwrap_or_default();
            format!("{from}without “{}”", words::ellipsize_graphemes(text, most))
        }
    }
}

/// What sets a program apart from those before it, in one line: `find: … Quote three lines · say as C2`.
pub(super) fn line(all: &[Option<Distinction>], at: usize, names: &Names<'_>) -> Option<String> {
    let one = all.get(at)?.as_ref()?;
    let is_alone = all.iter().flatten().all(|one| one.demos.len() < 2 && one.texts.len() < 2);
    if is_alone {
        return alone(all, at, names);
    }
    let is_new = |text: &TextOf| !matches!(text, TextOf::Earlier(_));
    let most = if one.texts.iter().filter(|text| is_new(&text.text)).count() > 1 { OF_SEVERAL } else { 2 * OF_SEVERAL };
    let mut parts: Vec<String> = Vec::new();
    let mut shared: Vec<(usize, Vec<&str>)> = Vec::new();
    for told in &one.texts {
        let title = predictor_title(&told.path);
        match &told.text {
            TextOf::Earlier(first) => match shared.iter_mut().find(|(known, _)| known == first) {
                Some((_, titles)) => titles.push(title),
                None => shared.push((*first, vec![title])),
            },
            TextOf::New { from, change } => {
                parts.push(format!("{title}: {}", change_words(change, other(all, *from, names).as_deref(), most)));
            }
            TextOf::Gone => parts.push(format!("{title} is gone")),
        }
    }
    parts.extend(shared.iter().map(|(first, titles)| format!("{} as {}", titles.join(", "), (names.program)(*first))));
    if parts.is_empty() {
        parts.push(format!("instructions as {}", names.base));
    }
    parts.extend(one.others.iter().map(|other| format!("other {other}")));
    Some(parts.join(" · "))
}

/// The same where each program is one predictor.
fn alone(all: &[Option<Distinction>], at: usize, names: &Names<'_>) -> Option<String> {
    let one = all.get(at)?.as_ref()?;
    let text_of = |at: usize| all.get(at)?.as_ref()?.texts.first().map(|told| &told.text);
    let first_of = |at: usize| match text_of(at) {
        Some(TextOf::New { from, change }) => Some(change_words(change, other(all, *from, names).as_deref(), MOST)),
        _ => None,
    };
    let as_of = |first: usize, name: &str| match first_of(first) {
        Some(words) => format!("as {name}: {words}"),
        None => format!("as {name}"),
    };
    let base = || all.iter().position(|one| one.as_ref().is_some_and(|one| one.is_base));
    let words = match text_of(at) {
        Some(TextOf::Earlier(first)) => as_of(*first, &(names.program)(*first)),
        Some(TextOf::Gone) => "no instructions".to_owned(),
        Some(TextOf::New { .. }) => first_of(at)?,
        // A program without instructions is told by nothing.
        None if one.is_base => return None,
        None => as_of(base()?, names.base),
    };
    let others = one.others.iter().map(|other| format!("other {other}"));
    Some(std::iter::once(words).chain(others).collect::<Vec<_>>().join(" · "))
}

/// What the program is called that a text begins most like; `None` for the base.
fn other(all: &[Option<Distinction>], from: Option<usize>, names: &Names<'_>) -> Option<String> {
    let is_base = all.get(from?)?.as_ref().is_some_and(|one| one.is_base);
    if is_base { None } else { Some((names.program)(from?)) }
}

/// Every predictor on a line of its own.
pub(super) fn in_full(all: &[Option<Distinction>], at: usize, names: &Names<'_>) -> Option<String> {
    let one = all.get(at)?.as_ref()?;
    let mut lines: Vec<String> = Vec::new();
    for told in &one.texts {
        let how = match &told.text {
            TextOf::Earlier(first) => format!("as {}", (names.program)(*first)),
            TextOf::New { from, change } => change_words(change, other(all, *from, names).as_deref(), MOST),
            TextOf::Gone => "is gone".to_owned(),
        };
        lines.push(format!("{}: {how}", predictor_title(&told.path)));
    }
    let is_told = |path: &str| one.texts.iter().any(|told| told.path == path);
    let same: Vec<&str> = one.demos.iter().map(|set| set.path.as_str()).filter(|path| !is_told(path)).collect();
    lines.extend(same.iter().map(|path| format!("{}: as {}", predictor_title(path), names.base)));
    lines.extend(one.others.iter().map(|other| format!("Other {other} than {}", names.base)));
    Some(lines.join("\n"))
}

/// Which demos: `set 2`, `sets 1 / – / 2` of several predictors; nothing where there are none.
pub(super) fn sets(one: &Distinction) -> Option<String> {
    let number = |set: &DemoSet| set.number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    match one.demos.as_slice() {
        sets if sets.iter().all(|set| set.number.is_none()) => None,
        [set] => Some(format!("set {}", number(set))),
        sets => Some(format!("sets {}", sets.iter().map(number).collect::<Vec<_>>().join(" / "))),
    }
}

/// The demos of every predictor on a line of its own.
pub(super) fn sets_in_full(one: &Distinction, at: usize, names: &Names<'_>) -> String {
    let line = |set: &DemoSet| {
        let title = predictor_title(&set.path);
        match set.number {
            None => format!("{title}: no demos"),
            Some(number) => {
                let first =
                    if set.first == at { String::new() } else { format!(", as {}", (names.program)(set.first)) };
                format!("{title}: set {number} of {}{first}", words::counted(set.count, "demo"))
            }
        }
    };
    one.demos.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::distinction::{TextDistinction, distinctions};
    use crate::model::program::Object;
    use crate::model::{Demo, Predictor, Program, ProgramSource};

    fn program(texts: &[&str], demos: &[usize]) -> Program {
        let predictor = |(at, text): (usize, &&str)| Predictor {
            path: ["find", "say", "end"][at].to_owned(),
            instructions: Some((*text).to_owned()),
            demos: vec![Demo::default(); demos.get(at).copied().unwrap_or_default()],
            ..Predictor::default()
        };
        Program {
            source: ProgramSource::ModelJson,
            complete: true,
            stale: None,
            state_hash: None,
            predictors: texts.iter().enumerate().map(predictor).collect(),
            metadata: None,
            other: Object::new(),
            missing: Vec::new(),
        }
    }

    fn lines(programs: &[Program]) -> Vec<String> {
        let all = distinctions(&programs.iter().map(Some).collect::<Vec<_>>(), Some(0));
        let names = Names { program: &|at| format!("C{}", at + 1), base: "the seed" };
        (0..all.len()).map(|at| line(&all, at, &names).unwrap_or_default()).collect()
    }

    #[test]
    fn each_row_says_which_predictors_differ_and_how() {
        let told = lines(&[
            program(&["Find it.", "Say it.", "End it."], &[]),
            program(&["Find it.\n\nQuote it.", "Say it.", "End it."], &[]),
            program(&["Find it.\n\nQuote it.", "Be kind.", "End it."], &[]),
            program(&["Find it.\n\nQuote it.", "Be kind.", "End."], &[]),
            program(&["Find it.", "Say it.", "End it."], &[1]),
        ]);
        assert_eq!(
            told,
            [
                "find: Find it. · say: Say it. · end: End it.",
                "find: … Quote it.",
                "say: Be kind. · find as C2",
                "end: without “it” · find as C2 · say as C3",
                "instructions as the seed",
            ]
        );
    }

    #[test]
    fn one_predictor_needs_no_name() {
        let told = lines(&[
            program(&["Route it. Be brief."], &[]),
            program(&["Route it. Be kind."], &[]),
            program(&["Route it. Be kind."], &[1]),
            program(&["Route it."], &[]),
            program(&["Route it. Be brief."], &[1]),
        ]);
        assert_eq!(
            told,
            [
                "Route it. Be brief.",
                "… Be kind.",
                "as C2: … Be kind.",
                "without “Be brief.”",
                "as the seed: Route it. Be brief.",
            ]
        );
    }

    #[test]
    fn demos_are_named_by_their_sets() {
        let programs = [program(&["F", "S"], &[]), program(&["F", "S"], &[2, 1]), program(&["F", "S"], &[0, 1])];
        let all = distinctions(&programs.iter().map(Some).collect::<Vec<_>>(), Some(0));
        let told: Vec<Option<String>> = all.iter().flatten().map(sets).collect();
        assert_eq!(told, [None, Some("sets 1 / 1".to_owned()), Some("sets – / 1".to_owned())]);
        let names = Names { program: &|at| format!("C{}", at + 1), base: "the seed" };
        let full = all[2].as_ref().map(|one| sets_in_full(one, 2, &names));
        assert_eq!(full.as_deref(), Some("find: no demos\nsay: set 1 of 1 demo, as C2"));
        assert_eq!(in_full(&all, 2, &names).as_deref(), Some("find: as the seed\nsay: as the seed"));
    }

    #[test]
    fn what_is_gone_is_said() {
        let gone = TextDistinction { path: "say".into(), text: TextOf::Gone };
        let base = Distinction { is_base: true, ..Distinction::default() };
        let two = vec![gone.clone(), TextDistinction { path: "find".into(), text: TextOf::Earlier(0) }];
        let all = [Some(base), Some(Distinction { texts: two, ..Distinction::default() })];
        let names = Names { program: &|at| format!("C{}", at + 1), base: "the seed" };
        assert_eq!(line(&all, 1, &names).as_deref(), Some("say is gone · find as C1"));
    }
}
