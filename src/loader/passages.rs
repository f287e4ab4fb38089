//! What a retriever found, made ready for the screen.

use super::span_fields::PreparedFields;
use super::text::Text;
use crate::model::Json;
use crate::query::ask::{CostClass, Question, Session};
use crate::query::steps::{Passage, PassagesOf};
use crate::store::Result;
use crate::words;

/// What a retriever found.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedPassages {
    /// Its span does not say that it is a retriever.
    pub is_inferred: bool,
    /// What it was asked.
    pub query: Option<Text>,
    /// The passages.
    pub passages: Vec<PreparedPassage>,
    /// What is noted of all of them together.
    pub more: Option<PreparedFields>,
}

/// A passage.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedPassage {
    /// Where it is from, what it is called, how well it fits: what is known of that.
    pub facts: String,
    /// What it says.
    pub text: Text,
    /// Whatever else is noted of it alone.
    pub more: Option<PreparedFields>,
}

/// The passages that a span gave back; `None` inside if it is no retriever and does not look like one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PreparedPassagesOf(pub PassagesOf);

impl Question for PreparedPassagesOf {
    type Answer = Option<PreparedPassages>;
    const LABEL: &'static str = "passages of a span";
    const COST: CostClass = CostClass::Bodies;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let found = session.ask(&self.0)?;
        Ok(found.as_ref().as_ref().map(|found| PreparedPassages {
            is_inferred: found.is_inferred,
            query: found.query.as_deref().map(Text::new),
            passages: found.passages.iter().map(PreparedPassage::new).collect(),
            more: noted(&found.more),
        }))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let more = |more: &Option<PreparedFields>| more.as_ref().map_or(0, PreparedFields::bytes);
        let of = |found: &PreparedPassages| {
            let passages = found.passages.iter().map(|one| 200 + one.text.bytes() + more(&one.more));
            passages.sum::<usize>() + more(&found.more)
        };
        answer.as_ref().map_or(0, of)
    }
}

fn noted(more: &[(String, Json)]) -> Option<PreparedFields> {
    let more: serde_json::Map<String, Json> = more.iter().cloned().collect();
    (!more.is_empty()).then(|| PreparedFields::new(&Json::Object(more)))
}

impl PreparedPassage {
    fn new(one: &Passage) -> Self {
        let source = one.source.as_ref().map(|source| words::one_line(source, 120).into_owned());
        let number = one.number.as_ref().map(|number| format!("no. {}", words::one_line(number, 40)));
        let score = one.score.as_ref();
        let score = score.map(|score| format!("{} {}", words::one_line(&score.name, 40), words::value(score.value)));
        Self {
            facts: source.into_iter().chain(number).chain(score).collect::<Vec<_>>().join(" · "),
            text: Text::new(one.text.as_str()),
            more: noted(&one.more),
        }
    }
}
