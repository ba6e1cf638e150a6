use std::fmt::{self, Write as _};
use std::io::{self, Write};
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
    /// True if the last write has failed inside of a line.
    is_inside_line: bool,
}

impl<W: Write + Send> JsonLines<W> {
    /// Writes to `writer`. The example of [`JsonLines`] calls it.
    #[must_use]
    pub const fn new(writer: W) -> Self {
        Self { writer, is_inside_line: false }
    }
}

impl<W: Write + Send> AuditSink for JsonLines<W> {
    fn write(&mut self, record: AuditRecord) -> io::Result<()> {
        let mut line = line(&record).map_err(io::Error::other)?;
        if self.is_inside_line {
            line.insert(0, '\n');
        }
        self.write_all(line.as_bytes())?;
        self.writer.flush()
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

fn line(record: &AuditRecord) -> Result<String, fmt::Error> {
    let mut line = String::new();
    write!(line, "{{\"started_ms\":{}", unix_ms(record.started))?;
    write!(line, ",\"duration_us\":{}", record.duration.as_micros())?;
    let method = cut_path(record.method.path());
    let peer = record.peer.map(|peer| peer.to_string());
    let texts = [
        ("caller", record.caller.as_deref()),
        ("peer", peer.as_deref()),
        ("request_id", record.request_id.as_deref()),
        ("method", Some(&*method)),
        ("subject", record.subject.as_deref()),
        ("decision", Some(record.decision.as_str())),
        ("code", Some(code_name(record.code))),
        ("ended_by", record.ended_by),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            write!(line, ",\"{key}\":\"")?;
            write_escaped(&mut line, text)?;
            line.push('"');
        }
    }
    line.push_str("}\n");
    Ok(line)
}

/// Writes the inside of a string of JSON.
fn write_escaped(line: &mut String, text: &str) -> fmt::Result {
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

fn unix_ms(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()
}
