//! Which MLflow answers behind the address of a store, and which endpoints it has.

use super::ask::{Question, Session};
use crate::store::{Result, ServerReport};

/// What the server behind a store is and has; `None` for a store that is read where it stands. Asked anew each time that
/// the number is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServerReportOf(pub u64);

impl Question for ServerReportOf {
    type Answer = Option<ServerReport>;

    const LABEL: &'static str = "endpoints";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let cx = session.cx;
        session.store.server().map(|server| server.report(cx)).transpose()
    }

    fn bytes(answer: &Self::Answer) -> usize {
        size_of_val(answer) + answer.iter().map(|report| size_of_val(&report.endpoints[..])).sum::<usize>()
    }

    fn is_final(_answer: &Self::Answer) -> bool {
        // An upgrade of a server is told by opening it again, or by asking again.
        true
    }
}
