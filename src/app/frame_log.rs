//! For benchmarks: what each frame costs, as CPU time of the window's thread.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use cpu_time::ThreadTime;

/// Writes one line per frame: its number and its CPU time in microseconds.
#[derive(Debug)]
pub(super) struct FrameLog {
    file: BufWriter<File>,
    began: Option<ThreadTime>,
    frame: u64,
}

impl FrameLog {
    pub fn create(path: &Path) -> Option<Self> {
        let mut file = BufWriter::new(File::create(path).ok()?);
        writeln!(file, "frame,cpu_us").ok()?;
        Some(Self { file, began: None, frame: 0 })
    }

    pub fn begin(&mut self) {
        self.began = ThreadTime::try_now().ok();
    }

    pub fn end(&mut self) {
        let took: Option<Duration> = self.began.take().and_then(|began| began.try_elapsed().ok());
        if let Some(took) = took {
            // A benchmark whose disk is full shows it by its missing lines.
            let _ = writeln!(self.file, "{},{}", self.frame, took.as_micros());
        }
        self.frame += 1;
        if self.frame.is_multiple_of(30) {
            let _ = self.file.flush();
        }
    }
}
