//! Keeps the settings on disk: written whole or not at all, on a thread of its own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use crate::state::{NoticeText, Settings, Unusable};

/// Closing the window waits no longer than this for the last writing.
const LAST_WRITING: Duration = Duration::from_millis(300);

/// Where settings are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsPlace(Option<PathBuf>);

impl SettingsPlace {
    /// The user's configuration folder.
    pub fn of_user() -> Self {
        Self(directories::ProjectDirs::from("", "", "dspyglass").map(|dirs| dirs.config_dir().join("settings.json")))
    }

    /// This file.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(Some(path.into()))
    }

    /// Nowhere: nothing is read or written.
    pub fn nowhere() -> Self {
        Self(None)
    }

    /// The settings, and what to tell about them. A file that cannot be used is kept aside under
    /// another name, never overwritten.
    pub fn load(&self) -> (Settings, Option<NoticeText>) {
        let Some(path) = &self.0 else { return (Settings::default(), None) };
        let Ok(bytes) = std::fs::read(path) else { return (Settings::default(), None) };
        match Settings::parse(&String::from_utf8_lossy(&bytes)) {
            Ok(settings) => (settings, None),
            Err(why) => (Settings::default(), Some(set_aside(path, why))),
        }
    }
}

fn set_aside(path: &Path, why: Unusable) -> NoticeText {
    let why = match why {
        Unusable::Damaged => "is damaged",
        Unusable::Later => "was written by a later version of dspyglass",
    };
    let what = format!("The settings file {why}; the settings start anew");
    for number in 0..100 {
        let aside = path.with_file_name(format!("settings.kept-{number}.json"));
        if !aside.exists() && std::fs::rename(path, &aside).is_ok() {
            return NoticeText::warning(what, format!("It is kept as {}", aside.display()));
        }
    }
    NoticeText::warning(what, format!("It stands at {}", path.display()))
}

/// Writes settings in the background.
#[derive(Debug)]
pub(super) struct Saver {
    sender: Option<SyncSender<String>>,
    written: Receiver<Result<(), String>>,
    in_flight: usize,
}

impl Saver {
    pub fn new(place: &SettingsPlace) -> Self {
        let (sender, jobs) = sync_channel::<String>(4);
        let (done, written) = sync_channel(16);
        let path = place.0.clone();
        let spawned = path.and_then(|path| {
            let work = move || {
                for text in jobs {
                    // Nobody listens any more once the window is gone.
                    let _ = done.try_send(write(&path, &text).map_err(|error| error.to_string()));
                }
            };
            thread::Builder::new().name("settings".to_owned()).spawn(work).ok()
        });
        Self { sender: spawned.map(|_| sender), written, in_flight: 0 }
    }

    /// Hands over the settings to be written; says whether that was possible now.
    pub fn save(&mut self, text: String) -> bool {
        let Some(sender) = &self.sender else { return true };
        let is_taken = sender.try_send(text).is_ok();
        self.in_flight += usize::from(is_taken);
        is_taken
    }

    /// Why the last writing failed, told once.
    pub fn failure(&mut self) -> Option<String> {
        let result = self.written.try_recv().ok()?;
        self.in_flight = self.in_flight.saturating_sub(1);
        result.err()
    }

    /// Waits a moment for what is being written.
    pub fn finish(&mut self) {
        while self.in_flight > 0 && self.written.recv_timeout(LAST_WRITING).is_ok() {
            self.in_flight -= 1;
        }
    }
}

/// All of it under another name first, so that a crash leaves the old file whole.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut unfinished = tempfile::Builder::new().prefix("settings-").tempfile_in(folder)?;
    unfinished.write_all(text.as_bytes())?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_kept_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("settings.json");
        let place = SettingsPlace::at(&path);
        assert_eq!(place.load(), (Settings::default(), None));
        for text in ["{ damaged", r#"{"version": 99}"#] {
            std::fs::write(&path, text).expect("written");
            let (settings, notice) = place.load();
            assert_eq!(settings, Settings::default());
            assert!(notice.is_some_and(|notice| notice.advice.contains("settings.kept-")));
        }
        let kept = std::fs::read_to_string(folder.path().join("settings.kept-0.json")).expect("kept");
        assert_eq!(kept, "{ damaged");
        assert!(!path.exists());
    }

    #[test]
    fn settings_come_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = SettingsPlace::at(folder.path().join("deep/settings.json"));
        let mut settings = Settings::default();
        settings.note_recent("/a");
        let mut saver = Saver::new(&place);
        assert!(saver.save(settings.to_text()));
        saver.finish();
        assert_eq!(place.load().0, settings);
        assert_eq!(saver.failure(), None);
    }
}
