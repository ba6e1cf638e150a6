//! The metrics as a table.

use std::collections::BTreeMap;
use std::fmt::Write;

/// The numbers of one method on one side.
#[derive(Default)]
struct Row<'a> {
    /// By the name of the metric without its side: `started_total`.
    counts: BTreeMap<&'a str, &'a str>,
    codes: Vec<String>,
}

/// Returns a table of what a scrape has read. A row is a method, and a zero is left out.
pub(crate) fn draw(scraped: &str) -> String {
    let mut rows = BTreeMap::<_, Row<'_>>::new();
    for line in scraped.lines() {
        let Some(Series { side, metric, method, code, value }) = series(line) else { continue };
        let row = rows.entry((side, method)).or_default();
        if code.is_empty() {
            row.counts.insert(metric, value);
        } else {
            row.codes.push(format!("{value} {code}"));
        }
    }
    let columns =
        ["started", "msg_received", "msg_sent", "retries"].map(|name| (name, format!("{name}_total")));
    let mut text = format!("{:35}", "");
    // A failed write to a `String` does not exist.
    for (name, _) in &columns {
        let _ = write!(text, "  {name}");
    }
    text.push_str("  handled\n");
    for ((side, method), row) in rows {
        let _ = write!(text, "{:35}", format!("{side} {method}"));
        for (name, metric) in &columns {
            let count = row.counts.get(&**metric).copied().unwrap_or_default();
            let _ = write!(text, "  {count:>width$}", width = name.len());
        }
        let _ = writeln!(text, "  {}", row.codes.join(", "));
    }
    text
}

struct Series<'a> {
    side: &'a str,
    metric: &'a str,
    method: String,
    code: &'a str,
    value: &'a str,
}

/// Reads a line of the text format, such as `grpc_server_started_total{...} 3`. Comments, histograms and zeros are `None`.
fn series(line: &str) -> Option<Series<'_>> {
    let (name, rest) = line.split_once('{')?;
    let (labels, value) = rest.rsplit_once("} ")?;
    let label = |key: &str| {
        let (_, value) = labels.split_once(&format!("{key}=\""))?;
        Some(value.split_once('"')?.0)
    };
    let (side, metric) = name.strip_prefix("grpc_")?.split_once('_')?;
    let method = format!("{}/{}", label("grpc_service")?, label("grpc_method")?);
    let code = label("grpc_code").unwrap_or_default();
    let is_shown = value != "0" && !metric.contains("seconds");
    is_shown.then_some(Series { side, metric, method, code, value })
}
