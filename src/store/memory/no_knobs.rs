//! What stands for the knobs of tests where there are no tests: nothing is slow, fails or is counted.

use crate::store::{ReadCx, Result};

#[derive(Default)]
pub(super) struct Knobs;

impl Knobs {
    /// At the beginning of every call.
    pub(super) fn enter(&self, _call: &'static str, cx: &ReadCx) -> Result<()> {
        cx.check()
    }

    /// Lists do not come in pages.
    pub(super) fn page_size(&self) -> Option<usize> {
        None
    }

    /// No page leads back.
    pub(super) fn leads_round(&self) -> bool {
        false
    }

    /// Lists do not come as from a server.
    pub(super) fn is_server(&self) -> bool {
        false
    }
}
