//! The parent of a span in the metadata of a call, as [W3C Trace Context] defines it.
//!
//! [W3C Trace Context]: https://www.w3.org/TR/trace-context/

use std::str::FromStr;

use http::{HeaderMap, HeaderValue};
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};
use tonic::metadata::{Ascii, MetadataValue};
use vestibule::Call;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The length of a `traceparent` of version 00.
const LEN: usize = 55;
/// The largest number of entries in a `tracestate`.
const MAX_ENTRIES: usize = 32;

/// Returns the parent in the headers of a request, or `None` if there is none or it is invalid.
pub(super) fn remote_parent(headers: &HeaderMap) -> Option<SpanContext> {
    let mut values = headers.get_all(TRACEPARENT).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    let (trace_id, span_id, flags) = parse(value.as_bytes())?;
    let parent = SpanContext::new(trace_id, span_id, flags, true, trace_state(headers));
    parent.is_valid().then_some(parent)
}

/// Parses `version-traceid-spanid-flags`. Later versions may append fields, which are ignored.
fn parse(value: &[u8]) -> Option<(TraceId, SpanId, TraceFlags)> {
    let (known, rest) = value.split_at_checked(LEN)?;
    let version = hex(&known[..2])?;
    let is_complete = match version {
        0 => rest.is_empty(),
        0xff => false,
        _ => rest.is_empty() || rest[0] == b'-',
    };
    let has_dashes = [2, 35, 52].iter().all(|index| known[*index] == b'-');
    if !is_complete || !has_dashes {
        return None;
    }
    let trace_id = TraceId::from(hex(&known[3..35])?);
    let span_id = SpanId::from(u64::try_from(hex(&known[36..52])?).ok()?);
    // Other flags mean nothing to us, so they are not passed on.
    let flags = TraceFlags::new(u8::try_from(hex(&known[53..])?).ok()?) & TraceFlags::SAMPLED;
    Some((trace_id, span_id, flags))
}

/// Reads hexadecimal digits in lower case.
fn hex(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(value))
    })
}

/// Reads the `tracestate`, which may be split over several headers. An invalid one is as good as none.
fn trace_state(headers: &HeaderMap) -> TraceState {
    read_state(headers).unwrap_or_default()
}

fn read_state(headers: &HeaderMap) -> Option<TraceState> {
    let values: Result<Vec<_>, _> = headers.get_all(TRACESTATE).iter().map(HeaderValue::to_str).collect();
    let state = values.ok()?.join(",");
    let entries: Vec<&str> = state.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    // The parser of OpenTelemetry accepts an entry without a key.
    if entries.len() > MAX_ENTRIES || entries.iter().any(|entry| entry.starts_with('=')) {
        return None;
    }
    TraceState::from_str(&entries.join(",")).ok()
}

/// Adds a span to the metadata of the request that a call passes on, as the parent of what the server does.
///
/// A `tracestate` belongs to the `traceparent` beside it, so one of another trace, which the program has put into the
/// request, is removed.
pub(super) fn inject(span: &SpanContext, call: &Call) {
    let Some((parent, state)) = values(span) else { return };
    // Most requests have none, and then nothing is allocated.
    if call.metadata().contains_key(TRACESTATE) {
        call.remove_outgoing_metadata(TRACESTATE);
    }
    let mut added = call.outgoing_metadata();
    added.insert(TRACEPARENT, parent);
    match state {
        Some(state) => drop(added.insert(TRACESTATE, state)),
        None => drop(added.remove(TRACESTATE)),
    }
}

type Value = MetadataValue<Ascii>;

/// Returns the values of `traceparent` and of `tracestate` for a span, or `None` if the span has no valid id.
fn values(span: &SpanContext) -> Option<(Value, Option<Value>)> {
    if !span.is_valid() {
        return None;
    }
    let flags = span.trace_flags() & TraceFlags::SAMPLED;
    let parent = format!("00-{}-{}-{flags:02x}", span.trace_id(), span.span_id());
    let mut parent: MetadataValue<Ascii> = parent.parse().expect("hexadecimal digits are ASCII");
    // HTTP/2 then never indexes it. No later call has the same parent, so an entry in the table of RFC 7541 would only push
    // out headers that repeat.
    parent.set_sensitive(true);
    let state = Some(span.trace_state()).filter(|state| **state != TraceState::NONE);
    Some((parent, state.and_then(|state| state.header().parse().ok())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f0671111e902c7-01";

    fn headers(values: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    /// Returns what a client would send that has this parent.
    fn passed_on(values: &[(&'static str, &str)]) -> Option<(String, Option<String>)> {
        let (parent, state) = super::values(&remote_parent(&headers(values))?)?;
        let text = |value: Value| value.to_str().unwrap().to_owned();
        Some((text(parent), state.map(text)))
    }

    #[test]
    fn a_parent_is_passed_on_as_it_came() {
        assert_eq!(passed_on(&[]), None);
        assert_eq!(passed_on(&[(TRACEPARENT, VALID)]), Some((VALID.to_owned(), None)));
        let unsampled = VALID.replace("-01", "-00");
        assert_eq!(passed_on(&[(TRACEPARENT, &unsampled)]), Some((unsampled.clone(), None)));
    }

    #[test]
    fn a_parent_is_never_indexed() {
        let parent = remote_parent(&headers(&[(TRACEPARENT, VALID)])).unwrap();
        assert!(super::values(&parent).unwrap().0.is_sensitive());
    }

    #[test]
    fn of_the_flags_only_sampled_is_passed_on() {
        let with_others = VALID.replace("-01", "-ff");
        assert_eq!(passed_on(&[(TRACEPARENT, &with_others)]), Some((VALID.to_owned(), None)));
    }

    #[test]
    fn a_later_version_may_have_more_fields() {
        for value in [VALID.replacen("00", "cc", 1), VALID.replacen("00", "cc", 1) + "-what-comes"] {
            assert_eq!(passed_on(&[(TRACEPARENT, &value)]), Some((VALID.to_owned(), None)), "{value}");
        }
    }

    #[test]
    fn an_invalid_parent_is_none() {
        let invalid = [
            "",
            "00",
            &VALID[..54],
            &(VALID.to_owned() + "-"),
            &(VALID.to_owned() + "0"),
            &VALID.replacen("00", "ff", 1),
            &(VALID.replacen("00", "cc", 1) + "what-comes"),
            &VALID.to_uppercase(),
            &VALID.replace('4', "g"),
            &VALID.replace('-', "_"),
            &VALID.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            &VALID.replace("00f0671111e902c7", &"0".repeat(16)),
            "00-4bf92f3577b34da6a3ce929d0e0e473-600f0671111e902c7-01",
            "00--4bf92f3577b34da6a3ce929d0e0e473-00f0671111e902c7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f0671111e902c7-01",
        ];
        for value in invalid {
            assert_eq!(passed_on(&[(TRACEPARENT, value)]), None, "{value}");
        }
        assert_eq!(passed_on(&[(TRACEPARENT, VALID), (TRACEPARENT, VALID)]), None, "two parents");
    }

    #[test]
    fn the_state_of_several_headers_is_joined() {
        let state = [(TRACEPARENT, VALID), (TRACESTATE, "a=1, b=2"), (TRACESTATE, "c=3,,")];
        assert_eq!(passed_on(&state), Some((VALID.to_owned(), Some("a=1,b=2,c=3".to_owned()))));
    }

    #[test]
    fn an_invalid_state_does_not_invalidate_the_parent() {
        let many: Vec<String> = (0..33).map(|i| format!("k{i}=v")).collect();
        let not_text = "a=\u{e9}";
        for state in ["nonsense", "=", "=1", "A=1", not_text, &many.join(",")] {
            let passed = passed_on(&[(TRACEPARENT, VALID), (TRACESTATE, state)]);
            assert_eq!(passed, Some((VALID.to_owned(), None)), "{state}");
        }
        let most = many[1..].join(",");
        assert_eq!(passed_on(&[(TRACEPARENT, VALID), (TRACESTATE, &most)]).unwrap().1, Some(most));
    }
}
