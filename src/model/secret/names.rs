//! Values that name where a secret is kept and are none.

/// What code that reads a secret from somewhere begins with.
const OWNERS: [&str; 8] = ["os", "process", "env", "self", "cls", "settings", "config", "args"];

/// A variable's name has digits rarely (`S3_SECRET_KEY`), a secret many.
const MAX_DIGITS: usize = 2;

/// Whether a value that stands beside a secret's key inside a text is but the name of a secret:
/// a variable of the environment (`FS_API_KEY`, `$DB_PASSWORD`), or, where it is not quoted, what
/// code reads it from (`os.environ`, `self.api_key`). Words in small letters may be a password.
pub fn is_name(value: &str, is_quoted: bool) -> bool {
    is_variable(value.strip_prefix('$').unwrap_or(value)) || (!is_quoted && is_reference(value))
}

fn is_variable(value: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    value.contains('_')
        && value.starts_with(|c: char| c.is_ascii_uppercase())
        && value.split('_').all(is_word)
        && value.bytes().filter(u8::is_ascii_digit).count() <= MAX_DIGITS
}

fn is_reference(value: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    value.split_once('.').is_some_and(|(owner, rest)| OWNERS.contains(&owner) && rest.split('.').all(is_word))
}
