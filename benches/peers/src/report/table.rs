use std::fmt::Write as _;

use crate::measure::Row;
use crate::measure::memory::Held;
use crate::servers::{Kind, TONIC_ALONE};

/// Returns the table of all servers.
pub(super) fn servers(rows: &[Row]) -> String {
    let mut text = "## A unary call\n\n\
                    Instructions of the server for a call, CPU time of the server for a call with 16 calls at a time, and rate and latency \
                    with 128 calls at a time. ± is half the difference between the largest and the smallest count.\n\n\
                    | | instructions | | times tonic alone | CPU time, times tonic alone | calls/s | p99 latency, µs |\n\
                    | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    let tonic_alone = tonic_alone(rows);
    for Row { server, instructions, time } in rows {
        let name =
            if server.kind == Kind::Ours { format!("**{}**", server.name) } else { server.name.to_owned() };
        let _ = writeln!(
            text,
            "| {name} | {:.0} | ± {:.1} % | {:.3} | {:.2} | {:.0} | {:.0} |",
            instructions.median,
            instructions.spread / 2.0 * 100.0,
            instructions.median / tonic_alone,
            time.ratio,
            time.calls_per_second,
            time.percentile_99,
        );
    }
    text.push('\n');
    text
}

/// Returns the instructions of tonic alone.
pub(super) fn tonic_alone(rows: &[Row]) -> f64 {
    let row = rows.iter().find(|row| row.server.name == TONIC_ALONE);
    row.expect("tonic alone is one of the servers").instructions.median
}

/// Returns the table of open calls.
pub(super) fn memory(held: &[Held]) -> String {
    let mut text = "## An open call\n\n\
                    The bytes that a server holds for each of 2000 open calls: a unary call whose headers have arrived, but not its message, and \
                    a call with a response stream that has no message yet. An allocator counts the bytes.\n\n\
                    | | waits for its message | times tonic alone | idle response stream | times tonic alone |\n\
                    | --- | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    let tonic_alone = held.iter().find(|held| held.server == TONIC_ALONE);
    let tonic_alone = tonic_alone.expect("tonic alone is one of the servers");
    for &Held { server, waiting, streaming } in held {
        let (times_waiting, times_streaming) =
            (waiting / tonic_alone.waiting, streaming / tonic_alone.streaming);
        let _ = writeln!(
            text,
            "| {server} | {waiting:.0} | {times_waiting:.2} | {streaming:.0} | {times_streaming:.2} |"
        );
    }
    text
}
