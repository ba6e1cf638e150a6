//! `x-forwarded-client-cert`, in which Envoy tells the certificate of its client.
//!
//! See <https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert>.

use http::HeaderMap;

use super::identity::PeerIdentity;

pub(super) const NAME: &str = "x-forwarded-client-cert";
/// The longest header that is read, in bytes. Whole certificates are in it, if a proxy is told to send them.
const MAX_LEN: usize = 64 * 1024;

/// What one proxy has written: the names of the certificate of its client.
#[derive(Debug, Default, PartialEq, Eq)]
struct Element {
    uris: Vec<String>,
    dns_names: Vec<String>,
    subject: Option<String>,
}

/// Returns the identity in the element with this number, counted from the right and from one. `None` if there is no such
/// element.
pub(super) fn identity(headers: &HeaderMap, number: usize) -> Result<Option<PeerIdentity>, &'static str> {
    // The nearest proxy appends its element to the last header.
    let mut values = Vec::new();
    for value in headers.get_all(NAME) {
        values.push(value.to_str().map_err(|_| "the header is not readable")?);
    }
    if values.iter().map(|value| value.len()).sum::<usize>() > MAX_LEN {
        return Err("the header is too long");
    }
    let elements = elements(&values.join(","))?;
    let Some(index) = elements.len().checked_sub(number) else { return Ok(None) };
    let Element { uris, dns_names, subject } = &elements[index];
    let uris: Vec<_> = uris.iter().map(String::as_str).collect();
    PeerIdentity::new(&uris, dns_names.iter().map(String::as_str), subject.as_deref()).map(Some)
}

fn elements(text: &str) -> Result<Vec<Element>, &'static str> {
    let mut elements = Vec::new();
    for element in split(text, ',')? {
        if element.trim().is_empty() {
            continue;
        }
        let mut names = Element::default();
        for pair in split(element, ';')? {
            if pair.trim().is_empty() {
                continue;
            }
            let (key, value) = pair.split_once('=').ok_or("the header has a part without a key")?;
            add(&mut names, key.trim(), unquoted(value.trim())?)?;
        }
        elements.push(names);
    }
    Ok(elements)
}

/// Adds a value. Keys have no case. `By`, `Hash`, `Cert` and `Chain` name nobody.
fn add(names: &mut Element, key: &str, value: String) -> Result<(), &'static str> {
    if key.eq_ignore_ascii_case("uri") {
        names.uris.extend(Some(value).filter(|value| !value.is_empty()));
    } else if key.eq_ignore_ascii_case("dns") {
        names.dns_names.push(value);
    } else if key.eq_ignore_ascii_case("subject") && names.subject.replace(value).is_some() {
        return Err("the header has two subjects of one client");
    }
    Ok(())
}

/// Splits a text at a separator, but not inside of double quotes.
fn split(text: &str, separator: char) -> Result<Vec<&str>, &'static str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (index, char) in text.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if char == separator && !is_quoted => {
                parts.push(&text[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    if is_quoted {
        return Err("the header has a quote that does not end");
    }
    parts.push(&text[start..]);
    Ok(parts)
}

/// Returns a value without its double quotes. A backslash stands before each double quote in it.
fn unquoted(value: &str) -> Result<String, &'static str> {
    let Some(inner) = value.strip_prefix('"') else {
        let is_plain = !value.contains('"');
        return if is_plain { Ok(value.to_owned()) } else { Err("the header has a quote inside of a value") };
    };
    let inner = inner.strip_suffix('"').ok_or("the header has a quote inside of a value")?;
    let (mut text, mut is_escaped) = (String::with_capacity(inner.len()), false);
    for char in inner.chars() {
        match char {
            '\\' if !is_escaped => is_escaped = true,
            '"' if !is_escaped => return Err("the header has a quote inside of a value"),
            _ => {
                text.push(char);
                is_escaped = false;
            }
        }
    }
    if is_escaped { Err("the header has a quote that does not end") } else { Ok(text) }
}
