//! LM calls read as DSPy wrote them: nothing of a text is lost, fields have the values that the adapters' own spans
//! say, and it is counted which adapter's prompts are read as fields.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dspyglass::analysis::dspy::AdapterKind;
use dspyglass::model::Json;
use dspyglass::query::ask::{Memo, Session};
use dspyglass::query::chat::{Call, Message, PartKind, TraceCall, chat};
use dspyglass::query::{TraceDocument, trace_document};
use dspyglass::store::{ReadCx, TraceQuery};
use serde_json::json;

use super::support::{folder_of, reader, stores};

/// Every trace of every recorded store that has a call, with its calls.
fn each(mut look: impl FnMut(&str, &TraceDocument, &[TraceCall])) {
    for place in stores() {
        let name = folder_of(&place).file_name().expect("a name").to_string_lossy().into_owned();
        let mut store = reader(&place);
        let cx = ReadCx::new();
        let index = store.trace_index(&cx, &TraceQuery::default()).expect("traces");
        let rows = store.trace_rows(&cx, &index.handles).expect("rows");
        let mut session = Session::new(store.as_mut(), &cx, Memo::new().into(), 1);
        for row in rows {
            if let Some(document) = trace_document(&mut session, &row.id).expect("read") {
                look(&name, &document, &chat(&document));
            }
        }
    }
}

/// The pieces of a message's text joined, and whether each begins where the one before it ended.
fn joined(message: &Message) -> String {
    let mut at = 0;
    let mut all = String::new();
    for part in &message.parts {
        assert_eq!(part.text.start, at, "{message:?}");
        at = part.text.end;
        all.push_str(message.text_of(part));
    }
    all
}

/// What a content says, read without our own code.
fn texts(content: &Json) -> String {
    match content {
        Json::String(text) => text.clone(),
        Json::Array(pieces) => pieces.iter().filter_map(|piece| piece["text"].as_str()).collect(),
        _ => String::new(),
    }
}

#[test]
fn the_parts_of_every_message_are_its_text() {
    let mut messages = 0;
    each(|store, document, calls| {
        for call in calls {
            let body = &document.bodies[call.span];
            let inputs = body.inputs.as_ref().expect("inputs");
            let sent: Vec<(String, String)> = match inputs["messages"].as_array() {
                Some(list) => {
                    let one =
                        |one: &Json| (one["role"].as_str().unwrap_or_default().to_owned(), texts(&one["content"]));
                    list.iter().map(one).collect()
                }
                None => vec![("user".to_owned(), inputs["prompt"].as_str().expect("a prompt").to_owned())],
            };
            let read = call.call.messages.iter().map(|one| (one.role.clone(), joined(one)));
            assert_eq!(read.collect::<Vec<_>>(), sent, "{store} {}", document.tree.head.row.id);
            messages += sent.len();
            let answers = body.outputs.as_ref().and_then(Json::as_array).cloned().unwrap_or_default();
            let answer = |one: &Json| if one.is_object() { texts(&one["text"]) } else { texts(one) };
            let read: Vec<String> = call.call.completions.iter().map(|one| joined(&one.message)).collect();
            assert_eq!(read, answers.iter().map(answer).collect::<Vec<_>>());
            let calls_of = |one: &Json| one["tool_calls"].as_array().map_or(0, Vec::len);
            let beside = call.call.completions.iter().flat_map(|one| &one.message.parts);
            let beside = beside.filter(|part| part.kind == PartKind::ToolCall).count();
            assert_eq!(beside, answers.iter().map(calls_of).sum::<usize>());
        }
    });
    assert!(messages > 700, "{messages}");
}

#[test]
fn fields_have_the_values_that_the_adapters_were_given_and_gave_back() {
    let (mut inputs, mut outputs, mut demos) = (0, 0, 0);
    each(|store, document, calls| {
        let spans = document.tree.spans.iter().zip(&document.bodies);
        let parses: Vec<(&Json, &Json)> = spans
            .clone()
            .filter(|(span, _)| span.name.contains("Adapter.parse") && span.status == "OK")
            .filter(|(span, _)| !span.name.starts_with("TwoStep"))
            .filter_map(|(_, body)| Some((body.inputs.as_ref()?.get("completion")?, body.outputs.as_ref()?)))
            .collect();
        let formats: Vec<(&Json, &Json)> = spans
            .filter(|(span, _)| span.name.contains("Adapter.format"))
            .filter_map(|(_, body)| Some((body.inputs.as_ref()?.get("inputs")?, body.outputs.as_ref()?)))
            .collect();
        for call in calls {
            let sent = document.bodies[call.span].inputs.as_ref().expect("inputs");
            let given = formats.iter().find(|(_, wrote)| **wrote == sent["messages"]).map(|(given, _)| *given);
            let request = call.call.messages.last().expect("a message");
            demos += call.call.demos();
            for (name, value) in given.and_then(Json::as_object).into_iter().flatten() {
                let (Some(part), Some(wanted)) = (request.field(name), value.as_str()) else { continue };
                if wanted.contains("CUSTOM-TYPE") {
                    continue;
                }
                assert_eq!(request.value_of(part).trim_end(), wanted.trim_end(), "{store} {name} {}", request.text);
                inputs += 1;
            }
            for one in &call.call.completions {
                let parsed = parses.iter().find(|(text, _)| text.as_str() == Some(&*one.message.text));
                for (name, value) in parsed.and_then(|(_, parsed)| parsed.as_object()).into_iter().flatten() {
                    let Some(wanted) = value.as_str().filter(|_| call.call.adapter.as_str() != "two-step") else {
                        continue;
                    };
                    let part = one.message.field(name).unwrap_or_else(|| panic!("{store}: no {name} in {one:?}"));
                    let said = one.message.value_of(part);
                    // Python reads numbers, dates and members of enums into other words.
                    let is_same =
                        said.trim() == wanted.trim() || said.contains(wanted.rsplit('.').next().unwrap_or(wanted));
                    assert!(is_same || wanted.starts_with("Grade."), "{store} {name}: {said} {wanted}");
                    outputs += 1;
                }
            }
        }
    });
    assert!(inputs > 250 && outputs > 250 && demos > 40, "{inputs} {outputs} {demos}");
}

#[test]
fn every_prompt_of_every_adapter_is_read_as_fields() {
    let mut counted: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut exceptions: BTreeMap<String, usize> = BTreeMap::new();
    each(|_, document, calls| {
        let models = document.tree.spans.iter().filter(|span| span.kind == "CHAT_MODEL").count();
        assert_eq!(calls.len(), models, "{}", document.tree.head.row.id);
        for call in calls {
            let read = call.call.is_read_as_fields();
            let (all, as_fields) = counted.entry(call.call.adapter.as_str()).or_default();
            *all += 1;
            *as_fields += usize::from(read);
            if !read {
                let has_system = call.call.messages.iter().any(|one| one.role == "system");
                let why = if has_system { "a system prompt of another kind" } else { "called with a text alone" };
                *exceptions.entry(why.to_owned()).or_default() += 1;
            }
            for one in call.call.messages.iter().filter(|_| read) {
                assert!(one.parts.iter().all(|part| part.kind != PartKind::Other), "{one:?}");
            }
        }
    });
    // Whatever an adapter wrote is read; the rest was written by no adapter: an LM called by hand, by a proposer that
    // mimics it, or by `mlflow.genai.optimize_prompts`.
    for (adapter, (all, as_fields)) in &counted {
        assert!(*adapter == "raw" && *as_fields == 0 || all == as_fields, "{counted:?}");
    }
    assert!(exceptions.keys().all(|why| why == "called with a text alone"), "{exceptions:?}");
    if std::env::var_os("DSPYGLASS_STORES").is_none() {
        let wanted =
            [("baml", 1), ("chat", 215), ("json", 15), ("raw", 4), ("two-step", 1), ("xml", 69)].map(|(name, all)| {
                let as_fields = if name == "raw" { 0 } else { all };
                (name, (all, as_fields))
            });
        assert_eq!(counted, BTreeMap::from(wanted));
    }
    eprintln!("{counted:?} {exceptions:?}");
}

#[test]
fn a_prompt_of_megabytes_is_read_in_the_time_that_it_takes_to_look_at_it() {
    let system = "Your input fields are:\n1. `a` (str):\n2. `b` (str):\nYour output fields are:\n1. `c` (str):\nAll \
                  interactions will be structured in the following way, with the appropriate values filled in.\n\n\
                  MARK\n\nIn adhering to this structure, your objective is: \n        Do.";
    let read = |mark: &str, rule: &str, unit: &str, close: &str, size: usize| {
        let system = system.replace("MARK", rule);
        let text = format!("{mark}{}{close}", unit.repeat(size / unit.len()));
        let asked = json!({"messages": [{"role": "system", "content": system}, {"role": "user", "content": text}]});
        let answered = json!([text]);
        let begun = Instant::now();
        let call = Call::read(Some(&asked), Some(&answered), None, None);
        let took = begun.elapsed();
        let lost = call.messages.iter().map(|one| joined(one).len()).sum::<usize>();
        assert_eq!(lost, system.len() + text.len());
        took
    };
    for (mark, rule, unit, close) in [
        ("[[ ## a ## ]]\n", "[[ ## a ## ]]", "\n\n[[ ## b ## ]]\n[[ ## a ## ]]\n[[ ## ", "\n\n[[ ## b ## ]]\nx"),
        ("<a>\n", "<a>\n{a}\n</a>", "</a>\n\n<b>\n<a><c></c><c>\n\n<a>\n", "\n</a>\n\n<b>\n"),
        ("", "<a>\n{a}\n</a>", "<c>", ""),
        ("{\"c\": ", "Outputs will be a JSON object with the following fields.", "[{\"c\": \"\\\\", ""),
        ("{", "Outputs will be a JSON object with the following fields.", "\"c\": 1, ", ""),
    ] {
        // Without optimization, and beside other tests, a byte takes a microsecond or two; a second look at all of it
        // for each of its marks would take days.
        let took = read(mark, rule, unit, close, 5 << 20);
        assert!(took < Duration::from_secs(90), "{unit:?}: {took:?}");
        let best = |size: usize| (0..3).map(|_| read(mark, rule, unit, close, size)).min().unwrap_or_default();
        // Eight times the text, and not sixty-four times the time.
        let (small, large) = (best(1 << 17), best(1 << 20));
        assert!(large < small * 24 + Duration::from_millis(100), "{unit:?}: {small:?} {large:?}");
    }
}

#[test]
fn whatever_stands_in_a_call_is_read_without_a_panic() {
    let pieces =
        ["[[ ## a ## ]]", "\n", "<a>", "</a>", "{\"a\": ", "é", "\\", "\"", "1. `a` (", "Your input fields are:\n"];
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..3_000 {
        let mut text = |most: usize| (0..next(most)).map(|_| pieces[next(pieces.len())]).collect::<String>();
        let (system, user, answer) = (
            format!(
                "Your input fields are:\n1. `a` (str): {}\nYour output fields are:\n1. `a` (x):\n\
            All interactions will be structured in the following way{}",
                text(9),
                text(9)
            ),
            text(12),
            text(12),
        );
        let asked = json!({"messages": [{"role": "system", "content": system}, {"role": "user", "content": user},
            {"role": "assistant", "content": [{"type": "text", "text": answer}, {"type": "image_url"}, 7, null]}, null, "x"]});
        let kinds = [AdapterKind::Chat, AdapterKind::Json, AdapterKind::Xml, AdapterKind::Baml, AdapterKind::TwoStep];
        for adapter in kinds.map(Some).into_iter().chain([None]) {
            let answered = json!([answer, null, {"text": 7}, {"tool_calls": 7}]);
            let call = Call::read(Some(&asked), Some(&answered), adapter, Some(1));
            assert!(call.messages.iter().all(|one| joined(one) == one.text));
            assert!(call.completions.iter().all(|one| joined(&one.message) == one.message.text));
        }
    }
    for odd in [json!(null), json!(7), json!("x"), json!([]), json!([[]]), json!({}), json!({"messages": 7})] {
        let call = Call::read(Some(&odd), Some(&odd), None, None);
        assert!(call.messages.iter().all(|one| joined(one) == one.text));
    }
    let masked = json!({"messages": [{"role": "user", "content": {"masked": true}}]});
    assert_eq!(Call::read(Some(&masked), None, None, None).messages[0].text, "‹masked›");
}
