//! What must not stand in the source.

use crate::source::Source;

/// Statements and pragmas that change a database.
const WRITING: [&str; 22] = [
    "insert into",
    "insert or",
    "replace into",
    "update ",
    "delete from",
    "create table",
    "create index",
    "create unique",
    "create temp",
    "create view",
    "create trigger",
    "create virtual",
    "drop ",
    "alter table",
    "vacuum",
    "reindex",
    "attach ",
    "journal_mode",
    "user_version",
    "wal_checkpoint",
    "auto_vacuum",
    "application_id",
];

/// Statements that write, in texts outside of tests. Tests make the databases that they read.
pub fn writing_sql(source: &Source) -> Vec<String> {
    let tests_begin = test_module_line(source);
    let mut found = Vec::new();
    for (line, text) in source.texts.iter().filter(|(line, _)| *line < tests_begin) {
        // Texts stand as they are written: with their escapes.
        let text = text.replace("\\n", " ").replace("\\\n", " ");
        let sql = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase() + " ";
        for writing in WRITING {
            // At the beginning of a statement: prose may speak of updates.
            let is_statement = sql.match_indices(writing).any(|(at, _)| {
                let before = sql[..at].trim_end();
                before.is_empty() || before.ends_with(';') || before.ends_with("pragma")
            });
            let is_call = ["journal_mode", "user_version", "wal_checkpoint", "auto_vacuum", "application_id"]
                .contains(&writing)
                && sql.trim() == writing;
            if is_statement || is_call {
                found.push(format!("line {line}: `{}` in a text changes the store", writing.trim()));
            }
        }
    }
    found
}

/// Limits of time that a question sets itself, outside of tests: all of them have one table, the budget of a reading.
pub fn own_time_limits(file: &str, source: &Source) -> Vec<String> {
    // How workers wait for each other is no part of an answer.
    if file == "src/query/ask/memo.rs" || file.ends_with("tests.rs") {
        return Vec::new();
    }
    let tests_begin = test_module_line(source);
    let lines = (1..).zip(source.code.lines()).take_while(|(line, _)| *line < tests_begin);
    let found = lines.filter(|(_, text)| text.contains("Duration::from_") || text.contains("Instant::now"));
    found.map(|(line, text)| format!("line {line}: `{}` belongs into the budget of a reading", text.trim())).collect()
}

/// Where the tests of a file begin; a number larger than any line if it has none.
pub fn test_module_line(source: &Source) -> usize {
    let is_tests = |(_, line): &(usize, &str)| line.trim() == "#[cfg(test)]";
    (1..).zip(source.code.lines()).find(is_tests).map_or(usize::MAX, |(line, _)| line)
}

/// Columns of text that are read as `String`: one that is no UTF-8 would cost the row.
pub fn text_columns(source: &Source) -> Vec<String> {
    found(source, &["get::<_, String>", "get::<_, Option<String>>", "get::<String>", "get::<usize, String>"])
}

/// Colours outside of their home.
pub fn raw_colours(file: &str, source: &Source) -> Vec<String> {
    if file.starts_with("src/widgets/tokens") {
        return Vec::new();
    }
    found(source, &["Color32::from_"])
}

/// Rows that are laid out whether they are seen or not.
pub fn plain_rows(source: &Source) -> Vec<String> {
    let mut mistakes = found(source, &["TableBody::row("]);
    mistakes.extend(found(source, &["body.row(", "table_body.row("]));
    mistakes
}

/// Threads without a name and channels without a bound.
pub fn threads_and_channels(source: &Source) -> Vec<String> {
    let mut mistakes = found(source, &["thread::spawn(", "mpsc::channel(", "mpsc::channel::<"]);
    let code = without_blanks(&source.code);
    let builders = code.matches("thread::Builder::new()").count();
    let named = code.matches("thread::Builder::new().name(").count();
    if named < builders {
        mistakes.push("a thread::Builder without .name( right after it".to_owned());
    }
    let imported = code.contains("usestd::sync::mpsc::channel;") || code.contains("usestd::thread::spawn;");
    if imported {
        mistakes.push("imports `channel` or `spawn` by its bare name".to_owned());
    }
    mistakes
}

/// Lints that are switched off without a reason.
pub fn bare_exceptions(source: &Source) -> Vec<String> {
    let mut mistakes = found(source, &["#[allow(", "#![allow("]);
    let code = without_blanks(&source.code);
    for start in ["#[expect(", "#![expect("] {
        for (at, _) in code.match_indices(start) {
            let end = code[at..].find(")]").map_or(code.len(), |end| at + end);
            if !code[at..end].contains("reason=") {
                mistakes.push(format!("`{}` without a reason", &code[at..end]));
            }
        }
    }
    mistakes
}

/// The lines in whose code something stands, however it is spaced.
fn found(source: &Source, unwanted: &[&str]) -> Vec<String> {
    let mut mistakes = Vec::new();
    for (line, code) in (1..).zip(source.code.lines()) {
        let code = without_blanks(code);
        for unwanted in unwanted {
            if code.contains(&without_blanks(unwanted)) {
                mistakes.push(format!("line {line}: `{unwanted}`"));
            }
        }
    }
    mistakes
}

fn without_blanks(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(code: &str) -> Source {
        Source::parse(code)
    }

    #[test]
    fn writing_is_found() {
        for sql in [
            "INSERT INTO t VALUES (1)",
            "select 1; delete from t",
            "pragma journal_mode=wal",
            "PRAGMA journal_mode = DELETE",
            "journal_mode",
            "update t set a = 1",
            "drop table t",
            "vacuum",
            "attach 'x' as y",
            "  alter\n table t add c",
            "create table t (a)",
        ] {
            assert_eq!(writing_sql(&source(&format!("conn.execute({sql:?}, [])"))).len(), 1, "{sql}");
        }
        for sql in ["select a from updates", "cannot update the view", "pragma query_only", "select created from t"] {
            assert_eq!(writing_sql(&source(&format!("conn.prepare({sql:?})"))), [""; 0], "{sql}");
        }
        assert_eq!(writing_sql(&source("fn f() {} // insert into")).len(), 0);
        assert_eq!(
            writing_sql(&source("fn f() {}\n#[cfg(test)]\nmod tests { fn g() { x(\"drop table t\") } }")).len(),
            0
        );
    }

    #[test]
    fn each_rule_can_fail() {
        assert_eq!(text_columns(&source("row.get::<_, String>(0)")).len(), 1);
        assert_eq!(text_columns(&source("row.get::<_, Option<String>>(0)")).len(), 1);
        assert_eq!(text_columns(&source("row.get::<_, i64>(0)")).len(), 0);
        assert_eq!(raw_colours("src/views/a.rs", &source("Color32::from_rgb(1, 2, 3)")).len(), 1);
        assert_eq!(raw_colours("src/widgets/tokens.rs", &source("Color32::from_rgb(1, 2, 3)")).len(), 0);
        assert_eq!(plain_rows(&source("body.row(18.0, |row| {})")).len(), 1);
        assert_eq!(plain_rows(&source("body.rows(18.0, 5, |row| {})")).len(), 0);
        assert_eq!(threads_and_channels(&source("std::thread::spawn(|| {})")).len(), 1);
        assert_eq!(threads_and_channels(&source("let (a, b) = mpsc::channel();")).len(), 1);
        assert_eq!(threads_and_channels(&source("mpsc::sync_channel(8)")).len(), 0);
        assert_eq!(threads_and_channels(&source("thread::Builder::new().spawn(f)")).len(), 1);
        assert_eq!(threads_and_channels(&source("thread::Builder::new()\n    .name(n)\n    .spawn(f)")).len(), 0);
        assert_eq!(bare_exceptions(&source("#[allow(dead_code)] fn f() {}")).len(), 1);
        assert_eq!(bare_exceptions(&source("#[expect(dead_code)] fn f() {}")).len(), 1);
        assert_eq!(bare_exceptions(&source("#[expect(dead_code, reason = \"x\")] fn f() {}")).len(), 0);
        assert_eq!(bare_exceptions(&source("// #[allow(x)]\nlet a = \"#[allow(x)]\";")).len(), 0);
    }
}
