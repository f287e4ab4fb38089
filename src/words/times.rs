//! Moments, in milliseconds since the epoch.

use chrono::{DateTime, Local, TimeZone, Utc};

/// Where a moment is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Where the program runs.
    Local,
    /// UTC.
    Utc,
}

/// `2026-11-21 08:07:31`.
pub fn moment(ms: i64, zone: Zone) -> String {
    const FORMAT: &str = "%Y-%m-%d %H:%M:%S";
    if zone == Zone::Utc {
        return utc(ms).map_or_else(|| ms.to_string(), |time| time.format(FORMAT).to_string());
    }
    Local.timestamp_millis_opt(ms).single().map_or_else(|| ms.to_string(), |time| time.format(FORMAT).to_string())
}

/// Today only the time, this year without the year, else without the seconds: for columns.
pub fn moment_short(ms: i64, now_ms: i64, zone: Zone) -> String {
    let full = moment(ms, zone);
    let today = moment(now_ms, zone);
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
pub fn moment_utc(ms: i64) -> String {
    utc(ms).map_or_else(|| ms.to_string(), |time| time.format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string())
}

/// `2026-11-21T08:07:31.204Z`, for other programs.
pub fn moment_iso(ms: i64) -> String {
    utc(ms).map_or_else(|| ms.to_string(), |time| time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// How long ago: `now`, `4 min`, `3 h`, `12 d`, `2 y`.
pub fn age(ms: i64, now_ms: i64) -> String {
    let seconds = now_ms.saturating_sub(ms) / 1000;
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
        let now = 1_763_712_451_204;
        assert_eq!(moment(now, Zone::Utc), "2025-11-21 08:07:31");
        assert_eq!(moment_short(now - 1_000, now, Zone::Utc), "today 08:07:30");
        assert_eq!(moment_short(now - 864_000_000, now, Zone::Utc), "11-11 08:07:31");
        assert_eq!(moment_short(0, now, Zone::Utc), "1970-01-01 00:00");
        assert_eq!(moment_short(i64::MAX, now, Zone::Utc), i64::MAX.to_string());
        assert_eq!(moment_utc(now), "2025-11-21 08:07:31.204 UTC");
        assert_eq!(moment(i64::MAX, Zone::Utc), i64::MAX.to_string());
        for (ms, text) in [(0, "now"), (-9_000, "now"), (61_000, "1 min"), (7_200_000, "2 h"), (864_000_000, "10 d")] {
            assert_eq!(age(now - ms, now), text);
        }
    }
}
