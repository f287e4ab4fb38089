//! Moments as the window's clock tells them: local, with UTC on hover.

use super::scene::Clock;
use crate::words::{self, Zone};
pub(super) use crate::words::{moment_iso, moment_utc};

fn zone(clock: Clock) -> Zone {
    if clock.is_utc { Zone::Utc } else { Zone::Local }
}

/// `2026-11-21 08:07:31`.
pub(super) fn moment(ms: i64, clock: Clock) -> String {
    words::moment(ms, zone(clock))
}

/// Today only the time, this year without the year, else without the seconds: for columns.
pub(super) fn moment_short(ms: i64, clock: Clock) -> String {
    words::moment_short(ms, clock.now_ms, zone(clock))
}

/// How long ago: `now`, `4 min`, `3 h`, `12 d`, `2 y`.
pub(super) fn age(ms: i64, clock: Clock) -> String {
    words::age(ms, clock.now_ms)
}
