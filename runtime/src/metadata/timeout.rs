use std::time::Duration;

use http::HeaderName;

/// Where a client says how long it will wait.
pub(super) const HEADER: HeaderName = HeaderName::from_static("grpc-timeout");

/// Reads `TimeoutValue TimeoutUnit` of gRPC's PROTOCOL-HTTP2: up to eight digits, then
/// `H`, `M`, `S`, `m` (milli), `u` (micro) or `n` (nano).
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    // `parse` alone would accept a sign.
    if !(1..=8).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(value * 60 * 60)),
        "M" => Some(Duration::from_secs(value * 60)),
        "S" => Some(Duration::from_secs(value)),
        "m" => Some(Duration::from_millis(value)),
        "u" => Some(Duration::from_micros(value)),
        "n" => Some(Duration::from_nanos(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_is_understood() {
        let seconds = |text| parse(text).map(|timeout| timeout.as_secs_f64());
        assert_eq!(seconds("2H"), Some(7200.0));
        assert_eq!(seconds("3M"), Some(180.0));
        assert_eq!(seconds("4S"), Some(4.0));
        assert_eq!(seconds("5m"), Some(0.005));
        assert_eq!(seconds("6u"), Some(0.000_006));
        assert_eq!(parse("7n"), Some(Duration::from_nanos(7)));
        assert_eq!(parse("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "S", "1", "1x", "-1S", "+1S", "1.5S", " 1S", "1S ", "123456789S", "1é", "é"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
