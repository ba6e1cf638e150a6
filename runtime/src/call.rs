use std::fmt;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tonic::metadata::{Ascii, Binary, MetadataMap};
use tonic::{Extensions, Request, Status};

use crate::metadata::{self, FromMetadata};
use crate::{FromCall, MethodInfo};

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
    method: &'static MethodInfo,
    /// Metadata and extensions. Kept as tonic's type, which knows how to find the peer's address.
    request: Request<()>,
    deadline: Option<Instant>,
    reply_metadata: Mutex<MetadataMap>,
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
        let deadline =
            metadata::timeout(request.metadata()).and_then(|timeout| Instant::now().checked_add(timeout));
        Self { method, request, deadline, reply_metadata: Mutex::default() }
    }

    /// The rpc that is called.
    #[must_use]
    pub fn method(&self) -> &'static MethodInfo {
        self.method
    }

    /// The metadata the client sent. tonic keeps HTTP headers such as `user-agent` in it.
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

    /// When the client stops waiting: its `grpc-timeout`, counted from the arrival of the call.
    ///
    /// `None` if it sent none, or one that is not [in gRPC's form].
    ///
    /// [in gRPC's form]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// The metadata the reply will carry, to be read and changed.
    ///
    /// It reaches the client whether the call succeeds or fails. The guard must not be kept
    /// across an `.await`; the compiler sees to it.
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
    pub fn reply_metadata(&self) -> ReplyMetadata<'_> {
        ReplyMetadata(self.reply_metadata.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The text metadata of `key`, as `#[metadata("key")]` would read it.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED for `authorization`, else `INVALID_ARGUMENT`: the metadata is missing,
    /// malformed, or there more than once where `T` is one value. INTERNAL if `key` is not the
    /// key of text metadata, which the attribute tells when the program is compiled.
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

    /// A request around `message` with copies of the metadata and the extensions.
    pub(crate) fn to_request<T>(&self, message: T) -> Request<T> {
        Request::from_parts(self.metadata().clone(), self.extensions().clone(), message)
    }

    /// Moves the reply's metadata into `target`, over what stands there under the same keys.
    pub(crate) fn move_reply_metadata(&self, target: &mut MetadataMap) {
        let reply = std::mem::take(&mut *self.reply_metadata());
        if !reply.is_empty() {
            target.as_mut().extend(reply.into_headers());
        }
    }
}

/// Prints the method alone: metadata holds credentials.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.method.path()).finish_non_exhaustive()
    }
}

/// The metadata of a reply that is being made: see [`Call::reply_metadata`].
///
/// ```
/// # use vestibule::{Call, MethodInfo, Shape};
/// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
/// # let call = Call::new(ECHO, tonic::Request::new(()));
/// call.reply_metadata().insert("x-cost", "3".parse().unwrap());
/// assert_eq!(call.reply_metadata().get("x-cost").unwrap(), "3");
/// ```
#[derive(Debug)]
pub struct ReplyMetadata<'a>(MutexGuard<'a, MetadataMap>);

impl Deref for ReplyMetadata<'_> {
    type Target = MetadataMap;

    fn deref(&self) -> &MetadataMap {
        &self.0
    }
}

impl DerefMut for ReplyMetadata<'_> {
    fn deref_mut(&mut self) -> &mut MetadataMap {
        &mut self.0
    }
}
