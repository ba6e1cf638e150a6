//! `AccessLog` has one line for each call, whose every field is right.

use proto::hello::greeter_server::GreeterServer;
use tracing::Level;
use vestibule::{Code, code_name};
use vestibule_interceptors::AccessLog;

use super::ended_calls::{End, SECRET, call};
use super::logged::{Logged, access_lines, audit_to, logging};
use crate::support::log::Log;
use crate::support::untimed::connect_untimed;
use crate::support::{PATHS, Setup, in_every_setup, serve_in};

in_every_setup!(sync each_call_has_one_line_that_says_how_it_ended);

/// Returns the number of messages and of their bytes. A message has two bytes more than its text.
fn messages(names: &[&str]) -> (usize, usize) {
    (names.len(), names.iter().map(|name| name.len() + 2).sum())
}

fn expected(path: &str, end: End) -> String {
    let level = match end.code() {
        Code::Ok | Code::NotFound | Code::Unauthenticated | Code::Cancelled => " INFO",
        Code::DeadlineExceeded => " WARN",
        _ => "ERROR",
    };
    let names = ["first", "second", end.name()];
    let all_or_two = if end == End::Ok { &names[..] } else { &names[..2] };
    let last_or_none = if end == End::Ok { &names[2..] } else { &[] };
    let (shape, requests, responses) = match path {
        "/pb.Greeter/SayHello" => ("unary", &names[2..], last_or_none),
        "/pb.Greeter/LotsOfReplies" => ("server_streaming", &names[2..], all_or_two),
        "/pb.Greeter/LotsOfGreetings" => ("client_streaming", &names[..], last_or_none),
        _ => ("bidirectional", &names[..], all_or_two),
    };
    let is_refused = end == End::Refused;
    let (requests, request_bytes) = messages(if is_refused { &[] } else { requests });
    let (responses, response_bytes) = messages(if is_refused { &[] } else { responses });
    let ended_by = match end {
        End::Panic => " ended_by=\"panicked\"",
        End::ClientGone => " ended_by=\"interrupted\"",
        _ => "",
    };
    let caller = if is_refused { "" } else { " caller=\"ada\"" };
    let fields = match path {
        "/pb.Greeter/SayHello" if !is_refused => format!(" fields=letters={}", end.name().len()),
        _ => String::new(),
    };
    let code = code_name(end.code());
    format!(
        "{level} vestibule::access: finished call side=\"server\" method=\"{path}\" shape=\"{shape}\" peer=PEER \
         code=\"{code}\"{ended_by} duration_ms=TIME deadline_left_ms=TIME requests={requests} \
         request_bytes={request_bytes} responses={responses} response_bytes={response_bytes} \
         request_id=\"request-7\"{caller}{fields}"
    )
}

fn each_call_has_one_line_that_says_how_it_ended(setup: Setup) {
    logging(Level::INFO, |log| async move {
        let service = Logged::new(AccessLog::server(), audit_to(&Log::default()));
        let hanging = service.hanging.clone();
        let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
        let mut count = 0;
        for path in PATHS {
            for end in End::ALL {
                call(client.clone(), path, end, &hanging).await;
                count += 1;
                let lines = access_lines(&log, count).await;
                assert_eq!(lines.len(), count);
                // A server that end a late call itself interrupts it, and `Deadline` does not.
                let line = match end {
                    End::Deadline => lines[count - 1].replace(" ended_by=\"interrupted\"", ""),
                    _ => lines[count - 1].clone(),
                };
                assert_eq!(line, expected(path, end).trim(), "{end:?}");
            }
        }
        let lines = access_lines(&log, count).await.join("\n");
        assert!(!lines.contains(SECRET), "{lines}");
    });
}
