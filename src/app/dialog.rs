//! The system's dialog for choosing a file, never waited for by the window.

use std::future::Future;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::state::NoticeText;

/// A dialog that is closed sooner was never shown: the system has none.
pub(super) const UNSEEN: Duration = Duration::from_millis(400);

/// What is chosen in a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// A store.
    Store,
    /// The folder of a store's artifacts.
    ArtifactsFolder,
}

/// A dialog that is open.
#[derive(Debug)]
pub(super) struct OpenDialog {
    /// What is chosen in it.
    pub what: Chosen,
    answer: Receiver<Answer>,
}

/// What came of a dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// This was chosen.
    Chosen(PathBuf),
    /// It was closed without a choice.
    Closed,
    /// It never came: the system has none to show.
    Unseen,
}

impl Answer {
    /// What a dialog gave back after so long. The dialogs' library tells no difference between one that was closed
    /// and one that could not be shown.
    pub fn of(chosen: Option<PathBuf>, after: Duration) -> Self {
        match chosen {
            Some(path) => Self::Chosen(path),
            None if after < UNSEEN => Self::Unseen,
            None => Self::Closed,
        }
    }
}

impl OpenDialog {
    /// Shows it. Made on the window's thread, which macOS asks for; waited for on another.
    pub fn show(what: Chosen, wake: impl Fn() + Send + 'static) -> Option<Self> {
        let dialog = rfd::AsyncFileDialog::new();
        let dialog: Pin<Box<dyn Future<Output = _> + Send>> = match what {
            Chosen::Store => Box::pin(
                dialog
                    .set_title("Open an MLflow store or traces")
                    .add_filter("MLflow databases and traces", &["db", "sqlite", "sqlite3", "json", "jsonl", "ndjson"])
                    .add_filter("All files", &["*"])
                    .pick_file(),
            ),
            Chosen::ArtifactsFolder => Box::pin(dialog.set_title("Where are the artifacts?").pick_folder()),
        };
        let (sender, answer) = sync_channel(1);
        let since = Instant::now();
        let wait = move || {
            let chosen = block_on(dialog).map(|file: rfd::FileHandle| file.path().to_owned());
            // The window may be closed by now.
            let _ = sender.send(Answer::of(chosen, since.elapsed()));
            wake();
        };
        thread::Builder::new().name("open-dialog".to_owned()).spawn(wait).ok()?;
        Some(Self { what, answer })
    }

    /// What came of it, once that is known.
    pub fn poll(&self) -> Option<Answer> {
        use std::sync::mpsc::TryRecvError;
        match self.answer.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Answer::Unseen),
        }
    }
}

/// What to tell where no dialog can be shown.
pub(super) fn unseen(what: Chosen) -> NoticeText {
    let advice = match what {
        Chosen::Store => {
            "Type or paste the path instead: into the field of the welcome page, or into the search over an open store. \
             On Linux, dialogs come with the package xdg-desktop-portal and one of its backends, or with zenity"
        }
        Chosen::ArtifactsFolder => {
            "Type or paste the path of the folder instead. On Linux, dialogs come with the package \
             xdg-desktop-portal and one of its backends, or with zenity"
        }
    };
    NoticeText::hint("This system offers no dialog to choose a file", advice)
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_that_nobody_can_have_closed_was_never_shown() {
        let after = |ms| Answer::of(None, Duration::from_millis(ms));
        assert_eq!([after(3), after(900)], [Answer::Unseen, Answer::Closed]);
        let path = || PathBuf::from("/data/mlflow.db");
        assert_eq!(Answer::of(Some(path()), Duration::ZERO), Answer::Chosen(path()));
        assert!(unseen(Chosen::Store).advice.contains("paste the path"));
    }
}
