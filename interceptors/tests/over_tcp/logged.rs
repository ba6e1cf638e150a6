//! A service that is logged and audited, calls of it that end in each way, and the lines that they leave.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use proto::hello::greeter_client::GreeterClient;
use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use tokio::sync::Notify;
use tokio_stream::{Stream, StreamExt};
use tonic::Request;
use tracing::Level;
use vestibule::{Call, Code, Status, Streaming, interceptor};
use vestibule_interceptors::{AccessLog, AllSizes, Audit, CallLog, Deadline, JsonLines, RequestId, WhenFull};

use super::slow::{reply, with_timeout};
use crate::support::hello;
use crate::support::log::{Log, enable};
use crate::support::surely;
use crate::support::untimed::Untimed;

/// No line may contain it, because it stands for a credential, for metadata, for a message and for the text of a status.
pub(crate) const SECRET: &str = "hunter2";

/// Returns an audit that writes lines of JSON to a log.
pub(crate) fn audit_to(log: &Log) -> Audit {
    Audit::new(JsonLines::new(log.clone()), NonZeroUsize::new(16).unwrap(), WhenFull::Block)
}

/// The name in a request says how the call goes on.
#[derive(Clone)]
pub(crate) struct Logged {
    pub(crate) log: AccessLog<AllSizes>,
    pub(crate) audit: Audit,
    /// Is notified when a call hangs whose client is to go away.
    pub(crate) hanging: Arc<Notify>,
}

impl Logged {
    pub(crate) fn new(log: AccessLog, audit: Audit) -> Self {
        let log = log.message_sizes();
        Self { log, audit, hanging: Arc::default() }
    }

    async fn act(&self, name: String) -> Result<HelloResponse, Status> {
        match name.as_str() {
            "fail" => return Err(Status::data_loss(SECRET)),
            "not found" => return Err(Status::not_found(SECRET)),
            "panic" => panic!("{SECRET}"),
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

pub(crate) struct Caller(&'static str);

/// Rejects a call with the metadata `x-refuse`.
#[interceptor(phase = Authenticate)]
pub(crate) async fn authenticate(call: &Call) -> Result<Caller, Status> {
    match call.metadata().get("x-refuse") {
        Some(_) => Err(Status::unauthenticated(SECRET)),
        None => Ok(Caller("ada")),
    }
}

#[interceptor(
    _id = RequestId::new().trust(|_: &Call| true),
    log = self.log,
    audit = &self.audit,
    caller = authenticate(),
    log.caller(caller.0),
    audit.caller(caller.0),
    Deadline::new()
)]
impl Greeter for Logged {
    #[interceptor(audit.subject(|request: &HelloRequest| format!("greeting of {}", request.name.len())))]
    async fn say_hello(&self, request: HelloRequest, log: &CallLog) -> Result<HelloResponse, Status> {
        log.add("letters", request.name.len());
        self.act(request.name).await
    }

    async fn lots_of_replies(
        &self,
        request: HelloRequest,
    ) -> Result<impl Stream<Item = Result<HelloResponse, Status>>, Status> {
        let messages = ["first".to_owned(), "second".to_owned(), request.name];
        Ok(tokio_stream::iter(messages).then(|name| self.act(name)))
    }

    #[interceptor(audit.subject(|request: &HelloRequest| format!("greeting of {}", request.name.len())))]
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
pub(crate) enum Ends {
    Well,
    WithFailure,
    NotFound,
    WithPanic,
    Refused,
    /// The client goes away while the handler hangs.
    ClientGone,
    Late,
}

impl Ends {
    pub(crate) const ALL: [Self; 7] = [
        Self::Well,
        Self::WithFailure,
        Self::NotFound,
        Self::WithPanic,
        Self::Refused,
        Self::ClientGone,
        Self::Late,
    ];

    pub(crate) fn code(self) -> Code {
        match self {
            Self::Well => Code::Ok,
            Self::WithFailure => Code::DataLoss,
            Self::NotFound => Code::NotFound,
            Self::WithPanic => Code::Internal,
            Self::Refused => Code::Unauthenticated,
            Self::ClientGone => Code::Cancelled,
            Self::Late => Code::DeadlineExceeded,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Well | Self::Refused => "ada",
            Self::WithFailure => "fail",
            Self::NotFound => "not found",
            Self::WithPanic => "panic",
            Self::ClientGone => "hang",
            Self::Late => "late",
        }
    }

    fn request<T>(self, message: T) -> Request<T> {
        // The time is long enough for a call to reach its handler on a busy machine.
        let timeout = if self == Self::Late { Duration::from_millis(300) } else { Duration::from_secs(60) };
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

pub(crate) const PATHS: [&str; 4] = [
    "/pb.Greeter/SayHello",
    "/pb.Greeter/LotsOfReplies",
    "/pb.Greeter/LotsOfGreetings",
    "/pb.Greeter/BidiHello",
];

/// Makes a call that ends as it is asked to, until its client knows the end.
///
/// The client leaves deadlines to the server. Otherwise it would sometimes go away shortly before its deadline.
pub(crate) async fn call(mut client: GreeterClient<Untimed>, path: &str, ends: Ends, hanging: &Notify) {
    let names = ["first", "second", ends.name()];
    let call = async {
        match path {
            "/pb.Greeter/SayHello" => drop(client.say_hello(ends.request(hello(ends.name()))).await),
            "/pb.Greeter/LotsOfReplies" => {
                drain(client.lots_of_replies(ends.request(hello(ends.name()))).await).await;
            }
            "/pb.Greeter/LotsOfGreetings" => {
                drop(client.lots_of_greetings(ends.request(tokio_stream::iter(names.map(hello)))).await);
            }
            _ => drain(client.bidi_hello(ends.request(tokio_stream::iter(names.map(hello)))).await).await,
        }
    };
    if ends == Ends::ClientGone {
        tokio::select! {
            () = call => panic!("it hangs"),
            () = hanging.notified() => {}
        }
    } else {
        call.await;
    }
}

async fn drain(response: Result<tonic::Response<tonic::Streaming<HelloResponse>>, Status>) {
    let Ok(response) = response else { return };
    let mut responses = response.into_inner();
    while let Ok(Some(_)) = responses.message().await {}
}

/// Runs a test in this thread alone, with a log of everything up to `level`.
pub(crate) fn logging<F: Future>(level: Level, run: impl FnOnce(Log) -> F) -> F::Output {
    enable();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .with_max_level(level)
        .with_ansi(false)
        .without_time()
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || runtime.block_on(run(log)))
}

/// Waits until the log has `count` lines of the target `vestibule::access`, and returns all of them. Times, ports and
/// UUIDs are replaced.
pub(crate) async fn access_lines(log: &Log, count: usize) -> Vec<String> {
    lines_with_target(log, "vestibule::access", count).await
}

/// Does the same for another target.
pub(crate) async fn lines_with_target(log: &Log, target: &str, count: usize) -> Vec<String> {
    surely(async {
        loop {
            let text = log.text();
            let lines: Vec<_> = text.lines().filter(|line| line.contains(target)).collect();
            if lines.len() >= count {
                return lines.into_iter().map(normalized).collect();
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

/// Replaces what differs from run to run.
pub(crate) fn normalized(line: &str) -> String {
    let word = |word: &str| match word.split_once('=') {
        Some((key @ ("duration_ms" | "deadline_left_ms"), time)) => {
            assert!(time.parse::<f64>().is_ok_and(|time| time >= 0.0), "{line}");
            format!("{key}=TIME")
        }
        Some(("peer", peer)) => {
            assert!(peer.starts_with("127.0.0.1:"), "{line}");
            "peer=PEER".to_owned()
        }
        _ => word.to_owned(),
    };
    line.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}
