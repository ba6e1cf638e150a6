//! `RateLimit` accepts the calls of its quota in every shape, however they end, and says when to try again.

use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::Channel;
use vestibule::details::{self, QuotaFailure, RetryInfo};
use vestibule::{Call, Code, Status, Streaming, client, interceptor};
use vestibule_interceptors::{Quota, RateLimit, Retry};

use super::ended_calls::{End, call};
use super::observed::{METHODS, Observed};
use super::retry_server::channel;
use super::slow::reply;
use crate::support::{
    Setup, all_responses, answer, connect_greeter, hello, in_every_setup, ping, probe_in, serve_in, surely,
};

in_every_setup!(
    a_call_counts_in_every_shape_however_it_ends,
    a_refused_call_says_when_to_try_again,
    a_caller_has_a_quota_of_its_own,
    methods_have_quotas_of_their_own_if_asked_for,
    addresses_are_counted_apart,
    a_stream_is_one_call_or_as_many_as_it_has_messages,
    a_client_that_retries_waits_as_long_as_the_server_says
);

/// No call of these tests comes back within the time that a test takes.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn limit(calls: u32) -> RateLimit {
    RateLimit::new("calls", Quota::new(calls, DAY))
}

fn refused() -> (Code, String) {
    (Code::ResourceExhausted, "rate limit exceeded".to_owned())
}

async fn a_call_counts_in_every_shape_however_it_ends(setup: Setup) {
    for end in End::ALL {
        let service = Observed::new(limit(4));
        let client = connect_greeter(serve_in!(setup, GreeterServer::new(service.clone()))).await;
        for path in METHODS {
            surely(call(client.clone(), path, end, &service.hanging)).await;
        }
        for mut client in [client.clone(), client] {
            let refused_in_every_shape = [
                client.say_hello(hello("ada")).await.map(drop),
                client.lots_of_replies(hello("ada")).await.map(drop),
                client.lots_of_greetings(tokio_stream::pending()).await.map(drop),
                client.bidi_hello(tokio_stream::pending()).await.map(drop),
            ];
            for result in refused_in_every_shape {
                let status = result.expect_err("four calls were made");
                assert_eq!((status.code(), status.message().to_owned()), refused(), "{end:?}");
            }
        }
    }
}

async fn a_refused_call_says_when_to_try_again(setup: Setup) {
    let service = Observed::new(limit(1));
    let mut client = connect_greeter(serve_in!(setup, GreeterServer::new(service))).await;
    client.say_hello(hello("ada")).await.unwrap();
    let status = client.say_hello(hello("ada")).await.unwrap_err();
    let wait = details::find::<RetryInfo>(&status).unwrap().retry_delay.unwrap();
    assert!(wait <= DAY && wait > DAY / 2, "{wait:?}");
    let pushback = status.metadata().get("grpc-retry-pushback-ms").unwrap().to_str().unwrap();
    assert_eq!(pushback, wait.as_millis().to_string());
    let failure = details::find::<QuotaFailure>(&status).unwrap();
    assert_eq!(failure.violations[0].subject, "calls");
    assert_eq!(failure.violations[0].description, "at most 1 in 86400s");
}

/// Counts the calls of each tenant, after it is known.
#[derive(Clone)]
struct ByTenant {
    calls: RateLimit,
    urls: RateLimit,
}

struct Tenant(String);

#[interceptor(phase = Authenticate)]
async fn tenant(call: &Call) -> Result<Tenant, Status> {
    Ok(Tenant(call.get::<&str>("x-tenant")?.to_owned()))
}

#[interceptor(tenant = tenant(), self.calls.key(&tenant.0))]
impl Probe for ByTenant {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[interceptor(self.urls.key(&tenant.0))]
    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

async fn a_caller_has_a_quota_of_its_own(setup: Setup) {
    let mut client = probe_in!(setup, ByTenant { calls: limit(3), urls: limit(1) });
    for tenant in ["ada", "bob"] {
        let request = || ping(&[("x-tenant", tenant)]);
        assert_eq!(answer(client.get_url(request()).await), Ok("ping".to_owned()));
        // The method has a quota of its own. A call that it refuses counts for the service.
        assert_eq!(answer(client.get_url(request()).await), Err(refused()));
        assert_eq!(answer(client.echo(request()).await), Ok("ping".to_owned()));
        assert_eq!(answer(client.echo(request()).await), Err(refused()));
    }
    // A call that is refused before the limit does not count.
    assert_eq!(answer(client.echo(ping(&[])).await).unwrap_err().0, Code::InvalidArgument);
}

/// Has one limit for all of its calls.
#[derive(Clone)]
struct Limited(RateLimit);

#[interceptor(&self.0)]
impl Probe for Limited {
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

async fn methods_have_quotas_of_their_own_if_asked_for(setup: Setup) {
    let by_tenant = |call: &Call| call.get::<&str>("x-tenant").unwrap_or_default().to_owned();
    for (limit, expected) in [(limit(1), false), (limit(1).by(by_tenant).per_method(), true)] {
        let mut client = probe_in!(setup, Limited(limit));
        assert_eq!(answer(client.echo(ping(&[])).await), Ok("ping".to_owned()));
        assert_eq!(client.get_url(ping(&[])).await.is_ok(), expected);
        assert_eq!(client.echo(ping(&[("x-tenant", "ada")])).await.is_ok(), expected);
        assert_eq!(answer(client.echo(ping(&[])).await), Err(refused()));
    }
}

async fn addresses_are_counted_apart(setup: Setup) {
    let limit = limit(2).by_ip();
    let mut client = probe_in!(setup, Limited(limit.clone()));
    // The other connection has another port, and the same address.
    let mut other = probe_in!(setup, Limited(limit.clone()));
    assert!(client.echo(ping(&[])).await.is_ok());
    assert!(other.echo(ping(&[])).await.is_ok());
    assert_eq!(answer(client.echo(ping(&[])).await), Err(refused()));
    assert_eq!(limit.keys(), 1);
}

#[derive(Clone)]
struct Chat {
    limit: RateLimit,
}

#[interceptor(&self.limit)]
impl Greeter for Chat {
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        Ok(reply(request.name))
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(tokio_stream::iter([Ok(reply(request.name.clone())), Ok(reply(request.name))]))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        while requests.message().await?.is_some() {}
        Ok(reply("all"))
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.map(|request| Ok(reply(request?.name))))
    }
}

async fn chat(setup: Setup, limit: RateLimit) -> GreeterClient<Channel> {
    connect_greeter(serve_in!(setup, GreeterServer::new(Chat { limit }))).await
}

async fn a_stream_is_one_call_or_as_many_as_it_has_messages(setup: Setup) {
    let mut client = chat(setup, limit(2)).await;
    let five = || tokio_stream::iter(["a", "b", "c", "d", "e"].map(hello));
    assert_eq!(all_responses(client.bidi_hello(five()).await).await.0.len(), 5);
    assert!(client.lots_of_greetings(five()).await.is_ok());
    assert_eq!(client.lots_of_greetings(five()).await.unwrap_err().code(), Code::ResourceExhausted);

    let mut client = chat(setup, limit(6).each_message()).await;
    assert!(client.lots_of_greetings(five()).await.is_ok());
    let (requests, receiver) = mpsc::channel(1);
    let mut stream = client.bidi_hello(ReceiverStream::new(receiver)).await.unwrap().into_inner();
    requests.send(hello("paid")).await.unwrap();
    assert_eq!(stream.message().await.unwrap(), Some(reply("paid")));
    requests.send(hello("not paid")).await.unwrap();
    let status = stream.message().await.unwrap_err();
    assert_eq!((status.code(), status.message().to_owned()), refused());
    assert!(status.metadata().get("grpc-retry-pushback-ms").is_some());

    // A call with one message costs one.
    let mut client = chat(setup, limit(3).each_message()).await;
    assert!(client.say_hello(hello("a")).await.is_ok());
    assert_eq!(all_responses(client.lots_of_replies(hello("a")).await).await.0.len(), 2);
    assert!(client.say_hello(hello("a")).await.is_ok());
    assert!(client.say_hello(hello("a")).await.is_err());
}

async fn a_client_that_retries_waits_as_long_as_the_server_says(setup: Setup) {
    let limit = RateLimit::new("calls", Quota::new(1, Duration::from_millis(300)));
    let addr = serve_in!(setup, GreeterServer::new(Chat { limit }));
    // Its own backoff would be over in an instant, and its attempts with it.
    let retry = Retry::new(2).codes([Code::ResourceExhausted]).backoff(Duration::ZERO, Duration::ZERO);
    let mut client = GreeterClient::new(client(channel(addr), (retry,)));
    for _ in 0..3 {
        assert!(surely(client.say_hello(hello("ada"))).await.is_ok());
    }
}

/// On a client, the limit refuses calls before they are sent.
#[tokio::test]
async fn a_client_limits_its_own_calls() {
    let addr = crate::support::serve(GreeterServer::new(Chat { limit: limit(100) })).await;
    let mut client = GreeterClient::new(client(channel(addr), (limit(1),)));
    assert!(client.say_hello(hello("ada")).await.is_ok());
    let status = client.say_hello(hello("ada")).await.unwrap_err();
    assert_eq!((status.code(), status.message().to_owned()), refused());
}
