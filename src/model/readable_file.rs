//! The bytes of a file as they may be shown: its name tells where in it the keys and columns stand that make a value
//! a secret.

use std::borrow::Cow;

use super::json::{self, Json};
use super::json_beginning::decode_beginning;
use super::secret::{MASK, Reveal, Unmasked, is_secret_key, redact};
use crate::words::csv::Separated;

/// No more of a file's beginning is looked at to tell text from bytes.
pub const SNIFFED: usize = 8_000;

/// Whether a file is no text, as its beginning tells: texts hold no byte that is zero, nearly all other files do.
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(SNIFFED)].contains(&0)
}

/// The ending of a path's name in small letters; empty if it has none.
pub fn ending(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
}

impl Unmasked<Vec<u8>> {
    /// The bytes of the file `path`, or of its beginning, as they may be shown. In CSV and TSV a secret is known by
    /// its column, in JSON and lines of it by its key, in every text by its shape; what is no text stays as it is.
    ///
    /// Where nothing is a secret the bytes are those of the file. Else a table or JSON is written anew with its
    /// secrets masked, and in any text, bytes that are no UTF-8 became U+FFFD.
    pub fn readable_file(self, path: &str, reveal: Reveal) -> Vec<u8> {
        let bytes = self.into_stored_to_take_apart();
        if reveal == Reveal::Revealed {
            return bytes;
        }
        let masked = text_of(&bytes).and_then(|text| masked_text(path, &text));
        masked.map_or(bytes, String::into_bytes)
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

/// The text with its secrets masked; `None` if there is none.
fn masked_text(path: &str, text: &str) -> Option<String> {
    let masked = match ending(path).as_str() {
        // Cell by cell and never as one text: what a pattern finds may reach across a comma, and cells behind it would
        // stand under other columns.
        "csv" => return masked_table(text, b',', Separated::Csv),
        "tsv" => return masked_table(text, b'\t', Separated::Tsv),
        "json" => masked_json(text),
        "jsonl" | "ndjson" => masked_lines(text),
        _ => None,
    };
    // Keys, and what could not be parsed, are looked through by shape alone.
    match redact(masked.as_deref().unwrap_or(text)) {
        Cow::Owned(redacted) => Some(redacted),
        Cow::Borrowed(_) => masked,
    }
}

/// A table whose first row names the columns.
fn masked_table(text: &str, separator: u8, kind: Separated) -> Option<String> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut rows = kind.rows();
    let mut secret = Vec::new();
    let mut found = false;
    for (at, row) in reader.records().flatten().enumerate() {
        if at == 0 {
            secret = row.iter().map(is_secret_key).collect();
        }
        let is_even = row.len() == secret.len();
        // Where cells are missing or too many, nobody knows which of them stands in which column, and a quote that
        // is not closed makes one cell of many rows.
        let first = if is_even { None } else { secret.iter().position(|is_secret| *is_secret) };
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let is_doubtful = first.is_some_and(|first| column >= first || cell.contains('\n'));
            let is_secret = at > 0 && (is_doubtful || secret.get(column) == Some(&true));
            let shown = Unmasked::new(cell).shown_under(is_secret, Reveal::Masked);
            found |= shown.as_str() != cell;
            Cow::Owned(shown.as_str().to_owned())
        });
        rows.push(cells);
    }
    found.then(|| rows.finish())
}

/// JSON, laid out or in one line as it was. Of a text that is cut or damaged, [`MASK`] stands for what comes behind
/// the part that can be read.
fn masked_json(text: &str) -> Option<String> {
    let decoded = json::decode(text.as_bytes());
    let is_damaged = decoded.marks.is_raw;
    let is_laid_out = text.trim_end().contains('\n');
    let value = match is_damaged.then(|| decode_beginning(text)) {
        None => decoded.value,
        Some(Some(beginning)) => beginning,
        // Some write lines of JSON into a file whose name says one value.
        Some(None) => return is_laid_out.then(|| masked_lines(text)).flatten().or_else(|| masked_values(text)),
    };
    let masked = value.masked_if_secret()?;
    let written = if is_laid_out { serde_json::to_string_pretty(&masked) } else { serde_json::to_string(&masked) };
    let end = &text[text.trim_end().len()..];
    let rest = if is_damaged { MASK } else { "" };
    Some(written.map_or_else(|_| MASK.to_owned(), |written| format!("{written}{rest}{end}")))
}

/// A JSON value in each line.
fn masked_lines(text: &str) -> Option<String> {
    let mut found = false;
    let masked = text.split_inclusive('\n').map(|line| match masked_json(line) {
        Some(masked) => {
            found = true;
            Cow::Owned(masked)
        }
        None => Cow::Borrowed(line),
    });
    let masked: String = masked.collect();
    found.then_some(masked)
}

/// JSON values one after the other, as many as can be read.
fn masked_values(text: &str) -> Option<String> {
    let mut found = false;
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    let mut written = String::new();
    for value in values.by_ref().map_while(Result::ok) {
        let masked = Unmasked::new(value.clone()).masked_if_secret();
        found |= masked.is_some();
        written.push_str(&masked.unwrap_or(value).to_string());
        written.push('\n');
    }
    let rest = text.get(values.byte_offset()..).unwrap_or_default();
    written.push_str(if rest.trim().is_empty() { "" } else { MASK });
    found.then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(path: &str, bytes: &[u8]) -> Vec<u8> {
        Unmasked::new(bytes.to_vec()).readable_file(path, Reveal::Masked)
    }

    fn text(path: &str, text: &str) -> String {
        String::from_utf8(masked(path, text.as_bytes())).expect("text")
    }

    #[test]
    fn a_broken_byte_does_not_show_the_secrets_of_a_text() {
        let log = b"caf\xe9\nOPENAI_API_KEY=sk-proj-abcdefghij1234567890\n\xff api_key=ab\xffcdef";
        let shown = String::from_utf8(masked("run.log", log)).expect("text");
        assert_eq!(shown, "caf\u{FFFD}\nOPENAI_API_KEY=‹masked›\n\u{FFFD} api_key=‹masked›");
        assert_eq!(Unmasked::new(log.to_vec()).readable_file("run.log", Reveal::Revealed), log);
        let cut = "api_key=abcdef é".as_bytes();
        assert_eq!(masked("run.log", &cut[..cut.len() - 1]), "api_key=‹masked› ".as_bytes());
    }

    #[test]
    fn bytes_in_which_nothing_is_a_secret_stay_as_they_are() {
        for bytes in [&b"caf\xe9 api_key=None"[..], b"\x80\x04\x00 api_key=abcdef", b"", b"\xff", b"a\xc3"] {
            assert_eq!(masked("x", bytes), bytes);
        }
        for (path, bytes) in [
            ("a.csv", "user;n\n\n\"a\",1\n"),
            ("a.csv", "api_key,n\n,1\nNone,2"),
            ("a.tsv", "a\t\"b\n"),
            ("a.json", "{ \"n\":1.50, \"api_key\":null,\"n\":2}"),
            ("a.json", "{\"n\": "),
            ("a.jsonl", "{\"n\": NaN}\r\nno\n"),
        ] {
            assert_eq!(text(path, bytes), bytes);
        }
    }

    #[test]
    fn a_table_is_masked_by_its_columns() {
        let csv = "user,api_key\nme,abc123def456\n\"a,\nb\",\"x\"\"y,z\"\nyou,None\nuse sk-fake,\n";
        let wanted = "user,api_key\r\nme,‹masked›\r\n\"a,\nb\",‹masked›\r\nyou,None\r\nuse sk-fake,\r\n";
        assert_eq!(text("a/b.CSV", csv), wanted);
        assert_eq!(text("a/b.CSV", wanted), wanted, "once is enough");
        assert_eq!(text("b.tsv", "token\tq\nabc\ta,b\n"), "token\tq\n‹masked›\ta,b\n");
        assert_eq!(
            text("b.csv", "q,a\nsk-fake,\"api_key=\"\"abcd\"\"\"\n"),
            "q,a\r\n‹masked›,\"api_key=\"\"‹masked›\"\"\"\r\n"
        );
        // A user of an address never reaches into the next cell, after which a key would stand under `mail`.
        let users = text("b.csv", "url,mail,api_key\nhttp://h,me@x.org,abc123\n");
        assert_eq!(users, "url,mail,api_key\r\nhttp://h,me@x.org,‹masked›\r\n");
        assert_eq!(
            masked("b.csv", b"caf\xe9,password\n\xff,abc\n"),
            "caf\u{FFFD},password\r\n\u{FFFD},‹masked›\r\n".as_bytes()
        );
    }

    #[test]
    fn a_cell_that_may_stand_under_a_secret_column_is_hidden() {
        let rows = text("b.csv", "user,api_key,n\nDoe, John,abc123,1\nme\nyou,abc123\n\"me,abc123,1\nyou,abc123,2\n");
        let hidden = "Doe,‹masked›,‹masked›,‹masked›\r\nme\r\nyou,‹masked›\r\n‹masked›\r\n";
        assert_eq!(rows, format!("user,api_key,n\r\n{hidden}"));
    }

    #[test]
    fn json_is_masked_by_its_keys_and_columns() {
        let table = r#"{"columns":["api_key"],"data":[["abc123def456"]]}"#;
        assert_eq!(text("t.json", table), r#"{"columns":["api_key"],"data":[[{"masked":true}]]}"#);
        let laid_out = "{\n  \"token\": \"abc\",\n  \"n\": 1.50\n}\n";
        assert_eq!(text("t.json", laid_out), "{\n  \"token\": {\n    \"masked\": true\n  },\n  \"n\": 1.50\n}\n");
        let keys = r#"{"sk-proj-abcdefghij1234567890":1,"password":"a\\b"}"#;
        assert_eq!(text("t.json", keys), r#"{"‹masked›":1,"password":{"masked":true}}"#);
        // Cut, or damaged.
        let cut = text("t.json", &table[..table.len() - 8]);
        assert!(!cut.contains("abc123") && cut.ends_with(MASK), "{cut}");
        let several = text("t.json", "{\"token\": \"abc\"} {\"n\": 1}\n");
        assert_eq!(several, "{\"token\":{\"masked\":true}}\n{\"n\":1}\n");
        let damaged = text("t.json", &format!("{table} and {table}"));
        assert!(!damaged.contains("abc123") && damaged.ends_with(MASK), "{damaged}");
        for path in ["t.jsonl", "t.json"] {
            let lines = text(path, "{\"n\": 1}\n{\"token\": \"abc\"}\r\nno\n");
            assert_eq!(lines, "{\"n\": 1}\n{\"token\":{\"masked\":true}}\r\nno\n");
        }
    }

    #[test]
    fn endings_are_those_of_the_name() {
        assert_eq!((ending("a.b/c"), ending("a/B.CSV")), (String::new(), "csv".to_owned()));
    }
}
