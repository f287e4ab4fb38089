//! What the other side says first, before it is asked anything: which dspyglass it is, and what it opened.
//!
//! Its beginning, up to the version, stays as it is for all time: whatever else changes, two programs that do not
//! understand each other can say so.

use super::wire::{Answered, Bytes, Malformed, Put, Take, Taken, Writer};
use crate::store::{Capabilities, StoreError, StoreInfo};

/// The version of everything behind the greeting's beginning: frames, questions and how values are written. Raised
/// with any change of it, in this folder or of a type that is carried.
pub const PROTOCOL: u32 = 2;

/// The version of this program.
pub const PROGRAM: &str = env!("CARGO_PKG_VERSION");

/// How a greeting begins, behind whatever a shell said before it.
const BEGINNING: &[u8] = b"\0dspyglass serve-stdio\0";

/// So much may stand before a greeting.
const MOST_BEFORE: usize = 64 << 10;

/// So long may it be.
const MOST: usize = 1 << 20;

/// So long may the version be.
const MOST_VERSION: usize = 100;

/// What a store is and can do.
#[derive(Clone, Debug)]
pub struct Told {
    pub info: StoreInfo,
    pub capabilities: Capabilities,
}

/// What was said.
#[derive(Debug)]
pub enum Greeting {
    /// A program of this protocol has opened the store.
    Opened { program: String, told: Box<Told> },
    /// It could not open it.
    NotOpened(Answered),
    /// A program of another protocol.
    Other { program: String, protocol: u32 },
}

impl Put for Told {
    fn put(&self, to: &mut Writer) {
        self.info.put(to);
        self.capabilities.put(to);
    }
}

impl Take for Told {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(Self { info: Take::take(from)?, capabilities: Take::take(from)? })
    }
}

/// The greeting of this program.
pub fn greeting(opened: Result<&Told, &StoreError>) -> Vec<u8> {
    let mut rest = Writer::default();
    match opened {
        Ok(told) => {
            Answered::Well.put(&mut rest);
            told.put(&mut rest);
        }
        Err(error) => Answered::of(error).put(&mut rest),
    }
    let rest = rest.into_parts().0;
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes();
    let parts: [&[u8]; 6] =
        [BEGINNING, &PROTOCOL.to_le_bytes(), &length(PROGRAM.as_bytes()), PROGRAM.as_bytes(), &length(&rest), &rest];
    parts.concat()
}

/// The greeting in what was heard so far, and where it ends; `None` as long as it is not complete.
///
/// # Errors
/// If this will be none, whatever follows.
pub fn heard(all: &[u8]) -> Taken<Option<(Greeting, usize)>> {
    let Some(at) = memchr::memmem::find(all, BEGINNING) else {
        return if all.len() > MOST_BEFORE { Err(Malformed) } else { Ok(None) };
    };
    let begins = at + BEGINNING.len();
    let mut rest = all.get(begins..).unwrap_or_default();
    let Some(protocol) = number(&mut rest) else { return Ok(None) };
    let Some(program) = piece(&mut rest, MOST_VERSION)? else { return Ok(None) };
    let program = String::from_utf8_lossy(program).into_owned();
    if protocol != PROTOCOL {
        return Ok(Some((Greeting::Other { program, protocol }, all.len())));
    }
    let Some(said) = piece(&mut rest, MOST)? else { return Ok(None) };
    let mut said = Bytes::new(said);
    let greeting = match Answered::take(&mut said)? {
        Answered::Well => Greeting::Opened { program, told: Box::new(Told::take(&mut said)?) },
        other => Greeting::NotOpened(other),
    };
    said.end()?;
    Ok(Some((greeting, all.len() - rest.len())))
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (first, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(u32::from_le_bytes(*first))
}

/// Bytes behind their number, which may not be larger than `most`; `None` if they are not all there yet.
fn piece<'a>(rest: &mut &'a [u8], most: usize) -> Taken<Option<&'a [u8]>> {
    let mut behind = *rest;
    let Some(length) = number(&mut behind) else { return Ok(None) };
    let length = usize::try_from(length).map_err(|_| Malformed)?;
    if length > most {
        return Err(Malformed);
    }
    let Some((piece, behind)) = behind.split_at_checked(length) else { return Ok(None) };
    *rest = behind;
    Ok(Some(piece))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy() -> Vec<u8> {
        greeting(Err(&StoreError::TooSlow))
    }

    #[test]
    fn it_is_found_behind_what_a_shell_says_and_not_before_it_is_complete() {
        let all = [b"Welcome to rack 7!\n".as_slice(), &busy(), b"next"].concat();
        for end in 0..all.len() - 4 {
            assert!(matches!(heard(&all[..end]), Ok(None)), "{end}");
        }
        let (found, end) = heard(&all).expect("a greeting").expect("complete");
        assert!(matches!(found, Greeting::NotOpened(Answered::TooSlow)));
        assert_eq!(&all[end..], b"next");
    }

    #[test]
    fn endless_talk_and_huge_lengths_are_none() {
        assert_eq!(heard(&vec![b'x'; MOST_BEFORE + 1]).err(), Some(Malformed));
        let mut huge = busy();
        let at = BEGINNING.len() + 4;
        huge[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(heard(&huge).err(), Some(Malformed));
        let mut huge = busy();
        let at = BEGINNING.len() + 8 + PROGRAM.len();
        huge[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(heard(&huge).err(), Some(Malformed));
    }

    #[test]
    fn another_protocol_is_told_by_its_number_and_program() {
        let mut other = busy();
        other[BEGINNING.len()..BEGINNING.len() + 4].copy_from_slice(&9_u32.to_le_bytes());
        let (found, _) = heard(&other).expect("a greeting").expect("complete");
        assert!(matches!(found, Greeting::Other { program, protocol: 9 } if program == PROGRAM));
    }
}
