//! From a recorded address to a folder that exists here.
//!
//! Stores get copied, so an address is tried in this order: its part from `mlruns` or
//! `mlartifacts` on, beside the database; the same below the folder that the user named; then
//! as it stands. A folder outside the store's own is opened only if the user agreed, since a
//! malicious store could name any, and no `..` or link leads out of any of them.

use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::store::open::OpenOptions;

/// Folders that MLflow puts artifacts into.
const ROOTS: [&str; 2] = ["mlruns", "mlartifacts"];

/// Where artifacts may lie.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The database's folder, without links.
    beside: PathBuf,
    /// The user's folder, without links.
    named: Option<PathBuf>,
    allow_outside: bool,
}

/// What became of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is this folder, and nothing outside `root` may be reached through it.
    At {
        /// The artifact folder.
        folder: PathBuf,
        /// The trusted folder around it.
        root: PathBuf,
    },
    /// It is this folder, which lies outside the store's own and was not allowed.
    Outside(PathBuf),
    /// There is none, because of this.
    Absent(String),
}

impl Folders {
    /// For the store whose database is `database`.
    pub fn new(database: &Path, options: &OpenOptions) -> Self {
        let parent = database.parent().unwrap_or(Path::new("."));
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Self {
            beside: real(parent),
            named: options.artifacts_dir.as_deref().map(real),
            allow_outside: options.allow_outside,
        }
    }

    /// Looks for the folder behind an address.
    pub fn find(&self, uri: &str) -> Found {
        let (path, is_served) = match address(uri) {
            Ok(address) => address,
            Err(scheme) => {
                return Found::Absent(format!("Its artifacts are at {uri}; addresses of {scheme} are not opened"));
            }
        };
        let parts: Vec<&str> = path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
        if parts.contains(&"..") {
            return Found::Absent(format!("Its artifacts are at {uri}, which leads out of the store with `..`"));
        }
        for tail in tails(&parts, is_served) {
            let below = |root: &PathBuf| inside(root, &tail, root).map(|folder| (folder, root.clone()));
            let in_named = || {
                let root = self.named.as_ref()?;
                // The user may name the folder that holds mlruns, or mlruns itself.
                below(root).or_else(|| inside(root, tail.split_once('/')?.1, root).map(|folder| (folder, root.clone())))
            };
            if let Some((folder, root)) = below(&self.beside).or_else(in_named)
                && folder.is_dir()
            {
                return Found::At { folder, root };
            }
        }
        if is_served {
            return Found::Absent(format!(
                "{uri} was served by MLflow from a folder that is not beside the database; \
                 name the folder that holds mlartifacts or mlruns"
            ));
        }
        self.as_it_stands(uri, &path)
    }

    fn as_it_stands(&self, uri: &str, path: &str) -> Found {
        let missing =
            || Found::Absent(format!("{uri} does not exist here; name the folder where the artifacts are now"));
        let path = Path::new(path);
        let path = if path.is_absolute() { path.to_owned() } else { self.beside.join(path) };
        let Ok(folder) = std::fs::canonicalize(&path) else { return missing() };
        if !folder.is_dir() {
            return missing();
        }
        for root in [Some(&self.beside), self.named.as_ref()].into_iter().flatten() {
            if folder.starts_with(root) {
                return Found::At { folder, root: root.clone() };
            }
        }
        if self.allow_outside {
            return Found::At { root: folder.clone(), folder };
        }
        Found::Outside(folder)
    }
}

/// The path behind an address, and whether a server's name for it (`mlflow-artifacts:`).
fn address(uri: &str) -> Result<(String, bool), &str> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    if let Some(rest) = uri.strip_prefix("mlflow-artifacts:") {
        // `mlflow-artifacts://host:port/path` names the server too.
        let path = match rest.strip_prefix("//") {
            Some(rest) => rest.split_once('/').map_or("", |(_, path)| path),
            None => rest,
        };
        return Ok((decode(path), true));
    }
    if let Some(rest) = uri.strip_prefix("file:") {
        let path = match rest.strip_prefix("//") {
            Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
            None => rest,
        };
        return Ok((decode(path), false));
    }
    match uri.split_once("://") {
        Some((scheme, _)) => Err(scheme),
        None => Ok((uri.to_owned(), false)),
    }
}

/// The ends of a path that may exist elsewhere, best first.
fn tails(parts: &[&str], is_served: bool) -> Vec<String> {
    if is_served {
        let path = parts.join("/");
        return ROOTS.iter().rev().map(|root| format!("{root}/{path}")).collect();
    }
    let places = parts.iter().enumerate().filter(|(_, part)| ROOTS.contains(part));
    let mut tails: Vec<String> = places.map(|(place, _)| parts[place..].join("/")).collect();
    tails.reverse();
    tails
}

/// `folder/path` without links, if it exists and lies inside `root`.
pub fn inside(folder: &Path, path: &str, root: &Path) -> Option<PathBuf> {
    let relative = Path::new(path);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let real = std::fs::canonicalize(folder.join(relative)).ok()?;
    real.starts_with(root).then_some(real)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folders(beside: &Path, options: &OpenOptions) -> Folders {
        Folders::new(&beside.join("mlflow.db"), options)
    }

    #[test]
    fn a_copied_store_finds_its_files_beside_the_database() {
        let home = tempfile::tempdir().expect("a folder");
        let home = home.path().canonicalize().expect("exists");
        let run = home.join("mlruns/1/abc/artifacts");
        fs::create_dir_all(&run).expect("made");
        fs::create_dir_all(home.join("mlartifacts/2/x y/artifacts")).expect("made");
        let folders = folders(&home, &OpenOptions::default());
        for uri in [
            "/home/dev/old/mlruns/1/abc/artifacts",
            "file:///home/dev/mlruns/1/abc/artifacts",
            "file:/home/mlruns/old/mlruns/1/abc/artifacts",
            "C:\\work\\mlruns\\1\\abc\\artifacts",
            "./mlruns/1/abc/artifacts",
            "mlflow-artifacts:/1/abc/artifacts",
        ] {
            assert_eq!(folders.find(uri), Found::At { folder: run.clone(), root: home.clone() }, "{uri}");
        }
        let served = Found::At { folder: home.join("mlartifacts/2/x y/artifacts"), root: home.clone() };
        assert_eq!(folders.find("mlflow-artifacts://localhost:5000/2/x%20y/artifacts"), served);
    }

    #[test]
    fn the_user_names_another_folder() {
        let home = tempfile::tempdir().expect("a folder");
        let other = tempfile::tempdir().expect("a folder");
        let other = other.path().canonicalize().expect("exists");
        fs::create_dir_all(other.join("1/abc/artifacts")).expect("made");
        let options = OpenOptions { artifacts_dir: Some(other.clone()), ..OpenOptions::default() };
        let found = folders(home.path(), &options).find("/home/dev/mlruns/1/abc/artifacts");
        assert_eq!(found, Found::At { folder: other.join("1/abc/artifacts"), root: other });
    }

    #[test]
    fn nothing_leads_outside_without_the_users_word() {
        let home = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        let outside = outside.path().canonicalize().expect("exists");
        fs::create_dir_all(home.path().join("mlruns/1")).expect("made");
        fs::write(outside.join("secret.txt"), "x").expect("written");
        let strict = folders(home.path(), &OpenOptions::default());
        let uri = outside.to_str().expect("text");
        assert!(strict.find(uri) == Found::Outside(outside.clone()));
        assert!(matches!(strict.find("/a/mlruns/../../etc"), Found::Absent(_)));
        assert!(matches!(strict.find("s3://bucket/1/abc"), Found::Absent(why) if why.contains("s3")));
        assert!(matches!(strict.find("/nowhere/1/abc"), Found::Absent(why) if why.contains("does not exist")));
        let options = OpenOptions { allow_outside: true, ..OpenOptions::default() };
        assert_eq!(
            folders(home.path(), &options).find(uri),
            Found::At { folder: outside.clone(), root: outside.clone() }
        );
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&outside, home.path().join("mlruns/1/link")).expect("linked");
            assert!(matches!(strict.find("/x/mlruns/1/link"), Found::Absent(_)));
        }
        let root = home.path().canonicalize().expect("exists");
        assert_eq!(inside(&root, "../x", &root), None);
        assert_eq!(inside(&root, "/etc/passwd", &root), None);
    }
}
