//! The header `forwarded`, as [RFC 7239] defines it.
//!
//! [RFC 7239]: https://www.rfc-editor.org/rfc/rfc7239

use http::HeaderValue;

use super::hop::{Hop, address};

/// Reads the parameter `for` of each element. An element without it, and a name in place of an address, can't be read.
pub(super) fn hops(value: &HeaderValue) -> Vec<Hop> {
    let Ok(text) = value.to_str() else { return vec![None] };
    let Some(elements) = split(text, ',') else { return vec![None] };
    elements.into_iter().map(str::trim).filter(|element| !element.is_empty()).map(hop).collect()
}

/// Reads one element, such as `for="[2001:db8::1]:4711";proto=https`.
fn hop(element: &str) -> Hop {
    let mut found = None;
    for pair in split(element, ';')? {
        let (name, value) = pair.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("for") && found.replace(value.trim()).is_some() {
            // Two of them contradict each other.
            return None;
        }
    }
    address(&unquote(found?)?)
}

/// Splits at a separator outside of quotes. Returns `None` if a quote is not closed.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (index, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if c == separator && !is_quoted => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!is_quoted).then_some(parts)
}

/// Returns the text of a token or of a quoted string.
fn unquote(value: &str) -> Option<String> {
    let Some(inside) = value.strip_prefix('"') else { return Some(value.to_owned()) };
    let mut text = String::new();
    let mut chars = inside.strip_suffix('"')?.chars();
    while let Some(c) = chars.next() {
        text.push(if c == '\\' { chars.next()? } else { c });
    }
    Some(text)
}
