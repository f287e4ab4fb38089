//! The parameters of addresses (`?sig=…`, `#access_token=…`).

use super::{is_secret_key, key_words};

/// What a parameter is called that grants access: of these the last word, which elsewhere may mean something else
/// (the signature of a predictor, the key of a metric). Azure's `sig`, `X-Amz-Signature`, Google's `key`, OAuth's `code`.
const GRANTS: [&str; 14] =
    ["sig", "signature", "sas", "key", "auth", "jwt", "bearer", "pat", "pass", "pw", "pwd", "pin", "code", "session"];

/// Whether the values of a parameter of an address are secrets, in doubt so.
pub fn is_secret_parameter(key: &str) -> bool {
    is_secret_key(key) || key_words(key).rsplit(' ').next().is_some_and(|last| GRANTS.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_grant_access_and_others() {
        for key in ["sig", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "signature", "key", "api key"]
        {
            assert!(is_secret_parameter(key), "{key}");
        }
        for key in ["page", "x", "o", "searchFilter", "signature_version", "keys", "monkey", "orderByKeyword", ""] {
            assert!(!is_secret_parameter(key), "{key}");
        }
    }
}
