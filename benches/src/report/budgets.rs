//! What is exact, and must not become more.

use std::fmt::Write as _;

use crate::case::Case;
use crate::measure::Cost;
use crate::{compile, tcp};

/// What something may cost.
pub(super) struct Budget {
    what: &'static str,
    /// `None`: it could not be measured, for want of valgrind.
    cost: Option<f64>,
    /// What it is to cost at most.
    target: f64,
    /// What breaks the build. Where the target is missed, this is a little above what was reached.
    limit: f64,
    /// Why the target is missed, if it is.
    reason: &'static str,
}

impl Budget {
    pub(super) fn is_broken(&self) -> bool {
        self.cost.is_some_and(|cost| cost > self.limit)
    }

    fn verdict(&self) -> &'static str {
        match self.cost {
            None => "not measured",
            Some(cost) if cost <= self.target => "kept",
            Some(cost) if cost <= self.limit => "missed",
            Some(_) => "BROKEN",
        }
    }
}

/// Whether the instructions of a case are part of a budget.
pub(super) fn is_counted(case: &Case) -> bool {
    let groups = ["method", "chain", "realistic", "method, realistic"];
    groups.contains(&case.group)
        && ["before", "around", "in the method", "vestibule", "Mount"].contains(&case.who)
}

pub(super) fn all(costs: &[Cost]) -> Vec<Budget> {
    let costs = Costs(costs);
    let mut budgets = allocations(&costs);
    budgets.extend(instructions(&costs));
    budgets
}

fn allocations(costs: &Costs<'_>) -> Vec<Budget> {
    let [bare, method] =
        [costs.allocations("chain/tonic alone/0"), costs.allocations("method/tonic alone/0")];
    let per_message = |group: &str| {
        costs.allocations(&format!("{group}/vestibule/10"))
            - costs.allocations(&format!("{group}/vestibule/0"))
    };
    let exact = |what, cost: f64| Budget { what, cost: Some(cost), target: 0.0, limit: 0.0, reason: "" };
    vec![
        exact("allocations of 20 interceptors", costs.allocations("chain/vestibule/20") - bare),
        exact(
            "allocations of 20 interceptors behind a mount",
            costs.allocations("chain/Mount/20") - costs.allocations("chain/Mount/0"),
        ),
        Budget {
            what: "allocations of a mount with 20, whole call, above tonic alone",
            cost: Some(costs.allocations("chain/Mount/20") - bare),
            target: -1.0,
            limit: -1.0,
            reason: "",
        },
        exact(
            "allocations of three extractors",
            costs.allocations("three keys of metadata/vestibule/0") - method,
        ),
        exact("allocations of 10 hooks, 1000 messages to the service", per_message("to the service")),
        exact("allocations of 10 hooks, 1000 messages to the client", per_message("to the client")),
        exact("allocations of 10 hooks, 1000 messages each way", per_message("both ways")),
    ]
}

fn instructions(costs: &Costs<'_>) -> Vec<Budget> {
    let each = |case: &str, from: &str, count: f64| {
        Some((costs.instructions(case)? - costs.instructions(from)?) / count)
    };
    let ratio = |ours: &str, theirs: &str| Some(costs.instructions(ours)? / costs.instructions(theirs)?);
    vec![
        Budget {
            what: "instructions of an interceptor that does nothing",
            cost: each("method/before/20", "method/before/0", 20.0),
            target: 40.0,
            limit: 75.0,
            reason: "each is a future of its own, which stores and checks its state twice, and is called through a reference to save compile time; a call whose future exceeds 1 KiB also takes malloc's slow path, once",
        },
        Budget {
            what: "instructions of one that wraps the call",
            cost: each("method/around/10", "method/around/0", 10.0),
            target: 200.0,
            limit: 230.0,
            reason: "the code that guards the rest is shared and called, to save compile time, and not inlined into each level",
        },
        Budget {
            what: "the realistic five, whole call: times the one with all of it in the method",
            cost: ratio("realistic/vestibule/5", "realistic/in the method/5"),
            target: 1.3,
            limit: 1.3,
            reason: "",
        },
        Budget {
            what: "the realistic five, the method alone: times the one with all of it in the method",
            cost: ratio("method, realistic/vestibule/5", "method, realistic/in the method/5"),
            target: 1.3,
            limit: 2.0,
            reason: "an empty chain, which takes the request apart and puts the reply together, is some 800 of the 2100 instructions that it takes more; the rest are five futures, one of which wraps, and a malloc of more than 1 KiB",
        },
        Budget {
            what: "a mount with ten, whole call: times tonic's own server with ten",
            cost: ratio("chain/Mount/10", "chain/vestibule/10"),
            target: 1.0,
            limit: 0.95,
            reason: "",
        },
    ]
}

/// What is of this machine and of this run: nothing fails because of it.
pub(super) fn timed(
    costs: &[Cost],
    tcp: &[tcp::Cost],
    compile: &[(usize, Vec<compile::Cost>)],
) -> Vec<Budget> {
    let costs = Costs(costs);
    let above = |case: &str, from: &str| Some(costs.time(case)? - costs.time(from)?);
    let ratio = |ours: Option<f64>, theirs: Option<f64>| Some(ours? / theirs?);
    let timed = |what, cost, target, reason| Budget { what, cost, target, limit: f64::INFINITY, reason };
    let of = |who: &'static str| tcp.iter().filter(move |cost| cost.who == who).map(|cost| cost.cpu);
    // A mean of quotients: most of a sum would be the call alone, which costs several times what one of many does.
    #[expect(clippy::cast_precision_loss, reason = "they are three")]
    let cpu = |ours, theirs| {
        let ratios = of(ours).zip(of(theirs)).map(|(ours, theirs)| ours / theirs);
        Some(ratios.sum::<f64>() / of(ours).count() as f64)
    };
    let build = compile
        .iter()
        .find(|(methods, _)| *methods == 50)
        .map(|(_, costs)| costs[1].build[0].as_secs_f64() / costs[0].build[0].as_secs_f64());
    vec![
        timed(
            "ns of an interceptor that does nothing",
            above("method/before/20", "method/before/0").map(|twenty| twenty / 20.0),
            5.0,
            "its instructions, above; the step beyond 1 KiB is in it",
        ),
        timed(
            "ten of ours: times one `Interceptor` of tonic's, both above tonic alone, whole call",
            ratio(
                above("chain/vestibule/10", "chain/tonic alone/0"),
                above("chain/tonic Interceptor/1", "chain/tonic alone/0"),
            ),
            1.0,
            "tonic's is quick if there is only one; a third to a half of ours is the chain itself, which an empty list costs as well",
        ),
        timed(
            "the realistic five, whole call, time: times the one with all of it in the method",
            ratio(costs.time("realistic/vestibule/5"), costs.time("realistic/in the method/5")),
            1.3,
            "",
        ),
        timed(
            "the realistic five, whole call, time: times four tower layers that do the same",
            ratio(costs.time("realistic/vestibule/5"), costs.time("realistic/tower layers/5")),
            1.0,
            "clocks, tokens and permits are most of it, and the same for both",
        ),
        timed(
            "a mount with ten, whole call, time: times tonic's own server with ten",
            ratio(costs.time("chain/Mount/10"), costs.time("chain/vestibule/10")),
            1.0,
            "noise of this machine: by instructions, above, the two are equal",
        ),
        timed(
            "CPU over TCP with the five, mean of the three loads: times tonic alone, without them",
            cpu("vestibule", "tonic alone"),
            1.01,
            "the five are some per cent of so small a call; the noise is as large",
        ),
        timed(
            "CPU over TCP of a mount with the five, mean of the three loads: times tonic's own server with them",
            cpu("Mount", "vestibule"),
            1.0,
            "noise of this machine: over builds with other layouts it is less, see benches/README.md",
        ),
        timed(
            "`cargo build` of 50 methods with five each: times tonic alone",
            build,
            1.5,
            "each interceptor of each method is a future of its own type, to be checked and compiled",
        ),
    ]
}

/// What the cases cost, by their names.
struct Costs<'a>(&'a [Cost]);

impl Costs<'_> {
    fn of(&self, name: &str) -> &Cost {
        let cost = self.0.iter().find(|cost| cost.case.name() == name);
        cost.unwrap_or_else(|| panic!("no case is named {name}"))
    }

    #[expect(clippy::cast_precision_loss, reason = "it is no more than some thousands")]
    fn allocations(&self, name: &str) -> f64 {
        self.of(name).allocations as f64
    }

    fn instructions(&self, name: &str) -> Option<f64> {
        self.of(name).instructions
    }

    fn time(&self, name: &str) -> Option<f64> {
        Some(self.of(name).time?.median)
    }
}

pub(super) fn table(budgets: &[Budget]) -> String {
    let mut text = "## Budgets\n\nThe target is what we want, the limit what `.ci/run` fails above. Kept: not above the target. \
                    Missed: above it, for the reason given. Rows without a limit are of this machine, and fail nothing. \
                    \"Times\" is a quotient: 1.12 is 12 % more.\n\n| | measured | target | limit | |\n| --- | ---: | ---: | ---: | --- |\n"
        .to_owned();
    for budget in budgets {
        let Budget { what, cost, target, limit, reason } = budget;
        let cost = cost.map_or_else(|| "-".to_owned(), |cost| format!("{cost:.2}"));
        let verdict = budget.verdict();
        let verdict = if verdict == "missed" { format!("missed: {reason}") } else { verdict.to_owned() };
        let limit = if limit.is_finite() { limit.to_string() } else { String::new() };
        let _ = writeln!(text, "| {what} | {cost} | {target} | {limit} | {verdict} |");
    }
    text.push('\n');
    text
}
