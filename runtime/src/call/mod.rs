mod added_metadata;
mod authority;
mod body;
mod changes;
mod deadline;
mod forwarded;
mod internal;
mod progress;
mod resumed_body;
mod retry_policy;
mod source_log;
mod timer;
mod trailers;
mod upload;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Instant;

use http::HeaderMap;
use http::request::Parts;
use tonic::metadata::{Ascii, Binary, MetadataMap};
use tonic::{Extensions, Request, Status};

use crate::MethodInfo;
use crate::metadata::{self, FromMetadata};

pub use added_metadata::MetadataMut;
pub(crate) use added_metadata::Part;
pub(crate) use body::{DEFAULT_READ_AHEAD, PREFIX, ReadAheadLimit, UnreadBody};
pub use deadline::current_deadline;
pub(crate) use deadline::{deadline_exceeded, scope_deadline};
pub(crate) use resumed_body::{AfterChunks, ResumedBody};
pub use retry_policy::{FailedAttempt, Pushback, RetryPolicy};
pub(crate) use timer::{timeout_at, timeout_stream_at};
pub(crate) use trailers::Trailers;
pub(crate) use upload::{Upload, as_aborted, as_cancelled, is_upload_error};

use added_metadata::AddedMetadata;
use forwarded::ForwardedRequest;
use progress::Progress;
use source_log::SourceLog;

/// A call without its messages: the method, the metadata, the extensions and the deadline.
///
/// An interceptor function or a handler takes it as a parameter `call: &Call`.
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
    /// Holds the metadata and the extensions, unless the request is forwarded. tonic's type finds the address of the peer
    /// in them.
    request: Request<()>,
    /// The deadline that the client has set. A limit of an interceptor does not change it.
    client_deadline: Option<Instant>,
    deadline: Mutex<Option<Instant>>,
    added_metadata: AddedMetadata,
    progress: Progress,
    source_log: SourceLog,
    /// The state of a client stream that a mount or a layer receives.
    upload: Option<Upload>,
    /// The body of the request behind a mount or a layer, until the chain reads it.
    body: UnreadBody,
}

/// The parts of a call that only a mount has.
#[derive(Debug)]
pub struct MountedParts {
    pub(crate) client_deadline: Option<Instant>,
    /// `None` if the client sends a single message.
    pub(crate) upload: Option<Upload>,
    pub(crate) body: UnreadBody,
}

/// The extension that says if the connection of a call is encrypted.
#[derive(Clone, Debug)]
struct Encrypted(bool);

/// The method of a call, and where it comes from.
#[derive(Debug)]
pub(crate) enum CalledMethod {
    /// The constant of an annotated service in tonic's own server.
    Annotated(&'static MethodInfo),
    /// The constant of an annotated service behind a mount, which can send trailers. A separate flag would make every
    /// call larger.
    Mounted(&'static MethodInfo),
    /// A method that a layer or a client has read from the path of the request. The headers and the extensions of that
    /// request are here as well. The box keeps the other calls small.
    Forwarded(Box<ForwardedRequest>),
}

impl Call {
    /// Creates a call of `method` with the metadata and the extensions of `request`.
    ///
    /// The time of a `grpc-timeout` in the metadata begins when this function is called. Use this function to test an
    /// interceptor or an extractor. A server does not need it:
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
        let client_deadline = deadline_of(request.metadata().as_ref());
        Self::with_client_deadline(CalledMethod::Annotated(method), request, client_deadline)
    }

    /// Creates the call of a request that a layer or a client passes on.
    #[inline]
    pub(crate) fn forwarded(method: MethodInfo, head: Parts) -> Self {
        let client_deadline = deadline_of(&head.headers);
        let method = CalledMethod::Forwarded(Box::new(ForwardedRequest::new(method, head)));
        Self::with_client_deadline(method, Request::new(()), client_deadline)
    }

    /// Creates a call of an annotated service. `mounted` is `None` in tonic's own server.
    #[inline]
    pub(crate) fn from_parts(
        method: &'static MethodInfo,
        request: Request<()>,
        mounted: Option<MountedParts>,
    ) -> Self {
        let Some(MountedParts { client_deadline, upload, body }) = mounted else {
            return Self::new(method, request);
        };
        Self {
            upload,
            body,
            ..Self::with_client_deadline(CalledMethod::Mounted(method), request, client_deadline)
        }
    }

    #[inline]
    fn with_client_deadline(
        method: CalledMethod,
        request: Request<()>,
        client_deadline: Option<Instant>,
    ) -> Self {
        Self {
            method,
            request,
            client_deadline,
            deadline: Mutex::new(client_deadline),
            added_metadata: AddedMetadata::default(),
            progress: Progress::default(),
            source_log: SourceLog::default(),
            upload: None,
            body: UnreadBody::default(),
        }
    }

    /// Returns the method that is called.
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn no_deletes(call: &Call) -> Result<(), Status> {
    ///     if call.method().name().starts_with("Delete") {
    ///         return Err(Status::permission_denied("this server is read-only"));
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn method(&self) -> &MethodInfo {
        match &self.method {
            CalledMethod::Annotated(method) | CalledMethod::Mounted(method) => method,
            CalledMethod::Forwarded(request) => request.method(),
        }
    }

    /// Returns the metadata of the request.
    ///
    /// It includes HTTP headers such as `user-agent`, as in tonic. On a [`client`](crate::client()), it is the
    /// metadata that the caller has set. This metadata cannot be changed. An interceptor adds metadata to
    /// [`outgoing_metadata`](Self::outgoing_metadata) or [`response_metadata`](Self::response_metadata).
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// let mut request = tonic::Request::new(());
    /// request.metadata_mut().insert("x-tenant", "blue".parse().unwrap());
    /// let call = Call::new(ECHO, request);
    /// assert_eq!(call.metadata().get("x-tenant").unwrap(), "blue");
    /// ```
    #[must_use]
    pub fn metadata(&self) -> &MetadataMap {
        self.request().metadata()
    }

    /// Returns the extensions of the request, which tower layers and the transport fill.
    ///
    /// A handler can take one of them as a parameter: see [`Extension`](crate::extract::Extension).
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// let mut request = tonic::Request::new(());
    /// request.extensions_mut().insert(7_u32);
    /// let call = Call::new(ECHO, request);
    /// assert_eq!(call.extensions().get::<u32>(), Some(&7));
    /// ```
    #[must_use]
    pub fn extensions(&self) -> &Extensions {
        self.request().extensions()
    }

    /// Returns the address of the peer, or `None` if the call did not come over TCP.
    ///
    /// The address is known for TCP with and without TLS. The example of [`Call`] logs it.
    #[must_use]
    pub fn remote_addr(&self) -> Option<SocketAddr> {
        self.request().remote_addr()
    }

    /// Returns the address at which this server received the call, or `None` if the call did not come over TCP.
    ///
    /// A server that listens on several addresses can tell them apart by it:
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn only_on_port(call: &Call, port: u16) -> Result<(), Status> {
    ///     match call.local_addr() {
    ///         Some(addr) if addr.port() == port => Ok(()),
    ///         _ => Err(Status::permission_denied("not served on this port")),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.request().local_addr()
    }

    /// Returns true on a [`client`](crate::client()), where the program makes the call, and false where it serves the call.
    ///
    /// An interceptor that can stand on both sides may ask it:
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn log(call: &Call) -> Result<(), Status> {
    ///     let verb = if call.is_client() { "calling" } else { "serving" };
    ///     println!("{verb} {}", call.method().path());
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    #[inline]
    pub fn is_client(&self) -> bool {
        matches!(self.source_log, SourceLog::Client)
    }

    /// Returns `Some(true)` if the connection of this call is encrypted.
    ///
    /// Only a call on a [`client`](crate::client()) with an [origin](crate::Client::origin) knows this: the
    /// connection counts as encrypted if the scheme of the origin is `https`. On a client without an origin and on a
    /// server, this method returns `None`.
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
        // A client sets it for this call alone, so it is not among the extensions that are passed on.
        self.request.extensions().get().map(|Encrypted(is_encrypted)| *is_encrypted)
    }

    /// Sets whether the connection of this call is encrypted.
    ///
    /// A client does so by itself. Use it to test an interceptor:
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// let mut call = Call::new(ECHO, tonic::Request::new(()));
    /// call.set_encrypted(true);
    /// assert_eq!(call.is_encrypted(), Some(true));
    /// ```
    pub fn set_encrypted(&mut self, is_encrypted: bool) {
        self.request.extensions_mut().insert(Encrypted(is_encrypted));
    }

    /// Returns the compression of the client's messages, from its [`grpc-encoding`], or `None` if the client does not
    /// compress.
    ///
    /// The client may still send single messages uncompressed, because each message has a flag of its own. tonic does not
    /// expose that flag. In a layer and on a client, hooks read it from
    /// [`EncodedMessage::is_compressed`](crate::proxy::EncodedMessage::is_compressed).
    ///
    /// [`grpc-encoding`]: https://github.com/grpc/grpc/blob/master/doc/compression.md
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
        let encoding = self.metadata().as_ref().get(metadata::ENCODING)?.to_str().ok()?;
        (encoding != "identity").then_some(encoding)
    }

    /// Reads the text metadata of `key`, as the attribute `#[metadata("key")]` does.
    ///
    /// `T` says how many values there may be: see [`FromMetadata`].
    ///
    /// # Errors
    ///
    /// - `INVALID_ARGUMENT` if the metadata is missing or malformed, or if `T` is a single value and the client has sent
    ///   several. For the key `authorization`, the code is UNAUTHENTICATED.
    /// - INTERNAL if `key` is not a valid key of text metadata in lower case. The attribute checks the key at compile time.
    ///
    /// ```
    /// # use vestibule::{Call, Code, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// let mut request = tonic::Request::new(());
    /// request.metadata_mut().insert("x-page", "3".parse().unwrap());
    /// let call = Call::new(ECHO, request);
    /// assert_eq!(call.get::<u32>("x-page").unwrap(), 3);
    /// assert_eq!(call.get::<Option<u32>>("x-size").unwrap(), None);
    /// assert_eq!(call.get::<u32>("x-size").unwrap_err().code(), Code::InvalidArgument);
    /// ```
    pub fn get<'a, T: FromMetadata<'a, Ascii>>(&'a self, key: &'static str) -> Result<T, Status> {
        metadata::read(self.metadata(), key)
    }

    /// Reads the binary metadata of `key`, which ends in `-bin`, as the attribute `#[metadata("key-bin")]` does.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`get`](Self::get).
    ///
    /// ```
    /// # use vestibule::{Call, MethodInfo, Shape};
    /// # const ECHO: &MethodInfo = &MethodInfo::new("/probe.Probe/Echo", Shape::Unary);
    /// use tonic::metadata::MetadataValue;
    ///
    /// let mut request = tonic::Request::new(());
    /// request.metadata_mut().insert_bin("trace-bin", MetadataValue::from_bytes(&[1, 2]));
    /// let call = Call::new(ECHO, request);
    /// assert_eq!(call.get_bin::<Vec<u8>>("trace-bin").unwrap(), [1, 2]);
    /// ```
    pub fn get_bin<'a, T: FromMetadata<'a, Binary>>(&'a self, key: &'static str) -> Result<T, Status> {
        metadata::read(self.metadata(), key)
    }
}

/// Returns the deadline in the headers of a request. The timeout counts from now.
fn deadline_of(headers: &HeaderMap) -> Option<Instant> {
    let timeout = metadata::timeout(headers)?;
    Instant::now().checked_add(timeout)
}

/// Prints the method only, because metadata may contain credentials.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.method().path()).finish_non_exhaustive()
    }
}
