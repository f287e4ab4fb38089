//! Reading files that nobody vouches for: a store may come from anybody, and what it names may be a link, a pipe or
//! without end. Every reader that opens files by what a store or a person says does it through here: [`inside`]
//! tells which file is meant, [`read`] reads no more of it than is asked for. SQLite's own files are
//! [`super::sqlite`]'s.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::StoredFile;
use crate::model::Unmasked;

/// `folder/path` without links, if it exists and lies inside `root`, which must be without links itself
/// ([`std::fs::canonicalize`]). `path` may have several parts, but leads neither up
/// nor to another beginning.
pub(super) fn inside(folder: &Path, path: &str, root: &Path) -> Option<PathBuf> {
    let relative = Path::new(path);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let real = std::fs::canonicalize(folder.join(relative)).ok()?;
    real.starts_with(root).then_some(real)
}

/// The first `limit` bytes of a file that [`inside`] gave; `None` if it is no regular file: a pipe or a device would
/// never end.
///
/// # Errors
/// What the file system said, if it is there and cannot be read.
pub(super) fn read(file: &Path, limit: u64) -> std::io::Result<Option<StoredFile>> {
    if !file.is_file() {
        return Ok(None);
    }
    let file = File::open(file)?;
    let full_size = file.metadata()?.len();
    let expected = usize::try_from(full_size.min(limit)).unwrap_or(0);
    let mut bytes = Vec::new();
    // Sizes come from the file system, but memory is only promised for what can be real.
    bytes.reserve_exact(expected.min(64 << 20));
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(Some(StoredFile { bytes: Unmasked::new(bytes), full_size }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn nothing_but_the_beginning_of_a_regular_file_inside_is_read() {
        let home = tempfile::tempdir().expect("a folder");
        let home = fs::canonicalize(home.path()).expect("exists");
        let root = home.join("store");
        fs::create_dir_all(root.join("run")).expect("made");
        fs::write(root.join("run/meta.yaml"), "name: x").expect("written");
        fs::write(home.join("other"), "not of the store").expect("written");
        let file = inside(&root, "run/meta.yaml", &root).expect("it is there");
        let read_of = |limit| read(&file, limit).expect("read").expect("a file");
        assert_eq!(read_of(4), StoredFile { bytes: Unmasked::new(b"name".to_vec()), full_size: 7 });
        assert_eq!(read_of(u64::MAX).bytes, Unmasked::new(b"name: x".to_vec()));
        for path in ["../other", "run/../../other", "/etc/hostname", "nothing"] {
            assert_eq!(inside(&root, path, &root), None, "{path}");
        }
        assert_eq!(read(&root.join("run"), 9).expect("looked at"), None);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(home.join("other"), root.join("link")).expect("linked");
            assert_eq!(inside(&root, "link", &root), None);
        }
    }
}
