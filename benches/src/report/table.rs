use std::fmt::Write as _;

use crate::measure::Cost;
use crate::{compile, tcp};

/// Returns a table for each group of cases.
#[expect(clippy::cast_precision_loss, reason = "the number is below some thousands")]
pub(super) fn cases(costs: &[Cost]) -> String {
    let mut text = String::new();
    for group in costs.chunk_by(|one, other| one.case.group == other.case.group) {
        let messages = group[0].case.messages as f64;
        let unit = if messages > 1.0 { "for a message" } else { "for a call" };
        let _ = writeln!(
            text,
            "## {}\n\n| | interceptors | ns {unit} | | instructions | | allocations |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            title(group[0].case.group)
        );
        let bare = group.iter().find(|cost| cost.case.subject == "tonic alone").or(group.first());
        for cost in group {
            let time = cost.time.map(|time| (time.median / messages, time.error / messages));
            let instructions = cost.instructions.map(|instructions| instructions / messages);
            let above = |own: Option<f64>, bare: Option<f64>| match (own, bare) {
                (Some(own), Some(bare)) if own > bare => format!("+{:.0}", own - bare),
                (Some(own), Some(bare)) if own < bare => format!("-{:.0}", bare - own),
                _ => String::new(),
            };
            let bare_time = bare.and_then(|bare| Some(bare.time?.median / messages));
            let bare_instructions = bare.and_then(|bare| Some(bare.instructions? / messages));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} |",
                cost.case.subject,
                cost.case.count,
                time.map_or_else(|| "-".to_owned(), |(median, error)| format!("{median:.0} ± {error:.0}")),
                above(time.map(|(median, _)| median), bare_time),
                instructions.map_or_else(|| "-".to_owned(), |instructions| format!("{instructions:.0}")),
                above(instructions, bare_instructions),
                number(cost.allocations as f64 / messages),
            );
        }
        text.push('\n');
    }
    text
}

fn number(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.3}") }
}

fn title(group: &str) -> &str {
    match group {
        "method" => "Do-nothing interceptors: the method alone, from the decoded request to the response",
        "chain" => {
            "Do-nothing interceptors: the whole call in process, from the `http::Request` to the trailers of the response; no HTTP/2, no network"
        }
        "served" => "Do-nothing interceptors: the same call behind tonic's router, as a server has it",
        "method, realistic" => "Log, authenticate, role, in flight, validate: the method alone",
        "realistic" => "Log, authenticate, role, in flight, validate: the whole call in process",
        "three keys of metadata" => "Three keys of metadata: parameters, and by hand",
        "an error with details" => "An error with details: `#[grpc_error]`, and by hand",
        "to the service" => "A stream of 1000 messages to the service, with hooks that do nothing",
        "to the client" => "A stream of 1000 messages to the client, with hooks that do nothing",
        "both ways" => "A stream of 1000 messages each way, with hooks that do nothing",
        "limit" => "A limit of calls: the method alone. The keys are known",
        "token" => "A token in `authorization`: the method alone",
        "limit, whole call" => "A limit of calls: the whole call in process. The keys are known",
        "a kept response" => {
            "A response that is kept for later calls: the method alone, in a runtime of tokio"
        }
        "observe" => "What observes a call, on a unary call: the method alone",
        "observe, messages each way" => "What observes a call, on a stream of 1000 messages each way",
        other => other,
    }
}

pub(super) fn tcp(costs: &[tcp::Cost]) -> String {
    let mut text = "## Whole calls over TCP, with the five above\n\nTonic alone has none of them. A server and a load generator in \
                    processes of their own, with one thread each and one connection.\n\n\
                    | | concurrent calls | calls/s | median latency, µs | p99 latency, µs | CPU of the server, µs a call | against tonic alone |\n\
                    | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for same in costs.chunk_by(|one, other| one.concurrency == other.concurrency) {
        let bare = same.iter().find(|cost| cost.server == "tonic alone").map_or(f64::NAN, |cost| cost.cpu);
        for cost in same {
            let tcp::Cost { server, concurrency, calls_per_second, median, percentile_99, cpu } = cost;
            let above = (cpu / bare - 1.0) * 100.0;
            let _ = writeln!(
                text,
                "| {server} | {concurrency} | {calls_per_second:.0} | {median:.0} | {percentile_99:.0} | {cpu:.1} | {above:+.1} % |"
            );
        }
    }
    text.push('\n');
    text
}

pub(super) fn compile(costs: &[(usize, Vec<compile::Cost>)]) -> String {
    let mut text = "## Compile time and size of a service with five interceptors\n\nSeconds for the service's crate alone, its \
                    dependencies built before: from scratch, and after an edit of one line. Tonic alone has no interceptors; \
                    the tower layers stand once, around the server. `build` is a debug build, `size` that of the release build.\n\n\
                    | | methods | check | check, edited | build | build, edited | build, times tonic alone | size, KiB |\n\
                    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for (methods, costs) in costs {
        let bare = costs[0].build[0].as_secs_f64();
        for (subject, cost) in compile::SUBJECTS.iter().zip(costs) {
            let [check, check_again] = cost.check.map(|time| time.as_secs_f64());
            let [build, build_again] = cost.build.map(|time| time.as_secs_f64());
            let size = cost.size / 1024;
            let times = build / bare;
            let _ = writeln!(
                text,
                "| {subject} | {methods} | {check:.2} | {check_again:.2} | {build:.2} | {build_again:.2} | {times:.2} | {size} |"
            );
        }
    }
    text.push('\n');
    text
}
