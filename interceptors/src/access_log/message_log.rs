use std::fmt::Debug;

use tonic::Status;
use tracing::Level;
use vestibule::{Call, Hooks, Interceptor, Method, MethodInfo, interceptor};

use crate::request_id::{RequestId, current_request_id};
use crate::text::{cut, cut_path};

/// Logs each message of a call at the level DEBUG, with the target `vestibule::messages`.
///
/// The target is not that of [`AccessLog`](crate::AccessLog), so that a subscriber which wants its lines at DEBUG does not
/// receive the messages too.
///
/// It logs what the messages contain, so decide for each service if the log may have it. The text is that of `{:?}`, cut
/// after a number of bytes. A field with the option `debug_redact` is not printed if `vestibule-build` has generated the
/// message. A message inside of a `google.protobuf.Any` consists of bytes, and all of them are printed:
///
/// ```proto
/// message SignInRequest {
///   string user = 1;
///   string password = 2 [debug_redact = true];
/// }
/// ```
///
/// ```
/// use vestibule_interceptors::MessageLog;
/// # use proto::accounts::accounts_server::{Accounts, AccountsServer};
/// # use proto::accounts::{SignInRequest, SignInResponse};
/// # use vestibule::{Status, interceptor};
/// # struct MyAccounts;
///
/// #[interceptor(messages = MessageLog::new(512))]
/// impl Accounts for MyAccounts {
///     // ...
/// #   async fn sign_in(&self, _: SignInRequest) -> Result<SignInResponse, Status> { Err(Status::unknown("")) }
/// }
/// ```
///
/// ```text
/// DEBUG vestibule::messages: request message method="/accounts.Accounts/SignIn" number=1
///   payload="SignInRequest { user: \"ada\", password: [redacted] }"
/// ```
///
/// `#[skip(messages)]` leaves out a method. [`requests_only`](Self::requests_only) leaves out the responses.
///
/// In a layer and on a client, messages are not decoded. There, `payload` has their size and no content.
///
/// | it | what |
/// | --- | --- |
/// | reads | the messages |
/// | writes | nothing |
/// | logs | a line for each message: `request message` or `response message`, with `method`, `number`, `payload`, and `request_id` if an outer `SetRequestId` gives the call one |
/// | counts | nothing |
#[derive(Clone, Copy, Debug)]
pub struct MessageLog {
    limit: usize,
    has_responses: bool,
}

impl MessageLog {
    /// Logs up to `limit` bytes of the text of each message. The example of [`MessageLog`] calls it.
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        Self { limit, has_responses: true }
    }

    /// Logs no response.
    ///
    /// ```
    /// const LOG: vestibule_interceptors::MessageLog = vestibule_interceptors::MessageLog::new(512).requests_only();
    /// ```
    #[must_use]
    pub const fn requests_only(self) -> Self {
        Self { has_responses: false, ..self }
    }
}

#[interceptor(phase = Observe)]
impl Interceptor for MessageLog {
    type Provides = ();
    type Hooks = Option<MessageLogHooks>;

    async fn start(&self, call: &Call) -> Result<((), Option<MessageLogHooks>), Status> {
        let is_enabled = tracing::enabled!(target: "vestibule::messages", Level::DEBUG);
        let hooks = || MessageLogHooks {
            log: *self,
            method: call.method().clone(),
            request_id: current_request_id(),
            requests: 0,
            responses: 0,
        };
        Ok(((), is_enabled.then(hooks)))
    }
}

/// The hooks of [`MessageLog`].
#[derive(Debug)]
pub struct MessageLogHooks {
    log: MessageLog,
    method: MethodInfo,
    request_id: Option<RequestId>,
    requests: u64,
    responses: u64,
}

impl<M: Method<Request: Debug, Response: Debug>> Hooks<M> for MessageLogHooks {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.requests += 1;
        let (method, number) = (&*cut_path(self.method.path()), self.requests);
        let request_id = self.request_id.as_ref().map(RequestId::as_str);
        let payload = cut(format_args!("{message:?}"), self.log.limit);
        tracing::debug!(target: "vestibule::messages", method, request_id, number, payload, "request message");
        Ok(())
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        if self.log.has_responses {
            self.responses += 1;
            let (method, number) = (&*cut_path(self.method.path()), self.responses);
            let request_id = self.request_id.as_ref().map(RequestId::as_str);
            let payload = cut(format_args!("{message:?}"), self.log.limit);
            tracing::debug!(target: "vestibule::messages", method, request_id, number, payload, "response message");
        }
        Ok(())
    }
}
