//! An LM call as code that repeats it: for `dspy.LM`, for LiteLLM, for curl. No key is ever written: each takes it from
//! the environment.

use crate::model::dspy::keys::lm::MAX_TOKENS;
use crate::model::secret::MASK;
use crate::model::{Json, SpanBody};

type Object = serde_json::Map<String, Json>;

/// In what a call is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Python that calls `dspy.LM`.
    Dspy,
    /// Python that calls `litellm.completion`.
    LiteLlm,
    /// A line for a shell.
    Curl,
}

/// What is needed to repeat a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// As LiteLLM names it, for instance `openai/gpt-4o-mini`; empty if it is not known.
    model: String,
    messages: Json,
    /// Those of the LM object, and those of the call over them.
    settings: Object,
    options: Object,
    notes: Vec<String>,
}

/// Attributes of `LM.__call__` that are settings of the model; the rest are DSPy's own, MLflow's, or secrets.
const SETTINGS: [&str; 10] = [
    "temperature",
    "top_p",
    "top_k",
    "stop",
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "reasoning_effort",
    "api_base",
    "rollout_id",
];

/// What only `dspy.LM` understands.
const OF_DSPY: &str = "rollout_id";

impl Request {
    /// Of a span that is an LM call; `None` if it was sent nothing that is known here.
    pub fn of(body: &SpanBody) -> Option<Self> {
        let inputs = body.inputs.as_ref()?.as_object()?;
        let (mut settings, mut options, mut notes) = (Object::new(), Object::new(), Vec::new());
        let messages = match (inputs.get("messages"), inputs.get("prompt")) {
            (Some(messages @ Json::Array(_)), _) => messages.clone(),
            // As DSPy does with models that chat.
            (_, Some(Json::String(prompt))) => serde_json::json!([{"role": "user", "content": prompt}]),
            _ => return None,
        };
        for (key, value) in &body.attributes {
            let is_setting = SETTINGS.contains(&key.as_str()) || MAX_TOKENS.contains(&key.as_str());
            if is_setting && is_told(value) {
                settings.insert(key.clone(), value.clone());
            }
        }
        for (key, value) in inputs.iter().filter(|(key, _)| !matches!(key.as_str(), "messages" | "prompt")) {
            // The call's own word counts, even if it says "nothing".
            settings.remove(key);
            let is_class = value.as_str().is_some_and(|text| text.starts_with("<class "));
            if is_class {
                notes.push(format!("{key} was a Python class, which is not stored: left out"));
            } else if is_told(value) {
                options.insert(key.clone(), value.clone());
            }
        }
        let text = messages.to_string();
        if text.contains("mlflow-attachment://") {
            notes.push("attachments of the trace stand as their addresses: put their bytes there".to_owned());
        }
        if text.contains(MASK) || text.contains("\"masked\":true") {
            notes.push("a secret in the messages is masked".to_owned());
        }
        let model = body.attributes.get("model").and_then(Json::as_str).unwrap_or_default().to_owned();
        if model.is_empty() {
            notes.push("the store does not say which model it was".to_owned());
        }
        if let Some(kind) = body.attributes.get("model_type").and_then(Json::as_str).filter(|kind| *kind != "chat") {
            notes.push(format!("the model was called as {kind:?}, here it is asked in a chat"));
        }
        Some(Self { model, messages, settings, options, notes })
    }

    /// The messages that were sent, as a list; a prompt as the one message that DSPy makes of it.
    pub fn messages(&self) -> &Json {
        &self.messages
    }

    /// The code.
    pub fn code(&self, language: Language) -> String {
        let mut code: String = self.notes.iter().map(|note| format!("# Note: {}\n", one_line(note))).collect();
        match language {
            Language::Dspy => self.dspy(&mut code),
            Language::LiteLlm => self.litellm(&mut code),
            Language::Curl => self.curl(&mut code),
        }
        code
    }

    fn dspy(&self, code: &mut String) {
        let settings = arguments(self.settings.iter());
        code.push_str("import dspy\n\n# The key comes from the environment, for instance OPENAI_API_KEY.\n");
        code.push_str(&format!("lm = dspy.LM({}, cache=False{settings})\n", python(&Json::from(&*self.model))));
        code.push_str(&messages_in_python(&self.messages));
        code.push_str(&format!("print(lm(messages=messages{}))\n", arguments(self.options.iter())));
    }

    fn litellm(&self, code: &mut String) {
        let all = self.settings.iter().chain(&self.options).filter(|(key, _)| *key != OF_DSPY);
        code.push_str("import litellm\n\n# The key comes from the environment, for instance OPENAI_API_KEY.\n");
        code.push_str(&messages_in_python(&self.messages));
        let model = python(&Json::from(&*self.model));
        code.push_str(&format!("response = litellm.completion(model={model}, messages=messages{})\n", arguments(all)));
        code.push_str("for choice in response.choices:\n    print(choice.message.content)\n");
    }

    fn curl(&self, code: &mut String) {
        let (provider, name) = self.model.split_once('/').unwrap_or(("openai", &self.model));
        let mut body = Object::new();
        body.insert("model".to_owned(), Json::from(name));
        body.insert("messages".to_owned(), self.messages.clone());
        let is_sent = |key: &str| key != OF_DSPY && key != "api_base" && key != "cache";
        for (key, value) in self.settings.iter().chain(&self.options).filter(|(key, _)| is_sent(key)) {
            body.insert(key.clone(), value.clone());
        }
        let base = self.settings.get("api_base").or_else(|| self.options.get("api_base")).and_then(Json::as_str);
        let address = match base {
            Some(base) => shell(&format!("{}/chat/completions", base.trim_end_matches('/'))),
            None if provider == "openai" => "https://api.openai.com/v1/chat/completions".to_owned(),
            None => "\"${API_BASE:?an address that speaks as OpenAI does}/chat/completions\"".to_owned(),
        };
        let key = if provider == "openai" { "OPENAI_API_KEY" } else { "API_KEY" };
        // The body is one line of JSON, so that no line of it can end the here-document, in which nothing is expanded;
        // as an argument, it could be too long.
        code.push_str(&format!(
            "curl {address} \\\n  -H \"Authorization: Bearer ${key}\" \\\n  -H 'Content-Type: application/json' \\\n  \
             --data-binary @- <<'END_OF_BODY'\n{}\nEND_OF_BODY\n",
            Json::Object(body)
        ));
    }
}

/// Neither unknown nor withheld.
fn is_told(value: &Json) -> bool {
    let is_masked = value.get("masked").is_some() || value.as_str().is_some_and(|text| text.contains(MASK));
    !value.is_null() && !is_masked
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// `, a=1, b="x"`; keys that are no names of Python by `**{…}`.
fn arguments<'o>(options: impl Iterator<Item = (&'o String, &'o Json)>) -> String {
    let is_name = |key: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
        key.starts_with(is_letter) && key.chars().all(|letter| is_letter(letter) || letter.is_ascii_digit())
    };
    let one = |(key, value): (&String, &Json)| match is_name(key) {
        true => format!(", {key}={}", python(value)),
        false => format!(", **{{{}: {}}}", python(&Json::from(&**key)), python(value)),
    };
    options.map(one).collect()
}

/// One message a line.
fn messages_in_python(messages: &Json) -> String {
    let list = messages.as_array().map(Vec::as_slice).unwrap_or_default();
    let lines: String = list.iter().map(|message| format!("    {},\n", python(message))).collect();
    format!("messages = [\n{lines}]\n")
}

/// A value as Python writes it. A JSON string is a Python string, too.
fn python(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Number(_) | Json::String(_) => value.to_string(),
        Json::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", Json::from(&**key), python(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A word of a shell in which nothing is expanded.
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn request(inputs: Json, attributes: Json) -> Request {
        let attributes = attributes.as_object().cloned().unwrap_or_default();
        Request::of(&SpanBody { inputs: Some(inputs), attributes, ..SpanBody::default() }).expect("a request")
    }

    const NASTY: &str = "it's $HOME `ls` \"x\" \\n é\u{2028}\nEND_OF_BODY\n'; rm -rf / #";

    #[test]
    fn python_repeats_the_call_with_what_it_overrode() {
        let inputs = json!({"messages": [{"role": "user", "content": NASTY, "x": [true, null]}], "prompt": null, "n": 3,
            "temperature": 1.0, "rollout_id": 7, "response_format": "<class 'x'>", "a-b": {"c": false}});
        let attributes = json!({"model": "openai/gpt-4o-mini", "temperature": 0.7, "max_tokens": 1000, "cache": true,
            "api_key": "sk-1", "mlflow.spanType": "CHAT_MODEL", "api_base": {"masked": true}});
        let request = request(inputs, attributes);
        let code = request.code(Language::Dspy);
        let literal = json!(NASTY).to_string();
        let wanted = format!(
            "# Note: response_format was a Python class, which is not stored: left out\nimport dspy\n\n\
             # The key comes from the environment, for instance OPENAI_API_KEY.\n\
             lm = dspy.LM(\"openai/gpt-4o-mini\", cache=False, max_tokens=1000)\nmessages = [\n    \
             {{\"role\": \"user\", \"content\": {literal}, \"x\": [True, None]}},\n]\n\
             print(lm(messages=messages, n=3, temperature=1.0, rollout_id=7, **{{\"a-b\": {{\"c\": False}}}}))\n"
        );
        assert_eq!(code, wanted);
        let code = request.code(Language::LiteLlm);
        assert!(code.contains("messages=messages, max_tokens=1000, n=3, temperature=1.0, **{"), "{code}");
        assert!(!code.contains("rollout_id") && !code.contains("sk-1"), "{code}");
    }

    #[test]
    fn a_shell_expands_nothing_of_the_body() {
        let attributes = json!({"model": "openai/gpt-4o-mini", "api_base": "http://x/'$(id)/"});
        let code = request(json!({"prompt": NASTY}), attributes).code(Language::Curl);
        let lines: Vec<&str> = code.split('\n').collect();
        assert_eq!(lines[0], "curl 'http://x/'\\''$(id)/chat/completions' \\");
        assert_eq!(lines[1], "  -H \"Authorization: Bearer $OPENAI_API_KEY\" \\");
        assert_eq!(lines[3], "  --data-binary @- <<'END_OF_BODY'");
        let body: Json = serde_json::from_str(lines[4]).expect("one line of JSON");
        assert_eq!(body, json!({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": NASTY}]}));
        assert_eq!(lines[5..], ["END_OF_BODY", ""]);
        let code = request(json!({"prompt": "x"}), json!({"model": "mistral/m"})).code(Language::Curl);
        assert!(code.starts_with("curl \"${API_BASE:?") && code.contains("Bearer $API_KEY"), "{code}");
    }

    #[test]
    fn what_cannot_be_repeated_is_said() {
        let inputs =
            json!({"messages": [{"role": "user", "content": [{"url": "mlflow-attachment://ab"}, {"masked": true}]}]});
        let code = request(inputs, json!({"model_type": "text"})).code(Language::Dspy);
        assert_eq!(code.lines().filter(|line| line.starts_with("# Note: ")).count(), 4, "{code}");
        let of = |inputs: Option<Json>| Request::of(&SpanBody { inputs, ..SpanBody::default() });
        assert_eq!(
            [None, Some(json!({})), Some(json!("x")), Some(json!({"messages": 7}))].map(of),
            [None, None, None, None]
        );
    }
}
