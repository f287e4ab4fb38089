//! Names for stores in the settings, which tell nothing of them.

use crate::store::StoreLocation;

/// A short name for a path that tells nothing of it: FNV-1a in hex.
pub fn fingerprint(path: &str) -> String {
    fingerprint_bytes(path.as_bytes())
}

/// The name of the store at a location.
pub fn fingerprint_of(location: &StoreLocation) -> String {
    fingerprint(&location.to_string())
}

/// The same of any bytes.
pub fn fingerprint_bytes(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}
