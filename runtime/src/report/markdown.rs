//! The report as a table of Markdown.

use std::fmt::{self, Display, Formatter};

use super::entry::EntryReport;
use super::rpc::RpcReport;
use super::text::phase;

pub(super) struct Markdown<'a>(pub(super) &'a [RpcReport]);

impl Display for Markdown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "| rpc | shape | policy | entries, in order | skipped | metadata | codes |")?;
        writeln!(f, "| --- | --- | --- | --- | --- | --- | --- |")?;
        for rpc in self.0 {
            let (path, shape) = (code(rpc.method().path()), rpc.shape());
            let entries: Vec<_> = rpc.entries().iter().map(entry).collect();
            let codes = rpc.code_names();
            let [skipped, metadata, codes] = [rpc.skipped(), rpc.metadata(), &codes]
                .map(|names| names.iter().map(|name| code(name)).collect::<Vec<_>>());
            let cells = [
                path,
                shape.to_owned(),
                policy(rpc),
                entries.join("<br>"),
                skipped.join(", "),
                metadata.join(", "),
                codes.join(", "),
            ];
            for cell in cells {
                write!(f, "| {cell}{}", if cell.is_empty() { "" } else { " " })?;
            }
            writeln!(f, "|")?;
        }
        Ok(())
    }
}

fn policy(rpc: &RpcReport) -> String {
    if rpc.is_unimplemented() {
        return "unimplemented".to_owned();
    }
    let policies: Vec<_> = rpc.policies().map(|policy| code(&policy.to_string())).collect();
    match (rpc.is_open(), policies.is_empty()) {
        (true, true) => "**no policy**".to_owned(),
        (true, false) => format!("**open**: {}", policies.join(", ")),
        (false, _) => policies.join(", "),
    }
}

fn entry(entry: &EntryReport) -> String {
    format!("{} ({}, {})", code(&entry.to_string()), phase(entry), entry.origin())
}

/// Returns a span of code in a cell. It begins and ends with more backticks than there are in the text, and a bar does not end
/// the cell.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let (fence, space) = ("`".repeat(longest + 1), if longest > 0 { " " } else { "" });
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn code_in_a_cell_may_contain_bars_and_backticks() {
        assert_eq!(code("a | b"), "`a \\| b`");
        assert_eq!(code("a `b`"), "`` a `b` ``");
    }
}
