mod added_metadata;
mod body;
mod deadline;
mod internal;
mod progress;
mod resumed_body;
mod retry;
mod timer;
mod trailers;
mod upload;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Instant;

use tonic::metadata::{Ascii, Binary, MetadataMap};
use tonic::{Extensions, Request, Status};

use crate::MethodInfo;
use crate::metadata::{self, FromMetadata};

pub use added_metadata::MetadataMut;
pub(crate) use added_metadata::Part;
pub(crate) use body::{DEFAULT_READ_AHEAD, PREFIX, ReadAheadLimit, UnreadBody};
pub use deadline::current_deadline;
pub(crate) use deadline::{exceeded, with_deadline};
pub(crate) use resumed_body::{Next, Resumed};
pub use retry::{FailedAttempt, Pushback, RetryPolicy};
pub(crate) use timer::{limited, within};
pub(crate) use trailers::Trailers;
pub(crate) use upload::{Upload, as_aborted, as_cancelled, is_upload_error};

use added_metadata::AddedMetadata;
use progress::Progress;

/// Everything known of a call but its messages.
///
/// An interceptor asks for it with a parameter `call: &Call`, and so may a handler.
///
/// ```
/// use vestibule::{Call, Rest, Status, interceptor};
///
/// #[interceptor]
/// async fn log(call: &Call, rest: impl Rest) -> Result<(), Status> {
///     println!("{} from {:?}", call.method().path(), call.remote_addr());
///     rest.await
/// }
/// ```
pub struct Call {
    method: CalledMethod,
    /// Metadata and extensions. Kept as tonic's type, which knows how to find the peer's address.
    request: Request<()>,
    /// That of the client, before anybody has set a limit.
    client_deadline: Option<Instant>,
    deadline: Mutex<Option<Instant>>,
    sent: AddedMetadata,
    progress: Progress,
    /// What a mount knows of a client that streams.
    upload: Option<Upload>,
    /// Behind a mount or a layer: the body that nobody has asked for yet.
    intake: UnreadBody,
}

/// What a mount knows of a call, beside its request.
#[derive(Debug)]
pub struct MountedParts {
    pub(crate) client_deadline: Option<Instant>,
    /// Only of a client that streams.
    pub(crate) upload: Option<Upload>,
    pub(crate) intake: UnreadBody,
}

/// Says whether the connection of a call is encrypted, among its extensions.
#[derive(Clone, Debug)]
struct Encrypted(bool);

/// A constant, where a service is annotated.
#[derive(Debug)]
pub(crate) enum CalledMethod {
    Known(&'static MethodInfo),
    /// The same behind a mount, which can send trailers. A flag of its own would make every call larger.
    MountedParts(&'static MethodInfo),
    Called(Box<MethodInfo>),
}

impl Call {
    /// A call of `method` with the metadata and extensions of `request`, arriving now.
    ///
    /// The macros make it; in a test of an interceptor you do:
    ///
    /// ```
    /// use vestibule::{Call, MethodInfo, Shape};
    ///
    /// const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    ///
    /// let mut request = tonic::Request::new(());
    /// request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    /// let call = Call::new(ECHO, request);
    /// assert_eq!(call.get::<&str>("x-tenant").unwrap(), "blue");
    /// ```
    #[must_use]
    pub fn new(method: &'static MethodInfo, request: Request<()>) -> Self {
        Self::of(CalledMethod::Known(method), request)
    }

    pub(crate) fn of(method: CalledMethod, request: Request<()>) -> Self {
        let client_deadline = metadata::timeout(request.metadata().as_ref())
            .and_then(|timeout| Instant::now().checked_add(timeout));
        Self::with_deadline(method, request, client_deadline)
    }

    /// A call that was taken apart. A mount has read its deadline already, and knows of its upload.
    #[inline]
    pub(crate) fn received(
        method: &'static MethodInfo,
        request: Request<()>,
        mounted: Option<MountedParts>,
    ) -> Self {
        let Some(MountedParts { client_deadline, upload, intake }) = mounted else {
            return Self::new(method, request);
        };
        Self {
            upload,
            intake,
            ..Self::with_deadline(CalledMethod::MountedParts(method), request, client_deadline)
        }
    }

    #[inline]
    fn with_deadline(method: CalledMethod, request: Request<()>, client_deadline: Option<Instant>) -> Self {
        Self {
            method,
            request,
            client_deadline,
            deadline: Mutex::new(client_deadline),
            sent: AddedMetadata::default(),
            progress: Progress::default(),
            upload: None,
            intake: UnreadBody::default(),
        }
    }

    /// The rpc that is called.
    #[must_use]
    pub fn method(&self) -> &MethodInfo {
        match &self.method {
            CalledMethod::Known(method) | CalledMethod::MountedParts(method) => method,
            CalledMethod::Called(method) => method,
        }
    }

    /// The metadata the client sent; on a [`client`](crate::client()), that of its caller. tonic keeps HTTP headers
    /// such as `user-agent` in it. What an interceptor adds goes to [`outgoing_metadata`](Self::outgoing_metadata) or
    /// [`response_metadata`](Self::response_metadata).
    #[must_use]
    pub fn metadata(&self) -> &MetadataMap {
        self.request.metadata()
    }

    /// What tower layers and the transport left with the request.
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        self.request.extensions()
    }

    /// The address of the peer, if the call came over TCP (with or without TLS).
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.request.remote_addr()
    }

    /// Returns true if the messages of this call can't be read on their way: on a [`client`](crate::client()) whose
    /// [origin](crate::Client::origin) has the scheme `https`.
    ///
    /// `None` where that is not known: on a client without an origin, and on a server.
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn only_encrypted(call: &Call) -> Result<(), Status> {
    ///     match call.is_encrypted() {
    ///         Some(true) => Ok(()),
    ///         _ => Err(Status::unauthenticated("this call would carry a secret in plain text")),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn is_encrypted(&self) -> Option<bool> {
        self.extensions().get().map(|Encrypted(is_encrypted)| *is_encrypted)
    }

    /// The metadata the reply begins with (gRPC's initial metadata), to be read and changed.
    ///
    /// It reaches the client whether the call succeeds or fails, in place of what the handler has
    /// given its reply under the same keys. Keys of gRPC and HTTP (`grpc-...`, `connection`) are dropped, with a warning.
    ///
    /// Once the headers of a reply are sent, what is added goes into the trailers. Those of a stream are sent before its first
    /// message, those of a single reply when the call ends. In a layer and on a client, where nobody knows whether a reply
    /// streams, all are sent when the service has answered: before `rest` has ended.
    ///
    /// The guard must not be kept across an `.await`; the compiler sees to it.
    ///
    /// # Panics
    ///
    /// If the guard of an earlier call of this, of [`trailers`](Self::trailers) or of
    /// [`outgoing_metadata`](Self::outgoing_metadata) is still there, as it is till the end of an expression.
    ///
    /// ```
    /// # use vestibule::{Call, Status, interceptor};
    /// #[interceptor]
    /// async fn echo_request_id(call: &Call, #[metadata("request-id")] id: &str) -> Result<(), Status> {
    ///     let id = id.parse().map_err(|_| Status::invalid_argument("bad request-id"))?;
    ///     call.response_metadata().insert("request-id", id);
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn response_metadata(&self) -> MetadataMut<'_> {
        self.sent.get(Part::Response)
    }

    /// The metadata the reply ends with (trailing metadata), to be read and changed.
    ///
    /// It reaches the client after a stream, and with any failure. After a single reply that succeeds a
    /// [`Mount`](crate::Mount) and a [`layer`](crate::layer()) send it: by an annotated service in tonic's own server it
    /// is lost, with a warning in the log. Keys of gRPC and HTTP are dropped, with a warning. In a layer and on a client, what
    /// the service has sent is there as well, once `rest` has ended.
    ///
    /// # Panics
    ///
    /// As [`response_metadata`](Self::response_metadata).
    ///
    /// ```
    /// # use vestibule::{Call, Rest, Status, interceptor};
    /// #[interceptor]
    /// async fn cost(call: &Call, rest: impl Rest) -> Result<(), Status> {
    ///     let result = rest.await;
    ///     call.trailers().insert("x-cost", "3".parse().expect("a number is ASCII"));
    ///     result
    /// }
    /// ```
    #[track_caller]
    pub fn trailers(&self) -> MetadataMut<'_> {
        self.sent.get(Part::Trailers)
    }

    /// The metadata that goes on with the request, to be read and changed.
    ///
    /// On a [`client`](crate::client()) it goes to the server, and from a [`layer`](crate::layer()) to the
    /// service, in place of what the request has under the same keys. In an annotated service, a
    /// handler that takes tonic's `Request` finds it there. [`metadata`](Self::metadata) does not show it. It is for
    /// starts: once the request has gone on, nothing can be added to it. Keys of gRPC and HTTP (`grpc-...`, `te`,
    /// `content-type`) are dropped, with a warning.
    ///
    /// # Panics
    ///
    /// As [`response_metadata`](Self::response_metadata).
    ///
    /// ```
    /// # use vestibule::{Call, Status, interceptor};
    /// #[interceptor]
    /// async fn tenant(tenant: &str, call: &Call) -> Result<(), Status> {
    ///     let tenant = tenant.parse().map_err(|_| Status::internal("the tenant is not ASCII"))?;
    ///     call.outgoing_metadata().insert("x-tenant", tenant);
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn outgoing_metadata(&self) -> MetadataMut<'_> {
        self.sent.get(Part::Request)
    }

    /// Leaves a typed value with the request that goes on, in place of one of the same type.
    ///
    /// From a [`layer`](crate::layer()) it goes to the service, which has it among the extensions of its request: an
    /// annotated one asks for it by [`Extension`](crate::extract::Extension). On a [`client`](crate::client()) it goes to
    /// what stands between it and the channel. In an annotated service, a handler that takes tonic's `Request` finds it
    /// there; others have what an entry provides. As [`outgoing_metadata`](Self::outgoing_metadata) it is for starts, and
    /// [`extensions`](Self::extensions) does not show it.
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor, layer};
    ///
    /// #[derive(Clone)]
    /// struct Tenant(String);
    ///
    /// #[interceptor]
    /// async fn tenant(call: &Call, #[metadata("x-tenant")] tenant: &str) -> Result<(), Status> {
    ///     call.add_extension(Tenant(tenant.to_owned()));
    ///     Ok(())
    /// }
    ///
    /// // A handler behind it has a parameter `Extension(tenant): Extension<Tenant>`.
    /// let layer = layer((tenant(),));
    /// ```
    #[track_caller]
    pub fn add_extension<T: Clone + Send + Sync + 'static>(&self, value: T) {
        self.sent.add_extension(value);
    }

    /// Has a client send this call again as `policy` says, unless an interceptor further out has set a policy.
    ///
    /// It is for starts on a [`client`](crate::client()): once the request has gone out, nothing can be changed about it. On a
    /// server it does nothing. See [`RetryPolicy`] for an example.
    ///
    /// # Panics
    ///
    /// As [`response_metadata`](Self::response_metadata).
    #[track_caller]
    pub fn set_retry_policy(&self, policy: impl RetryPolicy + 'static) {
        self.sent.set_retry_policy(policy);
    }

    /// The name of the compression that the client's messages have, from its `grpc-encoding`. `None` if they are plain.
    ///
    /// A client may leave single messages uncompressed. Each has a flag for that, which tonic shows to nobody. In a layer and
    /// on a client, where messages are opaque, hooks see it ([`EncodedMessage::is_compressed`](crate::proxy::EncodedMessage::is_compressed)).
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// let mut request = tonic::Request::new(());
    /// assert_eq!(Call::new(ECHO, request).request_encoding(), None);
    ///
    /// request = tonic::Request::new(());
    /// request.metadata_mut().as_mut().insert("grpc-encoding", "gzip".parse().unwrap());
    /// assert_eq!(Call::new(ECHO, request).request_encoding(), Some("gzip"));
    /// ```
    #[must_use]
    pub fn request_encoding(&self) -> Option<&str> {
        let encoding = self.metadata().as_ref().get("grpc-encoding")?.to_str().ok()?;
        (encoding != "identity").then_some(encoding)
    }

    /// The text metadata of `key`, as `#[metadata("key")]` would read it.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED for `authorization`, else `INVALID_ARGUMENT`: the metadata is missing, malformed, or there
    /// more than once where `T` is one value. INTERNAL if `key` is not a valid key of text metadata, in lower case:
    /// the attribute checks that when the program is compiled.
    pub fn get<'a, T: FromMetadata<'a, Ascii>>(&'a self, key: &'static str) -> Result<T, Status> {
        metadata::read(self.metadata(), key)
    }

    /// The binary metadata of `key`, which ends in `-bin`, as `#[metadata("key-bin")]` would read it.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub fn get_bin<'a, T: FromMetadata<'a, Binary>>(&'a self, key: &'static str) -> Result<T, Status> {
        metadata::read(self.metadata(), key)
    }

    /// A request around `message` with copies of the metadata and the extensions.
    #[doc(hidden)]
    pub fn to_request<T>(&self, message: T) -> Request<T> {
        let (mut metadata, mut extensions) = (self.metadata().clone(), self.extensions().clone());
        self.sent.move_into(Part::Request, self.method(), &mut metadata);
        self.sent.move_extensions(&mut extensions);
        Request::from_parts(metadata, extensions, message)
    }
}

/// Prints the method alone: metadata holds credentials.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.method().path()).finish_non_exhaustive()
    }
}
