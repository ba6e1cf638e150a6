//! `Prometheus` writes the text that go-grpc-prometheus writes, for every shape and every end of a call.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use prometheus_client::encoding::{prometheus_text, text};
use prometheus_client::registry::Registry;
use proto::hello::greeter_server::GreeterServer;
use vestibule::descriptor::DescribedService;
use vestibule::{Code, MethodInfo, Shape};
use vestibule_interceptors::Prometheus;

use super::ended_calls::{End, call};
use super::observed::{METHODS, Observed};
use crate::support::untimed::connect_untimed;
use crate::support::{Setup, connect_greeter, in_every_setup, serve_in, surely};

in_every_setup!(each_end_of_each_shape_is_counted,);

/// The time after which a server must have seen the end of a call, however slow the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// The upper bound of the only bucket. Each call is shorter.
pub(crate) const BOUND: f64 = 1000.0;

pub(crate) fn methods() -> &'static [&'static MethodInfo] {
    GreeterServer::<()>::INFO.methods()
}

pub(crate) fn registered<S>(prometheus: &Prometheus<S>) -> Registry {
    let mut registry = Registry::default();
    prometheus.register(&mut registry);
    registry
}

/// Returns what a scrape reads. A sum of times is replaced by `SECONDS`.
pub(crate) fn scraped(registry: &Registry) -> String {
    let mut text = String::new();
    prometheus_text::encode(&mut text, registry).unwrap();
    let without_times = |line: &str| match line.split_once("} ") {
        Some((series, seconds)) if series.contains("_sum{") => {
            assert!(seconds.parse::<f64>().unwrap() >= 0.0, "{line}");
            format!("{series}}} SECONDS\n")
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(without_times).collect()
}

/// Waits until a scrape reads `expected`. Lines that `is_compared` does not name are left out.
pub(crate) async fn await_lines(registry: &Registry, expected: &str, is_compared: fn(&str) -> bool) {
    let lines = |text: &str| -> Vec<String> {
        text.lines().filter(|line| is_compared(line)).map(str::to_owned).collect()
    };
    let expected = lines(expected);
    let read = async {
        while lines(&scraped(registry)) != expected {
            tokio::task::yield_now().await;
        }
    };
    if tokio::time::timeout(PATIENCE, read).await.is_err() {
        assert_eq!(lines(&scraped(registry)), expected);
    }
}

/// Waits until a scrape reads `expected`.
pub(crate) async fn await_scrape(registry: &Registry, expected: &str) {
    await_lines(registry, expected, |_| true).await;
}

/// The expected numbers of one method.
#[derive(Clone, Default)]
pub(crate) struct Numbers {
    pub(crate) handled: BTreeMap<&'static str, u64>,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) retries: u64,
}

impl Numbers {
    fn all(&self) -> u64 {
        self.handled.values().sum()
    }
}

/// The codes as grpc-go prints them, in the order of their numbers.
const CODES: [&str; 17] = [
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
];

pub(crate) fn go_name(code: Code) -> &'static str {
    CODES[code as usize]
}

/// The labels and the expected numbers of each method, sorted by the path of the method.
pub(crate) type Expected<'a> = [(&'a str, Numbers)];

/// Writes the text that is expected of one side.
pub(crate) fn expected(side: &str, all: &Expected<'_>) -> String {
    let (on, by, latency) = match side {
        "server" => {
            ("on the server", "by the server", "that had been application-level handled by the server")
        }
        _ => ("on the client", "by the client", "until it is finished by the application"),
    };
    let completed = if side == "server" { on } else { by };
    let of_latency = if side == "server" { "of gRPC" } else { "of the gRPC" };
    let received = if side == "server" { on } else { by };
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, lines: &dyn Fn(&str, &Numbers) -> String| {
        let name = format!("grpc_{side}_{name}");
        let lines: String =
            all.iter().map(|(labels, numbers)| lines(labels, numbers).replace("NAME", &name)).collect();
        write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{lines}").unwrap();
    };
    let started = format!("Total number of RPCs started {on}.");
    family("started_total", "counter", &started, &|labels, numbers| {
        format!("NAME{{{labels}}} {}\n", numbers.all())
    });
    let handled = format!("Total number of RPCs completed {completed}, regardless of success or failure.");
    family("handled_total", "counter", &handled, &|labels, numbers| {
        let count = |code| numbers.handled.get(code).copied().unwrap_or_default();
        CODES.map(|code| format!("NAME{{{labels},grpc_code=\"{code}\"}} {}\n", count(code))).concat()
    });
    let help = format!("Total number of RPC stream messages received {received}.");
    family("msg_received_total", "counter", &help, &|labels, numbers| {
        format!("NAME{{{labels}}} {}\n", numbers.received)
    });
    let help = format!("Total number of gRPC stream messages sent {by}.");
    family("msg_sent_total", "counter", &help, &|labels, numbers| {
        format!("NAME{{{labels}}} {}\n", numbers.sent)
    });
    let help = format!("Histogram of response latency (seconds) {of_latency} {latency}.");
    family("handling_seconds", "histogram", &help, &|labels, numbers| {
        let all = numbers.all();
        format!(
            "NAME_bucket{{{labels},le=\"{BOUND}\"}} {all}\nNAME_bucket{{{labels},le=\"+Inf\"}} {all}\n\
             NAME_sum{{{labels}}} SECONDS\nNAME_count{{{labels}}} {all}\n"
        )
    });
    let help = format!("Number of RPCs that have started {on} and not completed.");
    family("in_flight", "gauge", &help, &|labels, _| format!("NAME{{{labels}}} 0\n"));
    if side == "client" {
        let help = "Total number of further attempts of RPCs on the client.";
        family("retries_total", "counter", help, &|labels, numbers| {
            format!("NAME{{{labels}}} {}\n", numbers.retries)
        });
    }
    text
}

/// The labels of the four methods, sorted by their paths.
pub(crate) const LABELS: [&str; 4] = [
    r#"grpc_type="bidi_stream",grpc_service="pb.Greeter",grpc_method="BidiHello""#,
    r#"grpc_type="client_stream",grpc_service="pb.Greeter",grpc_method="LotsOfGreetings""#,
    r#"grpc_type="server_stream",grpc_service="pb.Greeter",grpc_method="LotsOfReplies""#,
    r#"grpc_type="unary",grpc_service="pb.Greeter",grpc_method="SayHello""#,
];

/// Returns the index of a method in `LABELS`.
pub(crate) fn index_of(method: &str) -> usize {
    let name = method.split_once('/').unwrap().1;
    LABELS.iter().position(|labels| labels.contains(&format!("\"{name}\""))).unwrap()
}

/// Returns the number of messages that the handler receives and sends in a call of `Observed`.
fn messages(method: &str, end: End) -> (u64, u64) {
    let shape = methods().iter().find(|info| info.path()[1..] == *method).unwrap().shape().unwrap();
    let is_ok = u64::from(end == End::Ok);
    match shape {
        _ if end == End::Refused => (0, 0),
        Shape::Unary => (1, is_ok),
        Shape::ServerStreaming => (1, 2 + is_ok),
        Shape::ClientStreaming => (3, is_ok),
        Shape::Bidirectional => (3, 2 + is_ok),
    }
}

async fn each_end_of_each_shape_is_counted(setup: Setup) {
    let prometheus = Prometheus::server(methods()).buckets([BOUND]);
    let registry = registered(&prometheus);
    let mut numbers = LABELS.map(|labels| (labels, Numbers::default()));
    assert_eq!(scraped(&registry), expected("server", &numbers), "all series exist from the beginning");

    let service = Observed::new(prometheus);
    let hanging = service.hanging.clone();
    let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
    for method in METHODS {
        for end in End::ALL {
            call(client.clone(), method, end, &hanging).await;
            let numbers_of_method = &mut numbers[index_of(method)].1;
            *numbers_of_method.handled.entry(go_name(end.code())).or_default() += 1;
            let (received, sent) = messages(method, end);
            numbers_of_method.received += received;
            numbers_of_method.sent += sent;
            await_scrape(&registry, &expected("server", &numbers)).await;
        }
    }
}

/// It is the format that Prometheus asks for first.
#[test]
fn open_metrics_has_the_same_series() {
    const PING: &MethodInfo = &MethodInfo::new("/a.B/Ping", Shape::Unary);
    let registry = registered(&Prometheus::client(&[PING, PING]).buckets([]));
    let mut text = String::new();
    text::encode(&mut text, &registry).unwrap();
    let labels = r#"grpc_type="unary",grpc_service="a.B",grpc_method="Ping""#;
    let codes =
        CODES.map(|code| format!("grpc_client_handled_total{{{labels},grpc_code=\"{code}\"}} 0\n")).concat();
    let expected = format!(
        "# HELP grpc_client_started Total number of RPCs started on the client.\n\
         # TYPE grpc_client_started counter\n\
         grpc_client_started_total{{{labels}}} 0\n\
         # HELP grpc_client_handled Total number of RPCs completed by the client, regardless of success or failure.\n\
         # TYPE grpc_client_handled counter\n\
         {codes}\
         # HELP grpc_client_msg_received Total number of RPC stream messages received by the client.\n\
         # TYPE grpc_client_msg_received counter\n\
         grpc_client_msg_received_total{{{labels}}} 0\n\
         # HELP grpc_client_msg_sent Total number of gRPC stream messages sent by the client.\n\
         # TYPE grpc_client_msg_sent counter\n\
         grpc_client_msg_sent_total{{{labels}}} 0\n\
         # HELP grpc_client_in_flight Number of RPCs that have started on the client and not completed.\n\
         # TYPE grpc_client_in_flight gauge\n\
         grpc_client_in_flight{{{labels}}} 0\n\
         # HELP grpc_client_retries Total number of further attempts of RPCs on the client.\n\
         # TYPE grpc_client_retries counter\n\
         grpc_client_retries_total{{{labels}}} 0\n\
         # EOF\n"
    );
    assert_eq!(text, expected);
}

/// A gauge shows a call while it runs.
#[tokio::test]
async fn a_call_is_in_flight_until_it_ends() {
    let prometheus = Prometheus::server(methods());
    let registry = registered(&prometheus);
    let service = Observed::new(prometheus);
    let hanging = service.hanging.clone();
    let mut client = connect_greeter(serve_in!(Setup::Mount, GreeterServer::new(service))).await;
    let held = tokio::spawn(async move { client.say_hello(crate::support::hello("hang")).await });
    hanging.notified().await;
    let in_flight = |count| format!("grpc_server_in_flight{{{}}} {count}\n", LABELS[3]);
    assert!(scraped(&registry).contains(&in_flight(1)));
    held.abort();
    surely(async {
        while !scraped(&registry).contains(&in_flight(0)) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// The compiler knows the methods of an annotated service, so no caller can make their series.
#[tokio::test]
async fn a_method_that_is_not_in_the_list_has_series_from_its_first_call() {
    const SAY_HELLO: &MethodInfo = &MethodInfo::new("/pb.Greeter/SayHello", Shape::Unary);
    let prometheus = Prometheus::server(&[SAY_HELLO]).buckets([BOUND]);
    let registry = registered(&prometheus);
    let service = Observed::new(prometheus);
    let mut client = connect_greeter(serve_in!(Setup::GeneratedServer, GreeterServer::new(service))).await;
    let zero = |index: usize| (LABELS[index], Numbers::default());
    assert_eq!(scraped(&registry), expected("server", &[zero(3)]));
    client.lots_of_greetings(tokio_stream::empty()).await.unwrap();
    let greeted = Numbers { handled: [("OK", 1)].into(), sent: 1, ..Numbers::default() };
    await_scrape(&registry, &expected("server", &[zero(3), (LABELS[1], greeted)])).await;
}
