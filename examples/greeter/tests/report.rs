//! The report: what guards each rpc. `UPDATE_EXPECT=1 cargo test -p greeter --test report` records it anew, and the picture of
//! the README.

mod support;

use expect_test::expect_file;
use greeter::server::MyGreeter;
use support::program::{Ended, run};

#[test]
fn the_program_prints_the_report() {
    let Ended { status, stdout, stderr } = run(&["report"]);
    assert_eq!((status, &*stderr), (Some(0), ""));
    expect_file!["report.txt"].assert_eq(&stdout);
}

#[test]
fn the_picture_shows_the_report() {
    expect_file!["../report.svg"].assert_eq(&picture(&vestibule::report::<MyGreeter, _>().to_string()));
}

/// The colours of the picture, for a light page and for a dark one.
const STYLE: &str = "\
rect { fill: #f6f8fa; stroke: #d1d9e0 }
text { fill: #1f2328; font: 13px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre }
.path { font-weight: bold }
.policy { fill: #0550ae }
.open { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
rect { fill: #151b23; stroke: #3d444d }
text { fill: #f0f6fc }
.policy { fill: #79c0ff }
.open { fill: #ffa657 }
}";

/// Draws the lines of a text one below the other.
fn picture(text: &str) -> String {
    let columns = text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let (width, height) = (columns * 8 + 32, text.lines().count() * 18 + 28);
    let mut is_below_path = false;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty()).map(|(index, line)| {
        let class = match (line.starts_with('/'), is_below_path) {
            (true, _) => "path",
            (_, true) if line.contains(", policy: ") => "policy",
            (_, true) => "open",
            _ => "entry",
        };
        is_below_path = class == "path";
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
