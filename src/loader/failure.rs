//! Why there is no answer: kept as what it is until somebody shows it.

use std::fmt;
use std::sync::Arc;

use crate::store::{Refusal, Remedy, StoreError};

/// Why there is no answer. It becomes text where it is shown.
#[derive(Clone, Debug)]
pub enum Failure {
    /// The store could not be read, and said why.
    Store(Arc<StoreError>),
    /// A mistake in dspyglass itself.
    Panic {
        /// What was being done: `reading`, `opening`.
        doing: &'static str,
        /// What was said about it.
        message: Option<Arc<str>>,
    },
    /// A worker did not even stop when it was told to: it hangs in the disk or the network.
    Stuck {
        /// For how long it was waited, in seconds.
        waited_s: u64,
    },
    /// So many workers hang that nobody is left to read.
    Lost,
    /// The system gave no thread to open a store on, and said why.
    NoThread(Arc<str>),
}

impl Failure {
    /// What would help; opening the store again where even reading cannot be tried again.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Store(error) => error.remedy(),
            Self::Panic { .. } | Self::Stuck { .. } | Self::NoThread(_) => Remedy::Retry,
            Self::Lost => Remedy::OpenOther,
        }
    }

    /// Whether a server wants to know who the user is, or does not know them any more.
    pub fn asks_who(&self) -> bool {
        let asks = |error| matches!(error, &StoreError::Refused { refusal, .. } if refusal != Refusal::Forbidden);
        self.store_error().is_some_and(asks)
    }

    /// What the store said, if it was the store.
    pub fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Panic { doing, message: Some(message) } => {
                write!(f, "{doing} this went wrong inside dspyglass ({message}); please report it")
            }
            Self::Panic { doing, message: None } => {
                write!(f, "{doing} this went wrong inside dspyglass; please report it")
            }
            Self::Stuck { waited_s } => write!(f, "no answer for {waited_s} s; the disk or network may be gone"),
            Self::Lost => write!(f, "the store does not answer any more; open it again"),
            Self::NoThread(why) => write!(f, "cannot start a thread: {why}"),
        }
    }
}

/// Equal if they are of one kind and say the same.
impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Store(a), Self::Store(b)) if Arc::ptr_eq(a, b) => true,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other) && self.to_string() == other.to_string(),
        }
    }
}
