use serde_json::json;

use super::*;
use crate::analysis::dspy::TraceCall;
use crate::query::chat::{Call, Parsed};

const SYSTEM: &str = "Your input fields are:\n1. `ticket` (str): What was written\nYour output fields are:\n\
    1. `queue` (Literal['a', 'b']): \nAll interactions will be structured in the following way, with the appropriate \
    values filled in.\n\n[[ ## ticket ## ]]\n{ticket}\n\n[[ ## queue ## ]]\n{queue}\n\n[[ ## completed ## ]]\nIn \
    adhering to this structure, your objective is: \n        Sort the ticket.";

fn read(parsed: Option<Json>) -> ReadCall {
    let reminder = "Respond with the corresponding output fields, starting with the field `[[ ## queue ## ]]`.";
    let asked = json!({"messages": [
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": "[[ ## ticket ## ]]\none"},
        {"role": "assistant", "content": "[[ ## queue ## ]]\na\n\n[[ ## completed ## ]]\n"},
        {"role": "user", "content": format!("[[ ## ticket ## ]]\n{{\"x\": [1]}}\n\n{reminder}")},
    ], "tools": [{"function": {"name": "look_up", "description": "Looks it up"}}]});
    let answered = json!(["[[ ## queue ## ]]\nb\n\n[[ ## completed ## ]]"]);
    let call = Call::read(Some(&asked), Some(&answered), None, None);
    let call = TraceCall {
        span: 3,
        adapter_class: None,
        fallback_of: None,
        parse_error: Some("no such queue".to_owned()),
        call,
    };
    let fields = parsed.and_then(|parsed| parsed.as_object().cloned());
    ReadCall { call, parsed: fields.map(|fields| Parsed { fields, span: 4 }), parent: None }
}

fn told(pieces: &[Piece]) -> Vec<String> {
    let one = |piece: &Piece| match piece {
        Piece::Field { name, field_type, text, is_prose } => {
            format!("{name}: {} = {} {is_prose}", field_type.as_deref().unwrap_or("?"), text.text())
        }
        Piece::Objective(text) => format!("objective {}", text.text()),
        Piece::Signature(fields) => {
            let names: Vec<String> = fields
                .iter()
                .map(|field| format!("{} {} {}", field.name, field.is_output, field.description))
                .collect();
            format!("signature {}", names.join(", "))
        }
        Piece::Folded { title, .. } => (*title).to_owned(),
        Piece::Tool { name, about, .. } => format!("tool {name}: {about}"),
        other => format!("{other:?}"),
    };
    pieces.iter().map(one).collect()
}

#[test]
fn a_call_is_cards_from_the_system_prompt_to_the_answer() {
    let chat = PreparedChat::new(&read(None), Reveal::Masked);
    assert_eq!(chat.adapter.as_deref(), Some("chat, inferred from the text"));
    let titles: Vec<&str> = chat.cards.iter().map(|card| &*card.title).collect();
    assert_eq!(titles, ["system", "1 tool", "demos", "user", "assistant"]);
    let wanted = ["objective Sort the ticket.", "signature ticket false What was written, queue true ", "output rules"];
    assert_eq!(told(&chat.cards[0].pieces), wanted);
    assert_eq!(told(&chat.cards[1].pieces), ["tool look_up: Looks it up"]);
    let [demo] = &chat.cards[2].demos[..] else { panic!("one demo") };
    assert_eq!((demo.number, &*demo.about), (1, "a"));
    assert_eq!(told(&demo.pieces)[..2], ["ticket: str = one true", "queue: Literal['a', 'b'] = a true"]);
    assert_eq!(told(&chat.cards[3].pieces), ["ticket: str = x  [1] false", "added by the adapter"]);
    assert_eq!(told(&chat.cards[4].pieces)[0], "queue: Literal['a', 'b'] = b true");
    assert_eq!(chat.parse_error.as_ref().map(|error| &*error.reason), Some("no such queue"));
}

#[test]
fn what_was_made_of_an_answer_is_told_where_it_is_not_what_stands_there() {
    assert!(PreparedChat::new(&read(Some(json!({"queue": "b"}))), Reveal::Masked).parsed_card_mut().is_none());
    let mut chat = PreparedChat::new(&read(Some(json!({"queue": "b", "score": 7}))), Reveal::Masked);
    let card = chat.parsed_card_mut().expect("another field");
    assert_eq!(told(&card.pieces), ["queue: Literal['a', 'b'] = b true", "score: ? = 7 false"]);
}
