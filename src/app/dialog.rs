//! The system's dialog for choosing a file, never waited for by the window.

use std::future::Future;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

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
    answer: Receiver<Option<PathBuf>>,
}

impl OpenDialog {
    /// Shows it. Made on the window's thread, which macOS asks for; waited for on another.
    pub fn show(what: Chosen, wake: impl Fn() + Send + 'static) -> Option<Self> {
        let dialog = rfd::AsyncFileDialog::new();
        let dialog: Pin<Box<dyn Future<Output = _> + Send>> = match what {
            Chosen::Store => Box::pin(
                dialog
                    .set_title("Open an MLflow store")
                    .add_filter("MLflow database", &["db", "sqlite", "sqlite3"])
                    .add_filter("All files", &["*"])
                    .pick_file(),
            ),
            Chosen::ArtifactsFolder => Box::pin(dialog.set_title("Where are the artifacts?").pick_folder()),
        };
        let (sender, answer) = sync_channel(1);
        let wait = move || {
            let chosen = block_on(dialog).map(|file: rfd::FileHandle| file.path().to_owned());
            // The window may be closed by now.
            let _ = sender.send(chosen);
            wake();
        };
        thread::Builder::new().name("open-dialog".to_owned()).spawn(wait).ok()?;
        Some(Self { what, answer })
    }

    /// What was chosen, once it was: `Some(None)` if the dialog was closed or there is none.
    pub fn poll(&self) -> Option<Option<PathBuf>> {
        use std::sync::mpsc::TryRecvError;
        match self.answer.try_recv() {
            Ok(chosen) => Some(chosen),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(None),
        }
    }
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
