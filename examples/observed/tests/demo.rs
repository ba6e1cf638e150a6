//! What the program prints. `UPDATE_EXPECT=1 cargo test -p observed --test demo` records it anew, and the picture of the README.

mod support;

use expect_test::expect_file;
use support::program;

/// Returns what the demo prints, without times.
fn printed() -> String {
    let output = program().output().expect("it runs");
    let (stdout, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && stderr.is_empty(), "{stdout}\n{stderr}");
    stdout.lines().map(|line| without_time(line) + "\n").collect()
}

/// Takes a time such as `  0.3 ms` out of a line.
fn without_time(line: &str) -> String {
    let Some((before, after)) = line.split_once(" ms ") else { return line.to_owned() };
    let name = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').trim_end();
    format!("{name:<45}{}", after.trim_start())
}

#[test]
fn the_demo_prints_each_call_as_it_was_seen() {
    let printed = printed();
    expect_file!["demo.txt"].assert_eq(&printed);
    expect_file!["../demo.svg"].assert_eq(&picture(&printed));
}

/// The colours of the picture, for a light page and for a dark one.
const STYLE: &str = "\
rect { fill: #f6f8fa; stroke: #d1d9e0 }
text { fill: #1f2328; font: 13px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre }
.title { font-weight: bold }
.error { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
rect { fill: #151b23; stroke: #3d444d }
text { fill: #f0f6fc }
.error { fill: #ffa657 }
}";

/// Draws the lines of a text one below the other.
fn picture(text: &str) -> String {
    let columns = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let (width, height) = (columns * 8 + 32, text.lines().count() * 18 + 28);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty()).map(|(index, line)| {
        let class = match line {
            line if line.starts_with("The ") => "title",
            line if line.contains("(an error)") => "error",
            _ => "line",
        };
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<text class=\"{class}\" x=\"16\" y=\"{}\" xml:space=\"preserve\">{line}</text>\n",
            index * 18 + 28
        )
    });
    let lines: String = lines.collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <style>\n{STYLE}\n</style>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n{lines}</svg>\n",
        width - 1,
        height - 1,
    )
}
