//! What changed between two files that hold states of programs, without any store.

use std::path::Path;

use crate::analysis::diff_programs;
use crate::analysis::program_diff::ProgramDiff;
use crate::analysis::program_state::{describe_fields, from_json};
use crate::model::{Program, ProgramSource, Unmasked};
use crate::store::ReadCx;

/// Longer files are no states of programs.
const MAX_BYTES: u64 = 64 << 20;

/// Two programs and what changed.
#[derive(Clone, Debug, PartialEq)]
pub struct FileDiff {
    /// The program of the first file.
    pub old: Program,
    /// That of the second.
    pub new: Program,
    /// What changed.
    pub program: ProgramDiff,
}

/// Compares the states in two files.
///
/// # Errors
/// Which file holds none and why, as a sentence.
pub fn diff_files(cx: &ReadCx, files: [&Path; 2]) -> Result<FileDiff, String> {
    let [old, new] = [read(cx, files[0])?, read(cx, files[1])?];
    Ok(FileDiff { program: diff_programs(&old, &new, None), old, new })
}

fn read(cx: &ReadCx, file: &Path) -> Result<Program, String> {
    let name = file.display().to_string();
    let unreadable = |error: std::io::Error| format!("{name} cannot be read: {error}");
    let about = std::fs::metadata(file).map_err(unreadable)?;
    if !about.is_file() {
        return Err(format!("{name} is no file"));
    }
    if about.len() > MAX_BYTES {
        return Err(format!("{name} has {} bytes; no more than {MAX_BYTES} are read", about.len()));
    }
    let decoded = Unmasked::new(std::fs::read(file).map_err(unreadable)?).decode();
    if decoded.marks.is_raw {
        return Err(format!("{name} is no JSON: cut short, damaged or nested too deeply"));
    }
    let parsed = from_json(decoded.value, ProgramSource::File, cx.reveal()).map_err(|why| format!("{name} {why}"))?;
    for problem in parsed.problems {
        cx.warn(&name, problem);
    }
    let mut program = parsed.program;
    describe_fields(&mut program, &[]);
    Ok(program)
}
