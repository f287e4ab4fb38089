//! The sample store: carried inside the program, unpacked into the user's cache folder.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use crate::state::fingerprint_bytes;
use crate::store::{StoreError, StoreLocation, user_cache};

static PACKED: &[u8] = include_bytes!("../../assets/sample/sample-store.tar.gz");

/// What is opened for the sample; no path that anybody has.
pub(super) fn marker() -> StoreLocation {
    StoreLocation::Path(PathBuf::from("dspyglass:sample"))
}

/// The folder of the sample, unpacked now unless it was before. Its name tells its content, so a newer
/// program never shows an older sample.
pub(super) fn unpacked() -> Result<PathBuf, StoreError> {
    let cache = user_cache().unwrap_or_else(|| std::env::temp_dir().join("dspyglass"));
    let folder = cache.join(format!("sample-{}", fingerprint_bytes(PACKED)));
    if !folder.is_dir() {
        unpack(&cache, &folder)?;
    }
    Ok(folder)
}

fn unpack(cache: &Path, folder: &Path) -> Result<(), StoreError> {
    let failed = |action: &'static str, path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io { action, path, source }
    };
    std::fs::create_dir_all(cache).map_err(failed("make", cache))?;
    let unfinished = tempfile::Builder::new().prefix("sample-").tempdir_in(cache).map_err(failed("make", cache))?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(Cursor::new(PACKED)));
    archive.unpack(unfinished.path()).map_err(failed("unpack the sample into", unfinished.path()))?;
    match std::fs::rename(unfinished.path(), folder) {
        // The folder moved away under its guard, which then finds nothing to delete.
        Ok(()) => Ok(()),
        // Another window was quicker.
        Err(_) if folder.is_dir() => Ok(()),
        Err(error) => Err(failed("name", folder)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_unpacks_and_opens() {
        let cache = tempfile::tempdir().expect("a folder");
        let folder = cache.path().join("sample-x");
        unpack(cache.path(), &folder).expect("unpacked");
        unpack(cache.path(), &folder).expect("again beside it");
        let names: Vec<_> = std::fs::read_dir(cache.path()).expect("listed").flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["sample-x"]);
        crate::store::open(&folder, &crate::store::OpenOptions::default()).expect("a store");
    }
}
