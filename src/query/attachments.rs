//! The attachments that a trace's spans name, and whether their files are there.

use crate::model::{ArtifactOwner, Attachment, SpanFacts, TraceHead, mlflow};
use crate::query::ask::Session;
use crate::store::Result;

/// One attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedAttachment {
    /// What the spans say of it.
    pub attachment: Attachment,
    /// The spans that name it, by their places in the list.
    pub spans: Vec<usize>,
    /// Whether its file is there; `None` where that cannot be told.
    pub is_there: Option<bool>,
}

/// All of a trace's.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Attachments {
    /// In the order of the spans that name them.
    pub list: Vec<NamedAttachment>,
    /// The folder that the store names for the trace's files.
    pub location: Option<String>,
    /// Why no file can be there: the folder could not be found, or must not be opened.
    pub absent: Option<String>,
}

impl Attachments {
    /// Those whose files are not there.
    pub fn missing(&self) -> impl Iterator<Item = &NamedAttachment> {
        self.list.iter().filter(|one| one.is_there == Some(false))
    }

    /// Those that one span names.
    pub fn of_span(&self, ordinal: usize) -> impl Iterator<Item = &NamedAttachment> {
        self.list.iter().filter(move |one| one.spans.contains(&ordinal))
    }

    /// Where the file of one of them belongs.
    pub fn place(&self, one: &NamedAttachment) -> String {
        let path = one.attachment.path();
        self.location.as_ref().map_or(path.clone(), |location| format!("{}/{path}", location.trim_end_matches('/')))
    }
}

/// Those that the facts of a trace's spans name. Files are looked for only if there are any.
pub(super) fn attachments(session: &mut Session<'_>, head: &TraceHead, facts: &[SpanFacts]) -> Result<Attachments> {
    let mut list: Vec<NamedAttachment> = Vec::new();
    let mut place_of = std::collections::HashMap::new();
    for (ordinal, facts) in facts.iter().enumerate() {
        for attachment in &facts.attachments {
            let at = *place_of.entry(attachment.id.clone()).or_insert(list.len());
            match list.get_mut(at) {
                Some(known) => known.spans.push(ordinal),
                None => {
                    let attachment = attachment.clone();
                    list.push(NamedAttachment { attachment, spans: vec![ordinal], is_there: None });
                }
            }
        }
    }
    if list.is_empty() {
        return Ok(Attachments::default());
    }
    let tree = session.store.artifacts(session.cx, &ArtifactOwner::Trace(head.row.id.clone()))?;
    let files: std::collections::HashSet<&str> =
        tree.entries.iter().filter(|entry| !entry.is_folder).map(|entry| &*entry.path).collect();
    for one in &mut list {
        let is_listed = files.contains(&*one.attachment.path());
        // Beyond what was listed nobody knows.
        one.is_there = (is_listed || !tree.is_cut).then_some(is_listed);
    }
    let location =
        head.tags.iter().find(|tag| &*tag.key == mlflow::trace::ARTIFACTS).map(|tag| tag.value.as_str().to_owned());
    Ok(Attachments { list, location, absent: tree.absent })
}
