//! A service that an interceptor observes, and that ends its calls as the client asks.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::StdError;
use vestibule::{Call, Code, Hooks, Interceptor, Rpc, Status, Streaming, interceptor};
use vestibule_interceptors::Deadline;

use super::slow::{reply, with_timeout};
use crate::support::hello;

/// A service behind an observer. The name in a request says how the call goes on: `fail`, `panic`, and so on, or well.
#[derive(Clone)]
pub(crate) struct Observed<I> {
    pub(crate) observer: I,
    /// Is notified when a call hangs whose client is to go away.
    pub(crate) hanging: Arc<Notify>,
}

impl<I> Observed<I> {
    pub(crate) fn new(observer: I) -> Self {
        Self { observer, hanging: Arc::default() }
    }

    async fn act(&self, name: String) -> Result<HelloResponse, Status> {
        match name.as_str() {
            "fail" => return Err(Status::data_loss("a text with a secret")),
            "not found" => return Err(Status::not_found("a text with a secret")),
            "panic" => panic!("a text with a secret"),
            "hang" => {
                self.hanging.notify_one();
                std::future::pending::<()>().await;
            }
            "late" => std::future::pending::<()>().await,
            _ => {}
        }
        Ok(reply(name))
    }
}

/// Rejects a call with the metadata `x-refuse`.
#[interceptor]
async fn refuse(call: &Call) -> Result<(), Status> {
    match call.metadata().get("x-refuse") {
        Some(_) => Err(Status::unauthenticated("who are you?")),
        None => Ok(()),
    }
}

#[interceptor(&self.observer, Deadline::new(), refuse())]
impl<I> Greeter for Observed<I>
where
    I: Interceptor<Provides: 'static, Hooks: Hooks<Rpc<HelloRequest, HelloResponse>>> + Clone + 'static,
{
    async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
        self.act(request.name).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let messages = ["first".to_owned(), "second".to_owned(), request.name];
        Ok(tokio_stream::iter(messages).then(|name| self.act(name)))
    }

    async fn lots_of_greetings(
        &self,
        mut requests: Streaming<HelloRequest>,
    ) -> Result<HelloResponse, Status> {
        let mut last = reply("none");
        while let Some(request) = requests.message().await? {
            last = self.act(request.name).await?;
        }
        Ok(last)
    }

    async fn bidi_hello(
        &self,
        requests: Streaming<HelloRequest>,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        Ok(requests.then(|request| async { self.act(request?.name).await }))
    }
}

/// The end of a call that a test provokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Ok,
    Failure,
    /// A failure that is the client's fault.
    NotFound,
    Panic,
    /// An inner interceptor rejects the call.
    Refused,
    /// The client goes away while the handler hangs.
    ClientGone,
    Deadline,
}

impl End {
    pub(crate) const ALL: [Self; 7] = [
        Self::Ok,
        Self::Failure,
        Self::NotFound,
        Self::Panic,
        Self::Refused,
        Self::ClientGone,
        Self::Deadline,
    ];

    /// Returns the code that a server observes.
    pub(crate) fn code(self) -> Code {
        match self {
            Self::Ok => Code::Ok,
            Self::Failure => Code::DataLoss,
            Self::NotFound => Code::NotFound,
            Self::Panic => Code::Internal,
            Self::Refused => Code::Unauthenticated,
            Self::ClientGone => Code::Cancelled,
            Self::Deadline => Code::DeadlineExceeded,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ok | Self::Refused => "ada",
            Self::Failure => "fail",
            Self::NotFound => "not found",
            Self::Panic => "panic",
            Self::ClientGone => "hang",
            Self::Deadline => "late",
        }
    }

    fn request<T>(self, message: T) -> Request<T> {
        // The time is long enough for a call to reach its handler on a busy machine.
        let timeout =
            if self == Self::Deadline { Duration::from_millis(300) } else { Duration::from_secs(60) };
        let mut request = with_timeout(message, timeout);
        if self == Self::Refused {
            request.metadata_mut().insert("x-refuse", "yes".parse().unwrap());
        }
        request.metadata_mut().insert("authorization", "Bearer a secret".parse().unwrap());
        request
    }
}

pub(crate) const METHODS: [&str; 4] =
    ["pb.Greeter/SayHello", "pb.Greeter/LotsOfReplies", "pb.Greeter/LotsOfGreetings", "pb.Greeter/BidiHello"];

/// Makes a call of one shape that ends as it is asked to, until the client knows its end.
///
/// For the deadline of a server, the client is to be `Untimed`. Otherwise it would sometimes go away shortly before its
/// deadline.
pub(crate) async fn call<T>(mut client: GreeterClient<T>, method: &str, end: End, hanging: &Notify)
where
    T: GrpcService<Body, Error: Into<StdError>>,
    T::ResponseBody: http_body::Body<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
{
    let names = ["first", "second", end.name()];
    let calls = async {
        match method {
            "pb.Greeter/SayHello" => drop(client.say_hello(end.request(hello(end.name()))).await),
            "pb.Greeter/LotsOfReplies" => {
                drain(client.lots_of_replies(end.request(hello(end.name()))).await).await;
            }
            "pb.Greeter/LotsOfGreetings" => {
                drop(client.lots_of_greetings(end.request(tokio_stream::iter(names.map(hello)))).await);
            }
            _ => drain(client.bidi_hello(end.request(tokio_stream::iter(names.map(hello)))).await).await,
        }
    };
    if end == End::ClientGone {
        tokio::select! {
            () = calls => panic!("it hangs"),
            () = hanging.notified() => {}
        }
    } else {
        calls.await;
    }
}

async fn drain(response: Result<tonic::Response<tonic::Streaming<HelloResponse>>, Status>) {
    let Ok(response) = response else { return };
    let mut responses = response.into_inner();
    while let Ok(Some(_)) = responses.message().await {}
}
