//! How long something took.

use super::numbers::on_axis;

/// A duration: `730 ns`, `400 µs`, `1.4 ms`, `482 ms`, `1.3 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`. Rounded to the last unit
/// that is written; from two days on to hours.
pub fn duration_ns(ns: i64) -> String {
    let sign = if ns < 0 { "-" } else { "" };
    let ns = ns.unsigned_abs();
    if ns == 0 {
        return "0 ms".to_owned();
    }
    if ns < 1_000 {
        return format!("{sign}{ns} ns");
    }
    if ns < 999_500 {
        let tenths = (ns + 50) / 100;
        return if tenths < 100 {
            format!("{sign}{}.{} µs", tenths / 10, tenths % 10)
        } else {
            format!("{sign}{} µs", (ns + 500) / 1_000)
        };
    }
    if ns < 9_950_000 {
        let tenths = (ns + 50_000) / 100_000;
        return format!("{sign}{}.{} ms", tenths / 10, tenths % 10);
    }
    let ms = (ns + 500_000) / 1_000_000;
    if ms < 1_000 {
        return format!("{sign}{ms} ms");
    }
    let tenths = (ms + 50) / 100;
    if tenths < 600 {
        return format!("{sign}{}.{} s", tenths / 10, tenths % 10);
    }
    let seconds = (ms + 500) / 1_000;
    if seconds < 3_600 {
        return format!("{sign}{} min {} s", seconds / 60, seconds % 60);
    }
    let minutes = (seconds + 30) / 60;
    if minutes < 48 * 60 {
        return format!("{sign}{} h {} min", minutes / 60, minutes % 60);
    }
    let hours = (minutes + 30) / 60;
    format!("{sign}{} d {} h", hours / 24, hours % 24)
}

/// A difference of durations with its sign: `+1.3 s`, `−482 ms`, `±0 ms`.
pub fn signed_duration_ns(difference: i64) -> String {
    let sign = match difference {
        1.. => "+",
        0 => "±",
        _ => "−",
    };
    let size = i64::try_from(difference.unsigned_abs()).unwrap_or(i64::MAX);
    format!("{sign}{}", duration_ns(size))
}

/// A duration in milliseconds, written like [`duration_ns`].
pub fn duration_ms(ms: i64) -> String {
    // Tenths of what was measured in whole milliseconds would be invented.
    if (-9..=9).contains(&ms) { format!("{ms} ms") } else { duration_ns(ms.saturating_mul(1_000_000)) }
}

/// A duration beside the marks of an axis, which are `step_ms` apart: all of them in the same unit, `0.5 s` beside
/// `1.0 s`, `90 s` beside `60 s`.
pub fn duration_on_axis(ms: f64, step_ms: f64) -> String {
    let (unit_ms, unit) = match step_ms {
        ..10.0 => (1.0, "ms"),
        ..60e3 => (1e3, "s"),
        ..3_600e3 => (60e3, "min"),
        ..86_400e3 => (3_600e3, "h"),
        _ => (86_400e3, "d"),
    };
    format!("{} {unit}", on_axis(ms / unit_ms, step_ms / unit_ms))
}

/// How long something has been going on, in whole seconds, of which no more have passed: `12 s`, `4 min 12 s`.
pub fn elapsed_ms(ms: i64) -> String {
    let seconds = ms / 1_000;
    if (-59..=59).contains(&seconds) { format!("{seconds} s") } else { duration_ms(seconds.saturating_mul(1_000)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_is_told_in_whole_seconds() {
        let told = [0, 999, 12_900, 59_999, 60_000, 252_900].map(elapsed_ms);
        assert_eq!(told, ["0 s", "0 s", "12 s", "59 s", "1 min 0 s", "4 min 12 s"]);
        assert_eq!(elapsed_ms(i64::MIN).chars().next(), Some('-'));
    }

    #[test]
    fn durations() {
        for (ns, text) in [
            (0, "0 ms"),
            (730, "730 ns"),
            (1_500, "1.5 µs"),
            (400_000, "400 µs"),
            (999_499, "999 µs"),
            (999_500, "1.0 ms"),
            (1_440_000, "1.4 ms"),
            (9_949_999, "9.9 ms"),
            (9_950_000, "10 ms"),
            (482_000_000, "482 ms"),
            (999_600_000, "1.0 s"),
            (1_300_000_000, "1.3 s"),
            (59_940_000_000, "59.9 s"),
            (59_960_000_000, "1 min 0 s"),
            (252_000_000_000, "4 min 12 s"),
            (7_500_000_000_000, "2 h 5 min"),
            (17_129_000_000_000, "4 h 45 min"),
            (17_131_000_000_000, "4 h 46 min"),
            (273_600_000_000_000, "3 d 4 h"),
            (-1_300_000_000, "-1.3 s"),
        ] {
            assert_eq!(duration_ns(ns), text);
        }
        assert_eq!(duration_ms(482), "482 ms");
        assert_eq!((duration_ms(4), duration_ns(4_000_000)), ("4 ms".to_owned(), "4.0 ms".to_owned()));
        assert!(duration_ns(i64::MIN).starts_with('-'));
        assert!(duration_ms(i64::MAX).ends_with('h'));
    }

    #[test]
    fn the_marks_of_an_axis_have_one_unit() {
        let axis = |marks: &[f64], step| marks.iter().map(|ms| duration_on_axis(*ms, step)).collect::<Vec<_>>();
        assert_eq!(axis(&[0.0, 500.0, 1_000.0], 500.0), ["0.0 s", "0.5 s", "1.0 s"]);
        assert_eq!(axis(&[0.0, 60e3, 90e3], 30e3), ["0 s", "60 s", "90 s"]);
        assert_eq!(axis(&[0.0, 300e3, 3_600e3], 300e3), ["0 min", "5 min", "60 min"]);
        assert_eq!((duration_on_axis(4.0, 2.0), duration_on_axis(172_800e3, 86_400e3)), ("4 ms".into(), "2 d".into()));
    }

    #[test]
    fn differences_have_a_sign() {
        let written = [1_300_000_000, -482_000_000, 0].map(signed_duration_ns);
        assert_eq!(written, ["+1.3 s", "−482 ms", "±0 ms"]);
        assert!(signed_duration_ns(i64::MIN).starts_with('−'));
    }
}
