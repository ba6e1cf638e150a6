//! A report says what guards each rpc. `UPDATE_EXPECT=1 cargo test -p vestibule --test server` records the reports anew.

mod services;

use expect_test::expect_file;
use proto::calcul::calculatrice_server::CalculatriceServer;
use proto::hello::greeter_server::GreeterServer;
use services::{Calculator, LibrariesServer, MyGreeter, Shared, Shelves};
use vestibule::report::{Report, RpcReport};
use vestibule::server::Mounts;
use vestibule::{Code, Mount, Prost, report};

fn paths(report: &Report) -> Vec<&str> {
    report.rpcs().iter().map(|rpc| rpc.method().name()).collect()
}

/// The services of a server, with a generic one and one that leaves out rpcs.
fn all() -> Mounts {
    Mounts::new()
        .add_service(Mount::new(MyGreeter))
        .add_service(Mount::new(Calculator(1)))
        .add_service(Mount::<_, LibrariesServer>::new(Shelves))
}

#[test]
fn a_report_is_written_for_a_terminal() {
    let text = all().report().to_string();
    assert!(text.lines().all(|line| line.chars().count() <= 100 && line == line.trim_end()), "{text}");
    expect_file!["server.txt"].assert_eq(&text);
}

#[test]
fn a_report_is_written_as_markdown() {
    expect_file!["server.md"].assert_eq(&all().report().to_markdown());
}

#[test]
fn a_report_is_written_as_a_flowchart() {
    expect_file!["server.mmd"].assert_eq(&all().report().to_mermaid());
}

#[test]
fn a_report_is_written_as_json() {
    let json = serde_json::to_string_pretty(&all().report()).unwrap() + "\n";
    expect_file!["server.json"].assert_eq(&json);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["rpcs"].as_array().unwrap().len(), all().report().rpcs().len());
}

#[test]
fn open_rpcs_stand_first_and_rpcs_without_a_method_last() {
    let report = all().report();
    let expected = [
        "Addition",
        "BidiHello",
        "LotsOfGreetings",
        "GetURL",
        "V1_get",
        "LotsOfReplies",
        "SayHello",
        "Exchange",
        "Return",
        "Watch",
        "type",
    ];
    let open: Vec<_> = report.rpcs().iter().map(RpcReport::is_open).collect();
    let unimplemented = report.rpcs().iter().filter(|rpc| rpc.is_unimplemented()).count();
    assert_eq!(paths(&report), expected);
    assert_eq!(open, [[true; 3].as_slice(), &[false; 8]].concat());
    assert_eq!(unimplemented, 4);
}

#[test]
fn the_report_of_mounts_is_that_of_all_their_services() {
    let both =
        Mounts::new().add_service(Mount::new(MyGreeter)).add_service(Mount::new(Calculator(1))).report();
    let mut apart = report::<MyGreeter, GreeterServer<()>>().rpcs().to_vec();
    apart.extend_from_slice(report::<Calculator<i32>, _>().rpcs());
    assert_eq!(both.rpcs().len(), apart.len());
    assert!(apart.iter().all(|rpc| both.rpcs().contains(rpc)));
    assert_eq!(Mounts::new().report(), Report::default());
}

#[test]
fn a_report_is_the_same_whoever_asks() {
    let expected = report::<Calculator<i32>, _>();
    assert_eq!(Mount::<Calculator<i32>, CalculatriceServer<()>, Prost>::report(), expected);
    assert_eq!(report::<Calculator<String>, _>(), expected);
}

#[test]
fn the_entries_of_a_method_stand_where_a_call_passes_them() {
    let report = report::<MyGreeter, _>();
    let rpc = report.rpcs().iter().find(|rpc| rpc.method().name() == "SayHello").unwrap();
    let entries: Vec<_> =
        rpc.entries().iter().map(|entry| (entry.name(), entry.phase(), entry.is_of_impl())).collect();
    let expected = [
        (None, Some("edge"), true),
        (Some("tenant"), None, true),
        (Some("caller"), Some("authenticate"), true),
        (Some("quota"), Some("limit"), true),
        (None, None, true),
        (None, Some("user"), false),
        (Some("access"), None, false),
    ];
    assert_eq!(entries, expected);
    let guards = rpc.entries().iter().map(vestibule::report::EntryReport::is_guard);
    assert_eq!(guards.collect::<Vec<_>>(), [false, false, false, false, false, false, true]);
    assert_eq!(rpc.required_metadata().collect::<Vec<_>>(), ["x-tenant"]);
    assert_eq!(
        rpc.policies().map(ToString::to_string).collect::<Vec<_>>(),
        ["access = named(caller, &request.name)"]
    );
}

#[test]
fn a_report_has_what_a_method_skips_and_reads() {
    let report = report::<MyGreeter, _>();
    let rpc = report.rpcs().iter().find(|rpc| rpc.method().name() == "LotsOfReplies").unwrap();
    assert_eq!((rpc.skipped(), rpc.metadata()), (&["quota"][..], &["locale", "x-id-bin"][..]));
    assert!(rpc.entries().iter().all(|entry| entry.name() != Some("quota")));
}

/// The impl is one of a pointer, and no method is there in each build, so no method tells the phases of the entries.
#[test]
fn an_entry_whose_phase_no_method_tells_has_none() {
    let report = report::<Box<Shared>, _>();
    let entries = report.rpcs()[0].entries();
    assert_eq!(entries.iter().map(ToString::to_string).collect::<Vec<_>>(), ["authenticate()", "plain()"]);
    assert!(entries.iter().all(|entry| entry.phase().is_none()));
}

/// The codes are those of the handler's error and of its stream's error, also if an alias hides the error. A code of an
/// expression, and an error without attributes, make them unknown.
#[test]
fn a_report_has_the_codes_of_errors_that_state_all_of_them() {
    let report = report::<MyGreeter, _>();
    let codes = |name| report.rpcs().iter().find(|rpc| rpc.method().name() == name).unwrap().codes();
    let stated = [Code::InvalidArgument, Code::NotFound, Code::Unavailable];
    assert_eq!(codes("SayHello"), Some(&stated[..]));
    assert_eq!(codes("LotsOfReplies"), Some(&stated[..]));
    assert_eq!(codes("LotsOfGreetings"), None);
    assert_eq!(codes("BidiHello"), None);
}
