//! The budgets of allocations and instructions, which are the same in each run.

use super::idempotent::idempotent;
use super::observe::observe;
use super::observe_log::observe_log;
use super::rate_limit::rate_limit;
use super::token::token;
use super::{Budget, Costs};
use crate::case::Case;
use crate::measure::Cost;

/// Returns true if a budget needs the instructions of a case.
pub(in crate::report) fn is_counted(case: &Case) -> bool {
    if ["a kept response", "limit", "observe", "served", "token"].contains(&case.group) {
        return true;
    }
    let groups = ["method", "chain", "realistic", "method, realistic"];
    let subjects = ["before", "around", "in the method", "vestibule", "Mount"];
    let is_of_layers = case.group == "chain" && ["layer", "tonic alone"].contains(&case.subject);
    let is_of_streams = ["to the service", "to the client"].contains(&case.group)
        && ["vestibule", "tonic alone"].contains(&case.subject);
    groups.contains(&case.group) && subjects.contains(&case.subject)
        || ((is_of_layers || is_of_streams) && [0, 5].contains(&case.count))
}

/// Returns the budgets of what is the same in each run.
pub(in crate::report) fn exact(costs: &[Cost]) -> Vec<Budget> {
    let costs = Costs(costs);
    let mut budgets = allocations(&costs);
    budgets.extend(instructions(&costs));
    budgets.extend(of_layers(&costs));
    budgets.extend(of_streams(&costs));
    budgets.extend(ratios(&costs));
    budgets.extend(observe(&costs));
    budgets.extend(observe_log(&costs));
    budgets.extend(rate_limit(&costs));
    budgets.extend(token(&costs));
    budgets.extend(idempotent(&costs));
    budgets
}

fn allocations(costs: &Costs<'_>) -> Vec<Budget> {
    let [bare, method] =
        [costs.allocations("chain/tonic alone/0"), costs.allocations("method/tonic alone/0")];
    let per_message = |group: &str| {
        costs.allocations(&format!("{group}/vestibule/10"))
            - costs.allocations(&format!("{group}/vestibule/0"))
    };
    let none_more = |what, cost: f64| Budget { what, cost: Some(cost), target: 0.0, limit: 0.0, reason: "" };
    vec![
        none_more("allocations of 20 interceptors", costs.allocations("chain/vestibule/20") - bare),
        none_more(
            "allocations of 20 interceptors behind a mount",
            costs.allocations("chain/Mount/20") - costs.allocations("chain/Mount/0"),
        ),
        Budget {
            what: "allocations of a mount with 20, whole call, above tonic alone",
            cost: Some(costs.allocations("chain/Mount/20") - bare),
            target: -6.0,
            limit: -6.0,
            reason: "",
        },
        Budget {
            what: "allocations of a mount with five before tonic's router: times tonic alone behind it",
            cost: Some(
                costs.allocations("served/Mount before the router/5")
                    / costs.allocations("served/tonic alone/0"),
            ),
            target: 0.65,
            limit: 0.65,
            reason: "",
        },
        Budget {
            what: "allocations of a layer without interceptors, whole call, above tonic alone",
            cost: Some(costs.allocations("chain/layer/0") - bare),
            target: 4.0,
            limit: 5.0,
            reason: "each of these has one: the chain, the request that it passes on, the path of the method, the sender that the chain and the bodies share, and the body of the request",
        },
        none_more(
            "allocations of three extractors",
            costs.allocations("three keys of metadata/vestibule/0") - method,
        ),
        none_more("allocations of 10 hooks, 1000 messages to the service", per_message("to the service")),
        none_more("allocations of 10 hooks, 1000 messages to the client", per_message("to the client")),
        none_more("allocations of 10 hooks, 1000 messages each way", per_message("both ways")),
    ]
}

fn instructions(costs: &Costs<'_>) -> Vec<Budget> {
    let each = |case: &str, from: &str, count: f64| {
        Some((costs.instructions(case)? - costs.instructions(from)?) / count)
    };
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
            target: 120.0,
            limit: 228.0,
            reason: "the code that guards the rest is shared and called, to save compile time, and not inlined into each level; 5 of it watch for a panic of the error that the log prints",
        },
    ]
}

fn of_layers(costs: &Costs<'_>) -> Vec<Budget> {
    let above = |case: &str| Some(costs.instructions(case)? - costs.instructions("chain/tonic alone/0")?);
    vec![
        Budget {
            what: "instructions of a layer without interceptors, whole call, above tonic alone",
            cost: above("chain/layer/0"),
            target: 2500.0,
            limit: 5300.0,
            reason: "five allocations and some thirty copies of the request, the call and the chain are a third of it; the rest are the checks of both bodies and of the headers",
        },
        Budget {
            what: "instructions of a layer with five interceptors that do nothing, whole call, above tonic alone",
            cost: above("chain/layer/5"),
            target: 2300.0,
            limit: 5900.0,
            reason: "the layer itself, above; its five levels make its future larger than 1 KiB, so malloc takes its slow path",
        },
    ]
}

fn of_streams(costs: &Costs<'_>) -> Vec<Budget> {
    const MESSAGES: f64 = 1000.0;
    let above =
        |case: &str, from: &str| Some((costs.instructions(case)? - costs.instructions(from)?) / MESSAGES);
    let of_hook = |group: &str| {
        let [five, none] = [5, 0].map(|count| format!("{group}/vestibule/{count}"));
        Some(above(&five, &none)? / 5.0)
    };
    vec![
        Budget {
            what: "instructions of a message to the client without hooks, above tonic alone",
            cost: above("to the client/vestibule/0", "to the client/tonic alone/0"),
            target: 100.0,
            limit: 350.0,
            reason: "the stream of the handler is inside the chain's future, which is polled for each message: a third is the poll of the chain, a third the poll of the stream, and a third the slot between them; the units into which rustc divides the program change it by 20",
        },
        Budget {
            what: "instructions of a message to the service without hooks, above tonic alone",
            cost: above("to the service/vestibule/0", "to the service/tonic alone/0"),
            target: 40.0,
            limit: 62.0,
            reason: "the stream of the messages is wrapped, and asks for each message if the call has ended",
        },
        Budget {
            what: "instructions of one of five hooks, each message to the client",
            cost: of_hook("to the client"),
            target: 15.0,
            limit: 32.0,
            reason: "the hook itself takes 5; the rest of each level is a future, which is polled for each message",
        },
        Budget {
            what: "instructions of one of five hooks, each message to the service",
            cost: of_hook("to the service"),
            target: 15.0,
            limit: 22.0,
            reason: "the first hook needs a lock and a guard against panics, which take 50; each further one takes 11",
        },
    ]
}

fn ratios(costs: &Costs<'_>) -> Vec<Budget> {
    let ratio = |ours: &str, theirs: &str| Some(costs.instructions(ours)? / costs.instructions(theirs)?);
    vec![
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
            limit: 1.97,
            reason: "an empty chain, which takes the request apart and puts the response together, is some 800 of the 2100 instructions that it takes more; the rest are five futures, one of which wraps, and a malloc of more than 1 KiB",
        },
        Budget {
            what: "a mount with ten, whole call: times tonic's own server with ten",
            cost: ratio("chain/Mount/10", "chain/vestibule/10"),
            target: 0.80,
            limit: 0.80,
            reason: "",
        },
        Budget {
            what: "a mount with five behind tonic's router, whole call: times tonic alone behind it",
            cost: ratio("served/Mount/5", "served/tonic alone/0"),
            target: 0.60,
            limit: 0.79,
            reason: "the router takes a fifth of the call; a mount before it has none",
        },
        Budget {
            what: "a mount with five before tonic's router, whole call: times tonic alone behind it",
            cost: ratio("served/Mount before the router/5", "served/tonic alone/0"),
            target: 0.60,
            limit: 0.61,
            reason: "the work of malloc differs by some hundreds of instructions between builds",
        },
    ]
}
