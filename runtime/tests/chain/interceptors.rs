//! The forms that an interceptor may have, and what it can do to a call.

use std::sync::Arc;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Request, Response};
use vestibule::{Call, Code, Hooks, Interceptor, Method, Rest, Rpc, Status, interceptor};

use crate::support::tracer::{TracedEnds, Tracer, traced_rest};
use crate::support::{Setup, answer, connect, in_every_setup, ping, pong, serve_in};

in_every_setup!(
    references_arcs_and_options_forward_everything,
    response_metadata_replaces_that_of_the_handler_and_is_sent_with_a_bug,
    a_call_that_ends_well_without_a_response_is_internal,
    what_an_entry_provides_is_dropped_before_those_further_out_go_on,
    references_arcs_and_options_of_interceptors_are_interceptors,
    the_outermost_interceptor_has_the_last_word_on_the_status,
    response_metadata_reaches_the_client_on_success_and_on_failure,
    an_extraction_that_fails_around_the_call_rejects_it
);

// These tests run in one setup only:
// - `a_handler_that_takes_a_request_gets_its_extensions` adds an extension, which does not travel.
// - `hooks_are_asked_for_by_the_messages_of_the_rpc` runs no call.

/// Takes plain parameters of each kind: borrowed, owned, generic and `impl Trait`.
#[interceptor]
async fn describe<'a, T: AsRef<str> + Clone + Send + Sync>(
    prefix: &'a str,
    middle: T,
    suffix: impl Fn() -> u8 + Clone + Send + Sync,
    call: &Call,
    #[metadata("x-tenant")] tenant: &str,
) -> Result<(&'a str, String), Status> {
    Ok((prefix, format!("{prefix} {} {} {tenant} {}", middle.as_ref(), suffix(), call.method().name())))
}

#[interceptor]
async fn replace_status(code: Code, rest: impl Rest) -> Result<(), Status> {
    rest.await.map_err(|status| Status::new(code, format!("replaced {:?}", status.code())))
}

#[interceptor]
async fn never_runs_the_rest(_rest: impl Rest) -> Result<(), Status> {
    Ok(())
}

#[interceptor]
async fn swallows_the_error(rest: impl Rest) -> Result<(), Status> {
    let _ = rest.await;
    Ok(())
}

#[interceptor]
async fn labels(
    label: &'static str,
    #[metadata("x-label")] wanted: Option<&str>,
    call: &Call,
    rest: impl Rest,
) -> Result<(), Status> {
    if wanted.is_some() {
        call.response_metadata().append("x-label", label.parse().expect("a label is ASCII"));
    }
    rest.await
}

struct Probing {
    optional: Option<Upper>,
    shared: Arc<Upper>,
}

/// Turns requests to upper case, and adds an exclamation mark to responses.
struct Upper;

impl Interceptor for Upper {
    type Provides = &'static str;
    type Hooks = Upper;

    async fn start(&self, _call: &Call) -> Result<(&'static str, Upper), Status> {
        Ok(("upper", Upper))
    }
}

trait Text {
    fn text(&mut self) -> &mut String;
}

impl Text for Ping {
    fn text(&mut self) -> &mut String {
        &mut self.text
    }
}

impl Text for Pong {
    fn text(&mut self) -> &mut String {
        &mut self.text
    }
}

impl<M: Method<Request: Text, Response: Text>> Hooks<M> for Upper {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        let text = message.text();
        *text = text.to_uppercase();
        Ok(())
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        message.text().push('!');
        Ok(())
    }
}

#[interceptor(labels("outer"))]
impl Probe for Probing {
    #[interceptor(
        described = describe("a", "b".to_owned(), || 3),
        optional = &self.optional,
        shared = Arc::clone(&self.shared),
        &&Upper,
    )]
    async fn echo(
        &self,
        request: Ping,
        described: &(&str, String),
        optional: &Option<&str>,
        shared: &&str,
    ) -> Result<Pong, Status> {
        Ok(pong(format!("{} {} {optional:?} {shared}", request.text, described.1)))
    }

    #[interceptor(labels("inner"), replace_status(Code::DataLoss), replace_status(Code::Aborted))]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        if request.text == "ping" { Err(Status::not_found("the original")) } else { Ok(pong("fine")) }
    }
}

async fn references_arcs_and_options_of_interceptors_are_interceptors(setup: Setup) {
    for (optional, expected) in [
        (Some(Upper), "PING a b 3 blue Echo Some(\"upper\") upper!!!"),
        (None, "PING a b 3 blue Echo None upper!!"),
    ] {
        let service = Probing { optional, shared: Arc::new(Upper) };
        let mut client = connect(serve_in!(setup, ProbeServer::new(service))).await;
        assert_eq!(answer(client.echo(ping(&[("x-tenant", "blue")])).await), Ok(expected.to_owned()));
    }
}

struct Forwarding(TracedEnds<Tracer>);

#[interceptor]
impl Probe for Forwarding {
    #[interceptor(&self.0, Arc::new(self.0.clone()), Some(self.0.clone()), None::<TracedEnds<Tracer>>)]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Request<Ping>) -> Result<Pong, Status> {
        Ok(pong(request.extensions().get::<&str>().copied().unwrap_or("nothing")))
    }
}

async fn references_arcs_and_options_forward_everything(setup: Setup) {
    let tracer = Tracer::default();
    let service = Forwarding(TracedEnds("A", tracer.clone()));
    let mut client = connect(serve_in!(setup, ProbeServer::new(service))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), Ok("ping".to_owned()));
    assert_eq!(tracer.take(), ["A.a(ok) A.f(ok)"; 3].join(" "));
}

#[tokio::test]
async fn a_handler_that_takes_a_request_gets_its_extensions() {
    let mut request = ping(&[]);
    request.extensions_mut().insert("of a layer");
    let service = Forwarding(TracedEnds("A", Tracer::default()));
    assert_eq!(answer(service.get_url(request).await), Ok("of a layer".to_owned()));
}

struct Labelled;

#[interceptor(labels("interceptor"))]
impl Probe for Labelled {
    async fn echo(&self, request: Ping) -> Result<Response<Pong>, Status> {
        let mut response = Response::new(pong(request.text));
        response.metadata_mut().insert("x-label", "handler".parse().unwrap());
        Ok(response)
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        panic!("with a label")
    }
}

async fn response_metadata_replaces_that_of_the_handler_and_is_sent_with_a_bug(setup: Setup) {
    let mut client = connect(serve_in!(setup, ProbeServer::new(Labelled))).await;
    let response = client.echo(ping(&[("x-label", "1")])).await.unwrap();
    assert_eq!(response.metadata().get_all("x-label").iter().collect::<Vec<_>>(), ["interceptor"]);
    let status = client.get_url(ping(&[("x-label", "1")])).await.unwrap_err();
    assert_eq!(status.metadata().get("x-label").unwrap(), "interceptor");
}

async fn the_outermost_interceptor_has_the_last_word_on_the_status(setup: Setup) {
    let service = Probing { optional: None, shared: Arc::new(Upper) };
    let mut client = connect(serve_in!(setup, ProbeServer::new(service))).await;
    let refused = answer(client.get_url(ping(&[])).await);
    assert_eq!(refused, Err((Code::DataLoss, "replaced Aborted".to_owned())));
}

async fn response_metadata_reaches_the_client_on_success_and_on_failure(setup: Setup) {
    let service = Probing { optional: None, shared: Arc::new(Upper) };
    let mut client = connect(serve_in!(setup, ProbeServer::new(service))).await;
    let labels = |metadata: &tonic::metadata::MetadataMap| {
        metadata.get_all("x-label").iter().map(|label| label.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut request = ping(&[("x-label", "1")]);
    let status = client.get_url(request).await.unwrap_err();
    assert_eq!(labels(status.metadata()), ["outer", "inner"]);
    request = ping(&[("x-label", "1")]);
    request.get_mut().text = "pong".to_owned();
    let response = client.get_url(request).await.unwrap();
    assert_eq!(labels(response.metadata()), ["outer", "inner"]);
}

async fn an_extraction_that_fails_around_the_call_rejects_it(setup: Setup) {
    let service = Probing { optional: None, shared: Arc::new(Upper) };
    let mut client = connect(serve_in!(setup, ProbeServer::new(service))).await;
    let refused = answer(client.get_url(ping(&[("x-label", "1"), ("x-label", "2")])).await);
    assert_eq!(refused, Err((Code::InvalidArgument, "metadata `x-label` must be given once".to_owned())));
}

struct Careless(Tracer);

#[interceptor(traced_rest("A", &self.0))]
impl Probe for Careless {
    #[interceptor(never_runs_the_rest())]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        unreachable!("an interceptor ends the call")
    }

    #[interceptor(swallows_the_error())]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Err(Status::not_found("swallowed"))
    }
}

async fn a_call_that_ends_well_without_a_response_is_internal(setup: Setup) {
    let bug = Err((Code::Internal, "internal error".to_owned()));
    let tracer = Tracer::default();
    let mut client = connect(serve_in!(setup, ProbeServer::new(Careless(tracer.clone())))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), bug);
    assert_eq!(tracer.take(), "A.a(Internal)", "interceptors further out see what the client sees");
    assert_eq!(answer(client.get_url(ping(&[])).await), bug);
    assert_eq!(tracer.take(), "A.a(Internal)");
}

#[test]
fn hooks_are_asked_for_by_the_messages_of_the_rpc() {
    fn assert_hooks<H: Hooks<Rpc<Ping, Pong>>>() {}
    assert_hooks::<Upper>();
    assert_hooks::<Option<Upper>>();
    assert_hooks::<()>();
}

/// Takes the only permit of a pool once the rest has ended.
#[interceptor]
async fn audit(pool: &Semaphore, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    let _permit = pool.try_acquire().map_err(|_| Status::unavailable("an entry further in still has it"))?;
    result
}

#[interceptor]
async fn connection(pool: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Status> {
    pool.try_acquire_owned().map_err(|_| Status::unavailable("no permit"))
}

struct Pooled(Arc<Semaphore>);

#[interceptor(audit(&self.0), connection = connection(Arc::clone(&self.0)))]
impl Probe for Pooled {
    async fn echo(&self, request: Ping, connection: &OwnedSemaphorePermit) -> Result<Pong, Status> {
        assert_eq!(connection.num_permits(), 1);
        Ok(pong(request.text))
    }

    // No parameter takes the value of `connection`.
    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }
}

async fn what_an_entry_provides_is_dropped_before_those_further_out_go_on(setup: Setup) {
    let service = Pooled(Arc::new(Semaphore::new(1)));
    let mut client = connect(serve_in!(setup, ProbeServer::new(service))).await;
    assert_eq!(answer(client.echo(ping(&[])).await), Ok("ping".to_owned()));
    assert_eq!(answer(client.get_url(ping(&[])).await), Ok("ping".to_owned()));
}
