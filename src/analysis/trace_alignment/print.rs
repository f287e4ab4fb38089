//! What decides of a span's body: small, so that the bodies of 20,000 spans need not be held.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::analysis::canonical;
use crate::model::{Json, SpanBody, Tokens};

/// What of a span's body decides whether it differs from another one. Values are kept as numbers that are equal for
/// equal values, whatever the order of keys is, and differ for others but for one in 2⁶⁴.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpanPrint {
    /// The signature of the predictor that it is a call of, or wraps: `question -> answer`.
    pub signature: Option<String>,
    /// The model that it called.
    pub model: Option<String>,
    /// The type of the last exception that was noted in it.
    pub exception: Option<String>,
    /// Its own usage.
    pub tokens: Option<Tokens>,
    /// What it was given; `None` if nothing was noted.
    pub inputs: Option<u64>,
    /// What it gave back.
    pub outputs: Option<u64>,
    /// Its attributes, but for those that MLflow itself writes (`mlflow.…`): usage, log level, ids of requests.
    pub settings: u64,
}

impl SpanPrint {
    /// Of a body.
    pub fn of(body: &SpanBody) -> Self {
        let facts = body.facts();
        let settings: Vec<(&String, &Json)> = settings(body).collect();
        let mut sum = DefaultHasher::new();
        let mut sorted = settings;
        sorted.sort_by_key(|(key, _)| *key);
        for (key, value) in sorted {
            key.hash(&mut sum);
            number(value).hash(&mut sum);
        }
        Self {
            signature: facts.signature,
            model: facts.model,
            exception: facts.exception,
            tokens: facts.tokens,
            inputs: body.inputs.as_ref().map(number),
            outputs: body.outputs.as_ref().map(number),
            settings: sum.finish(),
        }
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        let texts = [&self.signature, &self.model, &self.exception];
        std::mem::size_of::<Self>() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

/// The attributes of a span that say how it was set up: all that MLflow does not write about every span.
pub fn settings(body: &SpanBody) -> impl Iterator<Item = (&String, &Json)> {
    body.attributes.iter().filter(|(key, _)| !key.starts_with(crate::model::mlflow::OWN))
}

fn number(value: &Json) -> u64 {
    let mut sum = DefaultHasher::new();
    canonical::write_value(value, &mut |part: &[u8]| part.hash(&mut sum));
    sum.finish()
}
