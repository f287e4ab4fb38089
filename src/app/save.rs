//! Writing a file where the user wants it: asked in the system's dialog and written on a thread of its own.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;
use std::time::Instant;

use super::dialog::{UNSEEN, block_on};
use crate::query::replace_file;
use crate::state::{FileToSave, NoticeText};

/// A file on its way to the disk.
#[derive(Debug)]
pub(super) struct Saving {
    /// `None` inside: the user changed their mind.
    told: Receiver<Option<NoticeText>>,
}

impl Saving {
    /// Asks where to, unless `folder` says so, and writes, but not over the file of the store that is `opened`. Called on
    /// the window's thread, which macOS asks for.
    pub fn start(
        file: FileToSave,
        folder: Option<PathBuf>,
        opened: Option<PathBuf>,
        wake: impl Fn() + Send + 'static,
    ) -> Option<Self> {
        let (sender, told) = sync_channel(1);
        let asked = folder.is_none().then(|| {
            let ending = Path::new(&file.name).extension().map(|ending| ending.to_string_lossy().into_owned());
            let mut dialog = rfd::AsyncFileDialog::new().set_title("Save").set_file_name(&file.name);
            if let Some(ending) = &ending {
                dialog = dialog.add_filter(ending.to_uppercase(), &[ending]);
            }
            (dialog.save_file(), Instant::now())
        });
        let work = move || {
            let notice = match asked {
                None => folder.map(|folder| said(&file, &free_name(&folder, &file.name), None, "")),
                Some((dialog, since)) => match block_on(dialog) {
                    Some(chosen) => Some(said(&file, chosen.path(), opened.as_deref(), "")),
                    None if since.elapsed() < UNSEEN => Some(without_dialog(&file)),
                    None => None,
                },
            };
            // The window may be closed by now.
            let _ = sender.send(notice);
            wake();
        };
        thread::Builder::new().name("save".to_owned()).spawn(work).ok()?;
        Some(Self { told })
    }

    /// What to tell the user, once it is done: `Some(None)` if there is nothing to tell.
    pub fn poll(&self) -> Option<Option<NoticeText>> {
        match self.told.try_recv() {
            Ok(notice) => Some(notice),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(None),
        }
    }
}

/// Where there is no dialog, downloads are where people look for files.
fn without_dialog(file: &FileToSave) -> NoticeText {
    let folder = directories::UserDirs::new().map(|dirs| match dirs.download_dir() {
        Some(downloads) if downloads.is_dir() => downloads.to_owned(),
        _ => dirs.home_dir().to_owned(),
    });
    match folder {
        Some(folder) => {
            said(file, &free_name(&folder, &file.name), None, "This system offers no dialog to choose a place")
        }
        None => NoticeText::failed(
            format!("{} was not saved", file.name),
            "This system offers neither a dialog nor a folder of its user",
        ),
    }
}

/// A path that nothing stands at yet: `runs.csv`, `runs (2).csv`, …
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let name = Path::new(name);
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let ending = name.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    let numbered = (2..10_000).map(|number| folder.join(format!("{stem} ({number}){ending}")));
    let mut paths = std::iter::once(folder.join(format!("{stem}{ending}"))).chain(numbered);
    paths.find(|path| !path.exists()).unwrap_or_else(|| folder.join(name))
}

fn said(file: &FileToSave, path: &Path, opened: Option<&Path>, advice: &str) -> NoticeText {
    match replace_file(path, opened, |out| out.write_all(&file.bytes)) {
        Ok(()) => NoticeText::done(format!("Saved as {}", path.display()), advice),
        Err(why) => NoticeText::failed(format!("{} was not saved", path.display()), sentence(&why.to_string())),
    }
}

/// With a capital letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn wait(saving: &Saving) -> Option<NoticeText> {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            if let Some(told) = saving.poll() {
                return told;
            }
            assert!(Instant::now() < end, "never saved");
            thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn each_file_gets_a_name_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        for (content, name) in [("a", "runs.csv"), ("b", "runs (2).csv"), ("c", "runs (3).csv")] {
            let file = FileToSave::new("runs.csv", content.as_bytes());
            let saving = Saving::start(file, Some(folder.path().to_owned()), None, || ()).expect("started");
            let told = wait(&saving).expect("told");
            assert!(told.what.ends_with(name), "{}", told.what);
            assert_eq!(std::fs::read_to_string(folder.path().join(name)).expect("there"), content);
        }
        let nowhere = folder.path().join("nowhere");
        let saving = Saving::start(FileToSave::new("x.csv", *b"x"), Some(nowhere), None, || ()).expect("started");
        assert!(wait(&saving).expect("told").what.ends_with("was not saved"));
    }

    #[test]
    fn neither_a_database_nor_the_open_store_is_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = FileToSave::new("x", *b"x");
        for (name, bytes) in [("mlflow.db", &b"SQLite format 3\0and more"[..]), ("traces.json", b"{}")] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("written");
            let told = said(&file, &path, Some(&folder.path().join("traces.json")), "");
            assert!(told.what.ends_with("was not saved"), "{}", told.what);
            assert_eq!(std::fs::read(&path).expect("there"), bytes);
        }
    }
}
