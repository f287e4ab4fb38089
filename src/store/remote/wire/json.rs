//! JSON, value by value: keys in their order, numbers as they were written.

use serde_json::Map;

use super::{Bytes, Malformed, Put, Take, Taken, Writer};
use crate::model::Json;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const NUMBER: u8 = 3;
const TEXT: u8 = 4;
const LIST: u8 = 5;
const OBJECT: u8 = 6;

impl Put for Json {
    fn put(&self, to: &mut Writer) {
        match self {
            Self::Null => to.byte(NULL),
            Self::Bool(false) => to.byte(FALSE),
            Self::Bool(true) => to.byte(TRUE),
            Self::Number(number) => {
                to.byte(NUMBER);
                number.as_str().put(to);
            }
            Self::String(text) => {
                to.byte(TEXT);
                text.put(to);
            }
            Self::Array(items) => {
                to.byte(LIST);
                items.put(to);
            }
            Self::Object(entries) => {
                to.byte(OBJECT);
                entries.put(to);
            }
        }
    }
}

impl Take for Json {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        from.deeper(|from| {
            Ok(match from.byte()? {
                NULL => Self::Null,
                FALSE => Self::Bool(false),
                TRUE => Self::Bool(true),
                NUMBER => Self::Number(from.text()?.parse().map_err(|_| Malformed)?),
                TEXT => Self::String(String::take(from)?),
                LIST => Self::Array(Take::take(from)?),
                OBJECT => Self::Object(Take::take(from)?),
                _ => return Err(Malformed),
            })
        })
    }
}

impl Put for Map<String, Json> {
    fn put(&self, to: &mut Writer) {
        self.len().put(to);
        for (key, value) in self {
            key.put(to);
            value.put(to);
        }
    }
}

impl Take for Map<String, Json> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(from.several(|from| Ok((Take::take(from)?, Take::take(from)?)))?.into_iter().collect())
    }
}
