use std::time::Duration;

use http::{HeaderName, HeaderValue};

/// The header in which a client sends how long it will wait.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("grpc-timeout");

/// Reads `TimeoutValue TimeoutUnit` of [gRPC over HTTP/2]: up to eight digits, then
/// `H`, `M`, `S`, `m` (milli), `u` (micro) or `n` (nano).
///
/// [gRPC over HTTP/2]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 {
        return None;
    }
    // This accepts a leading `+`, because tonic's own timer does and would end such a call with CANCELLED.
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

/// Writes a timeout in the smallest unit in which it has eight digits or fewer. It is rounded up, because a server
/// must not give up before its client.
pub(crate) fn value(timeout: Duration) -> HeaderValue {
    const UNITS: [(u128, char); 6] = [
        (1, 'n'),
        (1_000, 'u'),
        (1_000_000, 'm'),
        (1_000_000_000, 'S'),
        (60_000_000_000, 'M'),
        (3_600_000_000_000, 'H'),
    ];
    const MAX: u128 = 99_999_999;
    let in_unit = |(nanoseconds, unit)| (timeout.as_nanos().div_ceil(nanoseconds), unit);
    let fitting = UNITS.into_iter().map(in_unit).find(|(value, _)| *value <= MAX);
    let (value, unit) = fitting.unwrap_or((MAX, 'H'));
    let mut value: HeaderValue = format!("{value}{unit}").parse().expect("digits and a letter are ASCII");
    // HTTP/2 then never indexes it. The time that is left differs from call to call, so an entry in the table of RFC 7541
    // would only push out headers that repeat.
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_timeout_is_never_indexed() {
        assert!(value(Duration::from_secs(1)).is_sensitive());
    }

    #[test]
    fn a_timeout_is_rounded_up_to_eight_digits() {
        let written = |timeout| value(timeout).to_str().unwrap().to_owned();
        assert_eq!(written(Duration::ZERO), "0n");
        assert_eq!(written(Duration::from_nanos(99_999_999)), "99999999n");
        assert_eq!(written(Duration::from_nanos(100_000_001)), "100001u");
        assert_eq!(written(Duration::from_secs(100)), "100000m");
        assert_eq!(written(Duration::from_secs(99_999_999)), "99999999S");
        assert_eq!(written(Duration::from_secs(100_000_000)), "1666667M");
        assert_eq!(written(Duration::MAX), "99999999H");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_no_less_and_hardly_more(nanoseconds in 0..u64::MAX) {
            let timeout = Duration::from_nanos(nanoseconds);
            let read = parse(value(timeout).to_str().unwrap()).unwrap();
            prop_assert!(read >= timeout && read <= timeout + timeout / 100_000 + Duration::from_nanos(1), "{read:?}");
        }
    }

    #[test]
    fn every_unit_is_understood() {
        let seconds = |text| parse(text).map(|timeout| timeout.as_secs_f64());
        assert_eq!(seconds("2H"), Some(7200.0));
        assert_eq!(seconds("3M"), Some(180.0));
        assert_eq!(seconds("4S"), Some(4.0));
        assert_eq!(seconds("5m"), Some(0.005));
        assert_eq!(seconds("6u"), Some(0.000_006));
        assert_eq!(parse("7n"), Some(Duration::from_nanos(7)));
        assert_eq!(seconds("+8S"), Some(8.0));
        assert_eq!(parse("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "S", "1", "1x", "-1S", "+S", "1.5S", " 1S", "1S ", "123456789S", "1é", "é"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
