//! How what a [`Store`](crate::store::Store) is asked and answers becomes bytes and comes out of them again: one format,
//! in this folder alone.
//!
//! Numbers are written with as many bytes as they need, what is of several kinds begins with the number of its kind,
//! and a text that was written before in the same message is written as its place ([`Writer::shared`]): thousands of
//! runs have the same keys and instructions. There are no names of fields in it, so that both sides must mean the same:
//! whoever changes something here raises [`PROTOCOL`](super::greeting::PROTOCOL).
//!
//! What comes in is foreign. It is read without trust: nothing is allocated for what a number says is to come, and
//! nothing nests deeper than [`DEEPEST`].

mod basics;
mod json;
mod lists;
mod prompts;
mod runs;
mod told;
mod traces;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

pub use told::{Answered, said};

/// No value nests deeper: JSON that is read from a store has 128 levels at most, a filter 64, each two kinds.
const DEEPEST: usize = 160;

/// Room is made at once for no more values than these.
const ROOM: usize = 1024;

/// Bytes that are no message of this protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// What comes out of bytes.
pub type Taken<T> = Result<T, Malformed>;

/// Can be written.
pub trait Put {
    /// Writes it.
    fn put(&self, to: &mut Writer);
}

/// Can be read.
pub trait Take: Sized {
    /// Reads it.
    fn take(from: &mut Bytes<'_>) -> Taken<Self>;
}

/// Where the first text stands that may stand in a message several times, and what it is.
type First = (Range<usize>, Arc<str>);

/// A message that is written.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    known: HashMap<Arc<str>, u64>,
    first: Option<First>,
}

/// What is left of a message that is read.
#[derive(Debug)]
pub struct Bytes<'a> {
    rest: &'a [u8],
    known: Vec<Arc<str>>,
    depth: usize,
}

impl Writer {
    /// What was written, and the first text in it that may stand in it several times, with its place.
    pub fn into_parts(self) -> (Vec<u8>, Option<First>) {
        (self.bytes, self.first)
    }

    /// How many bytes were written.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// One byte: mostly the number of a kind.
    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// A number, seven bits in each byte, the lowest first.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    /// Bytes, their number before them.
    fn run(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.bytes.extend_from_slice(bytes);
    }

    /// A text that may stand in the message several times: 0 and the text at first, then its place from 1 on.
    fn shared(&mut self, text: &Arc<str>) {
        let next = self.known.len() as u64 + 1;
        match self.known.get(text) {
            Some(place) => self.number(*place),
            None => {
                let from = self.len();
                self.number(0);
                self.run(text.as_bytes());
                self.known.insert(Arc::clone(text), next);
                if self.first.is_none() {
                    self.first = Some((from..self.len(), Arc::clone(text)));
                }
            }
        }
    }
}

impl<'a> Bytes<'a> {
    /// The beginning of a message.
    pub fn new(message: &'a [u8]) -> Self {
        Self { rest: message, known: Vec::new(), depth: 0 }
    }

    /// Nothing is left of the message.
    pub fn end(&self) -> Taken<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    fn byte(&mut self) -> Taken<u8> {
        let (first, rest) = self.rest.split_first().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Taken<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(Malformed);
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    /// So many bytes as they stand.
    fn exactly(&mut self, count: usize) -> Taken<&'a [u8]> {
        let (some, rest) = self.rest.split_at_checked(count).ok_or(Malformed)?;
        self.rest = rest;
        Ok(some)
    }

    /// Bytes with their number before them.
    fn run(&mut self) -> Taken<&'a [u8]> {
        let count = usize::try_from(self.number()?).map_err(|_| Malformed)?;
        self.exactly(count)
    }

    fn text(&mut self) -> Taken<&'a str> {
        std::str::from_utf8(self.run()?).map_err(|_| Malformed)
    }

    /// See [`Writer::shared`].
    fn shared(&mut self) -> Taken<Arc<str>> {
        match self.number()? {
            0 => {
                let text: Arc<str> = self.text()?.into();
                self.known.push(Arc::clone(&text));
                Ok(text)
            }
            place => {
                let at = usize::try_from(place - 1).map_err(|_| Malformed)?;
                self.known.get(at).map(Arc::clone).ok_or(Malformed)
            }
        }
    }

    /// Reads something that may hold more of its own kind.
    fn deeper<T>(&mut self, take: impl FnOnce(&mut Self) -> Taken<T>) -> Taken<T> {
        if self.depth >= DEEPEST {
            return Err(Malformed);
        }
        self.depth += 1;
        let taken = take(self);
        self.depth -= 1;
        taken
    }

    /// As many as a number says, one after the other.
    fn several<T>(&mut self, mut take: impl FnMut(&mut Self) -> Taken<T>) -> Taken<Vec<T>> {
        let count = usize::try_from(self.number()?).map_err(|_| Malformed)?;
        // None takes less than a byte.
        if count > self.rest.len() {
            return Err(Malformed);
        }
        let mut all = Vec::with_capacity(count.min(ROOM));
        for _ in 0..count {
            all.push(take(self)?);
        }
        Ok(all)
    }
}

/// The fields of types, in the order in which they are written. A field that is forgotten does not compile.
macro_rules! fields {
    ($($type:ident { $($field:ident),* $(,)? })*) => { $(
        impl $crate::store::remote::wire::Put for $type {
            fn put(&self, to: &mut $crate::store::remote::wire::Writer) {
                let Self { $($field),* } = self;
                $($crate::store::remote::wire::Put::put($field, to);)*
            }
        }

        impl $crate::store::remote::wire::Take for $type {
            fn take(
                from: &mut $crate::store::remote::wire::Bytes<'_>,
            ) -> $crate::store::remote::wire::Taken<Self> {
                Ok(Self { $($field: $crate::store::remote::wire::Take::take(from)?),* })
            }
        }
    )* };
}

/// The kinds of types, each with its number and what belongs to it.
macro_rules! kinds {
    ($($type:ident {
        $($number:literal => $kind:ident $(($($item:ident),*))? $({ $($field:ident),* })?),* $(,)?
    })*) => { $(
        impl $crate::store::remote::wire::Put for $type {
            fn put(&self, to: &mut $crate::store::remote::wire::Writer) {
                match self {
                    $(Self::$kind $(($($item),*))? $({ $($field),* })? => {
                        to.byte($number);
                        $($($crate::store::remote::wire::Put::put($item, to);)*)?
                        $($($crate::store::remote::wire::Put::put($field, to);)*)?
                    })*
                }
            }
        }

        impl $crate::store::remote::wire::Take for $type {
            fn take(
                from: &mut $crate::store::remote::wire::Bytes<'_>,
            ) -> $crate::store::remote::wire::Taken<Self> {
                from.deeper(|from| match from.byte()? {
                    $($number => {
                        $($(let $item = $crate::store::remote::wire::Take::take(from)?;)*)?
                        $($(let $field = $crate::store::remote::wire::Take::take(from)?;)*)?
                        Ok(Self::$kind $(($($item),*))? $({ $($field),* })?)
                    })*
                    _ => Err($crate::store::remote::wire::Malformed),
                })
            }
        }
    )* };
}

use {fields, kinds};

#[cfg(test)]
mod tests;
