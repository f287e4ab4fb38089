//! The bytes of a file as they may be shown.

use std::borrow::Cow;

use super::secret::{Reveal, Unmasked, redact};

/// No more of a file's beginning is looked at to tell text from bytes.
pub const SNIFFED: usize = 8_000;

/// Whether a file is no text, as its beginning tells: texts hold no byte that is zero, nearly all other files do.
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(SNIFFED)].contains(&0)
}

impl Unmasked<Vec<u8>> {
    /// The bytes of a file, or of its beginning, as they may be shown: secrets in a text are replaced, what is no
    /// text stays as it is. A text that some bytes are broken in is still one; where a secret in it was replaced, each
    /// of them became U+FFFD.
    pub fn readable_file(self, reveal: Reveal) -> Vec<u8> {
        let bytes = self.into_stored_to_take_apart();
        if reveal == Reveal::Revealed {
            return bytes;
        }
        match text_of(&bytes).as_deref().map(redact) {
            Some(Cow::Owned(masked)) => masked.into_bytes(),
            _ => bytes,
        }
    }
}

/// What is looked through for secrets; `None` where there is no text.
fn text_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.into()),
        // Files that are cut may end inside a character.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok().map(Cow::Borrowed)
        }
        Err(_) if is_binary(bytes) => None,
        Err(_) => Some(String::from_utf8_lossy(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(bytes: &[u8]) -> Vec<u8> {
        Unmasked::new(bytes.to_vec()).readable_file(Reveal::Masked)
    }

    #[test]
    fn a_broken_byte_does_not_show_the_secrets_of_a_text() {
        let log = b"caf\xe9\nOPENAI_API_KEY=sk-proj-abcdefghij1234567890\n\xff api_key=ab\xffcdef";
        let shown = String::from_utf8(masked(log)).expect("text");
        assert_eq!(shown, "caf\u{FFFD}\nOPENAI_API_KEY=‹masked›\n\u{FFFD} api_key=‹masked›");
        assert_eq!(Unmasked::new(log.to_vec()).readable_file(Reveal::Revealed), log);
        let cut = "api_key=abcdef é".as_bytes();
        assert_eq!(masked(&cut[..cut.len() - 1]), "api_key=‹masked› ".as_bytes());
    }

    #[test]
    fn bytes_in_which_nothing_is_a_secret_stay_as_they_are() {
        for bytes in [&b"caf\xe9 api_key=None"[..], b"\x80\x04\x00 api_key=abcdef", b"", b"\xff", b"a\xc3"] {
            assert_eq!(masked(bytes), bytes);
        }
    }
}
