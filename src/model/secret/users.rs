//! The user part of URLs (`https://user:password@host`), as `lm.api_base` may have one.

use std::borrow::Cow;

use regex::{Captures, Regex};

use super::MASK;

/// Schemes of Azure's storage name a container before the @, and no secret.
const CONTAINER_SCHEMES: [&str; 4] = ["abfs", "abfss", "wasb", "wasbs"];

/// The user part of a URL, which is a name and a password, or a token.
pub(super) fn match_users<'a>(users: &Regex, text: &'a str) -> Cow<'a, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut found = false;
    let replaced = users.replace_all(text, |hit: &Captures<'_>| {
        let is_container = CONTAINER_SCHEMES.iter().any(|scheme| hit[1].eq_ignore_ascii_case(scheme));
        if is_container || &hit[2] == MASK {
            return hit[0].to_owned();
        }
        found = true;
        format!("{}://{MASK}@", &hit[1])
    });
    if found { replaced } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;
    use super::super::{MASK, Reveal, mask_json, redact};
    use serde_json::json;

    #[test]
    fn the_user_part_of_a_url_is_masked_wherever_it_stands() {
        for (text, wanted) in [
            ("https://me:pw1@host/v1", "https://‹masked›@host/v1"),
            ("https://token@host", "https://‹masked›@host"),
            ("postgresql+psycopg2://me:p@ss:w0rd@db:5432/x?y=z@w", "postgresql+psycopg2://‹masked›@db:5432/x?y=z@w"),
            (
                "LM(api_base='http://u:p@proxy:8080') and ftp://u@h",
                "LM(api_base='http://‹masked›@proxy:8080') and ftp://‹masked›@h",
            ),
            (r#"{"a": "{\"base\": \"https://u:p@h/\"}"}"#, r#"{"a": "{\"base\": \"https://‹masked›@h/\"}"}"#),
        ] {
            assert_eq!(redact(text), wanted);
            assert_eq!(shown("api_base", text, Reveal::Masked).as_str(), wanted);
            assert_eq!(shown("api_base", text, Reveal::Revealed).as_str(), text);
            assert_eq!(redact(wanted), wanted, "once is enough");
        }
        let lm = mask_json("lm", json!({"model": "m", "api_base": "https://me:pw1@host"}), Reveal::Masked);
        assert_eq!(lm, json!({"model": "m", "api_base": format!("https://{MASK}@host")}));
    }

    #[test]
    fn other_addresses_stay() {
        for text in [
            "https://host/@name",
            "see https://host/x?mail=a@b.org and me@home.org",
            "[a](https://host)me@home.org",
            "abfss://container@account.dfs.core.windows.net/x",
            "https://host",
            "a:// @b",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
