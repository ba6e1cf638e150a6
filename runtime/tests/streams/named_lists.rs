//! A call that streams passes a named list as if its entries were written in its place.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio_stream::{Stream, StreamExt};
use vestibule::{Code, Status, Streaming, interceptor};

use crate::support::lists::{named_list, plans, starts, traced};
use crate::support::tracer::{Plan, Traced, Tracer};
use crate::support::{Setup, all_responses, connect_greeter, hello, in_every_setup, serve_in, surely};

in_every_setup!(
    a_stream_passes_the_entries_of_a_list_in_their_place,
    each_failure_and_each_panic_is_that_of_a_list_written_in_its_place,
    a_client_that_goes_away_interrupts_each_entry_of_a_list,
    a_stream_that_outlives_its_call_reads_nothing_more_behind_a_list
);

fn reply(text: impl Into<String>) -> HelloResponse {
    HelloResponse { reply: text.into() }
}

/// A service behind a named list, or behind the entries of that list.
#[derive(Clone)]
struct Service {
    tracer: Tracer,
    is_named: bool,
}

#[interceptor(
    self.is_named.then(|| named_list(self.tracer.clone())),
    (!self.is_named).then(|| traced("A", &self.tracer)),
    (!self.is_named).then(|| starts("D.s", self.tracer.clone())),
    (!self.is_named).then(|| traced("E", &self.tracer)),
    (!self.is_named).then(|| starts("F.s", self.tracer.clone())),
    (!self.is_named).then(|| starts("N.s", self.tracer.clone())),
    Traced("B", &self.tracer)
)]
impl Greeter for Service {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.tracer.async_event("H").await?;
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.tracer.async_event("H").await?;
        let name = request.name;
        Ok(tokio_stream::iter(1..=3).then(move |n| {
            let text = format!("{name} {n}");
            async move {
                self.tracer.async_event("y").await?;
                Ok(reply(text))
            }
        }))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        self.tracer.async_event("H").await?;
        let mut names = Vec::new();
        while let Ok(Some(request)) = requests.message().await {
            self.tracer.async_event("h").await?;
            names.push(request.name);
        }
        Ok(reply(names.join(" ")))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        self.tracer.async_event("H").await?;
        Ok(requests.then(move |request| async move {
            let request = request?;
            self.tracer.async_event("y").await?;
            Ok(reply(request.name))
        }))
    }
}

fn greetings() -> impl Stream<Item = HelloRequest> {
    tokio_stream::iter(["a", "b", "c"]).map(hello)
}

type Played = (String, Vec<String>, Result<(), (Code, String)>);

/// Makes a call of each shape that streams, and returns the traces and what the client sees.
async fn play(setup: Setup, plan: Plan, is_named: bool) -> Vec<Played> {
    let mut played = Vec::new();
    for shape in 0..3 {
        let service = Service { tracer: Tracer::new(plan), is_named };
        let tracer = service.tracer.clone();
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
        let (responses, end) = match shape {
            0 => all_responses(client.lots_of_replies(hello("a")).await).await,
            1 => all_responses(client.bidi_hello(greetings()).await).await,
            _ => match client.lots_of_greetings(greetings()).await {
                Ok(response) => (vec![response.into_inner().reply], Ok(())),
                Err(status) => (vec![], Err((status.code(), status.message().to_owned()))),
            },
        };
        // The server may end the call some time after the client has the status.
        if tracer.trace() != "A.s" {
            tracer.finished().await;
        }
        played.push((tracer.trace(), responses, end));
    }
    played
}

async fn a_stream_passes_the_entries_of_a_list_in_their_place(setup: Setup) {
    let played = play(setup, Plan::default(), true).await;
    let (starts, end) = ("A.s D.s E.s F.s N.s B.s", "B.f(ok) E.f(ok) A.f(ok)");
    let (request, response) = ("A.r E.r B.r", "B.w E.w A.w");
    let traces: Vec<_> = played.iter().map(|(trace, ..)| trace.as_str()).collect();
    let each = format!("y {response}");
    assert_eq!(traces[0], format!("{starts} {request} H {each} {each} {each} {end}"));
    let each = format!("{request} y {response}");
    assert_eq!(traces[1], format!("{starts} H {each} {each} {each} {end}"));
    let each = format!("{request} h");
    assert_eq!(traces[2], format!("{starts} H {each} {each} {each} {response} {end}"));
}

async fn each_failure_and_each_panic_is_that_of_a_list_written_in_its_place(setup: Setup) {
    for plan in plans() {
        let [named, in_place] = [play(setup, plan, true).await, play(setup, plan, false).await];
        assert_eq!(named, in_place, "{} {} {}", plan.fails, plan.panics, plan.after);
    }
}

async fn a_client_that_goes_away_interrupts_each_entry_of_a_list(setup: Setup) {
    for (event, expected) in [
        ("N.s", "A.s D.s E.s F.s N.s E.f(interrupted) A.f(interrupted)"),
        ("B.s", "A.s D.s E.s F.s N.s B.s E.f(interrupted) A.f(interrupted)"),
        ("h", "A.s D.s E.s F.s N.s B.s H A.r E.r B.r h B.f(interrupted) E.f(interrupted) A.f(interrupted)"),
    ] {
        let tracer = Tracer::new(Plan { hangs: event, ..Plan::default() });
        let service = Service { tracer: tracer.clone(), is_named: true };
        let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
        let requests = greetings().chain(tokio_stream::pending());
        let call = tokio::spawn(async move { client.lots_of_greetings(requests).await.map(drop) });
        surely(tracer.shared.hanging.notified()).await;
        call.abort();
        tracer.finished().await;
        assert_eq!(tracer.trace(), expected);
    }
}

/// Keeps the request stream in a task that outlives the call.
#[derive(Clone)]
struct Spawning(Tracer);

#[interceptor(named_list(self.0.clone()))]
impl Greeter for Spawning {
    async fn say_hello(&self, _request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(""))
    }

    async fn lots_of_replies(
        &self,
        _request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let tracer = self.0.clone();
        tokio::spawn(async move {
            surely(tracer.shared.finished.notified()).await;
            let end = requests.message().await.map(|_| ()).map_err(|status| status.code());
            let _ = tracer.event(&format!("task: {end:?}"));
            tracer.shared.hanging.notify_one();
        });
        Ok(reply(""))
    }

    async fn bidi_hello(
        &self,
        _requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::empty())
    }
}

async fn a_stream_that_outlives_its_call_reads_nothing_more_behind_a_list(setup: Setup) {
    let tracer = Tracer::default();
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(Spawning(tracer.clone())))).await;
    client.lots_of_greetings(greetings()).await.unwrap();
    surely(tracer.shared.hanging.notified()).await;
    let starts = "A.s D.s E.s F.s N.s";
    assert_eq!(tracer.trace(), format!("{starts} E.w A.w E.f(ok) A.f(ok) task: Err(Cancelled)"));
}
