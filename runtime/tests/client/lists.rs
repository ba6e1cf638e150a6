//! A client runs a named list as if its entries were written in its place.

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::GreeterServer;
use vestibule::{Code, client};

use super::server::{Server, channel};
use crate::support::lists::{named_list, plans, starts, traced};
use crate::support::tracer::{Plan, Tracer};
use crate::support::{all_responses, hello, serve};

type Played = (String, Vec<String>, Result<(), (Code, String)>);

/// Makes a call with this list on the client, and returns the trace and what the caller sees.
macro_rules! play {
    ($plan:expr, $tracer:ident, $list:expr) => {{
        let $tracer = Tracer::new($plan);
        let server = Server { tracer: $tracer.clone(), ..Server::default() };
        let channel = channel(serve(GreeterServer::new(server)).await);
        let mut client = GreeterClient::new(client(channel, $list));
        let (responses, end) = all_responses(client.lots_of_replies(hello("a b")).await).await;
        let played: Played = ($tracer.trace(), responses, end);
        played
    }};
}

#[tokio::test]
async fn a_call_passes_the_entries_of_a_list_in_their_place() {
    let (trace, responses, end) =
        play!(Plan::default(), tracer, (named_list(tracer.clone()), traced("B", &tracer)));
    let response = "B.w E.w A.w";
    assert_eq!(
        trace,
        format!("A.s D.s E.s F.s N.s B.s A.r E.r B.r H {response} {response} B.f(ok) E.f(ok) A.f(ok)")
    );
    assert_eq!((responses, end), (vec!["a".to_owned(), "b".to_owned()], Ok(())));
}

#[tokio::test]
async fn each_failure_is_that_of_a_list_written_in_its_place() {
    // A panic on a client is a panic of its caller.
    for plan in plans().into_iter().filter(|plan| plan.panics.is_empty()) {
        let named = play!(plan, tracer, (named_list(tracer.clone()), traced("B", &tracer)));
        let in_place = play!(
            plan,
            tracer,
            (
                traced("A", &tracer),
                starts("D.s", tracer.clone()),
                traced("E", &tracer),
                starts("F.s", tracer.clone()),
                starts("N.s", tracer.clone()),
                traced("B", &tracer),
            )
        );
        assert_eq!(named, in_place, "{} {}", plan.fails, plan.after);
    }
}
