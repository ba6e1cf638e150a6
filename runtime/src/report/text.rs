//! The report for a terminal.

use std::fmt;

use super::entry::EntryReport;
use super::rpc::RpcReport;

/// The columns of the texts of entries. With the other columns, a line has at most 100.
const ENTRY_COLUMNS: usize = 57;

/// The columns before the text of an entry: its number.
const INDENT: usize = 6;

/// The columns of the text below the path.
const TEXT_COLUMNS: usize = 98;

/// Writes the rpcs, with an empty line between two of them.
pub(super) fn write(f: &mut fmt::Formatter<'_>, rpcs: &[RpcReport]) -> fmt::Result {
    let columns = Columns::of(rpcs);
    for (index, rpc) in rpcs.iter().enumerate() {
        if index > 0 {
            writeln!(f)?;
        }
        write_rpc(f, rpc, columns)?;
    }
    Ok(())
}

/// The widths of the columns, which are the same for all rpcs.
#[derive(Clone, Copy)]
struct Columns {
    entry: usize,
    phase: usize,
}

impl Columns {
    fn of(rpcs: &[RpcReport]) -> Self {
        let entries = || rpcs.iter().flat_map(RpcReport::entries);
        let entry = entries().map(|entry| entry.to_string().chars().count()).max().unwrap_or(0);
        let phase = entries().map(|entry| phase(entry).len()).max().unwrap_or(0);
        Self { entry: entry.min(ENTRY_COLUMNS), phase }
    }
}

fn write_rpc(f: &mut fmt::Formatter<'_>, rpc: &RpcReport, columns: Columns) -> fmt::Result {
    writeln!(f, "{}", rpc.method().path())?;
    for line in wrap(&format!("{}, {}", rpc.shape(), policy(rpc)), TEXT_COLUMNS) {
        writeln!(f, "  {line}")?;
    }
    for (index, entry) in rpc.entries().iter().enumerate() {
        write_entry(f, index, entry, columns)?;
    }
    write_names(f, "skipped", rpc.skipped())?;
    write_names(f, "metadata that the handler reads", rpc.metadata())?;
    write_names(f, "codes of the handler's error", &rpc.code_names())
}

fn write_entry(
    f: &mut fmt::Formatter<'_>,
    index: usize,
    entry: &EntryReport,
    columns: Columns,
) -> fmt::Result {
    let text = entry.to_string();
    let Columns { entry: width, phase: phase_width } = columns;
    for (line, part) in wrap(&text, width).iter().enumerate() {
        if line == 0 {
            let (number, phase, origin) = (index + 1, phase(entry), entry.origin());
            writeln!(f, "{number:>4}  {part:width$}  {phase:phase_width$}  {origin}")?;
        } else {
            writeln!(f, "{:INDENT$}{part}", "")?;
        }
    }
    Ok(())
}

fn write_names(f: &mut fmt::Formatter<'_>, title: &str, names: &[&str]) -> fmt::Result {
    if names.is_empty() {
        return Ok(());
    }
    for line in wrap(&format!("{title}: {}", names.join(", ")), TEXT_COLUMNS) {
        writeln!(f, "  {line}")?;
    }
    Ok(())
}

/// Says who may call the rpc.
pub(super) fn policy(rpc: &RpcReport) -> String {
    if rpc.is_unimplemented() {
        return "unimplemented".to_owned();
    }
    let policies: Vec<_> = rpc.policies().map(EntryReport::to_string).collect();
    match (rpc.is_open(), policies.is_empty()) {
        (true, true) => "no policy".to_owned(),
        (true, false) => format!("open: {}", policies.join(", ")),
        (false, _) => format!("policy: {}", policies.join(", ")),
    }
}

/// Returns the phase of an interceptor, or else the kind of the entry.
pub(super) fn phase(entry: &EntryReport) -> &str {
    match entry.phase() {
        Some(phase) => phase,
        None if entry.is_required_metadata() || entry.is_guard() => entry.kind(),
        None => "any phase",
    }
}

/// Splits a text into lines of at most so many characters, at a space where there is one.
fn wrap(text: &str, width: usize) -> Vec<&str> {
    let (mut lines, mut rest) = (Vec::new(), text);
    while let Some((end, next)) = rest.char_indices().nth(width) {
        // A space may stand behind the last character of a line.
        let (line, next) = match rest[..end + next.len_utf8()].rfind(' ').filter(|space| *space > 0) {
            Some(space) => (&rest[..space], &rest[space + 1..]),
            None => rest.split_at(end),
        };
        lines.push(line);
        rest = next;
    }
    lines.push(rest);
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn a_text_is_wrapped_at_spaces_and_else_at_the_width() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one", 3), ["one"]);
        assert_eq!(wrap("ééééé", 2), ["éé", "éé", "é"]);
        assert_eq!(wrap("é éé", 2), ["é", "éé"]);
    }
}
