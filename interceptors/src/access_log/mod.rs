mod call_log;
mod levels;
mod line;
mod message_log;
mod sample;
mod settings;
mod sizes;
mod trace_ids;

use std::marker::PhantomData;

use tonic::Status;
use tracing::Level;
use vestibule::{Call, Code, Hooks, Interceptor, Method, Outcome, interceptor};

pub use call_log::{CallLog, LogField};
pub use message_log::MessageLog;
pub use sample::Sample;
pub use sizes::{EncodedSizes, MessageSizes};

use crate::conventions::Side;
use crate::metadata_key::check_logged;
use levels::Levels;
use settings::Settings;
use sizes::Sizes;

/// Logs each call when it ends, through `tracing`, with the target `vestibule::access`.
///
/// A call of every shape has one line, however it ends: also if it panics, if its client goes away, or if an inner
/// interceptor rejects it.
///
/// ```
/// use vestibule_interceptors::{AccessLog, CallLog};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
/// # struct Caller { name: String }
/// # #[interceptor(phase = Authenticate)]
/// # async fn authenticate() -> Result<Caller, Status> { Ok(Caller { name: "ada".to_owned() }) }
/// # struct Calculator;
///
/// #[interceptor(log = AccessLog::server(), caller = authenticate(), log.caller(&caller.name))]
/// impl Calculatrice for Calculator {
///     async fn addition(
///         &self,
///         request: AdditionRequest,
///         log: &CallLog,
///     ) -> Result<AdditionResponse, Status> {
///         log.add_field("operands", 2);
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
/// ```
///
/// The subscriber of `tracing_subscriber::fmt` prints the call as this line:
///
/// ```text
/// INFO vestibule::access: finished call side="server" method="/calcul.Calculatrice/Addition" shape="unary"
///   peer=127.0.0.1:51230 code="OK" duration_ms=0.214 requests=1 responses=1 caller="ada" fields=operands=2
/// ```
///
/// `log` is the value that the interceptor provides. An entry adds the caller, because the log is further out than the
/// entry that knows it. `#[skip(log)]` on a method leaves its line out.
///
/// # Fields
///
/// | field | is |
/// | --- | --- |
/// | `side` | `server` or `client` |
/// | `method` | the path, `/package.Service/Method` |
/// | `shape` | `unary`, `client_streaming`, `server_streaming` or `bidirectional`; absent in a layer and on a client, which do not know it |
/// | `peer` | the address of the peer; absent on a client and without TCP |
/// | `code` | the code as gRPC writes it, such as `NOT_FOUND` |
/// | `ended_by` | `panicked` or `interrupted`; absent if the call has a status of its own |
/// | `duration_ms` | the time since this interceptor started |
/// | `deadline_left_ms` | the time that was left until the deadline, without limits of inner interceptors; absent without one |
/// | `requests`, `responses` | the messages each way. A client counts a response when it has arrived: one frame of HTTP/2 may hold several, and the caller may not have taken all of them |
/// | `request_bytes`, `response_bytes` | their sizes on the wire in a layer and on a client; see [`message_sizes`](Self::message_sizes) for a service |
/// | `request_id` | the id that an outer `SetRequestId` has set |
/// | `trace_id`, `span_id` | those of the OpenTelemetry span that is active when the call starts, such as that of an outer `Trace`; with the feature `opentelemetry` |
/// | `caller` | what [`CallLog::caller`] was given |
/// | `metadata` | the listed [keys](Self::metadata) |
/// | `fields` | what [`CallLog::add_field`] was given |
/// | `status_message` | the text of the status, if it is [asked for](Self::status_message) |
///
/// | it | what |
/// | --- | --- |
/// | reads | the listed metadata, the deadline, the address of the peer |
/// | writes | nothing |
/// | logs | one line for each call |
/// | counts | nothing |
///
/// An `AccessLog` that is made for the other side says so once, at the level ERROR with the target `vestibule`.
///
/// Nothing else of a call is in the line: no other metadata, no message, no text of a status. Values and the path are cut
/// after 256 bytes. `metadata` and `fields` have 32 values at most. [`MessageLog`] logs the messages.
///
/// An interrupted call has the code CANCELLED, or `DEADLINE_EXCEEDED` if its time was over.
///
/// # Levels
///
/// They are those of go-grpc-middleware:
///
/// | level | on a server | on a client |
/// | --- | --- | --- |
/// | DEBUG | | OK, CANCELLED, `INVALID_ARGUMENT`, `NOT_FOUND`, `ALREADY_EXISTS`, `RESOURCE_EXHAUSTED`, `FAILED_PRECONDITION`, ABORTED, `OUT_OF_RANGE` |
/// | INFO | OK, CANCELLED, `INVALID_ARGUMENT`, `NOT_FOUND`, `ALREADY_EXISTS`, UNAUTHENTICATED | UNKNOWN, `DEADLINE_EXCEEDED`, `PERMISSION_DENIED`, UNAUTHENTICATED |
/// | WARN | `DEADLINE_EXCEEDED`, `PERMISSION_DENIED`, `RESOURCE_EXHAUSTED`, `FAILED_PRECONDITION`, ABORTED, `OUT_OF_RANGE`, UNAVAILABLE | UNIMPLEMENTED, INTERNAL, UNAVAILABLE, `DATA_LOSS` |
/// | ERROR | UNKNOWN, UNIMPLEMENTED, INTERNAL, `DATA_LOSS` | |
///
/// If no subscriber wants a line, the interceptor counts and allocates nothing.
#[derive(Clone, Copy, Debug)]
pub struct AccessLog<S = EncodedSizes> {
    settings: Settings,
    sizes: PhantomData<fn() -> S>,
}

impl AccessLog {
    /// Creates an interceptor for a service or a [`layer`](vestibule::layer()). The example of [`AccessLog`] calls it.
    #[must_use]
    pub const fn server() -> Self {
        Self::new(Side::Server, Levels::SERVER)
    }

    /// Creates an interceptor for a [`client`](vestibule::client()).
    ///
    /// ```
    /// use tonic::transport::Endpoint;
    /// use vestibule_interceptors::AccessLog;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let channel = Endpoint::from_static("http://localhost:50051").connect_lazy();
    /// let channel = vestibule::client(channel, (AccessLog::client(),));
    /// # }
    /// ```
    #[must_use]
    pub const fn client() -> Self {
        Self::new(Side::Client, Levels::CLIENT)
    }

    const fn new(side: Side, levels: Levels) -> Self {
        Self::of(Settings::new(side, levels))
    }
}

impl<S> AccessLog<S> {
    const fn of(settings: Settings) -> Self {
        Self { settings, sizes: PhantomData }
    }

    /// Counts the bytes of the messages of an annotated service, too: before compression, as
    /// [`MessageSize`](vestibule::MessageSize) says.
    ///
    /// prost walks through each message for that. A named list has no messages whose size it knows, so there this is a
    /// compile error.
    ///
    /// ```
    /// use vestibule_interceptors::{AccessLog, MessageSizes};
    ///
    /// const LOG: AccessLog<MessageSizes> = AccessLog::server().message_sizes();
    /// ```
    #[must_use]
    pub const fn message_sizes(self) -> AccessLog<MessageSizes> {
        AccessLog::of(self.settings)
    }

    /// Sets the level of the calls that end with `code`.
    ///
    /// ```
    /// use tracing::Level;
    /// use vestibule::Code;
    /// use vestibule_interceptors::AccessLog;
    ///
    /// const LOG: AccessLog = AccessLog::server().level(Code::NotFound, Level::DEBUG);
    /// ```
    #[must_use]
    pub const fn level(self, code: Code, level: Level) -> Self {
        Self::of(Settings { levels: self.settings.levels.with(code, level), ..self.settings })
    }

    /// Logs each call when it starts, too: `started call`, with the fields that are known then.
    ///
    /// The line has the level of a call that succeeds. [`sample_successes`](Self::sample_successes) does not leave it out,
    /// because nobody knows at the start if the call will succeed.
    ///
    /// ```
    /// const LOG: vestibule_interceptors::AccessLog = vestibule_interceptors::AccessLog::server().log_start();
    /// ```
    #[must_use]
    pub const fn log_start(self) -> Self {
        Self::of(Settings { logs_start: true, ..self.settings })
    }

    /// Logs the values of these keys of metadata, of the request.
    ///
    /// No key is logged unless it is listed. A key that ends in `-bin` is logged in base64, as it is sent.
    ///
    /// ```
    /// use vestibule_interceptors::AccessLog;
    ///
    /// const LOG: AccessLog = AccessLog::server().metadata(&["user-agent", "x-tenant"]);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if a key is not one of metadata in lower case, or has credentials: `authorization`, `proxy-authorization`,
    /// `cookie` and `set-cookie`. In a constant, the panic is a compile error.
    #[must_use]
    pub const fn metadata(self, keys: &'static [&'static str]) -> Self {
        let mut i = 0;
        while i < keys.len() {
            check_logged(keys[i]);
            i += 1;
        }
        Self::of(Settings { metadata: keys, ..self.settings })
    }

    /// Logs the text of the status of a call that fails. The text may contain data of the call.
    ///
    /// A server logs the text of an inner interceptor or a handler, before an internal error is redacted for the client.
    ///
    /// ```
    /// const LOG: vestibule_interceptors::AccessLog = vestibule_interceptors::AccessLog::server().status_message();
    /// ```
    #[must_use]
    pub const fn status_message(self) -> Self {
        Self::of(Settings { has_status_message: true, ..self.settings })
    }

    /// Logs the end of only some of the calls that succeed. All other calls are logged, and so is each start if
    /// [`log_start`](Self::log_start) asks for it.
    ///
    /// See [`Sample`] for an example.
    #[must_use]
    pub const fn sample_successes(self, sample: &'static Sample) -> Self {
        Self::of(Settings { sample: Some(sample), ..self.settings })
    }
}

#[interceptor(phase = Observe)]
impl<S: 'static> Interceptor for AccessLog<S> {
    type Provides = CallLog;
    type Hooks = AccessLogHooks<S>;

    async fn start(&self, call: &Call) -> Result<(CallLog, AccessLogHooks<S>), Status> {
        let is_enabled = self.settings.levels.is_enabled();
        let log = if is_enabled { CallLog::of(&self.settings, call) } else { CallLog::disabled() };
        let hooks = AccessLogHooks { log: log.clone(), sizes: PhantomData };
        Ok((log, hooks))
    }
}

/// The hooks of [`AccessLog`].
#[derive(Debug)]
pub struct AccessLogHooks<S> {
    log: CallLog,
    sizes: PhantomData<fn() -> S>,
}

impl<M: Method, S: Sizes<M>> Hooks<M> for AccessLogHooks<S> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        if let Some(line) = self.log.line() {
            line.requests.add(S::of_request(message));
        }
        Ok(())
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        if let Some(line) = self.log.line() {
            line.responses.add(S::of_response(message));
        }
        Ok(())
    }

    fn on_finish(&mut self, outcome: &Outcome) {
        if let Some(line) = self.log.line() {
            line.log_end(outcome, S::are_known());
        }
    }
}
