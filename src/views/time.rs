//! How moments are written: local, with UTC on hover.

use chrono::{DateTime, Local, TimeZone, Utc};

use super::scene::Clock;

/// `2026-11-21 08:07:31`.
pub(super) fn moment(ms: i64, clock: Clock) -> String {
    const FORMAT: &str = "%Y-%m-%d %H:%M:%S";
    if clock.is_utc {
        return utc(ms).map_or_else(|| ms.to_string(), |time| time.format(FORMAT).to_string());
    }
    Local.timestamp_millis_opt(ms).single().map_or_else(|| ms.to_string(), |time| time.format(FORMAT).to_string())
}

/// Today only the time, this year without the year, else without the seconds: for columns.
pub(super) fn moment_short(ms: i64, clock: Clock) -> String {
    let full = moment(ms, clock);
    let today = moment(clock.now_ms, clock);
    let is_date = |text: &str| text.len() == 19 && text.as_bytes()[4] == b'-';
    if !is_date(&full) || !is_date(&today) {
        return full;
    }
    if full[..10] == today[..10] {
        format!("today {}", &full[11..])
    } else if full[..4] == today[..4] {
        full[5..].to_owned()
    } else {
        // Nobody looks for seconds of another year in a list.
        full[..16].to_owned()
    }
}

/// `2026-11-21 08:07:31.204 UTC`.
pub(super) fn moment_utc(ms: i64) -> String {
    utc(ms).map_or_else(|| ms.to_string(), |time| time.format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string())
}

/// `2026-11-21T08:07:31.204Z`, for other programs.
pub(super) fn moment_iso(ms: i64) -> String {
    utc(ms).map_or_else(|| ms.to_string(), |time| time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// How long ago: `now`, `4 min`, `3 h`, `12 d`, `2 y`.
pub(super) fn age(ms: i64, clock: Clock) -> String {
    let seconds = clock.now_ms.saturating_sub(ms) / 1000;
    match seconds {
        ..60 => "now".to_owned(),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        86_400..31_536_000 => format!("{} d", seconds / 86_400),
        _ => format!("{} y", seconds / 31_536_000),
    }
}

fn utc(ms: i64) -> Option<DateTime<Utc>> {
    Utc.timestamp_millis_opt(ms).single()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let clock = Clock { now: std::time::Instant::now(), now_ms: 1_763_712_451_204, is_utc: true, is_fixed: true };
        assert_eq!(moment(clock.now_ms, clock), "2025-11-21 08:07:31");
        assert_eq!(moment_short(clock.now_ms - 1_000, clock), "today 08:07:30");
        assert_eq!(moment_short(clock.now_ms - 864_000_000, clock), "11-11 08:07:31");
        assert_eq!(moment_short(0, clock), "1970-01-01 00:00");
        assert_eq!(moment_short(i64::MAX, clock), i64::MAX.to_string());
        assert_eq!(moment_utc(clock.now_ms), "2025-11-21 08:07:31.204 UTC");
        assert_eq!(moment(i64::MAX, clock), i64::MAX.to_string());
        for (ms, text) in [(0, "now"), (-9_000, "now"), (61_000, "1 min"), (7_200_000, "2 h"), (864_000_000, "10 d")] {
            assert_eq!(age(clock.now_ms - ms, clock), text);
        }
    }
}
