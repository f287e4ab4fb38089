//! What is known of one answer right now.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::failure::Failure;
use crate::model::Warning;

/// A skeleton stands in for what is missing only after this long, so that quick answers do not flicker.
pub const SKELETON_AFTER: Duration = Duration::from_millis(200);

/// An answer that may be on its way, there, or impossible. What was there stays while its
/// refresh is under way.
#[derive(Debug)]
pub enum Slot<T> {
    /// Nobody asked yet.
    Empty,
    /// Asked for.
    Pending {
        /// What was there before.
        previous: Option<Arc<T>>,
        /// Since when it has been waited for.
        since: Instant,
    },
    /// There.
    Ready {
        /// The answer.
        value: Arc<T>,
        /// What was damaged or missing while it was read.
        warnings: Arc<[Warning]>,
    },
    /// It could not be read.
    Failed {
        /// Why.
        error: Failure,
        /// What was there before.
        previous: Option<Arc<T>>,
    },
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::Pending { previous, since } => Self::Pending { previous: previous.clone(), since: *since },
            Self::Ready { value, warnings } => Self::Ready { value: Arc::clone(value), warnings: Arc::clone(warnings) },
            Self::Failed { error, previous } => Self::Failed { error: error.clone(), previous: previous.clone() },
        }
    }
}

impl<T> Slot<T> {
    /// The best there is to show: the answer, or the one before it.
    pub fn value(&self) -> Option<&Arc<T>> {
        match self {
            Self::Empty => None,
            Self::Ready { value, .. } => Some(value),
            Self::Pending { previous, .. } | Self::Failed { previous, .. } => previous.as_ref(),
        }
    }

    /// Why it could not be read.
    pub fn error(&self) -> Option<&Failure> {
        match self {
            Self::Failed { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Whether an answer is under way.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Pending { .. })
    }

    /// Since when an answer has been waited for, if one is.
    pub fn since(&self) -> Option<Instant> {
        match self {
            Self::Pending { since, .. } => Some(*since),
            Self::Empty | Self::Ready { .. } | Self::Failed { .. } => None,
        }
    }

    /// Whether there is nothing to show and the wait is long enough to say so.
    pub fn wants_skeleton(&self, now: Instant) -> bool {
        match self {
            Self::Pending { previous: None, since } => now.saturating_duration_since(*since) >= SKELETON_AFTER,
            _ => false,
        }
    }

    /// What was damaged or missing.
    pub fn warnings(&self) -> &[Warning] {
        match self {
            Self::Ready { warnings, .. } => warnings,
            _ => &[],
        }
    }
}
