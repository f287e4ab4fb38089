//! What stands beside the text of a message.

use std::sync::Arc;

/// Something of a message that is not in its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// What it says: arguments as JSON, thoughts, an address, the text of a file's name; empty of bytes.
    pub text: String,
    /// The id by which a call of a tool and its result know each other.
    pub id: Option<String>,
    /// Of an image, a sound or a file: what is known of it.
    pub media: Option<Media>,
}

/// An image, a sound or a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// For instance `image/png`.
    pub media_type: Option<String>,
    /// Its size in bytes.
    pub size: Option<u64>,
    /// The attachment of the trace that holds its bytes (MLflow ≥ 3.18).
    pub attachment: Option<String>,
    /// Its address on the web.
    pub address: Option<String>,
    /// Its bytes as they stand in the message: in base64, up to [`BASE64_MOST`].
    pub base64: Option<Arc<str>>,
}

/// No more letters of base64 are kept of one image, sound or file.
pub const BASE64_MOST: usize = 22 << 20;
