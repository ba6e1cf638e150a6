//! The chart: a bar for each server, the shortest one first.

use std::fmt::Write as _;

use super::table::tonic_alone;
use crate::measure::Row;
use crate::servers::{Kind, SECOND_COPY, Server};

/// The lengths of the chart, in pixels.
const WIDTH: f64 = 700.0;
const BARS_START: f64 = 278.0;
const HEAD: f64 = 104.0;
const ROW: f64 = 30.0;
const BAR: f64 = 20.0;
/// The length of the longest bar.
const LONGEST: f64 = 366.0;
/// The end of the numbers, behind the longest bar.
const NUMBERS_END: f64 = 692.0;

/// Colours for a light and a dark page. The patterns distinguish the bars without the colours.
const STYLE: &str = "\
<style>
  text { font: 14px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328; }
  .title { font-size: 17px; font-weight: 600; }
  .ours-number { font-weight: 700; }
  .ours { fill: #0b5fc4; stroke: #0b5fc4; }
  .peer { fill: url(#stripes); stroke: #57606a; }
  .floor { fill: none; stroke: #57606a; stroke-dasharray: 4 3; }
  .stripe, .line { stroke: #57606a; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .ours { fill: #58a6ff; stroke: #58a6ff; }
    .peer, .floor, .stripe, .line { stroke: #9aa4af; }
  }
</style>
<defs>
  <pattern id=\"stripes\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">
    <line class=\"stripe\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" stroke-width=\"3\"/>
  </pattern>
</defs>
";

/// Returns the chart as an SVG. Its bars show the instructions of a call.
pub(super) fn svg(rows: &[Row]) -> String {
    let tonic_alone = tonic_alone(rows);
    let mut bars: Vec<_> = rows
        .iter()
        .filter(|row| row.server.name != SECOND_COPY)
        .map(|row| (row.server, row.instructions.median / tonic_alone))
        .collect();
    bars.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let longest = bars.last().map_or(1.0, |(_, ratio)| ratio.max(1.0));
    let pixels = LONGEST / longest;
    #[expect(clippy::cast_precision_loss, reason = "there are some bars")]
    let bottom = HEAD + bars.len() as f64 * ROW;
    let height = bottom + 8.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" role=\"img\">\n\
         <title>Instructions of a server for a unary call, times tonic alone</title>\n{STYLE}\
         <text class=\"title\" x=\"12\" y=\"26\">Instructions of a unary call, times tonic alone (less is better)</text>\n"
    );
    svg += &legend();
    let mut top = HEAD;
    for (server, ratio) in bars {
        svg += &bar(server, ratio, ratio * pixels, top);
        top += ROW;
    }
    let (one, name_base, line_start) = (BARS_START + pixels, HEAD - 9.0, HEAD - 4.0);
    let _ = writeln!(
        svg,
        "<text x=\"{one:.1}\" y=\"{name_base}\" text-anchor=\"middle\">tonic alone</text>\n\
         <line class=\"line\" x1=\"{one:.1}\" y1=\"{line_start}\" x2=\"{one:.1}\" y2=\"{bottom}\"/>\n</svg>"
    );
    svg
}

/// Returns what the patterns mean.
fn legend() -> String {
    let entries = [
        (12.0, Kind::Ours, "vestibule"),
        (122.0, Kind::Peer, "others"),
        (212.0, Kind::Floor, "by hand: the lowest possible cost"),
    ];
    let entry = |(x, kind, text): (f64, Kind, &str)| {
        let (class, text_x) = (class(kind), x + 28.0);
        format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"46\" width=\"20\" height=\"14\"/>\n\
             <text x=\"{text_x}\" y=\"58\">{text}</text>\n"
        )
    };
    entries.map(entry).concat()
}

fn bar(server: Server, ratio: f64, length: f64, top: f64) -> String {
    let (class, name) = (class(server.kind), server.name.replace('`', ""));
    let (names_end, base) = (BARS_START - 10.0, top + 15.0);
    format!(
        "<text x=\"{names_end}\" y=\"{base}\" text-anchor=\"end\">{name}</text>\n\
         <rect class=\"{class}\" x=\"{BARS_START}\" y=\"{top}\" width=\"{length:.1}\" height=\"{BAR}\"/>\n\
         <text class=\"{class}-number\" x=\"{NUMBERS_END}\" y=\"{base}\" text-anchor=\"end\">{ratio:.2}</text>\n"
    )
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Ours => "ours",
        Kind::Peer => "peer",
        Kind::Floor => "floor",
    }
}
