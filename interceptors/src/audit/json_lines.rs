use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use vestibule::code_name;

use super::{AuditRecord, AuditSink};
use crate::text::cut_path;

/// Writes each record as one line of JSON.
///
/// ```
/// use std::fs::OpenOptions;
/// use vestibule_interceptors::JsonLines;
///
/// # fn main() -> std::io::Result<()> {
/// # let path = std::env::temp_dir().join("vestibule-audit-example.jsonl");
/// let file = OpenOptions::new().create(true).append(true).open(path)?;
/// let sink = JsonLines::new(file);
/// # Ok(())
/// # }
/// ```
///
/// ```json
/// {"started_ms":1790000000000,"duration_us":214,"caller":"ada","peer":"127.0.0.1:51230","method":"/calcul.Calculatrice/Addition","subject":"sum of 3","decision":"allowed","code":"OK"}
/// ```
///
/// A field that is not known is absent. Each line is written with one call and flushed, so give it a file and not a
/// `BufWriter`. If a write fails inside of a line, the next record begins on a new line.
#[derive(Debug)]
pub struct JsonLines<W> {
    writer: W,
    /// The memory of the line that is written. It is empty between two records.
    line: String,
    /// True if the last write has failed inside of a line.
    is_inside_line: bool,
}

impl<W: Write + Send> JsonLines<W> {
    /// Writes to `writer`. The example of [`JsonLines`] calls it.
    #[must_use]
    pub const fn new(writer: W) -> Self {
        Self { writer, line: String::new(), is_inside_line: false }
    }
}

impl<W: Write + Send> AuditSink for JsonLines<W> {
    fn write(&mut self, record: AuditRecord) -> io::Result<()> {
        let mut line = std::mem::take(&mut self.line);
        if self.is_inside_line {
            line.push('\n');
        }
        let written = write_record(&mut line, &record)
            .map_err(io::Error::other)
            .and_then(|()| self.write_all(line.as_bytes()))
            .and_then(|()| self.writer.flush());
        line.clear();
        self.line = line;
        written
    }
}

impl<W: Write> JsonLines<W> {
    /// Writes all bytes, and knows after an error if it has happened inside of a line.
    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.writer.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    self.is_inside_line = bytes[written - 1] != b'\n';
                    bytes = &bytes[written..];
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Appends the line of a record.
fn write_record(line: &mut String, record: &AuditRecord) -> fmt::Result {
    line.push_str("{\"started_ms\":");
    push_number(line, unix_ms(record.started));
    line.push_str(",\"duration_us\":");
    push_number(line, u64::try_from(record.duration.as_micros()).unwrap_or(u64::MAX));
    write_text(line, "caller", record.caller.as_deref())?;
    if let Some(peer) = record.peer {
        line.push_str(",\"peer\":\"");
        write_peer(line, peer)?;
        line.push('"');
    }
    write_text(line, "request_id", record.request_id.as_deref())?;
    write_text(line, "method", Some(&cut_path(record.method.path())))?;
    write_text(line, "subject", record.subject.as_deref())?;
    write_text(line, "decision", Some(record.decision.as_str()))?;
    write_text(line, "code", Some(code_name(record.code)))?;
    write_text(line, "ended_by", record.ended_by)?;
    line.push_str("}\n");
    Ok(())
}

/// Appends a number. The formatting of std takes several times as long.
fn push_number(line: &mut String, number: impl itoa::Integer) {
    line.push_str(itoa::Buffer::new().format(number));
}

/// Appends an address. Those of IPv4 are put together here, because std formats each of their parts by itself.
fn write_peer(line: &mut String, peer: SocketAddr) -> fmt::Result {
    let SocketAddr::V4(peer) = peer else { return write!(line, "{peer}") };
    for (index, part) in peer.ip().octets().into_iter().enumerate() {
        if index > 0 {
            line.push('.');
        }
        push_number(line, part);
    }
    line.push(':');
    push_number(line, peer.port());
    Ok(())
}

/// Appends a field, if it is known.
fn write_text(line: &mut String, key: &str, text: Option<&str>) -> fmt::Result {
    let Some(text) = text else { return Ok(()) };
    line.push_str(",\"");
    line.push_str(key);
    line.push_str("\":\"");
    write_escaped(line, text)?;
    line.push('"');
    Ok(())
}

/// Appends the inside of a string of JSON.
fn write_escaped(line: &mut String, text: &str) -> fmt::Result {
    // Nearly all texts need no escapes.
    if text.bytes().all(|byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')) {
        line.push_str(text);
        return Ok(());
    }
    for c in text.chars() {
        match c {
            '"' | '\\' => line.extend(['\\', c]),
            // JSON forbids only the first of these. Some terminals and parsers act on the others: they begin a line, or
            // show the text in another order than that of its bytes.
            _ if c.is_control() || is_invisible(c) => {
                write!(line, "\\u{:04x}", u32::from(c))?;
            }
            _ => line.push(c),
        }
    }
    Ok(())
}

/// Returns true for characters that are not seen and change how others are seen, such as those that reverse a text.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

fn unix_ms(time: SystemTime) -> u64 {
    let milliseconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    u64::try_from(milliseconds).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_as_std_writes_it() {
        for peer in ["0.0.0.0:0", "127.0.0.1:51230", "255.255.255.255:65535", "[::1]:80", "[fe80::1%3]:443"] {
            let mut line = String::new();
            write_peer(&mut line, peer.parse().unwrap()).unwrap();
            assert_eq!(line, peer);
        }
    }
}
