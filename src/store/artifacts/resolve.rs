//! From a recorded address to a folder that exists here.
//!
//! Stores get copied, and their roots have any name: `/mlflow/artifacts/1/<run>/artifacts`,
//! `s3://bucket/prefix/…`, `C:\Users\…`. What survives is the end of an address. So every end of
//! it is looked for, the longest first: beside the database, then below the folder that the user
//! named. It is the one if it ends in the id of the run, trace or model that it belongs to, or
//! begins with one of MLflow's own folders; `artifacts` alone would fit anything. Then the address
//! is tried as it stands: a folder outside the store's own is opened only if the user agreed,
//! since a malicious store could name any. No `..` or link leads out of any of them.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::model::Unmasked;
use crate::store::OpenOptions;
use crate::store::untrusted::inside;

/// Folders that MLflow puts artifacts into.
const ROOTS: [&str; 2] = ["mlruns", "mlartifacts"];

/// Where a server puts what it serves, beside the database, best first; `artifacts` is nobody's default, but what
/// people write behind `--artifacts-destination`.
const SERVED_FROM: [&str; 3] = ["mlartifacts", "mlruns", "artifacts"];

/// Where artifacts may lie.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The folder that the store lies in, without links.
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
    /// There is none.
    Absent {
        /// Why, as a sentence.
        why: Unmasked<String>,
        /// It may lie in a folder that the user could name.
        can_be_named: bool,
    },
}

impl Folders {
    /// For the store that lies in `folder`.
    pub fn beside(folder: &Path, options: &OpenOptions) -> Self {
        let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        Self {
            beside: real(folder),
            named: options.artifacts_dir.as_deref().map(real),
            allow_outside: options.allow_outside,
        }
    }

    /// Looks for the folder behind an address of the run, trace or model with this id.
    pub fn find(&self, uri: &str, id: &str) -> Found {
        let address = Address::parse(uri);
        let parts = address.parts();
        if parts.contains(&"..") {
            let why = format!("Its artifacts are at {uri}, which leads out of the store with `..`");
            return Found::Absent { why: Unmasked::new(why), can_be_named: false };
        }
        for end in ends(&parts, address.kind) {
            for (root, is_named) in self.roots() {
                if is_the_one(root, &end, id, is_named)
                    && root.join(end[0]).symlink_metadata().is_ok()
                    && let Some(folder) = inside(root, &end.join("/"), root)
                    && folder.is_dir()
                {
                    return Found::At { folder, root: root.to_owned() };
                }
            }
        }
        if address.kind == Kind::Path {
            return self.as_it_stands(uri, &address.path);
        }
        let what = match address.kind {
            Kind::Served => format!("{uri} was served by MLflow from a folder that is not beside the database"),
            _ => format!("Its artifacts are at {uri}, which is not opened; only a copy of them could be"),
        };
        self.absent(&what)
    }

    /// The folders in which ends of an address are looked for, and whether the user named them.
    fn roots(&self) -> impl Iterator<Item = (&Path, bool)> {
        [(Some(&self.beside), false), (self.named.as_ref(), true)]
            .into_iter()
            .filter_map(|(root, is_named)| Some((root?.as_path(), is_named)))
    }

    fn absent(&self, what: &str) -> Found {
        let advice = match &self.named {
            Some(named) => format!("it is not below {} either", named.display()),
            None => "name the folder where the artifacts are now".to_owned(),
        };
        Found::Absent { why: Unmasked::new(format!("{what}; {advice}")), can_be_named: true }
    }

    fn as_it_stands(&self, uri: &str, path: &str) -> Found {
        let missing = || self.absent(&format!("{uri} does not exist here"));
        let path = Path::new(path);
        let path = if path.is_absolute() { path.to_owned() } else { self.beside.join(path) };
        let Ok(folder) = std::fs::canonicalize(&path) else { return missing() };
        if !folder.is_dir() {
            return missing();
        }
        for (root, _) in self.roots() {
            if folder.starts_with(root) {
                return Found::At { folder, root: root.to_owned() };
            }
        }
        if self.allow_outside {
            return Found::At { root: folder.clone(), folder };
        }
        Found::Outside(folder)
    }
}

/// What an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A path of some computer.
    Path,
    /// A server's name for it (`mlflow-artifacts:`).
    Served,
    /// Something that is not opened, such as `s3://`.
    Remote,
}

/// A recorded address.
#[derive(Debug)]
struct Address {
    kind: Kind,
    path: String,
}

impl Address {
    fn parse(uri: &str) -> Self {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        if let Some(rest) = uri.strip_prefix("mlflow-artifacts:") {
            // `mlflow-artifacts://host:port/path` names the server too.
            let path = match rest.strip_prefix("//") {
                Some(rest) => rest.split_once('/').map_or("", |(_, path)| path),
                None => rest,
            };
            return Self { kind: Kind::Served, path: decode(path) };
        }
        if let Some(rest) = uri.strip_prefix("file:") {
            let path = match rest.strip_prefix("//") {
                Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
                None => rest,
            };
            return Self { kind: Kind::Path, path: decode(path) };
        }
        match uri.split_once("://") {
            Some((_, rest)) => Self { kind: Kind::Remote, path: decode(rest) },
            None => Self { kind: Kind::Path, path: uri.to_owned() },
        }
    }

    /// The names in it, without the drive of Windows.
    fn parts(&self) -> Vec<&str> {
        let is_name = |part: &&str| !part.is_empty() && *part != ".";
        let mut parts: Vec<&str> = self.path.split(['/', '\\']).filter(is_name).collect();
        let is_drive = |part: &&str| part.len() == 2 && part.ends_with(':');
        if self.kind == Kind::Path && parts.first().is_some_and(is_drive) {
            parts.remove(0);
        }
        parts
    }
}

/// Every end of an address, the longest first; none is empty.
fn ends<'a>(parts: &'a [&'a str], kind: Kind) -> impl Iterator<Item = Vec<&'a str>> {
    let served_from = if kind == Kind::Served && !parts.is_empty() { &SERVED_FROM[..] } else { &[] };
    let served = served_from.iter().map(|root| [&[*root][..], parts].concat());
    served.chain((0..parts.len()).map(|from| parts[from..].to_vec()))
}

/// Whether the folder at an end of an address is what the address means, if it exists.
fn is_the_one(root: &Path, end: &[&str], id: &str, is_named: bool) -> bool {
    let is_mlflows = end.len() > 1 && ROOTS.contains(&end[0]);
    // The user may name such a folder itself.
    let is_named_so = is_named && root.file_name().is_some_and(|name| ROOTS.iter().any(|known| name == *known));
    let mut names = end.iter().rev().map(|name| Some((*name).as_ref())).chain([root.file_name()]).take(2);
    is_mlflows || is_named_so && end.len() > 1 || !id.is_empty() && names.any(|name| name == Some(id.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folders(beside: &Path, options: &OpenOptions) -> Folders {
        Folders::beside(beside, options)
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
            assert_eq!(folders.find(uri, "abc"), Found::At { folder: run.clone(), root: home.clone() }, "{uri}");
        }
        let served = Found::At { folder: home.join("mlartifacts/2/x y/artifacts"), root: home.clone() };
        assert_eq!(folders.find("mlflow-artifacts://localhost:5000/2/x%20y/artifacts", "x y"), served);
    }

    #[test]
    fn the_user_names_another_folder() {
        let home = tempfile::tempdir().expect("a folder");
        let other = tempfile::tempdir().expect("a folder");
        let other = other.path().canonicalize().expect("exists");
        fs::create_dir_all(other.join("1/abc/artifacts")).expect("made");
        let options = OpenOptions { artifacts_dir: Some(other.clone()), ..OpenOptions::default() };
        let found = folders(home.path(), &options).find("/home/dev/mlruns/1/abc/artifacts", "abc");
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
        assert!(strict.find(uri, "abc") == Found::Outside(outside.clone()));
        assert!(matches!(strict.find("/a/mlruns/../../etc", "etc"), Found::Absent { can_be_named: false, .. }));
        assert!(
            matches!(strict.find("s3://bucket/1/abc", "abc"), Found::Absent { why, .. } if why.as_stored_for_structure().contains("s3"))
        );
        assert!(
            matches!(strict.find("/nowhere/1/abc", "abc"), Found::Absent { why, .. } if why.as_stored_for_structure().contains("does not exist"))
        );
        let options = OpenOptions { allow_outside: true, ..OpenOptions::default() };
        assert_eq!(
            folders(home.path(), &options).find(uri, "abc"),
            Found::At { folder: outside.clone(), root: outside.clone() }
        );
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(&outside, home.path().join("mlruns/1/link")).expect("linked");
            assert!(matches!(strict.find("/x/mlruns/1/link", "link"), Found::Absent { .. }));
        }
        let root = home.path().canonicalize().expect("exists");
        assert_eq!(inside(&root, "../x", &root), None);
        assert_eq!(inside(&root, "/etc/passwd", &root), None);
    }

    /// Addresses of real stores, each with an end of it that was copied.
    const COPIED: [(&str, &str); 9] = [
        ("/mlflow/artifacts/1/abc/artifacts", "artifacts/1/abc/artifacts"),
        ("/mlflow/artifacts/1/abc/artifacts", "1/abc/artifacts"),
        ("file:///app/tracking/artifacts/abc/artifacts", "abc/artifacts"),
        ("s3://bucket/some%20prefix/1/abc/artifacts", "some prefix/1/abc/artifacts"),
        ("file:///C:/Users/me/Desktop/data/artifacts/0/abc/artifacts", "data/artifacts/0/abc/artifacts"),
        ("C:\\Users\\me\\store\\1\\abc\\artifacts", "Users/me/store/1/abc/artifacts"),
        ("mlflow-artifacts:/1/abc/artifacts", "1/abc/artifacts"),
        ("mlflow-artifacts:/1/abc/artifacts", "artifacts/1/abc/artifacts"),
        ("gs://bucket/experiments/3/traces/abc", "traces/abc"),
    ];

    #[test]
    fn any_end_of_an_address_is_found_beside_the_database_and_below_a_named_folder() {
        for (uri, copied) in COPIED {
            let home = tempfile::tempdir().expect("a folder");
            let home = home.path().canonicalize().expect("exists");
            let other = tempfile::tempdir().expect("a folder");
            let other = other.path().canonicalize().expect("exists");
            let named = OpenOptions { artifacts_dir: Some(other.clone()), ..OpenOptions::default() };
            for (root, options) in [(home.clone(), OpenOptions::default()), (other, named)] {
                let folder = root.join(copied);
                fs::create_dir_all(&folder).expect("made");
                // A shorter end, which may only stand for it where there is nothing better.
                fs::create_dir_all(root.join("abc/artifacts")).expect("made");
                // It belongs to no run, and so to none of them.
                fs::create_dir_all(root.join("artifacts")).expect("made");
                let found = folders(&home, &options).find(uri, "abc");
                assert_eq!(found, Found::At { folder, root: root.clone() }, "{uri} in {copied}");
                let nobody = folders(&home, &options).find(&uri.replace("abc", "xyz"), "xyz");
                assert!(matches!(nobody, Found::Absent { can_be_named: true, .. }), "{uri}: {nobody:?}");
                fs::remove_dir_all(&root).expect("removed");
                fs::create_dir_all(&root).expect("made");
            }
        }
    }

    #[test]
    fn a_run_may_be_named_by_its_own_folder() {
        let home = tempfile::tempdir().expect("a folder");
        let run = home.path().canonicalize().expect("exists").join("abc");
        fs::create_dir_all(run.join("artifacts")).expect("made");
        let options = OpenOptions { artifacts_dir: Some(run.clone()), ..OpenOptions::default() };
        let folders = folders(Path::new("/nowhere"), &options);
        let found = folders.find("/mlflow/artifacts/1/abc/artifacts", "abc");
        assert_eq!(found, Found::At { folder: run.join("artifacts"), root: run });
        // Another run's `artifacts` is another folder.
        let other = folders.find("/mlflow/artifacts/1/xyz/artifacts", "xyz");
        assert!(matches!(other, Found::Absent { why, .. } if why.as_stored_for_structure().contains("either")));
    }

    #[test]
    fn no_end_of_an_address_leads_out() {
        let home = tempfile::tempdir().expect("a folder");
        let home = home.path().canonicalize().expect("exists");
        fs::create_dir_all(home.join("store/1")).expect("made");
        fs::create_dir_all(home.join("abc/artifacts")).expect("made");
        let folders = folders(&home.join("store"), &OpenOptions::default());
        for uri in [
            "/x/../abc/artifacts",
            "/x/%2e%2e/abc/artifacts",
            "file:///x/%2e%2e/abc/artifacts",
            "s3://bucket/%2E%2E/abc/artifacts",
            "s3://bucket/..%2Fabc/artifacts",
            "mlflow-artifacts:/..%2f..%2fabc/artifacts",
            "C:\\x\\..\\abc\\artifacts",
        ] {
            assert!(matches!(folders.find(uri, "abc"), Found::Absent { .. }), "{uri}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(home.join("abc"), home.join("store/1/abc")).expect("linked");
            let found = folders.find("s3://bucket/1/abc/artifacts", "abc");
            assert!(matches!(found, Found::Absent { .. }), "{found:?}");
        }
    }
}
