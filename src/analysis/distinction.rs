//! What sets each program of an optimization apart: which predictors have other instructions than those of the program
//! that was given, which share them with an earlier program, and which demos each has.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

use super::first_change::{FirstChange, common_prefix, first_change, first_words};
use crate::model::{Demo, Predictor, Program};

/// What sets a program apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distinction {
    /// It is the one that the others are told apart from: the seed, else the first whose program is known.
    pub is_base: bool,
    /// The predictors whose texts are not those of the base, of the base all of them.
    pub texts: Vec<TextDistinction>,
    /// The demos of each predictor, in order.
    pub demos: Vec<DemoSet>,
    /// What else differs from the base: `fields`, `LM settings`.
    pub others: Vec<&'static str>,
}

/// How the text of one predictor differs: its instructions, or the source of a Flex.
#[derive(Clone, Debug, PartialEq)]
pub struct TextDistinction {
    /// The path of the predictor.
    pub path: String,
    /// How.
    pub text: TextOf,
}

/// A text among those that came before it.
#[derive(Clone, Debug, PartialEq)]
pub enum TextOf {
    /// It is that of the program at this place, word for word.
    Earlier(usize),
    /// No program before it has it: where it parts from the one that begins most like it.
    New {
        /// The place of that one; `None` for the first.
        from: Option<usize>,
        /// Where they part.
        change: FirstChange,
    },
    /// The base has one and this program has none.
    Gone,
}

/// The demos of one predictor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoSet {
    /// The path of the predictor.
    pub path: String,
    /// Which of the sets that this predictor has in the optimization, from 1 in order of first use; `None` for no demos.
    pub number: Option<usize>,
    /// The place of the program that had it first.
    pub first: usize,
    /// How many demos.
    pub count: usize,
}

/// What sets each program apart from those before it, `None` where it is not known. `seed` is the place of the program
/// that was given.
pub fn distinctions(programs: &[Option<&Program>], seed: Option<usize>) -> Vec<Option<Distinction>> {
    let is_known = |at: &usize| programs.get(*at).is_some_and(Option::is_some);
    let base = seed.filter(is_known).or_else(|| programs.iter().position(Option::is_some));
    let mut told: Vec<Option<Distinction>> = vec![None; programs.len()];
    let mut texts: HashMap<&str, Texts<'_>> = HashMap::new();
    let mut demos: HashMap<&str, Vec<(usize, &[Demo])>> = HashMap::new();
    let base_program = base.and_then(|base| programs.get(base).copied().flatten());
    let others = (0..programs.len()).filter(|at| Some(*at) != base);
    for at in base.into_iter().chain(others) {
        let Some(program) = programs.get(at).copied().flatten() else { continue };
        let mut one = Distinction { is_base: Some(at) == base, ..Distinction::default() };
        for predictor in &program.predictors {
            if let Some(text) = predictor.text() {
                let before = base_program.filter(|_| !one.is_base).and_then(|base| text_of(base, &predictor.path));
                let how = texts.entry(&predictor.path).or_default().add(text, at);
                if before.map(str::trim) != Some(text.trim()) {
                    one.texts.push(TextDistinction { path: predictor.path.clone(), text: how });
                }
            }
            // A retriever has neither.
            if predictor.text().is_some() || !predictor.demos.is_empty() {
                one.demos.push(demo_set(demos.entry(&predictor.path).or_default(), predictor, at));
            }
        }
        if let Some(base) = base_program.filter(|_| !one.is_base) {
            let gone = base.predictors.iter().filter(|one| one.text().is_some());
            let gone = gone.filter(|one| text_of(program, &one.path).is_none());
            one.texts.extend(gone.map(|one| TextDistinction { path: one.path.clone(), text: TextOf::Gone }));
            one.others = other_changes(base, program);
        }
        // What nobody had before tells most.
        one.texts.sort_by_key(|one| matches!(one.text, TextOf::Earlier(_)));
        if let Some(place) = told.get_mut(at) {
            *place = Some(one);
        }
    }
    told
}

fn text_of<'p>(program: &'p Program, path: &str) -> Option<&'p str> {
    program.predictors.iter().find(|one| one.path == path)?.text()
}

/// The texts that one predictor had so far, each with the place of the program that had it first. In their order the
/// one that begins most like another stands beside it.
#[derive(Default)]
struct Texts<'p>(BTreeMap<&'p str, usize>);

impl<'p> Texts<'p> {
    fn add(&mut self, text: &'p str, at: usize) -> TextOf {
        let text = text.trim();
        if let Some(first) = self.0.get(text) {
            return TextOf::Earlier(*first);
        }
        let before = self.0.range::<str, _>((Bound::Unbounded, Bound::Excluded(text))).next_back();
        let after = self.0.range::<str, _>((Bound::Excluded(text), Bound::Unbounded)).next();
        // Of those that begin alike the earlier one.
        let nearest = before
            .into_iter()
            .chain(after)
            .max_by_key(|(other, first)| (common_prefix(other, text), std::cmp::Reverse(**first)));
        let made = match nearest {
            Some((other, first)) => {
                let change = first_change(other, text).unwrap_or_else(|| first_words(text));
                TextOf::New { from: Some(*first), change }
            }
            None => TextOf::New { from: None, change: first_words(text) },
        };
        self.0.insert(text, at);
        made
    }
}

fn demo_set<'p>(known: &mut Vec<(usize, &'p [Demo])>, predictor: &'p Predictor, at: usize) -> DemoSet {
    let demos = predictor.demos.as_slice();
    let path = predictor.path.clone();
    if demos.is_empty() {
        return DemoSet { path, number: None, first: at, count: 0 };
    }
    let place = known.iter().position(|(_, other)| *other == demos).unwrap_or_else(|| {
        known.push((at, demos));
        known.len() - 1
    });
    let first = known.get(place).map_or(at, |(first, _)| *first);
    DemoSet { path, number: Some(place + 1), first, count: demos.len() }
}

/// What differs beside texts and demos, where both programs are known alike.
fn other_changes(base: &Program, program: &Program) -> Vec<&'static str> {
    if base.source.has_instructions_only()
        || program.source.has_instructions_only()
        || base.complete != program.complete
    {
        return Vec::new();
    }
    let differs = |is_other: &dyn Fn(&Predictor, &Predictor) -> bool| {
        program.predictors.iter().any(|one| {
            base.predictors.iter().find(|other| other.path == one.path).is_some_and(|other| is_other(one, other))
        })
    };
    let of_fields = |one: &Predictor| -> Vec<_> {
        one.fields.iter().map(|field| (field.prefix.clone(), field.description.clone(), field.fitted.clone())).collect()
    };
    let fields = differs(&|one, other| of_fields(one) != of_fields(other)).then_some("fields");
    let lm = differs(&|one, other| one.lm != other.lm).then_some("LM settings");
    fields.into_iter().chain(lm).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::program::Object;
    use crate::model::{Field, ProgramSource};
    use serde_json::json;

    fn program(texts: &[(&str, &str)]) -> Program {
        let predictor = |(path, text): &(&str, &str)| Predictor {
            path: (*path).to_owned(),
            instructions: Some((*text).to_owned()),
            ..Predictor::default()
        };
        Program {
            source: ProgramSource::ModelJson,
            complete: true,
            stale: None,
            state_hash: None,
            predictors: texts.iter().map(predictor).collect(),
            metadata: None,
            other: Object::new(),
            missing: Vec::new(),
        }
    }

    fn demo(word: &str) -> Demo {
        let mut values = Object::new();
        values.insert("q".to_owned(), json!(word));
        Demo { values }
    }

    fn new(path: &str, from: usize, text: &str, is_start: bool) -> TextDistinction {
        let change = FirstChange::Words { text: text.to_owned(), is_start };
        TextDistinction { path: path.to_owned(), text: TextOf::New { from: Some(from), change } }
    }

    fn earlier(path: &str, first: usize) -> TextDistinction {
        TextDistinction { path: path.to_owned(), text: TextOf::Earlier(first) }
    }

    #[test]
    fn each_program_names_the_predictors_that_differ_from_the_seed() {
        let all = [
            program(&[("find", "Find it in the text"), ("say", "Say it")]),
            program(&[("find", "Find it in the text. Quote three lines"), ("say", "Say it")]),
            program(&[("find", "Find it in the text. Quote three lines"), ("say", "Be kind")]),
            program(&[("find", "Find it in the text"), ("say", "Say it")]),
            program(&[("find", "Find it in the text. Quote three lines of it"), ("say", "Be kind")]),
        ];
        let programs: Vec<Option<&Program>> =
            [Some(&all[0]), Some(&all[1]), None, Some(&all[2]), Some(&all[3]), Some(&all[4])].into();
        let told = distinctions(&programs, Some(0));
        let texts = |at: usize| told[at].as_ref().map(|one| one.texts.clone()).unwrap_or_default();
        assert!(told[0].as_ref().is_some_and(|one| one.is_base && one.texts.len() == 2));
        assert_eq!(texts(1), [new("find", 0, "Quote three lines", false)]);
        assert_eq!(told[2], None);
        assert_eq!(texts(3), [new("say", 0, "Be kind", true), earlier("find", 1)]);
        assert_eq!(texts(4), []);
        assert_eq!(texts(5), [new("find", 1, "Quote three lines of it", false), earlier("say", 3)]);
    }

    #[test]
    fn demos_are_sets_of_each_predictor() {
        let with = |find: &[&str], say: &[&str]| {
            let mut made = program(&[("find", "Find"), ("say", "Say")]);
            for (predictor, words) in made.predictors.iter_mut().zip([find, say]) {
                predictor.demos = words.iter().map(|word| demo(word)).collect();
            }
            made
        };
        let all = [with(&[], &[]), with(&["a", "b"], &["a"]), with(&["b"], &["a"]), with(&["a", "b"], &[])];
        let told = distinctions(&all.iter().map(Some).collect::<Vec<_>>(), Some(0));
        let sets = |at: usize| -> Vec<(Option<usize>, usize, usize)> {
            told[at].iter().flat_map(|one| &one.demos).map(|set| (set.number, set.first, set.count)).collect()
        };
        assert_eq!(sets(0), [(None, 0, 0), (None, 0, 0)]);
        assert_eq!(sets(1), [(Some(1), 1, 2), (Some(1), 1, 1)]);
        assert_eq!(sets(2), [(Some(2), 2, 1), (Some(1), 1, 1)]);
        assert_eq!(sets(3), [(Some(1), 1, 2), (None, 3, 0)]);
    }

    #[test]
    fn what_else_differs_is_named() {
        let plain = program(&[("say", "Say")]);
        let (mut prefix, mut lm) = (plain.clone(), plain.clone());
        prefix.predictors[0].fields = vec![Field { prefix: Some("Answer:".into()), ..Field::default() }];
        lm.predictors[0].lm = Some(json!({"model": "m"}));
        let gone = program(&[]);
        let told = distinctions(&[Some(&plain), Some(&prefix), Some(&lm), Some(&gone)], None);
        let others: Vec<Vec<&str>> = told.iter().flatten().map(|one| one.others.clone()).collect();
        assert_eq!(others, [vec![], vec!["fields"], vec!["LM settings"], vec![]]);
        let texts = told[3].as_ref().map(|one| one.texts.clone());
        assert_eq!(texts, Some(vec![TextDistinction { path: "say".into(), text: TextOf::Gone }]));
    }
}
