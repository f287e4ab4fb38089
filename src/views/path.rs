//! A path as it is typed: pure.

use std::path::{MAIN_SEPARATOR, PathBuf, is_separator};

use crate::loader::{FolderName, StoreLocation};
use crate::state::Link;
use crate::widgets::completion::Completion;

/// Names that are offered at a time.
const MAX_OFFERED: usize = 60;

/// A path as people paste it: with quotes around, with `file://` before (the reader knows that), with spaces.
pub(super) fn typed_path(text: &str) -> PathBuf {
    let text = text.trim();
    let unquoted = ['"', '\''].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote));
    PathBuf::from(unquoted.unwrap_or(text))
}

/// The store that was pasted where anything may be typed: a whole path, or an address.
pub(super) fn typed_store(text: &str) -> Option<StoreLocation> {
    let path = typed_path(text);
    let location = StoreLocation::from(&path);
    let is_path = path.is_absolute() || path.starts_with("~") && path.components().count() > 1;
    (is_path || location.address().is_some() || text.contains("://")).then(|| location.whole())
}

/// The folder whose names may stand at the end of what is typed; none where that is no path.
pub(super) fn folder_of(text: &str) -> Option<PathBuf> {
    if text.contains("://") || text.starts_with(['"', '\'']) || Link::is_link(text) {
        return None;
    }
    Some(PathBuf::from(&text[..name_start(text)]))
}

fn name_start(text: &str) -> usize {
    text.rfind(is_separator).map_or(0, |at| at + 1)
}

/// What may stand at the end of a typed path, of the names in its folder. What begins as typed comes before what
/// begins so in other letters; hidden names are offered only to who asks for them.
pub(super) fn completions(text: &str, caret: usize, names: &[FolderName]) -> Vec<Completion> {
    if caret != text.len() {
        return Vec::new();
    }
    let start = name_start(text);
    let typed = &text[start..];
    let lower = typed.to_lowercase();
    let fits = |name: &FolderName| {
        name.name.to_lowercase().starts_with(&lower) && (typed.starts_with('.') || !name.name.starts_with('.'))
    };
    let mut fitting: Vec<&FolderName> = names.iter().filter(|name| fits(name)).collect();
    // Nothing is offered where everything is written.
    if fitting.len() == 1 && fitting[0].name == typed && !fitting[0].is_folder {
        return Vec::new();
    }
    fitting.sort_by_key(|name| !name.name.starts_with(typed));
    let offer = |name: &FolderName| {
        let end = if name.is_folder { MAIN_SEPARATOR.to_string() } else { String::new() };
        Completion {
            replace: start..text.len(),
            text: format!("{}{end}", name.name),
            kind: if name.is_folder { "folder" } else { "database" },
            note: String::new(),
        }
    };
    fitting.into_iter().take(MAX_OFFERED).map(offer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn names() -> Vec<FolderName> {
        [("Mlflow.db", false), ("mlflow.db", false), (".hidden", true), ("mlruns", true), ("notes", true)]
            .map(|(name, is_folder)| FolderName { name: name.to_owned(), is_folder })
            .into()
    }

    fn offered(text: &str) -> Vec<String> {
        completions(text, text.len(), &names()).into_iter().map(|item| item.text).collect()
    }

    #[test]
    fn paths_as_they_are_pasted() {
        for text in ["/a b/mlflow.db", " /a b/mlflow.db\n", "\"/a b/mlflow.db\"", "'/a b/mlflow.db'"] {
            assert_eq!(typed_path(text), Path::new("/a b/mlflow.db"));
        }
        assert_eq!(typed_path("\"a"), Path::new("\"a"));
    }

    #[test]
    fn addresses_are_told_from_paths() {
        assert_eq!(folder_of("http://x/y"), None);
        assert_eq!(folder_of("/data/ml").as_deref(), Some(Path::new("/data/")));
        assert_eq!(folder_of("ml").as_deref(), Some(Path::new("")));
    }

    #[test]
    fn names_go_on_where_the_path_ends() {
        assert_eq!(offered("/data/ml"), ["mlflow.db", &format!("mlruns{MAIN_SEPARATOR}"), "Mlflow.db"]);
        assert_eq!(offered("/data/.h"), [format!(".hidden{MAIN_SEPARATOR}")]);
        assert_eq!(offered("/data/").len(), 4);
        assert_eq!(offered("佐/no"), [format!("notes{MAIN_SEPARATOR}")]);
        assert!(completions("/data/ml", 3, &names()).is_empty());
        let items = completions("/佐/no", "/佐/no".len(), &names());
        assert_eq!(items[0].replace, 5..7);
        let one = [FolderName { name: "mlflow.db".to_owned(), is_folder: false }];
        assert!(completions("/d/mlflow.db", 12, &one).is_empty());
    }
}
