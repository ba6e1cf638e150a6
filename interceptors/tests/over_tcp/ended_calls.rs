//! Calls that end in each way, and the code of the handler that ends them so.

use std::time::Duration;

use bytes::Bytes;
use proto::hello::greeter_client::GreeterClient;
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codegen::StdError;
use vestibule::{Code, Status, Streaming};

use super::slow::{reply, with_timeout};
use crate::support::hello;

/// No output may contain it, because it stands for a credential, for metadata, for a message and for the text of a status.
pub(crate) const SECRET: &str = "hunter2";

/// Handles a message, whose name says how the call goes on. `hanging` is notified when a call hangs whose client is to go
/// away.
pub(crate) async fn act(name: String, hanging: &Notify) -> Result<HelloResponse, Status> {
    match name.as_str() {
        "fail" => return Err(Status::data_loss(SECRET)),
        "not found" => return Err(Status::not_found(SECRET)),
        "panic" => panic!("{SECRET}"),
        "hang" => {
            hanging.notify_one();
            std::future::pending::<()>().await;
        }
        "late" => std::future::pending::<()>().await,
        _ => {}
    }
    Ok(reply(name))
}

/// Responds twice, and then acts on the name of the only request.
pub(crate) fn replies(
    name: String,
    hanging: &Notify,
) -> impl Stream<Item = Result<HelloResponse, Status>> + Send {
    let names = ["first".to_owned(), "second".to_owned(), name];
    tokio_stream::iter(names).then(move |name| act(name, hanging))
}

/// Acts on each request, and responds once.
pub(crate) async fn last_reply(
    mut requests: Streaming<HelloRequest>,
    hanging: &Notify,
) -> Result<HelloResponse, Status> {
    let mut last = reply("none");
    while let Some(request) = requests.message().await? {
        last = act(request.name, hanging).await?;
    }
    Ok(last)
}

/// Acts on each request, and responds to it.
pub(crate) fn reply_to_each(
    requests: Streaming<HelloRequest>,
    hanging: &Notify,
) -> impl Stream<Item = Result<HelloResponse, Status>> + Send {
    requests.then(move |request| async move { act(request?.name, hanging).await })
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

    pub(crate) fn name(self) -> &'static str {
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
        let metadata = request.metadata_mut();
        if self == Self::Refused {
            metadata.insert("x-refuse", "yes".parse().unwrap());
        }
        for key in ["authorization", "cookie", "x-tenant"] {
            metadata.insert(key, SECRET.parse().unwrap());
        }
        metadata.insert("x-request-id", "request-7".parse().unwrap());
        request
    }
}

/// Makes a call of one shape that ends as it is asked to, until the client knows its end. The slash in front of the path may
/// be absent, as in the names of spans.
///
/// For the deadline of a server, the client is to be `Untimed`. Otherwise it would sometimes go away shortly before its
/// deadline.
pub(crate) async fn call<T>(mut client: GreeterClient<T>, path: &str, end: End, hanging: &Notify)
where
    T: GrpcService<Body, Error: Into<StdError>>,
    T::ResponseBody: http_body::Body<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
{
    let names = ["first", "second", end.name()];
    let calls = async {
        match path.trim_start_matches('/') {
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
