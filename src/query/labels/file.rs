//! A file of labels: one line of JSON for each change, appended under a lock, the newest last.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::json;

use crate::model::{Json, Judgement, LabelChange, LabelOf, Labels, Reveal, json};

/// The form of the lines.
const VERSION: u64 = 1;

/// Longer lines are not read, in bytes.
const MOST: u64 = json::MAX_BYTES as u64;

/// Where the labels of a store are kept.
#[derive(Clone, Debug)]
pub struct LabelFile(PathBuf);

/// What tells that somebody wrote to it.
pub type State = (u64, Option<SystemTime>);

impl LabelFile {
    /// At this path, whether it exists or not.
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    /// Its name, for warnings.
    pub fn name(&self) -> String {
        self.0.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// How it is now; `None` if it is not there.
    pub fn state(&self) -> Option<State> {
        let about = std::fs::metadata(&self.0).ok()?;
        Some((about.len(), about.modified().ok()))
    }

    /// All that it says, and how many lines cannot be read. No file says nothing.
    ///
    /// # Errors
    /// What the file system said, or that a later dspyglass wrote it.
    pub fn read(&self, reveal: Reveal) -> io::Result<(Labels, u64)> {
        self.read_lines(reveal, MOST)
    }

    fn read_lines(&self, reveal: Reveal, most: u64) -> io::Result<(Labels, u64)> {
        let file = match File::open(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Labels::default(), 0)),
            Err(error) => return Err(error),
        };
        // Whoever is writing has finished his line then.
        file.lock_shared()?;
        let mut file = BufReader::new(file);
        let (mut labels, mut damaged) = (Labels::default(), 0);
        let mut bytes = Vec::new();
        // Line by line: however long the file has become, the newest is at its end.
        while (&mut file).take(most).read_until(b'\n', &mut bytes)? > 0 {
            let is_cut = bytes.len() as u64 >= most && !bytes.ends_with(b"\n");
            let line = json::decode(bytes.trim_ascii()).value.mask("", reveal);
            let is_empty = bytes.trim_ascii().is_empty();
            bytes.clear();
            if is_cut {
                damaged += 1;
                file.skip_until(b'\n')?;
                continue;
            }
            if is_empty {
                continue;
            }
            if let Some(version) = line.get("labels_version") {
                if version.as_u64() != Some(VERSION) {
                    return Err(io::Error::other("a later version of dspyglass wrote them"));
                }
                continue;
            }
            match said(&line) {
                Some((what, change, time_ms)) => labels.change(what, change, time_ms),
                None => damaged += 1,
            }
        }
        Ok((labels, damaged))
    }

    /// Appends a line. A new file is the user's alone.
    ///
    /// # Errors
    /// What the file system said, or that a later dspyglass wrote it.
    pub fn append(&self, what: &LabelOf, change: &LabelChange, time_ms: i64) -> io::Result<()> {
        if let Some(folder) = self.0.parent() {
            make_folder(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.0)?;
        file.lock()?;
        self.read_version(&mut file)?;
        let mut text = String::new();
        if file.seek(SeekFrom::End(0))? == 0 {
            text.push_str(&json!({ "labels_version": VERSION }).to_string());
            text.push('\n');
        } else {
            file.seek(SeekFrom::End(-1))?;
            let mut last = [0];
            file.read_exact(&mut last)?;
            // Somebody was cut short.
            if last != *b"\n" {
                text.push('\n');
            }
        }
        let line = line(what, change, time_ms).to_string();
        if line.len() as u64 >= MOST {
            return Err(io::Error::other("it is too long to be kept"));
        }
        text.push_str(&line);
        text.push('\n');
        // At once, so that nobody sees half of it.
        file.write_all(text.as_bytes())?;
        file.sync_data()
    }

    /// What a later version wrote is not mixed with ours.
    fn read_version(&self, file: &mut File) -> io::Result<()> {
        let mut begin = [0; 64];
        file.seek(SeekFrom::Start(0))?;
        let read = file.read(&mut begin)?;
        let first = begin.get(..read).unwrap_or_default().split(|byte| *byte == b'\n').next().unwrap_or_default();
        let first = json::decode(first).value.mask("", Reveal::Masked);
        match first.get("labels_version").and_then(Json::as_u64) {
            Some(version) if version != VERSION => Err(io::Error::other("a later version of dspyglass wrote them")),
            _ => Ok(()),
        }
    }
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

fn line(what: &LabelOf, change: &LabelChange, time_ms: i64) -> Json {
    let (kind, id) = match what {
        LabelOf::Trace(id) => ("trace", id.as_str()),
        LabelOf::Example(key) => ("example", key.as_str()),
    };
    let (field, value) = match change {
        LabelChange::Judgement(judgement) => ("label", judgement.map(Judgement::word).into()),
        LabelChange::Note(note) => ("note", note.as_str().into()),
        LabelChange::Corrected(corrected) => ("corrected", corrected.clone().map_or(Json::Null, Json::Object)),
    };
    json!({ kind: id, "time_ms": time_ms, field: value })
}

fn said(line: &Json) -> Option<(LabelOf, LabelChange, i64)> {
    let id = |kind: &str| Some(line.get(kind)?.as_str()?.to_owned());
    let what = id("trace").map(|id| LabelOf::Trace(id.as_str().into())).or_else(|| id("example").map(LabelOf::Example));
    let time_ms = line.get("time_ms").and_then(Json::as_i64)?;
    let change = match (line.get("label"), line.get("note"), line.get("corrected")) {
        (Some(Json::Null), None, None) => LabelChange::Judgement(None),
        (Some(word), None, None) => LabelChange::Judgement(Some(Judgement::of_word(word.as_str()?)?)),
        (None, Some(note), None) => LabelChange::Note(note.as_str()?.to_owned()),
        (None, None, Some(Json::Null)) => LabelChange::Corrected(None),
        (None, None, Some(Json::Object(fields))) => LabelChange::Corrected(Some(fields.clone())),
        _ => return None,
    };
    Some((what?, change, time_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_read_to_its_end_and_a_long_line_is_left_out() {
        let home = tempfile::tempdir().expect("a folder");
        let file = LabelFile::at(home.path().join("labels"));
        let note = |text: &str| LabelChange::Note(text.to_owned());
        let what = |id: &str| LabelOf::Trace(id.into());
        for (at, text) in [(1, "x".repeat(500).as_str()), (2, "old"), (3, "new")] {
            file.append(&what("tr-1"), &note(text), at).expect("written");
            file.append(&what(&format!("tr-{at}")), &note("n"), at).expect("written");
        }
        // Many times as long as what is held of it at once.
        let (labels, damaged) = file.read_lines(Reveal::Masked, 100).expect("read");
        assert_eq!((labels.len(), damaged), (3, 1));
        assert_eq!(labels.of(&what("tr-1")).map(|label| &*label.note), Some("new"));
        assert_eq!(labels.of(&what("tr-3")).map(|label| &*label.note), Some("n"));
    }
}
