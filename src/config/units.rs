//! Durations and sizes as people write them: `90s`, `1h 30m`, `1d`; `10 MiB`, `500 kB`.

use std::time::Duration;

use jiff::{SpanRelativeTo, fmt::friendly::SpanParser};

/// What is wrong with a value, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) message: String,
    pub(super) suggestion: Option<String>,
    /// Whether the line holds a secret, so that it must not be repeated.
    pub(super) secret: bool,
}

impl Complaint {
    pub(super) fn new(message: impl Into<String>, suggestion: impl Into<String>) -> Self {
        Self { message: message.into(), suggestion: Some(suggestion.into()), secret: false }
    }

    /// About a line that holds a secret: it is not repeated.
    pub(super) fn about_a_secret(message: impl Into<String>, suggestion: impl Into<String>) -> Self {
        Self { secret: true, ..Self::new(message, suggestion) }
    }
}

/// A length of time with its unit; a day has 24 hours. Never negative.
pub(super) fn duration(written: &str) -> Result<Duration, Complaint> {
    let text = written.trim();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Complaint::new(
            format!("{written:?} has no unit"),
            format!("write \"{text}s\" for seconds, \"{text}m\" for minutes, \"{text}h\" for hours, \"{text}d\" for days"),
        ));
    }
    let wrong = || {
        Complaint::new(
            format!("{written:?} is no length of time"),
            "write it like \"30s\", \"15m\", \"1h\", \"1h 30m\" or \"1d\"".to_owned(),
        )
    };
    let span = SpanParser::new().parse_span(text).map_err(|_| wrong())?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    Duration::try_from(duration).map_err(|_| wrong())
}

/// The shortest way to write a duration that reads back the same: `1h30m`, `250ms`.
pub fn format_duration(duration: Duration) -> String {
    let mut rest = duration.as_nanos();
    let mut text = String::new();
    for (unit, nanos) in
        [("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000)]
    {
        let count = rest / nanos;
        rest %= nanos;
        if count > 0 {
            text.push_str(&format!("{count}{unit}"));
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

const SIZES: &[(&str, u64)] =
    &[("", 1), ("b", 1), ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30)];

/// A number of bytes with its unit (IEC 80000-13: 1 MiB = 1,048,576 bytes, 1 MB = 1,000,000).
pub(super) fn size(written: &str) -> Result<u64, Complaint> {
    let text = written.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim().to_lowercase();
    let factor = SIZES.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    let bytes = number.parse::<u64>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    bytes.ok_or_else(|| Complaint::new(format!("{written:?} is no size"), "write it like \"500 kB\" or \"10 MiB\""))
}

/// The largest unit that keeps the number whole: `10 MiB`, `500 kB`.
pub fn format_size(bytes: u64) -> String {
    for (unit, factor) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("kB", 1_000)] {
        if bytes >= factor && bytes.is_multiple_of(factor) {
            return format!("{} {unit}", bytes / factor);
        }
    }
    bytes.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_back() {
        for (written, seconds, canonical) in [
            ("1h", 3600, "1h"),
            ("30m", 1800, "30m"),
            ("90s", 90, "1m30s"),
            ("1d", 86_400, "1d"),
            ("1h 30m", 5400, "1h30m"),
            ("1h30m", 5400, "1h30m"),
            ("2 days", 172_800, "2d"),
            ("1w", 604_800, "7d"),
            ("0", 0, "0s"),
            ("0s", 0, "0s"),
        ] {
            let read = duration(written).unwrap_or_else(|complaint| panic!("{written}: {}", complaint.message));
            assert_eq!(read, Duration::from_secs(seconds), "{written}");
            assert_eq!(format_duration(read), canonical, "{written}");
            assert_eq!(duration(canonical), Ok(read), "{canonical}");
        }
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(format_duration(Duration::from_millis(250)), "250ms");
    }

    #[test]
    fn what_is_no_duration_is_told_how_to_be_one() {
        assert_eq!(
            duration("30").unwrap_err().suggestion.unwrap(),
            "write \"30s\" for seconds, \"30m\" for minutes, \"30h\" for hours, \"30d\" for days"
        );
        for written in ["", " ", "-1h", "1h ago", "un'ora", "1 month", "9999999999999999999h", "1h,", "è"] {
            let complaint = duration(written).unwrap_err();
            assert!(complaint.message.contains("no length of time"), "{written}: {}", complaint.message);
        }
    }

    #[test]
    fn sizes_are_read_and_written_back() {
        for (written, bytes, canonical) in [
            ("10 MiB", 10 << 20, "10 MiB"),
            ("10MiB", 10 << 20, "10 MiB"),
            ("500 kB", 500_000, "500 kB"),
            ("1 gib", 1 << 30, "1 GiB"),
            ("0", 0, "0"),
            ("1234567", 1_234_567, "1234567"),
        ] {
            assert_eq!(size(written), Ok(bytes), "{written}");
            assert_eq!(format_size(bytes), canonical, "{written}");
            assert_eq!(size(canonical), Ok(bytes), "{canonical}");
        }
        for written in ["", "MiB", "-1", "10 M", "1.5 MiB", "99999999999 GiB", "10 è"] {
            assert!(size(written).is_err(), "{written}");
        }
    }
}
