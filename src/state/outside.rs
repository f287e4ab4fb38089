//! What the system's own programs can show: files of kinds that run nothing, and web pages.

use std::path::{Path, PathBuf};

/// Endings of files that are looked at, not run. HTML is none of them: a browser would run its scripts.
const SAFE: [&str; 14] =
    ["png", "jpg", "jpeg", "gif", "webp", "txt", "log", "md", "json", "jsonl", "csv", "tsv", "yaml", "yml"];

/// Something to be shown outside of the window.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outside {
    /// A file, by its whole path.
    File(PathBuf),
    /// A web page.
    Page(String),
}

impl Outside {
    /// A file, if its kind is one that runs nothing and its path is whole.
    pub fn file(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        let is_safe = SAFE.iter().any(|safe| ending.eq_ignore_ascii_case(safe));
        (is_safe && path.is_absolute()).then(|| Self::File(path.to_owned()))
    }

    /// A web page, if the address is one of the web or of a mailbox.
    pub fn page(address: &str) -> Option<Self> {
        let is_safe = ["https://", "http://", "mailto:"]
            .iter()
            .any(|scheme| address.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)));
        let is_plain = !address.chars().any(|c| c.is_control() || c.is_whitespace());
        (is_safe && is_plain).then(|| Self::Page(address.to_owned()))
    }

    /// What the user is asked.
    pub fn question(&self) -> String {
        match self {
            Self::File(path) => format!("Open {} in the system's program?", path.display()),
            Self::Page(address) => format!("Open {address} in the browser?"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_runs_nothing_is_opened() {
        let whole = |name: &str| std::env::temp_dir().join(name);
        assert!(Outside::file(&whole("plot.PNG")).is_some());
        for name in ["page.html", "run.sh", "a.exe", "no-ending", "x.desktop", "x.svg"] {
            assert_eq!(Outside::file(&whole(name)), None, "{name}");
        }
        assert_eq!(Outside::file(Path::new("plot.png")), None);
        assert!(Outside::page("HTTPS://example.org/a?b").is_some());
        for address in ["file:///etc/passwd", "javascript:alert(1)", "https://a b", "/etc/passwd", ""] {
            assert_eq!(Outside::page(address), None, "{address}");
        }
    }
}
