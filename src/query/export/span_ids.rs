//! Ids as OpenTelemetry wants them: 16 bytes of a trace, 8 of a span.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The 16 bytes of a trace: those that its id names (MLflow 3: `tr-` and 32 hex digits), else bytes made of it.
pub fn trace_bytes(id: &str) -> [u8; 16] {
    of_hex(id.strip_prefix("tr-").unwrap_or(id))
}

/// The 8 bytes of a span: those that its id names, else bytes made of it.
pub fn span_bytes(id: &str) -> [u8; 8] {
    of_hex(id)
}

/// Bytes that a text names in hex, zeros before them where it is shorter; of any other text a part of its hash, which
/// is the same wherever the id stands.
fn of_hex<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let is_hex = !text.is_empty() && text.len() <= 2 * N && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex {
        let padded = format!("{text:0>width$}", width = 2 * N);
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = padded.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0);
        }
        // All zeros is no id.
        if bytes != [0; N] {
            return bytes;
        }
    }
    for (byte, hashed) in bytes.iter_mut().zip(Sha256::digest(text.as_bytes())) {
        *byte = hashed;
    }
    bytes
}

/// As OTLP/JSON writes bytes of ids.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As MLflow 3 writes them.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_are_hex_stay_and_others_become_some() {
        assert_eq!(hex(&trace_bytes("tr-00112233445566778899aabbccddeeff")), "00112233445566778899aabbccddeeff");
        assert_eq!(hex(&span_bytes("f54b")), "000000000000f54b");
        assert_eq!(base64(&span_bytes("70c2e937cd2d5551")), "cMLpN80tVVE=");
        let made = hex(&span_bytes("not hex"));
        assert_eq!((made.len(), &made), (16, &hex(&span_bytes("not hex"))));
        assert_ne!(hex(&span_bytes("0")), "0".repeat(16));
        assert_ne!(made, hex(&span_bytes("not hex either")));
    }
}
