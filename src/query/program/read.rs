//! Reading JSON artifacts, and the state of a program from one.

use crate::analysis::program_state::from_json;
use crate::model::json::Decoded;
use crate::model::{ArtifactOwner, Program, ProgramSource, RunId, Unmasked};
use crate::query::artifacts::ArtifactsOf;
use crate::query::ask::{Question, Session};
use crate::store::{Result, StoreError};

/// Longer files are no state of a program and no table of results.
const MAX_BYTES: u64 = 64 << 20;

/// What is said of a file that cannot be parsed.
pub const NO_JSON: &str = "is no JSON: cut short, damaged or nested too deeply";

/// What a file gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Read<T> {
    /// What it holds.
    Good(T),
    /// It is there and cannot be understood; a warning says why.
    Broken,
    /// It is not there.
    Absent,
}

/// The state in one of a run's artifacts.
pub fn state(session: &mut Session<'_>, run: &RunId, source: ProgramSource) -> Result<Read<Program>> {
    let place = place(run, source.as_str());
    let decoded = match read_json(session, run, source.as_str())? {
        Read::Good(decoded) => decoded,
        Read::Broken => return Ok(Read::Broken),
        Read::Absent => return Ok(Read::Absent),
    };
    let marks = decoded.marks;
    match from_json(decoded.value, source, session.cx.reveal()) {
        Ok(mut parsed) => {
            // What was mended may stand for several texts, and would make programs equal that
            // are not.
            if marks.has_bad_utf8 || marks.has_lone_surrogate {
                session.cx.warn(&place, "holds text that is no UTF-8, so the program cannot be compared with others");
                parsed.program.state_hash = None;
                parsed.program.predictors.iter_mut().for_each(|one| one.state_hash = None);
            }
            for problem in parsed.problems {
                session.cx.warn(&place, problem);
            }
            Ok(Read::Good(parsed.program))
        }
        Err(why) => {
            session.cx.warn(place, why);
            Ok(Read::Broken)
        }
    }
}

/// One of a run's artifacts as JSON, with its secrets.
pub fn read_json(session: &mut Session<'_>, run: &RunId, path: &str) -> Result<Read<Decoded>> {
    let file = session.ask(&UnmaskedFile { run: run.clone(), path: path.to_owned() })?;
    let bytes = match &*file {
        Read::Good(bytes) => bytes,
        Read::Broken => return Ok(Read::Broken),
        Read::Absent => return Ok(Read::Absent),
    };
    let decoded = bytes.decode();
    if decoded.marks.is_raw {
        session.cx.warn(place(run, path), NO_JSON);
        return Ok(Read::Broken);
    }
    Ok(Read::Good(decoded))
}

/// The bytes of one of a run's artifacts, with its secrets; several questions read the same file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UnmaskedFile {
    /// The run.
    pub run: RunId,
    /// The path of the file among its artifacts.
    pub path: String,
}

impl Question for UnmaskedFile {
    type Answer = Read<Unmasked<Vec<u8>>>;
    const LABEL: &'static str = "artifact";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let owner = ArtifactOwner::Run(self.run.clone());
        let answer = session.store.stored_artifact(session.cx, &owner, &self.path, MAX_BYTES);
        let place = place(&self.run, &self.path);
        let file = match answer {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(Read::Absent),
            Err(StoreError::Artifact { source, .. } | StoreError::Io { source, .. }) => {
                session.cx.warn(place, format!("cannot be read: {source}"));
                return Ok(Read::Broken);
            }
            Err(error) => return Err(error),
        };
        if file.full_size > MAX_BYTES {
            session.cx.warn(place, format!("has {} bytes; no more than {MAX_BYTES} are read", file.full_size));
            return Ok(Read::Broken);
        }
        Ok(Read::Good(file.bytes))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        if let Read::Good(bytes) = answer { bytes.as_stored_for_structure().len() } else { 0 }
    }
}

/// Says why a state had to be pieced together from params.
pub fn warn_of_absence(session: &mut Session<'_>, run: &RunId) -> Result<()> {
    let tree = session.ask(&ArtifactsOf(ArtifactOwner::Run(run.clone())))?;
    let why = tree.absent.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
    session.cx.warn(
        place(run, ProgramSource::ModelJson.as_str()),
        format!("is missing{why}; the program is pieced together from params, which MLflow cuts at 6000 characters"),
    );
    Ok(())
}

fn place(run: &RunId, path: &str) -> String {
    format!("run {run}, {path}")
}
