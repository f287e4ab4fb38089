//! Moments and durations as people write them.

use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, TimeZone, Utc};

/// What `-2h` and a date without a zone are told from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Milliseconds since the epoch.
    pub ms: i64,
    /// Dates are in UTC rather than in the zone of the machine.
    pub is_utc: bool,
}

const MS: f64 = 1.0;
const SECOND: f64 = 1_000.0;
const UNITS: [(&str, f64); 14] = [
    ("ms", MS),
    ("s", SECOND),
    ("sec", SECOND),
    ("m", 60.0 * SECOND),
    ("min", 60.0 * SECOND),
    ("h", 3_600.0 * SECOND),
    ("hour", 3_600.0 * SECOND),
    ("hours", 3_600.0 * SECOND),
    ("d", 86_400.0 * SECOND),
    ("day", 86_400.0 * SECOND),
    ("days", 86_400.0 * SECOND),
    ("w", 604_800.0 * SECOND),
    ("week", 604_800.0 * SECOND),
    ("weeks", 604_800.0 * SECOND),
];

/// `2s`, `1.5min`: milliseconds.
pub(super) fn duration(text: &str) -> Option<f64> {
    let letters = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(letters);
    let (_, factor) = UNITS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
    let number: f64 = number.trim().parse().ok()?;
    number.is_finite().then_some(number * factor)
}

/// `2026-11-28`, `2026-11-28T10:30`, `2026-11-28 10:30:05.250Z`, `-2h`: milliseconds since the epoch.
pub(super) fn moment(text: &str, now: Now) -> Option<f64> {
    if let Some(ago) = text.strip_prefix('-') {
        return duration(ago).map(|ago| now.ms as f64 - ago);
    }
    if text.eq_ignore_ascii_case("now") {
        return Some(now.ms as f64);
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
        return Some(time.timestamp_millis() as f64);
    }
    let time = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&text.replacen(' ', "T", 1), format).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))?;
    let ms = if now.is_utc {
        Utc.from_utc_datetime(&time).timestamp_millis()
    } else {
        // Of an hour that comes twice the first; one that does not exist is read as UTC.
        let local = Local.from_local_datetime(&time).earliest();
        local.map_or_else(|| Utc.from_utc_datetime(&time).timestamp_millis(), |local| local.timestamp_millis())
    };
    Some(ms as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_durations_are_read_as_people_write_them() {
        let now = Now { ms: 1_000_000_000_000, is_utc: true };
        for (text, wanted) in [
            ("2001-09-09", Some(999_993_600_000.0)),
            ("2001-09-09T01:46:40", Some(1_000_000_000_000.0)),
            ("2001-09-09 01:46", Some(999_999_960_000.0)),
            ("2001-09-09 01:46:40.250Z", Some(1_000_000_000_250.0)),
            ("2001-09-09T03:46:40+02:00", Some(1_000_000_000_000.0)),
            ("-2h", Some(999_992_800_000.0)),
            ("-1.5D", Some(999_870_400_000.0)),
            ("now", Some(1_000_000_000_000.0)),
            ("2001-13-09", None),
            ("yesterday", None),
            ("-h", None),
            ("-2 parsecs", None),
        ] {
            assert_eq!(moment(text, now), wanted, "{text}");
        }
        assert_eq!(
            (duration("2s"), duration("1.5min"), duration("5"), duration("s")),
            (Some(2e3), Some(9e4), None, None)
        );
    }
}
