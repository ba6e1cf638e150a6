use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

/// The message types of an rpc, as a type: what [`Hooks`](crate::Hooks) are generic over.
///
/// A bound on `M::Request` is a demand on every method the interceptor is mounted on. It is
/// checked when the service is compiled.
///
/// [`Rpc`] is what implements it; where messages are opaque, [`LayerMethod`](crate::server::LayerMethod) and
/// [`ClientMethod`](crate::client::ClientMethod) do.
///
/// ```
/// use vestibule::{Hooks, Method};
/// # use vestibule::Status;
///
/// trait Validate {
///     fn validate(&self) -> Result<(), Status>;
/// }
///
/// struct Validated;
///
/// impl<M: Method<Request: Validate>> Hooks<M> for Validated {
///     fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
///         message.validate()
///     }
/// }
/// ```
pub trait Method: sealed::Sealed + Send + Sync + 'static {
    /// The message the client sends: each one, if the client streams.
    type Request: Send + 'static;
    /// The message the service answers with: each one, if the service streams.
    type Response: Send + 'static;
}

/// The [`Method`] that takes `Request` and answers with `Response`.
///
/// It is never built: it stands for an rpc where [`Hooks`](crate::Hooks) are asked for. The
/// chain of a method with the messages `Ping` and `Pong` demands `Hooks<Rpc<Ping, Pong>>`.
///
/// ```
/// use vestibule::{Hooks, Rpc};
///
/// fn assert_hooks<H: Hooks<Rpc<String, u64>>>(_hooks: H) {}
/// assert_hooks(()); // no hooks fit every method
/// ```
pub struct Rpc<Request, Response>(PhantomData<fn(Request) -> Response>);

pub(crate) mod sealed {
    pub trait Sealed {}

    impl<Request, Response> Sealed for super::Rpc<Request, Response> {}
}

impl<Request: Send + 'static, Response: Send + 'static> Method for Rpc<Request, Response> {
    type Request = Request;
    type Response = Response;
}

impl<Request, Response> fmt::Debug for Rpc<Request, Response> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rpc")
    }
}

/// The name, path and shape of an rpc: a constant of an annotated service, the same for all its calls.
///
/// In front of services whose methods nobody knows before they are called ([`layer`](crate::layer())) and
/// on a [`client`](crate::client()) it is made of the path of the call. Either way a copy is cheap: hooks
/// that need it for longer than the call is at hand keep one.
///
/// ```
/// use vestibule::{MethodInfo, Shape};
///
/// const ADDITION: MethodInfo = MethodInfo::new("/calcul.Calculatrice/Addition", Shape::Unary);
/// assert_eq!(ADDITION.service(), "calcul.Calculatrice");
/// assert_eq!(ADDITION.name(), "Addition");
/// ```
#[derive(Clone)]
pub struct MethodInfo {
    path: Path,
    /// Where the name begins.
    name: usize,
    shape: Option<Shape>,
}

#[derive(Clone)]
enum Path {
    Known(&'static str),
    Called(Arc<str>),
}

impl MethodInfo {
    /// A method by its HTTP/2 path, `/package.Service/Method`.
    ///
    /// # Panics
    ///
    /// If the path has another form. In a constant, that is a compile error.
    #[must_use]
    pub const fn new(path: &'static str, shape: Shape) -> Self {
        let Some(name) = name_in(path.as_bytes()) else { panic!("a path is `/package.Service/Method`") };
        Self { path: Path::Known(path), name, shape: Some(shape) }
    }

    /// The method that somebody calls, if there can be one of this name.
    pub(crate) fn called(path: &str) -> Option<Self> {
        let name = name_in(path.as_bytes())?;
        Some(Self { path: Path::Called(path.into()), name, shape: None })
    }

    /// Returns true if something stands before the service, as in `/x/pb.Admin/Delete`. Then no comparison of names is safe:
    /// a guard that demands something of `pb.Admin` would let this call pass, and one that exempts a service must not take
    /// this one for it.
    pub(crate) fn is_nested(&self) -> bool {
        self.service().contains('/')
    }

    /// The same on a client, where a server may be found under a prefix, which is no part of the method. Nobody but the
    /// caller has chosen it.
    pub(crate) fn called_anywhere(path: &str) -> Option<Self> {
        let name = name_in(path.as_bytes())?;
        Self::called(&path[path[..name - 1].rfind('/')?..])
    }

    /// The HTTP/2 path, `/package.Service/Method`. It is safe to compare, and so are its parts: a prefix under which a
    /// router [nests](crate::server::Layer::nested_under) services, or a client finds its server, is no part of them.
    #[must_use]
    pub fn path(&self) -> &str {
        match &self.path {
            Path::Known(path) => path,
            Path::Called(path) => path,
        }
    }

    /// The service with its package, as it stands in the path.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.path()[1..self.name - 1]
    }

    /// The method without its service, as it stands in the path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.path()[self.name..]
    }

    /// Which side streams. `None` where that is not known: HTTP/2 does not tell.
    #[must_use]
    pub const fn shape(&self) -> Option<Shape> {
        self.shape
    }
}

/// Where the name begins in `/package.Service/Method`.
const fn name_in(path: &[u8]) -> Option<usize> {
    let mut name = path.len();
    while name > 0 && path[name - 1] != b'/' {
        name -= 1;
    }
    if name > 2 && name < path.len() && path[0] == b'/' { Some(name) } else { None }
}

/// By the path: where the shape is not known, a method is the same.
impl PartialEq for MethodInfo {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path()
    }
}

impl Eq for MethodInfo {}

impl Hash for MethodInfo {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path().hash(state);
    }
}

impl fmt::Debug for MethodInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodInfo").field("path", &self.path()).field("shape", &self.shape).finish()
    }
}

/// The four shapes of an rpc, in the words of the [gRPC core concepts].
///
/// ```
/// # use vestibule::{MethodInfo, Shape};
/// # let method = MethodInfo::new("/pb.Greeter/SayHello", Shape::Unary);
/// assert_eq!(method.shape(), Some(Shape::Unary));
/// ```
///
/// [gRPC core concepts]: https://grpc.io/docs/what-is-grpc/core-concepts/#rpc-life-cycle
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// One message each way.
    Unary,
    /// Many messages from the client, one reply.
    ClientStreaming,
    /// One message from the client, many replies.
    ServerStreaming,
    /// Many messages each way.
    Bidirectional,
}

impl Shape {
    /// Whether a client sends many messages.
    pub(crate) fn is_client_streaming(self) -> bool {
        matches!(self, Self::ClientStreaming | Self::Bidirectional)
    }

    /// Whether a service replies with many messages.
    pub(crate) fn is_server_streaming(self) -> bool {
        matches!(self, Self::ServerStreaming | Self::Bidirectional)
    }
}

/// The `&'static MethodInfo` of a method of a service whose name is a constant expression.
#[doc(hidden)]
#[macro_export]
macro_rules! __method_info {
    ($service:expr, $name:literal, $shape:ident) => {
        const {
            const PATH: [u8; $crate::__private::path_len($service, $name)] =
                $crate::__private::path($service, $name);
            &$crate::__private::MethodInfo::new(
                $crate::__private::path_str(&PATH),
                $crate::__private::Shape::$shape,
            )
        }
    };
}

/// The length of `/service/name`.
pub const fn path_len(service: &str, name: &str) -> usize {
    service.len() + name.len() + 2
}

/// `/service/name`, as the bytes a constant can be made of.
pub const fn path<const N: usize>(service: &str, name: &str) -> [u8; N] {
    let mut path = [b'/'; N];
    let (from_service, from_name) = (service.as_bytes(), name.as_bytes());
    let mut i = 0;
    while i < from_service.len() {
        path[1 + i] = from_service[i];
        i += 1;
    }
    let mut i = 0;
    while i < from_name.len() {
        path[2 + from_service.len() + i] = from_name[i];
        i += 1;
    }
    path
}

/// The bytes of [`path`] as text again.
pub const fn path_str(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(path) => path,
        Err(_) => panic!("two strings joined are UTF-8"),
    }
}
