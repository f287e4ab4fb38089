//! Who asks a server, told apart without keeping anything of a credential.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::digest::{beginning, hex};
use crate::model::json;

/// Tells one user of a server from another by the header that goes with requests.
///
/// * A user name with a password: by the name alone.
/// * A token that says whose it is (a JSON Web Token): by issuer and subject, so that the next token of the same user,
///   which comes every hour with some servers, finds what was kept.
/// * Any other token: by 16 bits of a digest of it and of the server. They tell a handful of tokens apart, and of
///   whoever reads them, one token in 65,536 would have the same: no guess at a token can be confirmed by them. If two
///   tokens of the user of this computer ever share them, they share what is kept of that server.
pub fn identity(credentials: Option<&str>, base: &str) -> String {
    let Some(header) = credentials else { return "nobody".to_owned() };
    let (scheme, rest) = header.split_once(' ').unwrap_or(("", header));
    if scheme.eq_ignore_ascii_case("basic")
        && let Ok(decoded) = STANDARD.decode(rest.trim())
        && let Some(end) = decoded.iter().position(|byte| *byte == b':')
    {
        return format!("name {}", String::from_utf8_lossy(decoded.get(..end).unwrap_or_default()));
    }
    if let Some(subject) = subject(rest) {
        return format!("subject {subject}");
    }
    let digest = beginning(&[base.as_bytes(), header.as_bytes()]);
    format!("token {}", hex(digest.get(..2).unwrap_or_default()))
}

/// Whose token it is, if it says so.
fn subject(token: &str) -> Option<String> {
    let mut parts = token.trim().split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let claims = json::decode(&URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?).value;
    let claims = claims.as_stored_for_structure();
    let claim = |name: &str| claims.get(name)?.as_str().map(str::to_owned);
    Some(format!("{} of {}", claim("sub").filter(|name| !name.is_empty())?, claim("iss").unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn web_token(claims: &str, signature: &str) -> String {
        format!("Bearer eyJhbGciOiJub25lIn0.{}.{signature}", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn a_user_is_the_same_with_another_password_and_with_the_next_token() {
        let of = |header: &str| identity(Some(header), "http://host");
        assert_eq!(of(&basic("ana:one")), of(&basic("ana:two:three")));
        assert_ne!(of(&basic("ana:one")), of(&basic("bo:one")));
        let claims = [r#"{"sub": "ana", "iss": "i", "exp": 1}"#, r#"{"sub": "ana", "iss": "i", "exp": 2}"#];
        assert_eq!(of(&web_token(claims[0], "s1")), of(&web_token(claims[1], "s2")));
        assert_ne!(of(&web_token(claims[0], "s1")), of(&web_token(r#"{"sub": "bo", "iss": "i"}"#, "s1")));
        assert_ne!(of("Bearer dapi0001"), of("Bearer dapi0002"));
        assert_ne!(of("Bearer dapi0001"), identity(None, "http://host"));
        assert_ne!(of("Bearer dapi0001"), identity(Some("Bearer dapi0001"), "http://other"));
    }

    #[test]
    fn nothing_of_a_password_and_no_more_than_two_bytes_about_a_token_is_told() {
        assert_eq!(identity(Some(&basic("ana:pw-secret-7")), ""), "name ana");
        for token in ["Bearer t0k-secret-7", "Bearer a.b.c", "odd", &web_token(r#"{"exp": 1}"#, "x")] {
            let told = identity(Some(token), "http://host");
            let bits = told.strip_prefix("token ").expect("a token");
            assert!(bits.len() == 4 && bits.chars().all(|c| c.is_ascii_hexdigit()), "{told}");
        }
    }
}
