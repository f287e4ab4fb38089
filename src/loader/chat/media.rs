//! Images, sounds and files of a message, with the way to their bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::loader::file::FileBytes;
use crate::model::Attachment;
use crate::query::chat::{Media, PartKind};

/// No more bytes of an image are taken out of a message, or read from an attachment.
pub const MEDIA_MOST: u64 = 16 << 20;

/// Where the bytes are.
#[derive(Clone, Debug, PartialEq)]
pub enum MediaSource {
    /// Here.
    Bytes(FileBytes),
    /// In a file among the artifacts of the trace, by its path there.
    Attachment(String),
    /// On the web; nothing is fetched from there.
    Address(String),
    /// Nowhere, or there are too many of them.
    None,
}

/// An image, a sound or a file.
#[derive(Clone, Debug, PartialEq)]
pub struct PreparedMedia {
    /// [`PartKind::Image`], [`PartKind::Audio`] or [`PartKind::File`].
    pub kind: PartKind,
    /// The field that it belongs to; empty if that is not known.
    pub field: String,
    /// For instance `image/png`.
    pub media_type: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// The name of its file; mostly empty.
    pub name: String,
    /// Where its bytes are.
    pub source: MediaSource,
}

impl PreparedMedia {
    pub(super) fn new(kind: PartKind, field: String, media: Media, said: &str) -> Self {
        let Media { media_type, size, attachment, address, base64 } = media;
        let name = if address.as_deref() == Some(said) { "" } else { said };
        let decoded = base64.and_then(|text| STANDARD.decode(text.trim().as_bytes()).ok());
        let source = match (attachment, decoded, address) {
            (Some(id), ..) => {
                MediaSource::Attachment(Attachment { id, content_type: String::new(), size: None }.path())
            }
            (None, Some(bytes), _) => {
                let size = bytes.len() as u64;
                MediaSource::Bytes(FileBytes::new(bytes, size, false))
            }
            (None, None, Some(address)) => MediaSource::Address(address),
            (None, None, None) => MediaSource::None,
        };
        Self { kind, field, media_type, size, name: crate::words::one_line(name, 200).into_owned(), source }
    }

    /// About how many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        match &self.source {
            MediaSource::Bytes(file) => file.bytes().len(),
            MediaSource::Attachment(text) | MediaSource::Address(text) => text.len(),
            MediaSource::None => 0,
        }
    }
}
