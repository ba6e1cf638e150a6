//! Comments of .proto files, as docs.

use prost_build::Comments;

/// Returns the lines of the docs of a method. A comment is text, so nothing in it becomes a test of Rust.
pub(crate) fn doc_lines(default: &str, comments: &Comments) -> Vec<String> {
    let lines: Vec<&str> = comments.leading.iter().flat_map(|line| line.lines()).collect();
    if lines.iter().all(|line| line.trim().is_empty()) {
        return vec![format!(" {default}")];
    }
    let mut is_code = false;
    lines.into_iter().map(|line| doc_line(line, &mut is_code)).collect()
}

fn doc_line(line: &str, is_code: &mut bool) -> String {
    let text = line.trim_start();
    let fence = ["```", "~~~"].into_iter().find(|fence| text.starts_with(fence));
    let Some(fence) = fence else {
        // rustdoc would take a line with four spaces for a test.
        return format!(" {}", if *is_code { line.strip_prefix(' ').unwrap_or(line) } else { text });
    };
    *is_code = !*is_code;
    if *is_code { format!(" {fence}text") } else { format!(" {fence}") }
}
