//! The output of the program. `UPDATE_EXPECT=1 cargo test -p observed --test demo` records it anew, and the picture of the README.

mod support;

use expect_test::expect_file;
use support::program;

/// Returns what the demo prints, apart from what differs in each run: times, ports and ids.
fn printed() -> String {
    let output = program().output().expect("it runs");
    let (stdout, stderr) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && stderr.is_empty(), "{stdout}\n{stderr}");
    let mut ids = Vec::new();
    let line = |line: &str| match line.contains(" vestibule::access: ") {
        true => log_line(line, &mut ids),
        false => without_time(line),
    };
    stdout.lines().map(line).map(|line| line + "\n").collect()
}

/// Takes the times out of a line of the log, and replaces the port by `PORT` and each id by a small number.
fn log_line(line: &str, ids: &mut Vec<String>) -> String {
    let field = |field: &str| match field.split_once('=') {
        Some(("duration_ms" | "deadline_left_ms", time)) => {
            time.parse::<f64>().expect("a time is a number");
            None
        }
        Some(("peer", _)) => Some("peer=127.0.0.1:PORT".to_owned()),
        Some(("request_id" | "trace_id" | "span_id", _)) => {
            if !ids.iter().any(|known| known == field) {
                ids.push(field.to_owned());
            }
            let (key, _) = field.split_once('=').expect("it is a field");
            let of_key = |known: &&String| known.starts_with(key);
            let index = ids.iter().filter(of_key).position(|known| known == field);
            Some(format!("{key}=\"{}\"", index.expect("it is known") + 1))
        }
        _ => Some(field.to_owned()),
    };
    line.split(' ').filter_map(field).collect::<Vec<_>>().join(" ")
}

/// Takes a time such as `  0.3 ms` out of a line of a trace.
fn without_time(line: &str) -> String {
    let Some((before, after)) = line.split_once(" ms ") else { return line.to_owned() };
    let name = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').trim_end();
    format!("{name:<47}{}", after.trim_start())
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
.response { fill: #0550ae }
@media (prefers-color-scheme: dark) {
rect { fill: #151b23; stroke: #3d444d }
text { fill: #f0f6fc }
.error { fill: #ffa657 }
.response { fill: #79c0ff }
}";

/// The number of columns after which a line of the log is broken.
const COLUMNS: usize = 100;

/// Breaks a line between two words.
fn broken(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().expect("there is one");
        if last.chars().count() + word.chars().count() > COLUMNS {
            lines.push(format!("      {word}"));
        } else if last.is_empty() {
            last.push_str(word);
        } else {
            *last += &format!(" {word}");
        }
    }
    lines
}

/// Draws the lines of a text one below the other.
fn picture(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .flat_map(|line| {
            if line.contains("vestibule::access") { broken(line.trim()) } else { vec![line.to_owned()] }
        })
        .collect();
    let columns = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let (width, height) = (columns * 8 + 32, lines.len() * 18 + 28);
    let texts = lines.iter().enumerate().filter(|(_, line)| !line.is_empty()).map(|(index, line)| {
        let class = match &**line {
            line if line.starts_with("The ") => "title",
            line if line.contains("(an error)") || line.starts_with("WARN") || line.starts_with("denied") => {
                "error"
            }
            line if line.starts_with('<') => "response",
            _ => "line",
        };
        let line = line.replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<text class=\"{class}\" x=\"16\" y=\"{}\" xml:space=\"preserve\">{line}</text>\n",
            index * 18 + 28
        )
    });
    let texts: String = texts.collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <style>\n{STYLE}\n</style>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n{texts}</svg>\n",
        width - 1,
        height - 1,
    )
}
