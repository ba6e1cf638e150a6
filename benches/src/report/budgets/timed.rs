//! The budgets of times. They depend on the machine and on the run, so that none has a limit.

use super::{Budget, Costs};
use crate::measure::Cost;
use crate::{compile, tcp};

/// Returns the budgets of times.
pub(in crate::report) fn timed(
    costs: &[Cost],
    tcp: &[tcp::Cost],
    compile: &[(usize, Vec<compile::Cost>)],
) -> Vec<Budget> {
    let mut budgets = in_process(&Costs(costs));
    budgets.extend(over_tcp(tcp));
    budgets.push(of_a_build(compile));
    budgets
}

fn without_limit(what: &'static str, cost: Option<f64>, target: f64, reason: &'static str) -> Budget {
    Budget { what, cost, target, limit: f64::INFINITY, reason }
}

fn in_process(costs: &Costs<'_>) -> Vec<Budget> {
    let above = |case: &str, from: &str| Some(costs.time(case)? - costs.time(from)?);
    let ratio = |ours: Option<f64>, theirs: Option<f64>| Some(ours? / theirs?);
    vec![
        without_limit(
            "ns of an interceptor that does nothing",
            above("method/before/20", "method/before/0").map(|twenty| twenty / 20.0),
            5.0,
            "its instructions, above; the step beyond 1 KiB is in it",
        ),
        without_limit(
            "ten of ours: times one `Interceptor` of tonic's, both above tonic alone, whole call",
            ratio(
                above("chain/vestibule/10", "chain/tonic alone/0"),
                above("chain/tonic Interceptor/1", "chain/tonic alone/0"),
            ),
            1.0,
            "tonic's is quick if there is only one; a third to a half of ours is the chain itself, which an empty list costs as well",
        ),
        without_limit(
            "the realistic five, whole call, time: times the one with all of it in the method",
            ratio(costs.time("realistic/vestibule/5"), costs.time("realistic/in the method/5")),
            1.3,
            "",
        ),
        without_limit(
            "the realistic five, whole call, time: times four tower layers that do the same",
            ratio(costs.time("realistic/vestibule/5"), costs.time("realistic/tower layers/5")),
            1.0,
            "clocks, tokens and permits are most of it, and the same for both",
        ),
        without_limit(
            "ns of RateLimit with a known key",
            above("limit/RateLimit, keyed/2", "limit/nothing/1"),
            150.0,
            "noise of this machine",
        ),
        without_limit(
            "ns of Jwt with a token that is remembered",
            above("token/Jwt, remembered/1", "token/a token that is compared/1"),
            250.0,
            "noise of this machine",
        ),
        without_limit(
            "ns of Jwt with a token of HS256",
            above("token/Jwt, HS256/1", "token/a token that is compared/1"),
            3000.0,
            "noise of this machine",
        ),
        without_limit(
            "a mount with ten, whole call, time: times tonic's own server with ten",
            ratio(costs.time("chain/Mount/10"), costs.time("chain/vestibule/10")),
            1.0,
            "noise of this machine: by instructions, above, the two are equal",
        ),
    ]
}

fn over_tcp(tcp: &[tcp::Cost]) -> Vec<Budget> {
    let of = |server: &'static str| tcp.iter().filter(move |cost| cost.server == server).map(|cost| cost.cpu);
    // This is a mean of quotients. In a quotient of sums, a call that is alone would count several times as much as one of
    // many at a time.
    #[expect(clippy::cast_precision_loss, reason = "there are three loads")]
    let cpu = |ours, theirs| {
        let ratios = of(ours).zip(of(theirs)).map(|(ours, theirs)| ours / theirs);
        Some(ratios.sum::<f64>() / of(ours).count() as f64)
    };
    vec![
        without_limit(
            "CPU over TCP with the five, mean of the three loads: times tonic alone, without them",
            cpu("vestibule", "tonic alone"),
            1.01,
            "the five are some per cent of so small a call; the noise is as large",
        ),
        without_limit(
            "CPU over TCP of a mount with the five, mean of the three loads: times tonic's own server with them",
            cpu("Mount", "vestibule"),
            1.0,
            "noise of this machine: over builds with other layouts it is less, see benches/README.md",
        ),
    ]
}

fn of_a_build(compile: &[(usize, Vec<compile::Cost>)]) -> Budget {
    let with_fifty = compile.iter().find(|(methods, _)| *methods == 50);
    let ratio = |(_, costs): &(usize, Vec<compile::Cost>)| {
        costs[1].build[0].as_secs_f64() / costs[0].build[0].as_secs_f64()
    };
    without_limit(
        "`cargo build` of 50 methods with five each: times tonic alone",
        with_fifty.map(ratio),
        1.5,
        "each interceptor of each method is a future of its own type, to be checked and compiled",
    )
}
