//! `Audit` has one record for each call, whose every field is right.

use proto::hello::greeter_server::GreeterServer;
use tracing::Level;
use vestibule::code_name;
use vestibule_interceptors::AccessLog;

use super::ended_calls::{End, SECRET, call};
use super::logged::{Logged, audit_to, logging};
use crate::support::log::Log;
use crate::support::untimed::connect_untimed;
use crate::support::{PATHS, Setup, in_every_setup, serve_in, surely};

in_every_setup!(sync each_call_has_one_record_that_says_what_was_decided);

/// Waits until the sink has `count` lines, and returns the last one, without times and ports.
async fn last_record(sink: &Log, count: usize) -> String {
    let text = surely(async {
        while sink.text().lines().count() < count {
            tokio::task::yield_now().await;
        }
        sink.text()
    })
    .await;
    assert_eq!(text.lines().count(), count);
    let line = text.lines().last().unwrap();
    let (times, rest) = line.split_once(",\"caller\"").or(line.split_once(",\"peer\"")).unwrap();
    assert!(times.starts_with("{\"started_ms\":1") && times.contains(",\"duration_us\":"), "{line}");
    let rest =
        if line.contains("\"caller\"") { format!("\"caller\"{rest}") } else { format!("\"peer\"{rest}") };
    let (before, after) = rest.split_once("127.0.0.1:").unwrap();
    let (_port, after) = after.split_once('"').unwrap();
    format!("{before}PEER\"{after}")
}

fn expected(path: &str, end: End) -> String {
    let is_refused = end == End::Refused;
    let caller = if is_refused { "" } else { "\"caller\":\"ada\"," };
    let subject = match path {
        _ if is_refused => String::new(),
        "/pb.Greeter/SayHello" => format!(",\"subject\":\"greeting of {}\"", end.name().len()),
        "/pb.Greeter/LotsOfGreetings" => ",\"subject\":\"greeting of 5\"".to_owned(),
        _ => String::new(),
    };
    let sends_many = matches!(path, "/pb.Greeter/LotsOfReplies" | "/pb.Greeter/BidiHello");
    let decision = match end {
        End::Refused => "denied",
        End::Ok => "allowed",
        // The first responses were sent before the end.
        _ if sends_many => "allowed",
        _ => "undecided",
    };
    let code = code_name(end.code());
    let ended_by = match end {
        End::Panic => ",\"ended_by\":\"panicked\"",
        End::ClientGone => ",\"ended_by\":\"interrupted\"",
        _ => "",
    };
    format!(
        "{caller}\"peer\":\"PEER\",\"request_id\":\"request-7\",\"method\":\"{path}\"{subject},\
         \"decision\":\"{decision}\",\"code\":\"{code}\"{ended_by}}}"
    )
}

fn each_call_has_one_record_that_says_what_was_decided(setup: Setup) {
    logging(Level::ERROR, |_| async move {
        let sink = Log::default();
        let service = Logged::new(AccessLog::server(), audit_to(&sink));
        let hanging = service.hanging.clone();
        let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
        let mut count = 0;
        for path in PATHS {
            for end in End::ALL {
                call(client.clone(), path, end, &hanging).await;
                count += 1;
                let mut record = last_record(&sink, count).await;
                // A server that end a late call itself interrupts it, and `Deadline` does not.
                if end == End::Deadline {
                    record = record.replace(",\"ended_by\":\"interrupted\"", "");
                }
                assert_eq!(record, expected(path, end), "{end:?}");
            }
        }
        assert!(!sink.text().contains(SECRET), "{}", sink.text());
    });
}
