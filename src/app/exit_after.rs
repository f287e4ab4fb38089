//! For benchmarks and checks: print how long something took to be on screen, and end.

use std::time::Instant;

use crate::loader::{Lane, Loader};
use crate::query::Experiments;

/// What to wait for; chosen by the variable `DSPYGLASS_EXIT_AFTER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitAfter {
    /// `first frame`: any frame at all.
    FirstFrame,
    /// `experiments`: a frame that shows the experiments of the store.
    Experiments,
}

impl ExitAfter {
    /// From the environment; anything but the words above is ignored.
    pub fn from_env() -> Option<Self> {
        let wanted = std::env::var("DSPYGLASS_EXIT_AFTER").ok()?;
        [Self::FirstFrame, Self::Experiments].into_iter().find(|one| one.words() == wanted)
    }

    fn words(self) -> &'static str {
        match self {
            Self::FirstFrame => "first frame",
            Self::Experiments => "experiments",
        }
    }

    fn is_drawn(self, loader: &mut Loader) -> bool {
        match self {
            Self::FirstFrame => true,
            Self::Experiments => {
                loader.state().open.is_some() && loader.ask(&Experiments, Lane::Selection).value().is_some()
            }
        }
    }
}

/// Waits for one thing to be drawn, and then for that frame to be painted.
#[derive(Debug)]
pub(super) struct Awaited {
    what: ExitAfter,
    started: Instant,
    was_drawn: bool,
}

impl Awaited {
    pub fn new(what: ExitAfter, started: Instant) -> Self {
        Self { what, started, was_drawn: false }
    }

    /// At the beginning of a frame: the one before it has been painted.
    pub fn begin_frame(&self, ctx: &egui::Context) {
        if self.was_drawn {
            #[expect(clippy::print_stdout, reason = "this is what it is for")]
            {
                println!("{} {}", self.what.words(), self.started.elapsed().as_millis());
            }
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
    }

    /// At the end of a frame.
    pub fn end_frame(&mut self, ctx: &egui::Context, loader: &mut Loader) {
        self.was_drawn = self.was_drawn || self.what.is_drawn(loader);
        if self.was_drawn {
            ctx.request_repaint();
        }
    }
}
