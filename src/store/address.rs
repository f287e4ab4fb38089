//! What of an address is a secret; in doubt it is.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use percent_encoding::percent_decode_str;

use crate::model::{Reveal, Unmasked, secret};

/// What stands between the parts of an address, of which each may be a parameter.
const BETWEEN: [char; 5] = ['/', '?', '#', '&', ';'];
/// An address within an address within an address is encoded as often.
const MOST_DECODED: usize = 4;

/// The part before the last `@` of the host, and the rest. People type passwords as they are: where what stands before
/// a slash may be a name and the beginning of a password, the password goes on behind it.
pub(super) fn split_user(rest: &str) -> (Option<&str>, &str) {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let at = match authority.rfind('@') {
        Some(at) => Some(at),
        None if is_host(authority) => None,
        None => rest.rfind('@'),
    };
    at.map_or((None, rest), |at| (Some(&rest[..at]), &rest[at + 1..]))
}

/// A machine without `user@` before it.
pub(super) fn after_user(host: &str) -> &str {
    host.rsplit_once('@').map_or(host, |(_, machine)| machine)
}

/// Whether it is surely no `user:password`. A password of digits looks like a port, so that only what nobody is called
/// is the host of one.
fn is_host(authority: &str) -> bool {
    let Some((name, port)) = authority.rsplit_once(':') else { return true };
    let is_no_user = name.eq_ignore_ascii_case("localhost") || name.ends_with(']') || name.parse::<Ipv4Addr>().is_ok();
    port.ends_with(']') || is_no_user && port.chars().all(|c| c.is_ascii_digit())
}

/// The same without the values of `?token=…` and its like, wherever they stand and however they are encoded. The value
/// of a secret ends at an `&` and nowhere else.
pub(super) fn without_secrets(rest: &str) -> String {
    let mut shown = String::with_capacity(rest.len());
    let mut is_within_secret = false;
    for piece in rest.split_inclusive(BETWEEN) {
        let part = piece.strip_suffix(BETWEEN).unwrap_or(piece);
        let end = &piece[part.len()..];
        if !is_within_secret {
            let hidden = hidden(part);
            is_within_secret = hidden.is_some();
            shown.push_str(hidden.as_deref().unwrap_or(part));
        }
        is_within_secret &= end != "&";
        if !is_within_secret {
            shown.push_str(end);
        }
    }
    shown
}

/// What stands for a part that holds a secret; `None` if it holds none.
fn hidden(part: &str) -> Option<String> {
    let plain = decoded(part);
    let is_pair = |pair: &str| pair.split_once('=').is_some_and(|(key, _)| secret::is_secret_parameter(key));
    let is_shape = |text: &str| Unmasked::new(text).shown("", Reveal::Masked).as_str() != text;
    if !is_shape(&plain) && !plain.split(BETWEEN).any(is_pair) {
        return None;
    }
    // The key tells which it is, unless the secret is in what looks like it.
    let key = part.split_once('=').map(|(key, _)| key);
    let key = key.filter(|key| !is_shape(&decoded(key)) && !decoded(key).contains(['=', ':', '/']));
    Some(key.map_or_else(|| secret::MASK.to_owned(), |key| format!("{key}={}", secret::MASK)))
}

/// Without its percent signs, also those that were encoded again.
fn decoded(part: &str) -> Cow<'_, str> {
    let mut plain = Cow::Borrowed(part);
    for _ in 0..MOST_DECODED {
        let next = percent_decode_str(&plain).decode_utf8_lossy().into_owned();
        if next == *plain {
            break;
        }
        plain = Cow::Owned(next);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_are_secrets_are_hidden_wherever_they_stand() {
        for (rest, shown) in [
            ("host/x?a=1#token=abcdef123456", "host/x?a=1#token=‹masked›"),
            ("host/#/x?a=1&token=abc/def==&b=2", "host/#/x?a=1&token=‹masked›&b=2"),
            ("host/x?API%5FKEY=abc123def456", "host/x?API%5FKEY=‹masked›"),
            ("host/x?api+key=abc", "host/x?api+key=‹masked›"),
            ("host/x?%2561pi_key=abc", "host/x?%2561pi_key=‹masked›"),
            ("host/x?token%3Dabc123&b=2", "host/x?‹masked›&b=2"),
            ("host/x?sig=abc123def456ghi&se=2026", "host/x?sig=‹masked›&se=2026"),
            (
                "b.s3.amazonaws.com/x?X-Amz-Date=1&X-Amz-Signature=0af1",
                "b.s3.amazonaws.com/x?X-Amz-Date=1&X-Amz-Signature=‹masked›",
            ),
            ("host/x;token=abc?page=2", "host/x;token=‹masked›"),
            ("host/token=abc/x", "host/token=‹masked›"),
            ("host/x?next=http%3A%2F%2Fh%3Ftoken%3Dabc&b=2", "host/x?next=‹masked›&b=2"),
            ("host/x?next=http%3A%2F%2Fme%3Apw1%40h&b=2", "host/x?next=‹masked›&b=2"),
            ("host/x?q=sk%2Dproj%2Dabcdefghij1234567890", "host/x?q=‹masked›"),
            ("host/sk%2Dproj%2Dabcdefghij1234567890", "host/‹masked›"),
        ] {
            assert_eq!(without_secrets(rest), shown);
            assert_eq!(without_secrets(shown), shown, "once is enough");
        }
    }

    #[test]
    fn other_parts_of_an_address_stay() {
        for rest in [
            "localhost:5000/#/experiments/1?searchFilter=metrics.a%20%3E%201&orderByAsc=true",
            "host/a=b/c;d=e?max_tokens=3&x=%zz%E9#top",
            "db/mlflow?sslmode=require",
            "",
        ] {
            assert_eq!(without_secrets(rest), rest);
        }
    }

    #[test]
    fn a_password_that_begins_like_a_port_is_one() {
        assert_eq!(split_user("user:12/34@host/x"), (Some("user:12/34"), "host/x"));
        assert_eq!(split_user("user:/34@host/x"), (Some("user:/34"), "host/x"));
        for rest in
            ["localhost:5000/a@b", "127.0.0.1:5000/a@b", "[::1]:5000/a@b", "[::1]/a@b", "host/a@b", "host:5000/a"]
        {
            assert_eq!(split_user(rest), (None, rest));
        }
    }
}
