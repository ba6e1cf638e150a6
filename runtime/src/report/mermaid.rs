//! The report as a flowchart of Mermaid.

use std::fmt::{self, Display, Formatter};

use super::rpc::RpcReport;

pub(super) struct Mermaid<'a>(pub(super) &'a [RpcReport]);

impl Display for Mermaid<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "flowchart TB")?;
        for (index, rpc) in self.0.iter().enumerate() {
            write_rpc(f, index, rpc)?;
        }
        // Mermaid draws boxes without links from the bottom to the top, and the open rpcs stand first. These links are invisible.
        for index in 1..self.0.len() {
            writeln!(f, "  rpc{} ~~~ rpc{index}", index - 1)?;
        }
        Ok(())
    }
}

/// Writes an rpc as a box, in which each entry leads to the next one, and the last one to the handler.
fn write_rpc(f: &mut Formatter<'_>, index: usize, rpc: &RpcReport) -> fmt::Result {
    let state = match rpc.policies().next() {
        _ if rpc.is_unimplemented() => ", unimplemented",
        None => ", no policy",
        Some(_) if rpc.is_open() => ", open",
        Some(_) => "",
    };
    writeln!(f, "  subgraph rpc{index}[\"{} ({}{state})\"]", Label(rpc.method().path()), rpc.shape())?;
    writeln!(f, "    direction LR")?;
    for (place, entry) in rpc.entries().iter().enumerate() {
        let text = entry.to_string();
        let (open, close) = if entry.is_policy() { ("{{", "}}") } else { ("[", "]") };
        writeln!(f, "    rpc{index}_{place}{open}\"{}\"{close} --> rpc{index}_{}", Label(&text), place + 1)?;
    }
    let end = if rpc.is_unimplemented() { "UNIMPLEMENTED" } else { rpc.method().name() };
    write!(f, "    rpc{index}_{}([\"{}", rpc.entries().len(), Label(end))?;
    for code in rpc.code_names() {
        write!(f, "<br>{code}")?;
    }
    writeln!(f, "\"])")?;
    writeln!(f, "  end")?;
    if rpc.is_open() {
        writeln!(f, "  style rpc{index} stroke:#bc4c00,stroke-width:3px")?;
    }
    Ok(())
}

/// A text inside of double quotes. Mermaid reads HTML and Markdown there, so the characters of both are written as entities.
struct Label<'a>(&'a str);

impl Display for Label<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("#quot;")?,
                '#' | '&' | '<' | '>' | '`' | '*' | '\\' => write!(f, "#{};", u32::from(c))?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Label;

    #[test]
    fn a_label_has_no_characters_of_html_and_markdown() {
        assert_eq!(Label("f(\"a\", &b::<T>())").to_string(), "f(#quot;a#quot;, #38;b::#60;T#62;())");
    }
}
