//! A layer runs a named list as if its entries were written in its place.

use proto::hello::greeter_server::GreeterServer;
use tower_layer::Layer;
use vestibule::{Code, layer};

use super::plain_service::Plain;
use crate::support::lists::{named_list, plans, starts, traced};
use crate::support::tracer::{Plan, Tracer};
use crate::support::{all_responses, connect_greeter, hello, serve};

type Played = (String, Vec<String>, Result<(), (Code, String)>);

/// Makes a call through the layer of this list, and returns the trace and what the client sees.
macro_rules! play {
    ($plan:expr, $tracer:ident, $list:expr) => {{
        let $tracer = Tracer::new($plan);
        let service = GreeterServer::new(Plain { tracer: $tracer.clone(), ..Plain::default() });
        let mut client = connect_greeter(serve(layer($list).layer(service)).await).await;
        let (responses, end) = all_responses(client.lots_of_replies(hello("a b")).await).await;
        if $tracer.trace() != "A.s" {
            $tracer.finished().await;
        }
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
async fn each_failure_and_each_panic_is_that_of_a_list_written_in_its_place() {
    for plan in plans() {
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
        assert_eq!(named, in_place, "{} {} {}", plan.fails, plan.panics, plan.after);
    }
}
