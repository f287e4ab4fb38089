//! Pieces of what is said, so that a long answer does not keep short ones waiting.

use std::collections::HashMap;
use std::io::{self, Read};

/// Which question or answer a piece belongs to, counted by whoever asks.
pub type Number = u32;

/// No piece is longer.
pub const MOST_OF_PIECE: usize = 64 << 10;

/// No question or answer is longer.
pub const MOST_OF_MESSAGE: usize = 1 << 30;

/// How many bytes stand before a piece: its length, its number, its kind.
const HEAD: usize = 9;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// More of the same message follows.
    Part,
    /// The end of a message.
    Last,
    /// All of a question that nobody waits for yet: others go before it.
    Ahead,
    /// Nobody waits for the answer any more, or no more of it is sent for that.
    Cancel,
    /// A question whether somebody is there.
    Ping,
    /// The answer to it.
    Pong,
}

/// A piece.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    pub number: Number,
    pub kind: Kind,
    pub bytes: Vec<u8>,
}

impl Kind {
    const ALL: [Self; 6] = [Self::Part, Self::Last, Self::Ahead, Self::Cancel, Self::Ping, Self::Pong];
}

/// A piece as it is sent.
pub fn written(number: Number, kind: Kind, bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut all = Vec::with_capacity(HEAD + bytes.len());
    all.extend_from_slice(&length.to_le_bytes());
    all.extend_from_slice(&number.to_le_bytes());
    all.push(kind as u8);
    all.extend_from_slice(bytes);
    all
}

/// A message as the pieces that are sent.
pub fn pieces(number: Number, message: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let count = message.len().div_ceil(MOST_OF_PIECE).max(1);
    (0..count).map(move |at| {
        let from = at * MOST_OF_PIECE;
        let piece = message.get(from..message.len().min(from + MOST_OF_PIECE)).unwrap_or_default();
        written(number, if at + 1 == count { Kind::Last } else { Kind::Part }, piece)
    })
}

/// The next piece; `None` at the end.
///
/// # Errors
/// What the system says, and what is no piece.
pub fn next(from: &mut impl Read) -> io::Result<Option<Frame>> {
    let mut head = [0; HEAD];
    let mut have = 0;
    while let Some(rest) = head.get_mut(have..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(more) => have += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let [a, b, c, d, e, f, g, h, kind] = head;
    let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    let kind = Kind::ALL.into_iter().find(|known| *known as u8 == kind);
    let (Some(kind), true) = (kind, length <= MOST_OF_PIECE) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it sent what is no message"));
    };
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(Some(Frame { number: u32::from_le_bytes([e, f, g, h]), kind, bytes }))
}

/// Messages of which only some pieces are there.
#[derive(Debug, Default)]
pub struct Begun(HashMap<Number, Vec<u8>>);

impl Begun {
    /// Takes a piece in; the message, if it was the last one.
    ///
    /// # Errors
    /// A message that never ends.
    pub fn add(&mut self, number: Number, bytes: Vec<u8>, is_last: bool) -> io::Result<Option<Vec<u8>>> {
        let message = match self.0.remove(&number) {
            Some(mut begun) => {
                begun.extend_from_slice(&bytes);
                begun
            }
            None => bytes,
        };
        if is_last {
            return Ok(Some(message));
        }
        if message.len() > MOST_OF_MESSAGE {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "it sent a message without an end"));
        }
        self.0.insert(number, message);
        Ok(None)
    }

    /// Drops what is there of a message.
    pub fn forget(&mut self, number: Number) {
        self.0.remove(&number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_out_of_its_pieces_between_those_of_another() {
        let long: Vec<u8> = (0..MOST_OF_PIECE * 2 + 7).map(|at| at as u8).collect();
        let mut sent: Vec<Vec<u8>> = pieces(1, &long).collect();
        assert_eq!((sent.len(), pieces(2, &[]).count()), (3, 1));
        sent.insert(1, pieces(2, b"short").next().expect("a piece"));
        let sent = sent.concat();
        let mut from = sent.as_slice();
        let (mut begun, mut found) = (Begun::default(), Vec::new());
        while let Some(Frame { number, kind, bytes }) = next(&mut from).expect("pieces") {
            found.extend(begun.add(number, bytes, kind == Kind::Last).expect("whole").map(|message| (number, message)));
        }
        assert_eq!(found, [(2, b"short".to_vec()), (1, long)]);
    }

    #[test]
    fn what_is_no_piece_is_told_without_making_room_for_it() {
        let huge = [u32::MAX.to_le_bytes().as_slice(), &[0; 5]].concat();
        assert_eq!(next(&mut huge.as_slice()).expect_err("huge").kind(), io::ErrorKind::InvalidData);
        let mut odd = written(1, Kind::Last, b"x");
        odd[8] = 77;
        assert_eq!(next(&mut odd.as_slice()).expect_err("odd").kind(), io::ErrorKind::InvalidData);
        let cut = written(1, Kind::Last, b"xyz");
        assert_eq!(next(&mut &cut[..cut.len() - 1]).expect_err("cut").kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(next(&mut &cut[..4]).expect_err("cut").kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(next(&mut [].as_slice()).expect("an end"), None);
    }
}
