//! Sessions: the conversation that a trace belongs to.

use std::sync::Arc;

use super::{Json, Reveal, Unmasked};

/// The session of a trace. MLflow 3.18 takes a list of ids, too, and stores it as JSON: the first of
/// them is the session, what follows is a part of it (`["desk-7", "turn-0"]`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Session(Arc<[Arc<str>]>);

impl Session {
    /// Reads what a store says; `None` if it names no session. What is shaped like a secret is masked.
    pub fn read(stored: Unmasked<String>, reveal: Reveal) -> Option<Self> {
        let is_list = stored.as_stored_for_structure().trim_start().starts_with('[');
        let list = if is_list { stored.decode().value.into_items().ok() } else { None };
        let texts: Vec<String> = match list {
            Some(items) => items.into_iter().map(Unmasked::into_stored_to_take_apart).map(text_of).collect(),
            None => vec![stored.into_stored_to_take_apart()],
        };
        let named = texts.into_iter().filter(|text| !text.trim().is_empty());
        let ids: Vec<Arc<str>> = named.map(|text| Unmasked::new(text).shown("", reveal).as_str().into()).collect();
        (!ids.is_empty()).then(|| Self(ids.into()))
    }

    /// One whose ids were masked where they were read; `None` without any.
    pub fn of_shown(ids: Vec<Arc<str>>) -> Option<Self> {
        (!ids.is_empty()).then(|| Self(ids.into()))
    }

    /// The session itself.
    pub fn id(&self) -> &str {
        self.0.first().map_or("", |id| id)
    }

    /// The session and, after it, the part of it, if there is one.
    pub fn ids(&self) -> &[Arc<str>] {
        &self.0
    }

    /// All of it on one line: `desk-7, turn-0`.
    pub fn text(&self) -> String {
        self.0.join(", ")
    }

    /// The same session, with what is shaped like a secret masked.
    pub fn masked(&self, reveal: Reveal) -> Self {
        Self(self.0.iter().map(|id| Unmasked::new(Arc::clone(id)).shown("", reveal).as_str().into()).collect())
    }
}

fn text_of(item: Json) -> String {
    match item {
        Json::String(text) => text,
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_a_text_or_a_list_of_texts() {
        let read =
            |text: &str| Session::read(Unmasked::new(text.to_owned()), Reveal::Masked).map(|session| session.text());
        assert_eq!(read("desk-7").as_deref(), Some("desk-7"));
        assert_eq!(read(r#"["desk-7","turn-0"]"#).as_deref(), Some("desk-7, turn-0"));
        assert_eq!(read(r#"["desk-7"]"#), read("desk-7"));
        assert_eq!(read("[7, null, true]").as_deref(), Some("7, true"));
        // What is no list is a name, however it looks.
        assert_eq!(read(r#"["desk-7""#).as_deref(), Some(r#"["desk-7""#));
        for nothing in ["", "  ", "[]", r#"[""]"#] {
            assert_eq!(read(nothing), None, "{nothing:?}");
        }
        let session = Session::read(Unmasked::new(r#"["a", "b"]"#.to_owned()), Reveal::Masked).expect("a session");
        assert_eq!((session.id(), session.ids().len()), ("a", 2));
    }

    #[test]
    fn a_key_as_a_session_is_masked() {
        let key = "sk-proj-0123456789abcdefghijklmnop";
        let masked = Session::read(Unmasked::new(key.to_owned()), Reveal::Masked).expect("a session");
        assert!(!masked.text().contains("0123456789"), "{masked:?}");
        assert_eq!(Session::read(Unmasked::new(key.to_owned()), Reveal::Revealed).expect("a session").id(), key);
    }
}
