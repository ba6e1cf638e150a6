//! What an interceptor may be, and what it can do to a call.

mod support;

use std::sync::{Arc, Mutex};

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use support::{answer, connect, ping, pong, serve};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::{Request, Response};
use vestibule::{Call, Code, Hooks, Interceptor, Method, Mount, Outcome, Rest, Rpc, Status, interceptor};

/// Plain parameters of every kind: borrowed, owned, generic, `impl Trait`.
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

/// Turns requests to upper case, with an exclamation mark on replies.
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
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        if request.text == "ping" { Err(Status::not_found("the original")) } else { Ok(pong("fine")) }
    }
}

#[tokio::test]
async fn references_arcs_and_options_of_interceptors_are_interceptors() {
    for (optional, expected) in [
        (Some(Upper), "PING a b 3 blue Echo Some(\"upper\") upper!!!"),
        (None, "PING a b 3 blue Echo None upper!!"),
    ] {
        let service = Probing { optional, shared: Arc::new(Upper) };
        let mut client = connect(serve(ProbeServer::new(service)).await).await;
        assert_eq!(answer(client.echo(ping(&[("x-tenant", "blue")])).await), Ok(expected.to_owned()));
    }
}

/// Writes down that it wraps a call, and its end.
#[derive(Clone, Default)]
struct Wrapping(Arc<Mutex<String>>);

impl Interceptor for Wrapping {
    type Provides = ();
    type Hooks = Wrapping;

    async fn start(&self, _call: &Call) -> Result<((), Wrapping), Status> {
        Ok(((), self.clone()))
    }

    async fn around<R: Rest>(&self, _call: &Call, (): &(), rest: R) -> Result<(), Status> {
        let result = rest.await;
        self.0.lock().unwrap().push_str(" around");
        result
    }
}

impl<M: Method> Hooks<M> for Wrapping {
    fn on_finish(&mut self, outcome: &Outcome) {
        assert_eq!(outcome.code(), Some(Code::Ok));
        self.0.lock().unwrap().push_str(" finish");
    }
}

struct Forwarding(Wrapping);

#[interceptor]
impl Probe for Forwarding {
    #[interceptor(&self.0, Arc::new(self.0.clone()), Some(self.0.clone()), None::<Wrapping>)]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }

    async fn get_url(&self, request: Request<Ping>) -> Result<Pong, Status> {
        Ok(pong(request.extensions().get::<&str>().copied().unwrap_or("nothing")))
    }
}

#[tokio::test]
async fn references_arcs_and_options_forward_everything() {
    let service = Forwarding(Wrapping::default());
    assert_eq!(answer(service.echo(ping(&[])).await), Ok("ping".to_owned()));
    assert_eq!(*service.0.0.lock().unwrap(), " around finish around finish around finish");
}

#[tokio::test]
async fn a_handler_that_takes_a_request_gets_its_extensions() {
    let mut request = ping(&[]);
    request.extensions_mut().insert("of a layer");
    let service = Forwarding(Wrapping::default());
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

    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        panic!("with a label")
    }
}

#[tokio::test]
async fn response_metadata_stands_in_for_that_of_the_handler_and_is_sent_with_a_bug() {
    let response = Labelled.echo(ping(&[("x-label", "1")])).await.unwrap();
    assert_eq!(response.metadata().get_all("x-label").iter().collect::<Vec<_>>(), ["interceptor"]);
    let status = Labelled.get_url(ping(&[("x-label", "1")])).await.unwrap_err();
    assert_eq!(status.metadata().get("x-label").unwrap(), "interceptor");
}

#[tokio::test]
async fn the_outermost_interceptor_has_the_last_word_on_the_status() {
    let service = Probing { optional: None, shared: Arc::new(Upper) };
    let mut client = connect(serve(ProbeServer::new(service)).await).await;
    let refused = answer(client.get_url(ping(&[])).await);
    assert_eq!(refused, Err((Code::DataLoss, "replaced Aborted".to_owned())));
}

#[tokio::test]
async fn response_metadata_reaches_the_client_on_success_and_on_failure() {
    let service = Probing { optional: None, shared: Arc::new(Upper) };
    let mut client = connect(serve(ProbeServer::new(service)).await).await;
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

#[tokio::test]
async fn an_extraction_that_fails_around_the_call_rejects_it() {
    let service = Probing { optional: None, shared: Arc::new(Upper) };
    let mut client = connect(serve(ProbeServer::new(service)).await).await;
    let refused = answer(client.get_url(ping(&[("x-label", "1"), ("x-label", "2")])).await);
    assert_eq!(refused, Err((Code::InvalidArgument, "metadata `x-label` must be given once".to_owned())));
}

#[derive(Default)]
struct Careless(Mutex<String>);

#[interceptor]
async fn sees_the_end(log: &Mutex<String>, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    *log.lock().unwrap() = format!("{:?}", result.as_ref().map_err(Status::code));
    result
}

#[interceptor(sees_the_end(&self.0))]
impl Probe for Careless {
    #[interceptor(never_runs_the_rest())]
    async fn echo(&self, _request: Ping) -> Result<Pong, Status> {
        unreachable!("an interceptor ends the call")
    }

    #[interceptor(swallows_the_error())]
    async fn get_url(&self, _request: Ping) -> Result<Pong, Status> {
        Err(Status::not_found("swallowed"))
    }
}

#[tokio::test]
async fn a_call_that_ends_well_without_a_reply_is_internal() {
    let bug = Err((Code::Internal, "internal error".to_owned()));
    let careless = Careless::default();
    assert_eq!(answer(careless.echo(ping(&[])).await), bug);
    assert_eq!(*careless.0.lock().unwrap(), "Err(Internal)", "those further out see what the client sees");
    assert_eq!(answer(careless.get_url(ping(&[])).await), bug);
    assert_eq!(*careless.0.lock().unwrap(), "Err(Internal)");
}

#[test]
fn hooks_are_asked_for_by_the_messages_of_the_rpc() {
    fn assert_hooks<H: Hooks<Rpc<Ping, Pong>>>() {}
    assert_hooks::<Upper>();
    assert_hooks::<Option<Upper>>();
    assert_hooks::<()>();
}

/// Takes the one place of a pool once the rest has ended.
#[interceptor]
async fn audit(pool: &Semaphore, rest: impl Rest) -> Result<(), Status> {
    let result = rest.await;
    let _place =
        pool.try_acquire().map_err(|_| Status::unavailable("what an inner entry has is not free"))?;
    result
}

#[interceptor]
async fn connection(pool: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Status> {
    pool.try_acquire_owned().map_err(|_| Status::unavailable("no place"))
}

struct Pooled(Arc<Semaphore>);

#[interceptor(audit(&self.0), connection = connection(Arc::clone(&self.0)))]
impl Probe for Pooled {
    async fn echo(&self, request: Ping, connection: &OwnedSemaphorePermit) -> Result<Pong, Status> {
        assert_eq!(connection.num_permits(), 1);
        Ok(pong(request.text))
    }

    // Nobody takes its value.
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(pong(request.text))
    }
}

#[tokio::test]
async fn what_an_entry_provides_is_dropped_before_those_further_out_go_on() {
    let service = || Pooled(Arc::new(Semaphore::new(1)));
    for addr in [serve(ProbeServer::new(service())).await, serve(Mount::new(service())).await] {
        let mut client = connect(addr).await;
        assert_eq!(answer(client.echo(ping(&[])).await), Ok("ping".to_owned()));
        assert_eq!(answer(client.get_url(ping(&[])).await), Ok("ping".to_owned()));
    }
}
