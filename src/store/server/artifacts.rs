//! The files of runs, logged models and traces, through the server's own endpoints.

use std::collections::{HashMap, HashSet};

use super::Shared;
use super::client::{Answer, Bytes};
use super::fields::{list, name, readable, whole};
use super::kept::Proof;
use crate::model::{ArtifactEntry, ArtifactOwner, ArtifactTree, Json, Unmasked};
use crate::store::{ReadCx, Result, StoreError, StoredFile};
use crate::words::natural;

/// More entries than this are not listed, and no more folders than this are asked for.
const MAX_ENTRIES: usize = 20_000;
const MAX_FOLDERS: usize = 500;

/// The first MLflow that gives a trace's attachments.
const ATTACHMENTS: (u32, u32) = (3, 18);

impl Shared {
    /// See [`crate::store::Store::artifacts`].
    pub fn artifacts(&self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<ArtifactTree> {
        let absent = |why: &str| ArtifactTree { absent: Some(why.to_owned()), ..ArtifactTree::default() };
        if matches!(owner, ArtifactOwner::Trace(_)) {
            return Ok(absent("a tracking server does not list the files of a trace"));
        }
        if !is_plain(owner.id()) {
            return Ok(absent("the server has nothing of this name"));
        }
        let holds = self.proof_of_files(cx, owner)?;
        let mut tree = ArtifactTree::default();
        // Folders that are still to be looked into, the next one last.
        let mut folders = vec![String::new()];
        let mut listed: HashMap<String, Vec<ArtifactEntry>> = HashMap::new();
        let mut left = MAX_ENTRIES;
        while let Some(folder) = folders.pop() {
            cx.check()?;
            if listed.len() >= MAX_FOLDERS || left == 0 {
                tree.is_cut = true;
                break;
            }
            let found = match self.folder(cx, owner, &folder, holds.as_ref())? {
                Answer::Found(found) => found,
                // Gone since its own folder was listed.
                Answer::Absent | Answer::Rejected(_) if !folder.is_empty() => {
                    cx.warn(format!("files of {}", owner.id()), format!("the server does not list folder {folder}"));
                    continue;
                }
                Answer::Absent => return Ok(absent("the server has nothing of this name")),
                Answer::NoEndpoint => return Ok(absent("this server does not list them")),
                Answer::Rejected(why) => return Ok(absent(&why)),
            };
            let found = found.as_stored_for_structure();
            if folder.is_empty() {
                tree.folder = readable(found, "root_uri", cx.reveal());
            }
            let (entries, is_cut) = entries(list(found, "files"), &folder, left);
            tree.is_cut |= is_cut;
            left -= entries.len();
            folders.extend(entries.iter().rev().filter(|entry| entry.is_folder).map(|entry| entry.path.clone()));
            listed.insert(folder, entries);
        }
        tree.entries = in_depth(&listed);
        Ok(tree)
    }

    /// See [`crate::store::Store::stored_artifact`].
    pub fn stored_artifact(
        &self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        path: &str,
        limit: u64,
    ) -> Result<Option<StoredFile>> {
        if !is_plain(owner.id()) || !is_below(path) {
            return Ok(None);
        }
        let holds = self.proof_of_files(cx, owner)?;
        let file = |is_patient| self.file(cx, owner, (path, limit), is_patient, holds.as_ref());
        let answer = match file(false) {
            // MLflow 2.22 says of a file that is not there that it failed.
            Err(StoreError::Answer { .. }) if !self.is_listed(cx, owner, path)? => return Ok(None),
            Err(StoreError::Answer { .. }) => file(true)?,
            other => other?,
        };
        let Answer::Found(Bytes { bytes, length, is_cut }) = answer else { return Ok(None) };
        let read = bytes.as_stored_for_structure().len() as u64;
        let full_size = length.unwrap_or(read).max(if is_cut { read.saturating_add(1) } else { read });
        Ok(Some(StoredFile { bytes, full_size }))
    }

    fn file(
        &self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        (path, limit): (&str, u64),
        is_patient: bool,
        holds: Option<&Proof>,
    ) -> Result<Answer<Bytes>> {
        if self.is_databricks {
            return self.signed_file(cx, owner, path, limit);
        }
        let id = owner.id();
        let bytes =
            |endpoint: &str, query: &[(&str, &str)]| self.client.bytes(cx, endpoint, query, limit, is_patient, holds);
        match owner {
            ArtifactOwner::Run(_) => {
                let usual = bytes("/get-artifact", &[("run_id", id), ("path", path)]);
                self.file_otherwise(cx, owner, (path, limit), usual, holds)
            }
            ArtifactOwner::Model(_) => {
                let endpoint = format!("/ajax-api/2.0/mlflow/logged-models/{id}/artifacts/files");
                let usual = bytes(&endpoint, &[("artifact_file_path", path)]);
                self.file_otherwise(cx, owner, (path, limit), usual, holds)
            }
            // Older servers answer with the spans, whatever the path.
            ArtifactOwner::Trace(_) if self.is_at_least(cx, ATTACHMENTS.0, ATTACHMENTS.1)? => {
                bytes("/ajax-api/2.0/mlflow/get-trace-artifact", &[("request_id", id), ("path", path)])
            }
            ArtifactOwner::Trace(_) => Ok(Answer::NoEndpoint),
        }
    }

    /// Whether a file is in the list of its folder.
    fn is_listed(&self, cx: &ReadCx, owner: &ArtifactOwner, path: &str) -> Result<bool> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Answer::Found(found) = self.folder(cx, owner, folder, None)? else { return Ok(false) };
        let files = list(found.as_stored_for_structure(), "files");
        Ok(files.iter().any(|file| name(file, "path").as_deref() == Some(path)))
    }

    /// What is in a folder.
    pub(super) fn folder(
        &self,
        cx: &ReadCx,
        owner: &ArtifactOwner,
        folder: &str,
        holds: Option<&Proof>,
    ) -> Result<Answer<Unmasked<Json>>> {
        let id = owner.id();
        let (endpoint, query) = match owner {
            ArtifactOwner::Model(_) => (
                format!("/api/2.0/mlflow/logged-models/{id}/artifacts/directories"),
                vec![("artifact_directory_path", folder)],
            ),
            ArtifactOwner::Run(_) | ArtifactOwner::Trace(_) => {
                ("/api/2.0/mlflow/artifacts/list".to_owned(), vec![("run_id", id), ("path", folder)])
            }
        };
        let query = if folder.is_empty() { &query[..query.len() - 1] } else { &query };
        let (answer, got) = self.client.get_lasting(cx, &endpoint, query, holds)?;
        self.client.seal(cx, got, holds);
        Ok(answer)
    }

    /// What shows that the files of somebody are what they were; `None` while they may change.
    fn proof_of_files(&self, cx: &ReadCx, owner: &ArtifactOwner) -> Result<Option<Proof>> {
        Ok(match owner {
            ArtifactOwner::Run(run) if self.client.keeps() => {
                // It may have got a tag since. Where nobody tells, what is kept may still serve.
                let is_told = self.ended_runs.is_fresh(run) || self.run(cx, run).map_or(true, |run| run.is_some());
                cx.check()?;
                self.ended_runs.of(run).flatten().filter(|_| is_told)
            }
            ArtifactOwner::Trace(trace) => self.proof_of_trace(trace),
            // Files are added to a model until it is ready, which is not asked for.
            ArtifactOwner::Run(_) | ArtifactOwner::Model(_) => None,
        })
    }
}

/// A file or folder of a list; `None` if it is not in the folder that was asked for.
fn entry(of: &Json, folder: &str) -> Option<ArtifactEntry> {
    let path = name(of, "path")?;
    let rest = if folder.is_empty() { Some(&*path) } else { path.strip_prefix(folder)?.strip_prefix('/') }?;
    if rest.is_empty() || rest.contains('/') || !is_below(&path) {
        return None;
    }
    let is_folder = of.get("is_dir").and_then(Json::as_bool) == Some(true);
    let size = whole(of, "file_size").and_then(|size| u64::try_from(size).ok());
    Some(ArtifactEntry { path, is_folder, size: size.filter(|_| !is_folder) })
}

/// What a folder lists, by name: each path once, however often it is named, and no more than `most`. Whether that is
/// not all of it.
fn entries(files: &[Json], folder: &str, most: usize) -> (Vec<ArtifactEntry>, bool) {
    let mut seen: HashSet<String> = HashSet::new();
    let found = files.iter().filter_map(|file| entry(file, folder));
    let mut found = found.filter(|entry| seen.insert(entry.path.clone()));
    let mut entries: Vec<ArtifactEntry> = found.by_ref().take(most).collect();
    let is_cut = found.next().is_some();
    entries.sort_by(|a, b| natural::compare(&a.path, &b.path));
    (entries, is_cut)
}

/// All entries, each folder before what is in it.
fn in_depth(listed: &HashMap<String, Vec<ArtifactEntry>>) -> Vec<ArtifactEntry> {
    let mut all = Vec::new();
    let mut open = vec![listed.get("").map_or(&[][..], Vec::as_slice).iter()];
    while let Some(entries) = open.last_mut() {
        let Some(entry) = entries.next() else {
            open.pop();
            continue;
        };
        all.push(entry.clone());
        if entry.is_folder {
            open.extend(listed.get(&entry.path).map(|entries| entries.iter()));
        }
    }
    all
}

/// Whether a text can be an id: it stands in addresses.
pub(super) fn is_plain(id: &str) -> bool {
    !id.is_empty() && !id.starts_with('.') && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// Whether a path stays in its folder.
fn is_below(path: &str) -> bool {
    !path.is_empty() && !path.starts_with('/') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn folders_come_before_what_is_in_them() {
        let entry = |path: &str, is_folder| ArtifactEntry { path: path.to_owned(), is_folder, size: None };
        let listed = HashMap::from([
            (String::new(), vec![entry("a", true), entry("b", false)]),
            ("a".to_owned(), vec![entry("a/c", true), entry("a/d", false)]),
            ("a/c".to_owned(), vec![entry("a/c/e", false)]),
        ]);
        let paths: Vec<String> = in_depth(&listed).into_iter().map(|entry| entry.path).collect();
        assert_eq!(paths, ["a", "a/c", "a/c/e", "a/d", "b"]);
    }

    #[test]
    fn a_path_stands_once_and_a_long_list_is_cut() {
        let files = [json!({"path": "b"}), json!({"path": "a", "is_dir": true}), json!({"path": "b"})];
        let of = |most| {
            let (entries, is_cut) = entries(&files, "", most);
            (entries.into_iter().map(|entry| entry.path).collect::<Vec<_>>(), is_cut)
        };
        assert_eq!(of(9), (vec!["a".to_owned(), "b".to_owned()], false));
        assert!(!of(2).1);
        assert_eq!(of(1), (vec!["b".to_owned()], true));
    }

    #[test]
    fn what_a_server_lists_of_other_folders_is_not_taken() {
        for (path, folder, is_taken) in [
            ("a.json", "", true),
            ("f/a.json", "f", true),
            ("a.json", "f", false),
            ("../a", "", false),
            ("f/../a", "f", false),
        ] {
            assert_eq!(entry(&json!({"path": path}), folder).is_some(), is_taken, "{path} in {folder}");
        }
    }
}
