//! Digests that files and answers are known by.

use sha2::{Digest, Sha256};

use crate::store::server::exchange::Request;

/// What a request is known by.
pub type Key = [u8; 16];

/// The address and what is posted there. Credentials are in neither.
pub fn key_of(request: &Request) -> Key {
    beginning(&[request.url.as_bytes(), request.body.as_deref().unwrap_or_default()])
}

/// The first half of the digest of parts.
pub fn beginning(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut beginning = [0; 16];
    beginning.iter_mut().zip(hasher.finalize()).for_each(|(to, from)| *to = from);
    beginning
}

/// Bytes as a name of a file has them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
