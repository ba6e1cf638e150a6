//! A status keeps the error it was made of, for interceptors, and prints nothing of it.

use std::error::Error;

use vestibule::{Status, domain_error, grpc_error};

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("unavailable")]
#[status(Unavailable)]
struct Down(#[source] std::fmt::Error);

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("hidden")]
#[status(Internal)]
struct Hidden(#[source] Down);

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
#[status(Aborted)]
struct Long(String);

/// Interceptors such as a log need the error.
#[test]
fn the_error_of_a_status_is_found() {
    let status = Status::from(Down(std::fmt::Error));
    assert!(domain_error::<Down>(&status).unwrap().source().is_some());
    assert!(domain_error::<Hidden>(&status).is_none());
    assert!(domain_error::<Hidden>(&Status::from(Hidden(Down(std::fmt::Error)))).is_some());
    assert_eq!(domain_error::<Long>(&Status::from(Long("x".repeat(10_000)))).unwrap().0.len(), 10_000);
    assert!(domain_error::<Down>(&Status::unavailable("plain")).is_none());
}

#[test]
fn the_sources_of_a_status_are_printed_once() {
    let chain = |status: Status| {
        let sources = std::iter::successors(status.source(), |&error| error.source());
        sources.map(ToString::to_string).collect::<Vec<_>>()
    };
    let cause = "an error occurred when formatting an argument";
    assert_eq!(chain(Status::from(Down(std::fmt::Error))), ["unavailable", cause]);
    assert_eq!(chain(Status::from(Hidden(Down(std::fmt::Error)))), ["hidden", "unavailable", cause]);
}

/// tonic prints the sources of a status with it.
#[test]
fn a_status_that_is_printed_shows_nothing_of_the_error() {
    for status in [Status::from(Hidden(Down(std::fmt::Error))), Status::from(Long("x".repeat(10_000)))] {
        let printed = format!("{status} {status:?}");
        assert!(!printed.contains("hidden") && !printed.contains(&"x".repeat(9_000)), "{printed}");
    }
}
