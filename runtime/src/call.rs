mod within;

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tonic::metadata::{Ascii, Binary, MetadataMap};
use tonic::{Extensions, Request, Status};

use crate::chain::{Finishing, Fitted, KeptLevel, LendingStack, LentLevel, Level, StackRef};
use crate::intake::Intake;
use crate::metadata::{self, FromMetadata};
use crate::mount::{Mounted, Upload};
use crate::progress::Progress;
use crate::sent::{MetadataMut, Part, Sent};
use crate::{FromCall, Hooks, Method, MethodInfo};

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
    sent: Sent,
    progress: Progress,
    /// What a mount knows of a client that streams.
    upload: Option<Upload>,
    /// Behind a mount or a layer: the body that nobody has asked for yet.
    intake: Intake,
}

/// A constant, where a service is annotated.
#[derive(Debug)]
pub(crate) enum CalledMethod {
    Known(&'static MethodInfo),
    /// The same behind a mount, which can send trailers. A flag of its own would make every call larger.
    Mounted(&'static MethodInfo),
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
        mounted: Option<Mounted>,
    ) -> Self {
        let Some(Mounted { client_deadline, upload, intake }) = mounted else {
            return Self::new(method, request);
        };
        Self {
            upload,
            intake,
            ..Self::with_deadline(CalledMethod::Mounted(method), request, client_deadline)
        }
    }

    #[inline]
    fn with_deadline(method: CalledMethod, request: Request<()>, client_deadline: Option<Instant>) -> Self {
        Self {
            method,
            request,
            client_deadline,
            deadline: Mutex::new(client_deadline),
            sent: Sent::default(),
            progress: Progress::default(),
            upload: None,
            intake: Intake::default(),
        }
    }

    /// The rpc that is called.
    #[must_use]
    pub fn method(&self) -> &MethodInfo {
        match &self.method {
            CalledMethod::Known(method) | CalledMethod::Mounted(method) => method,
            CalledMethod::Called(method) => method,
        }
    }

    /// The metadata the client sent; on a [`client`](crate::client()), that of its caller. tonic keeps HTTP headers
    /// such as `user-agent` in it. What an interceptor adds goes to [`outgoing_metadata`](Self::outgoing_metadata) or
    /// [`reply_metadata`](Self::reply_metadata).
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

    /// When the client stops waiting: its `grpc-timeout`, counted from the arrival of the call, or
    /// an earlier limit that an interceptor has set.
    ///
    /// `None` if it sent none, or one that is not [in gRPC's form], and nobody has set a limit. That form has eight digits at
    /// most. Some clients send nine for more than a day: that is no deadline, here as in tonic.
    ///
    /// [in gRPC's form]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        *self.lock_deadline()
    }

    /// Makes the deadline `limit`, if it is not earlier already. It is told to those further in;
    /// [`Deadline`](crate::interceptors::Deadline) is what ends the call, and a [`client`](crate::client()) does by itself.
    /// If it has passed when all starts have run, the handler is not reached.
    pub fn limit_deadline(&self, limit: Instant) {
        let mut deadline = self.lock_deadline();
        *deadline = Some(deadline.map_or(limit, |deadline| deadline.min(limit)));
    }

    pub(crate) fn client_deadline(&self) -> Option<Instant> {
        self.client_deadline
    }

    fn lock_deadline(&self) -> MutexGuard<'_, Option<Instant>> {
        self.deadline.lock().unwrap_or_else(PoisonError::into_inner)
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
    ///     call.reply_metadata().insert("request-id", id);
    ///     Ok(())
    /// }
    /// ```
    #[track_caller]
    pub fn reply_metadata(&self) -> MetadataMut<'_> {
        self.sent.get(Part::Reply)
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
    /// As [`reply_metadata`](Self::reply_metadata).
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
    /// As [`reply_metadata`](Self::reply_metadata).
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
        self.sent.get(Part::Outgoing)
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

    /// The name of the compression that the client's messages have, from its `grpc-encoding`. `None` if they are plain.
    ///
    /// A client may leave single messages uncompressed. Each has a flag for that, which tonic shows to nobody. In a layer and
    /// on a client, where messages are opaque, hooks see it ([`Message::is_compressed`](crate::opaque::Message::is_compressed)).
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

    /// What an extractor finds in this call.
    ///
    /// # Errors
    ///
    /// Those of the extractor.
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// use vestibule::extract::CallDeadline;
    ///
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// # let call = Call::new(ECHO, tonic::Request::new(()));
    /// let deadline = call.extract::<CallDeadline>().unwrap();
    /// assert_eq!(deadline.instant(), None);
    /// ```
    pub fn extract<'a, T: FromCall<'a>>(&'a self) -> Result<T, Status> {
        T::from_call(self)
    }

    /// The hooks of an interceptor, to be told of the end exactly once. What the expansion calls, so
    /// that an error about hooks that do not fit names `Call` and nothing that is private.
    #[doc(hidden)]
    #[inline]
    pub fn keep<'a, M: Method, H: Hooks<M> + 'static>(
        &'a self,
        hooks: H,
        outer: StackRef<'a, M>,
    ) -> impl Level<M> + use<'a, M, H> {
        KeptLevel::new(self, hooks, outer)
    }

    /// Hooks that fit the messages of a method.
    #[doc(hidden)]
    pub fn fit<M: Method, H: Hooks<M> + 'static>(hooks: H) -> Fitted<M, H> {
        Fitted::new(hooks)
    }

    /// The same, where the inbound stream will share them.
    #[doc(hidden)]
    pub fn keep_to_lend<'a, M: Method, H: Send + 'static, S: LendingStack<M>>(
        &'a self,
        hooks: Fitted<M, H>,
        outer: &'a mut S,
    ) -> impl LendingStack<M> + Finishing<M> + use<'a, M, H, S> {
        LentLevel::new(self, hooks, outer)
    }

    /// A request around `message` with copies of the metadata and the extensions.
    #[doc(hidden)]
    pub fn to_request<T>(&self, message: T) -> Request<T> {
        let (mut metadata, mut extensions) = (self.metadata().clone(), self.extensions().clone());
        self.sent.move_into(Part::Outgoing, self.method(), &mut metadata);
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
