//! What a retriever gave back, as a list of passages.

use super::content::words;
use crate::model::dspy::retrieval::{DOCUMENT_TEXT, LONG_TEXT, PASSAGES};
use crate::model::{Json, SpanBody, SpanHead};

/// A passage that was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Passage {
    /// What it says.
    pub text: String,
    /// Where it is from: a title, a path, an address.
    pub source: Option<String>,
    /// What the index calls it.
    pub number: Option<String>,
    /// How well it fits, as the retriever says it: a probability, a similarity, a distance. Which of them is better
    /// the store does not tell.
    pub score: Option<Score>,
    /// Whatever else is noted of it alone.
    pub more: Vec<(String, Json)>,
}

/// How well a passage fits.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// As what the retriever gave it: `probs`, `distance`.
    pub name: String,
    /// The figure.
    pub value: f64,
}

/// What a retriever found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its span, by its place in the list of spans.
    pub span: usize,
    /// Its span does not say that it is a retriever; its outputs are passages and nothing else.
    pub is_inferred: bool,
    /// What it was asked.
    pub query: Option<String>,
    /// What it gave back, in its order.
    pub passages: Vec<Passage>,
    /// What it gave back beside them that is not one thing for each: it is said of all of them.
    pub more: Vec<(String, Json)>,
}

/// Under what a retriever gives back its list, the first that there is.
const LISTS: [&str; 6] = [PASSAGES, "documents", "docs", "contexts", "context", "results"];
/// What holds the text of a passage.
const TEXTS: [&str; 5] = [DOCUMENT_TEXT, LONG_TEXT, "text", "content", "passage"];
/// What tells how well one fits.
const SCORES: [&str; 9] =
    ["score", "scores", "prob", "probs", "similarity", "similarities", "distance", "distances", "relevance"];
/// What tells where it is from.
const SOURCES: [&str; 6] = ["doc_uri", "source", "title", "url", "path", "file"];
/// What the index calls it.
const NUMBERS: [&str; 7] = ["id", "ids", "index", "indices", "pid", "pids", "chunk_id"];

/// The kind of span that retrieves (MLflow).
const RETRIEVER: &str = "RETRIEVER";

/// Every span that gave passages back, by its place.
pub fn retrievals(spans: &[SpanHead], bodies: &[SpanBody]) -> Vec<Found> {
    let all = spans.iter().zip(bodies).enumerate();
    all.filter_map(|(at, (span, body))| retrieval(at, &span.kind, body)).collect()
}

/// What one span of this kind found; `None` if it is no retriever and does not look like one.
pub fn retrieval(at: usize, kind: &str, body: &SpanBody) -> Option<Found> {
    let is_inferred = kind != RETRIEVER;
    let outputs = body.outputs.as_ref()?;
    let (passages, more) = if is_inferred { (passages_alone(outputs)?, Vec::new()) } else { passages(outputs)? };
    Some(Found { span: at, is_inferred, query: body.inputs.as_ref().and_then(query), passages, more })
}

/// Values by name.
type Noted = Vec<(String, Json)>;

/// The passages in outputs of a retriever, which are a list or an object that has one, and what is said of all of them.
fn passages(outputs: &Json) -> Option<(Vec<Passage>, Noted)> {
    match outputs {
        Json::Array(items) => Some((items.iter().map(passage).collect(), Vec::new())),
        Json::Object(map) => {
            let key = LISTS.into_iter().find(|key| map.get(*key).is_some_and(Json::is_array))?;
            let items = map.get(key)?.as_array()?;
            let mut found: Vec<Passage> = items.iter().map(passage).collect();
            let mut more = Vec::new();
            for (name, beside) in map.iter().filter(|(name, _)| *name != key) {
                match beside.as_array().filter(|list| list.len() == found.len()) {
                    Some(list) => found.iter_mut().zip(list).for_each(|(one, value)| one.note(name, value)),
                    None => more.push((name.clone(), beside.clone())),
                }
            }
            Some((found, more))
        }
        _ => None,
    }
}

/// The same of a module that does not say it is a retriever: `passages`, and lists beside it, one entry each.
fn passages_alone(outputs: &Json) -> Option<Vec<Passage>> {
    let map = outputs.as_object()?;
    let count = map.get(PASSAGES)?.as_array().filter(|list| !list.is_empty())?.len();
    let is_beside = |value: &Json| value.as_array().is_some_and(|list| list.len() == count);
    map.values().all(is_beside).then(|| passages(outputs))?.map(|(found, _)| found)
}

/// What it was asked: the only text that it was given, or the one that is called so.
fn query(inputs: &Json) -> Option<String> {
    let map = inputs.as_object()?;
    let named = map.get("query").or_else(|| map.get("query_or_queries")).or_else(|| map.get("question"));
    let positional = || map.get("args")?.as_array()?.first();
    let only = || map.values().next().filter(|_| map.len() == 1);
    let text = |value: &Json| value.as_str().map(str::to_owned);
    named.or_else(positional).or_else(only).and_then(text)
}

fn passage(item: &Json) -> Passage {
    let Json::Object(map) = item else { return Passage { text: words(item), ..Passage::default() } };
    let Some(key) = TEXTS.into_iter().find(|key| map.get(*key).is_some_and(Json::is_string)) else {
        return Passage { text: words(item), ..Passage::default() };
    };
    let mut found = Passage { text: map.get(key).map(words).unwrap_or_default(), ..Passage::default() };
    for (name, value) in map.iter().filter(|(name, _)| *name != key) {
        match value {
            Json::Object(inner) if name == "metadata" => {
                inner.iter().for_each(|(name, value)| found.note(name, value));
            }
            _ => found.note(name, value),
        }
    }
    found
}

impl Passage {
    /// Puts what is noted of a passage where it belongs.
    fn note(&mut self, name: &str, value: &Json) {
        let is = |names: &[&str]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
        match value {
            Json::Null => {}
            Json::Number(number) if is(&SCORES) && self.score.is_none() => {
                self.score = number.as_f64().map(|value| Score { name: name.to_owned(), value });
            }
            Json::String(text) if is(&SOURCES) && self.source.is_none() => self.source = Some(text.clone()),
            Json::Number(_) | Json::String(_) if is(&NUMBERS) && self.number.is_none() => {
                self.number = Some(words(value));
            }
            _ => self.more.push((name.to_owned(), value.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(kind: &str, outputs: Json) -> Option<Found> {
        let inputs = Some(json!({"args": ["which lock?"]}));
        retrieval(0, kind, &SpanBody { inputs, outputs: Some(outputs), ..SpanBody::default() })
    }

    #[test]
    fn a_retriever_tells_its_passages_in_every_shape() {
        let told = |outputs| {
            let found = found("RETRIEVER", outputs).expect("passages");
            assert_eq!((found.is_inferred, found.query.as_deref()), (false, Some("which lock?")));
            found.passages
        };
        let two = told(json!({"passages": ["a", "b"], "indices": [7, 0], "probs": [0.9, 0.1]}));
        let figures =
            two.iter().map(|one| (&*one.text, one.number.as_deref(), one.score.as_ref().map(|one| one.value)));
        assert_eq!(figures.collect::<Vec<_>>(), [("a", Some("7"), Some(0.9)), ("b", Some("0"), Some(0.1))]);
        let page = told(json!([{"page_content": "p", "metadata": {"doc_uri": "page-1", "chunk_id": "3"}, "id": "1"}]));
        assert_eq!(
            (&*page[0].text, page[0].source.as_deref(), page[0].number.as_deref()),
            ("p", Some("page-1"), Some("3"))
        );
        assert_eq!(page[0].more, [("id".to_owned(), json!("1"))]);
        assert_eq!(told(json!([{"long_text": "l"}]))[0].text, "l");
        assert_eq!(told(json!([7, {"x": 1}])).len(), 2, "what is no text is shown as it is");
        assert!(told(json!([])).is_empty() && found("RETRIEVER", json!("x")).is_none());
    }

    #[test]
    fn what_is_said_of_all_passages_is_kept_once() {
        let outputs = json!({"passages": ["a", "b"], "ids": [1, 2], "index": "wiki", "notes": ["x"]});
        let found = found("RETRIEVER", outputs).expect("passages");
        assert!(found.passages.iter().all(|one| one.more.is_empty() && one.number.is_some()));
        assert_eq!(found.more, [("index".to_owned(), json!("wiki")), ("notes".to_owned(), json!(["x"]))]);
    }

    #[test]
    fn a_module_is_one_only_if_it_gave_back_nothing_but_passages() {
        let module = found("CHAIN", json!({"passages": ["a"], "scores": [1]})).expect("passages");
        assert!(module.is_inferred);
        for other in [json!({"passages": ["a"], "answer": "b"}), json!({"passages": []}), json!(["a"])] {
            assert_eq!(found("CHAIN", other), None);
        }
    }
}
