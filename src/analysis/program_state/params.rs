//! A program pieced together from a run's params, where `model.json` is missing.
//!
//! MLflow flattens the state into `{Class}.{path}.signature.instructions`,
//! `….signature.fields.{i}.prefix|description`, `….demos.{i}.{field}` and cuts each value at
//! 6000 characters (MLflow 2.21 – 3.18). It leaves out `lm` and history at the top of the state
//! only: a program that is itself a predictor has no LM settings among its params, a predictor
//! within a program has those of its own LM. Nothing that is null or empty has a param, all
//! values are text, and the order of predictors and of a demo's values is lost.

use std::collections::{BTreeMap, BTreeSet};

use super::HISTORY;
use super::fitted::{FIELDS, FITTED, give_fitted};
use super::parse::Parsed;
use super::signature::is_name;
use crate::analysis::text_diff::Known;
use crate::model::dspy::keys;
use crate::model::program::Object;
use crate::model::{Demo, Entry, Field, Json, Predictor, Program, ProgramSource, Shown};
use crate::words::natural;

/// So many characters of a param MLflow keeps (2.x – 3.18).
pub const PARAM_CUT: usize = 6000;

/// The instructions of a predictor, as far as the source of its program tells them: a param of
/// the length at which MLflow cuts may have been cut. Empty without instructions.
pub fn known_instructions(predictor: &Predictor, source: ProgramSource) -> Known<'_> {
    known_text(predictor.instructions.as_deref().unwrap_or_default(), source)
}

/// The same of a text alone.
pub fn known_text(text: &str, source: ProgramSource) -> Known<'_> {
    Known { text, is_cut: source.is_params() && is_cut(text) }
}

/// Whether the value of a param is as long as MLflow lets it be.
fn is_cut(text: &str) -> bool {
    text.chars().nth(PARAM_CUT - 1).is_some()
}

/// What one param says of a program.
#[derive(Debug, PartialEq, Eq)]
enum Says<'a> {
    Instructions,
    Prefix(usize),
    Description(usize),
    /// Of a demo, with what stands below it: a value's path, mostly a name.
    Demo(usize, &'a str),
    /// Of a field by its name, with what was fitted to it.
    Fitted(&'a str, &'a str),
    /// The Python of a Flex.
    Source,
}

/// Reads the program that params describe; `None` if they describe none.
pub fn from_params(params: &[Entry]) -> Option<Parsed> {
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in params {
        if let Some((class, ..)) = read_key(&entry.key) {
            *classes.entry(class).or_default() += 1;
        }
    }
    // The one of which most is known; the first by name of several.
    let (class, _) = classes.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))?;
    let mut problems = Vec::new();
    if classes.len() > 1 {
        let names: Vec<&str> = classes.keys().copied().collect();
        problems.push(format!("the params are those of several programs ({}), {class} is shown", names.join(", ")));
    }
    let keys = ProgramKeys::of(params.iter().map(|entry| &*entry.key));
    let mut drafts: BTreeMap<&str, Draft> = BTreeMap::new();
    let mut cut = 0;
    for entry in params.iter().filter(|entry| is_of(&entry.key, class)) {
        let text = entry.value.as_str();
        cut += usize::from(is_cut(text));
        if let Some((_, path, says)) = read_key(&entry.key) {
            drafts.entry(path).or_default().add(&says, &entry.value);
        } else if let Some((path, key)) = keys.of_predictor(&entry.key) {
            drafts.entry(path).or_default().add_rest(key, entry.value.to_json());
        } else {
            // `Router.past.k`: something without a signature, for instance a `Retrieve`.
            let rest = &entry.key[class.len() + 1..];
            let (path, key) = rest.rsplit_once('.').unwrap_or(("", rest));
            drafts.entry(path).or_default().predictor.other.insert(key.to_owned(), entry.value.to_json());
        }
    }
    if cut > 0 {
        problems.push(format!("{cut} params are as long as MLflow lets them be, and may have been cut"));
    }
    let mut predictors: Vec<Predictor> = drafts.into_iter().map(|(path, draft)| draft.finish(path)).collect();
    predictors.sort_by(|a, b| natural::compare(&a.path, &b.path));
    let program = Program {
        source: ProgramSource::Params,
        complete: false,
        stale: None,
        state_hash: None,
        predictors,
        metadata: None,
        other: Object::new(),
        missing: Vec::new(),
    };
    Some(Parsed { program, problems })
}

/// Whether a param holds the source of a Flex.
pub fn is_source(key: &str) -> bool {
    matches!(read_key(key), Some((_, _, Says::Source)))
}

/// Whether a param repeats what the state of a program says.
pub fn describes_program(key: &str) -> bool {
    read_key(key).is_some()
}

/// The predictors that some params describe, to tell which of the other params are theirs: the
/// key of `Router.respond.predict.lm.model` alone does not tell where its path ends.
pub struct ProgramKeys<'a>(BTreeSet<(&'a str, &'a str)>);

impl<'a> ProgramKeys<'a> {
    /// Learns them from the keys of all params of a run.
    pub fn of(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self(keys.into_iter().filter_map(read_key).map(|(class, path, _)| (class, path)).collect())
    }

    /// Whether a param repeats what the state of a program says.
    pub fn describe(&self, key: &str) -> bool {
        describes_program(key) || self.of_predictor(key).is_some()
    }

    /// The path of the predictor to which a param belongs, and what stands behind it.
    fn of_predictor<'k>(&self, key: &'k str) -> Option<(&'k str, &'k str)> {
        let (class, rest) = key.split_once('.')?;
        let ends = rest.match_indices('.').map(|(at, _)| at);
        let within = ends.map(|at| (&rest[..at], &rest[at + 1..])).rfind(|(path, _)| self.has(class, path));
        // A program that is itself a predictor has no path.
        within.or_else(|| self.has(class, "").then_some(("", rest)))
    }

    fn has(&self, class: &str, path: &str) -> bool {
        self.0.contains(&(class, path))
    }
}

fn is_of(key: &str, class: &str) -> bool {
    key.strip_prefix(class).is_some_and(|rest| rest.starts_with('.'))
}

/// Class, path and what is said.
fn read_key(key: &str) -> Option<(&str, &str, Says<'_>)> {
    let (owner, says) = read_signature(key).or_else(|| read_demo(key)).or_else(|| read_fitted(key))?;
    let (class, path) = owner.split_once('.').unwrap_or((owner, ""));
    (!class.is_empty()).then_some((class, path, says))
}

fn read_signature(key: &str) -> Option<(&str, Says<'_>)> {
    if let Some(owner) = key.strip_suffix(keys::INSTRUCTIONS) {
        return Some((owner, Says::Instructions));
    }
    let (owner, rest) = key.rsplit_once(keys::FIELDS)?;
    let (index, what) = rest.split_once('.')?;
    let index = index.parse().ok().filter(|index| *index < MOST)?;
    match what {
        "prefix" => Some((owner, Says::Prefix(index))),
        "description" => Some((owner, Says::Description(index))),
        _ => None,
    }
}

/// No signature has so many fields, no program so many demos: numbers beyond come from nowhere
/// good and would cost memory.
const MOST: usize = 10_000;

fn read_demo(key: &str) -> Option<(&str, Says<'_>)> {
    const MARK: &str = ".demos.";
    key.match_indices(MARK).find_map(|(at, _)| {
        let (index, name) = key[at + MARK.len()..].split_once('.')?;
        let index = index.parse().ok().filter(|index| *index < MOST)?;
        (!name.is_empty()).then_some((&key[..at], Says::Demo(index, name)))
    })
}

/// `Predict.fields.urgent.threshold`, `Flex.module_src` (DSPy 3.4).
fn read_fitted(key: &str) -> Option<(&str, Says<'_>)> {
    if let Some(owner) = key.strip_suffix(super::SOURCE).and_then(|owner| owner.strip_suffix('.')) {
        return Some((owner, Says::Source));
    }
    let (owner, rest) = key.split_once(".fields.")?;
    let (name, what) = rest.split_once('.')?;
    let is_known = FITTED.contains(&what.split_once('.').map_or(what, |(first, _)| first));
    (is_known && is_name(name)).then_some((owner, Says::Fitted(name, what)))
}

/// A predictor whose fields and demos arrive in any order.
#[derive(Default)]
struct Draft {
    predictor: Predictor,
    fields: BTreeMap<usize, Field>,
    demos: BTreeMap<usize, Demo>,
    fitted: Object,
    lm: Object,
}

impl Draft {
    fn add(&mut self, says: &Says<'_>, value: &Shown) {
        let text = value.as_str();
        match says {
            Says::Instructions => self.predictor.instructions = Some(text.to_owned()),
            Says::Prefix(index) => self.fields.entry(*index).or_default().prefix = Some(text.to_owned()),
            Says::Description(index) => self.fields.entry(*index).or_default().description = Some(text.to_owned()),
            Says::Source => self.predictor.module_src = Some(text.to_owned()),
            Says::Fitted(name, what) => {
                if let Json::Object(fitted) = self.fitted.entry(*name).or_insert_with(|| Json::Object(Object::new())) {
                    put(fitted, what, value.to_json());
                }
            }
            Says::Demo(index, name) => {
                put(&mut self.demos.entry(*index).or_default().values, name, value.to_json());
            }
        }
    }

    /// What stands under the path of a predictor and is none of the above.
    fn add_rest(&mut self, key: &str, value: Json) {
        match key.split_once('.') {
            Some(("lm", setting)) => put(&mut self.lm, setting, value),
            // No part of what a program does.
            Some((first, _)) if HISTORY.contains(&first) => {}
            _ => put(&mut self.predictor.other, key, value),
        }
    }

    fn finish(self, path: &str) -> Predictor {
        let mut fields: Vec<Field> = self.fields.into_values().collect();
        let mut other = with_lists(self.predictor.other);
        let lm = (!self.lm.is_empty()).then(|| Json::Object(with_lists(self.lm)));
        if !self.fitted.is_empty() {
            other.insert(FIELDS.to_owned(), Json::Object(with_lists(self.fitted)));
            give_fitted(&mut fields, &mut other);
        }
        let demos = self.demos.into_values().map(|demo| Demo { values: with_lists(demo.values) }).collect();
        let path = if path == super::SELF { "" } else { path };
        Predictor { path: path.to_owned(), fields, demos, lm, other, ..self.predictor }
    }
}

/// Puts a value at a path such as `history.0` or `date.day`.
fn put(values: &mut Object, path: &str, value: Json) {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    match rest {
        None => {
            values.insert(key.to_owned(), value);
        }
        Some(rest) => match values.entry(key).or_insert_with(|| Json::Object(Object::new())) {
            Json::Object(below) => put(below, rest, value),
            // A name with a point in it.
            _ => {
                values.insert(path.to_owned(), value);
            }
        },
    }
}

/// Objects whose keys count from 0 were lists before they were flattened.
fn with_lists(values: Object) -> Object {
    let list = |value| match value {
        Json::Object(below) => {
            let below = with_lists(below);
            let items: Option<Vec<Json>> = (0..below.len()).map(|at| below.get(&at.to_string()).cloned()).collect();
            items.map_or(Json::Object(below), Json::Array)
        }
        other => other,
    };
    values.into_iter().map(|(key, value)| (key, list(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entries(params: &[(&str, &str)]) -> Vec<Entry> {
        let entry = |(key, text): &(&str, &str)| Entry { key: (*key).into(), value: Shown::Text((*text).into()) };
        params.iter().map(entry).collect()
    }

    #[test]
    fn a_program_from_its_params() {
        let parsed = from_params(&entries(&[
            ("Router.mods['a.b'].signature.instructions", "Route it"),
            ("Router.past.k", "3"),
            ("Router.preds[10].predict.signature.instructions", "Ten"),
            ("Router.preds[2].predict.demos.10.answer", "10th"),
            ("Router.preds[2].predict.demos.2.answer", "2nd"),
            ("Router.preds[2].predict.demos.2.augmented", "True"),
            ("Router.preds[2].predict.demos.2.history.0.q", "first"),
            ("Router.preds[2].predict.demos.2.history.1.q", "second"),
            ("Router.preds[2].predict.signature.fields.0.description", "what"),
            ("Router.preds[2].predict.signature.fields.1.prefix", "B:"),
            ("Router.preds[2].predict.signature.instructions", "Two"),
            ("num_trials", "6"),
            ("x.signature.fields.99999999999999.prefix", "never"),
        ]))
        .expect("a program");
        assert!(parsed.problems.is_empty());
        let program = parsed.program;
        assert!(!program.complete && program.state_hash.is_none());
        let paths: Vec<&str> = program.predictors.iter().map(|one| &*one.path).collect();
        assert_eq!(paths, ["mods['a.b']", "past", "preds[2].predict", "preds[10].predict"]);
        let two = &program.predictors[2];
        assert_eq!(two.instructions.as_deref(), Some("Two"));
        assert_eq!(two.fields[0].description.as_deref(), Some("what"));
        assert_eq!(two.fields[1].prefix.as_deref(), Some("B:"));
        assert_eq!(
            Json::Object(two.demos[0].values.clone()),
            json!({"answer": "2nd", "augmented": "True", "history": [{"q": "first"}, {"q": "second"}]})
        );
        assert!(two.demos[0].is_bootstrapped() && !two.demos[1].is_bootstrapped());
        assert_eq!(two.demos[1].values["answer"], "10th");
        assert_eq!(program.predictors[1].other["k"], "3");
    }

    #[test]
    fn what_is_nested_deeper_stands_with_its_predictor() {
        let mut params = entries(&[
            ("Router.respond.predict.signature.instructions", "Answer"),
            ("Router.respond.predict.lm.model", "openai/gpt-4.1-mini"),
            ("Router.respond.predict.lm.temperature", "0.0"),
            ("Router.respond.predict.lm.stop.0", "END"),
            ("Router.respond.predict.lm.extra_headers.X-Team", "desk"),
            ("Router.respond.predict.traces.0.x", "history"),
            ("Router.respond.predict.note.0.x", "1"),
            ("Router.respond.k", "3"),
        ]);
        params
            .push(Entry { key: "Router.respond.predict.lm.extra_headers.Authorization".into(), value: Shown::Masked });
        let program = from_params(&params).expect("a program").program;
        let paths: Vec<&str> = program.predictors.iter().map(|one| &*one.path).collect();
        assert_eq!(paths, ["respond", "respond.predict"]);
        let lm = json!({
            "model": "openai/gpt-4.1-mini", "temperature": "0.0", "stop": ["END"],
            "extra_headers": {"X-Team": "desk", "Authorization": {"masked": true}},
        });
        assert_eq!(program.predictors[1].lm, Some(lm));
        assert_eq!(Json::Object(program.predictors[1].other.clone()), json!({"note": [{"x": "1"}]}));
        let keys = ProgramKeys::of(params.iter().map(|entry| &*entry.key));
        assert!(keys.describe("Router.respond.predict.lm.temperature"));
        assert!(!keys.describe("Other.respond.predict.lm.temperature") && !keys.describe("lm.model"));
    }

    #[test]
    fn a_bare_predictor_and_nothing_at_all() {
        let parsed = from_params(&entries(&[("Predict.signature.instructions", "x")])).expect("a program");
        assert_eq!(parsed.program.predictors[0].path, "");
        assert_eq!(from_params(&entries(&[("lr", "0.1"), ("a.b.c", "d"), (".signature.instructions", "x")])), None);
        assert_eq!(from_params(&[]), None);
    }

    #[test]
    fn several_programs_and_cut_values_are_told() {
        let long = "x".repeat(PARAM_CUT);
        let parsed = from_params(&entries(&[
            ("A.signature.instructions", "a"),
            ("B.p.signature.instructions", &long),
            ("B.p.signature.fields.0.prefix", "c"),
        ]))
        .expect("a program");
        assert_eq!(parsed.program.predictors[0].path, "p");
        assert_eq!(parsed.problems.len(), 2, "{:?}", parsed.problems);
    }
}
