//! Which messages are demos, which belong to earlier turns, which one asks.

use super::inputs::reminder;
use super::message::{Message, Place};

/// The places of all messages. `demos` is how many of them the adapter was given, if that is known.
///
/// A demo is a user's message without a reminder and the assistant's answer to it. From DSPy 3.4 on the turns of a
/// `dspy.History` end with the reminder; before, nothing but the number of demos tells them apart.
pub(super) fn places(messages: &[Message], demos: Option<usize>) -> Vec<Place> {
    let is = |at: usize, role: &str| messages.get(at).is_some_and(|message| message.role == role);
    let reminds = |at: usize| messages.get(at).is_some_and(|message| reminder(&message.text).is_some());
    let mut places = vec![Place::Other; messages.len()];
    let mut at = 0;
    let set = |places: &mut Vec<Place>, at: usize, place: Place| {
        if let Some(one) = places.get_mut(at) {
            *one = place;
        }
    };
    while is(at, "system") || is(at, "developer") {
        set(&mut places, at, Place::System);
        at += 1;
    }
    let mut count = 0;
    let has_calls = |at: usize| messages.get(at).is_some_and(|one| one.parts.iter().any(|part| part.beside.is_some()));
    while demos.is_none_or(|known| count < known)
        && is(at, "user")
        && !reminds(at)
        && is(at + 1, "assistant")
        && !has_calls(at + 1)
        && at + 2 < messages.len()
    {
        count += 1;
        set(&mut places, at, Place::Demo(count));
        set(&mut places, at + 1, Place::Demo(count));
        at += 2;
    }
    let last = messages.len().checked_sub(1).filter(|last| *last >= at && is(*last, "user"));
    let request = last.filter(|last| *last == at || reminds(*last));
    let mut turn = 0;
    for at in at..messages.len() {
        // A turn begins where the user speaks, not where tools answer.
        let asks =
            is(at, "user") && (reminds(at) || at == 0 || !is(at - 1, "assistant") || !answers_tools(messages, at));
        if asks || turn == 0 {
            turn += 1;
        }
        set(&mut places, at, if Some(at) == request { Place::Request } else { Place::Turn(turn) });
    }
    places
}

/// Whether a user's message is nothing but what tools gave back.
fn answers_tools(messages: &[Message], at: usize) -> bool {
    let names = messages.get(at).into_iter().flat_map(Message::fields);
    let mut names = names.peekable();
    names.peek().is_some() && names.all(|name| name == crate::model::dspy::prompts::TOOL_CALL_RESULTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(list: &[(&str, &str)], demos: Option<usize>) -> Vec<Place> {
        let message = |(role, text): &(&str, &str)| Message {
            role: (*role).to_owned(),
            text: (*text).to_owned(),
            parts: Vec::new(),
            place: Place::Other,
        };
        places(&list.iter().map(message).collect::<Vec<_>>(), demos)
    }

    const ASK: &str = "q\n\nRespond with the corresponding output fields wrapped in XML tags `<a>`.";

    #[test]
    fn demos_turns_and_the_request_are_told_apart() {
        use Place::{Demo, Request, System, Turn};
        let list =
            [("system", "s"), ("user", "q"), ("assistant", "a"), ("user", ASK), ("assistant", "b"), ("user", ASK)];
        assert_eq!(of(&list, None), [System, Demo(1), Demo(1), Turn(1), Turn(1), Request]);
        assert_eq!(of(&list, Some(0)), [System, Turn(1), Turn(1), Turn(2), Turn(2), Request]);
        assert_eq!(of(&list[..2], None), [System, Request]);
        let tools = [("system", "s"), ("user", ASK), ("assistant", ""), ("tool", "7"), ("tool", "8")];
        assert_eq!(of(&tools, None), [System, Turn(1), Turn(1), Turn(1), Turn(1)]);
        assert_eq!(of(&[], None), []);
        assert_eq!(of(&[("user", "hello")], None), [Request]);
    }
}
