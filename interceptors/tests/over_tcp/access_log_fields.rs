//! What `AccessLog` logs if it is asked for it, and at which level.

use proto::accounts::accounts_client::AccountsClient;
use proto::accounts::accounts_server::{Accounts, AccountsServer};
use proto::accounts::{SignInRequest, SignInResponse};
use proto::hello::greeter_server::GreeterServer;
use tracing::Level;
use vestibule::{Code, Status, interceptor};
use vestibule_interceptors::{AccessLog, Sample};

use super::ended_calls::{End, SECRET, call};
use super::logged::{Logged, access_lines, audit_to, authenticate, logging};
use crate::support::log::Log;
use crate::support::untimed::connect_untimed;
use crate::support::{PATHS, Setup, in_every_setup, serve_in};

in_every_setup!(
    sync metadata_is_logged_if_its_key_is_listed,
    the_text_of_a_status_is_logged_if_asked_for,
    a_level_is_the_users_choice,
    a_line_at_the_start_comes_before_the_end,
    of_the_successes_only_some_are_logged,
    each_start_is_logged_although_successes_are_sampled,
    bytes_that_are_not_counted_are_not_logged,
    no_line_is_made_that_nobody_wants
);

/// Makes unary calls with these ends, and returns the lines.
fn lines_of(setup: Setup, log: AccessLog, level: Level, ends: &[End], count: usize) -> Vec<String> {
    logging(level, |lines| async move {
        let service = Logged::new(log, audit_to(&Log::default()));
        let hanging = service.hanging.clone();
        let client = connect_untimed(serve_in!(setup, GreeterServer::new(service))).await;
        for ends in ends {
            call(client.clone(), PATHS[0], *ends, &hanging).await;
        }
        access_lines(&lines, count).await
    })
}

fn metadata_is_logged_if_its_key_is_listed(setup: Setup) {
    let log = AccessLog::server().metadata(&["x-tenant", "x-refuse", "x-absent"]);
    let lines = lines_of(setup, log, Level::INFO, &[End::Refused], 1);
    assert!(lines[0].contains(" metadata=x-tenant=hunter2 x-refuse=yes"), "{lines:?}");
    assert!(!lines[0].contains("authorization") && !lines[0].contains("cookie"), "{lines:?}");
    let log = AccessLog::server().metadata(&["x-absent"]);
    assert!(!lines_of(setup, log, Level::INFO, &[End::Ok], 1)[0].contains("metadata"));
}

fn the_text_of_a_status_is_logged_if_asked_for(setup: Setup) {
    let log = AccessLog::server().status_message();
    let lines = lines_of(setup, log, Level::INFO, &[End::NotFound, End::Ok], 2);
    assert!(lines[0].ends_with(&format!(" status_message=\"{SECRET}\"")), "{lines:?}");
    assert!(!lines[1].contains("status_message"), "{lines:?}");
}

fn a_level_is_the_users_choice(setup: Setup) {
    let log = AccessLog::server().level(Code::NotFound, Level::ERROR).level(Code::Ok, Level::DEBUG);
    let lines = lines_of(setup, log, Level::DEBUG, &[End::NotFound, End::Ok], 2);
    assert!(lines[0].starts_with("ERROR "), "{lines:?}");
    assert!(lines[1].starts_with("DEBUG "), "{lines:?}");
}

fn a_line_at_the_start_comes_before_the_end(setup: Setup) {
    let lines = lines_of(setup, AccessLog::server().log_start(), Level::INFO, &[End::Refused], 2);
    let started = "INFO vestibule::access: started call side=\"server\" method=\"/pb.Greeter/SayHello\" \
                   shape=\"unary\" peer=PEER deadline_left_ms=TIME request_id=\"request-7\"";
    assert_eq!(lines[0], started);
    assert!(lines[1].contains("finished call"), "{lines:?}");
}

fn of_the_successes_only_some_are_logged(setup: Setup) {
    let sample: &'static Sample = Box::leak(Box::new(Sample::one_in(3)));
    let log = AccessLog::server().sample_successes(sample);
    let ends = [[End::Ok; 4].as_slice(), &[End::NotFound; 2], &[End::Ok; 3]].concat();
    let codes: Vec<_> = lines_of(setup, log, Level::INFO, &ends, 5)
        .iter()
        .map(|line| if line.contains("code=\"OK\"") { "OK" } else { "NOT_FOUND" })
        .collect();
    assert_eq!(codes, ["OK", "OK", "NOT_FOUND", "NOT_FOUND", "OK"]);
}

fn each_start_is_logged_although_successes_are_sampled(setup: Setup) {
    let sample: &'static Sample = Box::leak(Box::new(Sample::one_in(3)));
    let log = AccessLog::server().log_start().sample_successes(sample);
    let lines = lines_of(setup, log, Level::INFO, &[End::Ok; 2], 3);
    let is_start = lines.iter().map(|line| line.contains("started call")).collect::<Vec<_>>();
    assert_eq!(is_start, [true, false, true], "{lines:?}");
}

#[derive(Clone)]
struct Uncounted;

#[interceptor(AccessLog::server(), _caller = authenticate())]
impl Accounts for Uncounted {
    async fn sign_in(&self, _request: SignInRequest) -> Result<SignInResponse, Status> {
        Ok(SignInResponse::default())
    }
}

fn bytes_that_are_not_counted_are_not_logged(setup: Setup) {
    let lines = logging(Level::INFO, |log| async move {
        let addr = serve_in!(setup, AccountsServer::new(Uncounted));
        let mut client = AccountsClient::connect(format!("http://{addr}")).await.unwrap();
        client.sign_in(SignInRequest::default()).await.unwrap();
        let mut refused = tonic::Request::new(SignInRequest::default());
        refused.metadata_mut().insert("x-refuse", "yes".parse().unwrap());
        client.sign_in(refused).await.unwrap_err();
        access_lines(&log, 2).await
    });
    assert!(lines[1].contains("requests=0 responses=0"), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains("_bytes=")), "{lines:?}");
}

/// A subscriber that wants errors alone has the failure, and the success leaves nothing.
fn no_line_is_made_that_nobody_wants(setup: Setup) {
    let lines = lines_of(setup, AccessLog::server(), Level::ERROR, &[End::Ok, End::Failure], 1);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains("code=\"DATA_LOSS\""), "{lines:?}");
}
