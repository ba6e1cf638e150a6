use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

/// The message types of an rpc. [`Hooks`](crate::Hooks) are generic over this trait.
///
/// If an impl of `Hooks` has a bound on `M::Request`, the messages of every method behind the interceptor must
/// satisfy it. The compiler checks this for each annotated service.
///
/// [`Rpc`] implements this trait for the methods of an annotated service. In a layer and on a client, messages stay
/// encoded: there, [`LayerMethod`](crate::server::LayerMethod) and [`ClientMethod`](crate::client::ClientMethod)
/// implement it. The trait cannot be implemented outside of this crate.
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
    /// The type of a message from the client. If the client streams, each of its messages has this type.
    type Request: Send + 'static;
    /// The type of a message from the service. If the service streams, each of its messages has this type.
    type Response: Send + 'static;
}

/// The [`Method`] that takes `Request` and responds with `Response`.
///
/// It is a type without values, for use in bounds. The chain of a method with the messages `Ping` and `Pong` requires
/// that each interceptor's hooks implement `Hooks<Rpc<Ping, Pong>>`.
///
/// ```
/// use vestibule::{Hooks, Rpc};
///
/// fn assert_hooks<H: Hooks<Rpc<String, u64>>>(_hooks: H) {}
/// assert_hooks(()); // `()` implements `Hooks` for every method
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

/// The name, path and shape of an rpc.
///
/// For an annotated service it is a constant. In a [`layer`](crate::layer()) and on a [`client`](crate::client()) it
/// is made from the path of each call, because the methods are not known before. A clone is cheap in both cases.
/// Hooks outlive the borrow of the [`Call`](crate::Call), so hooks that need the method store a clone.
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
    /// The index in the path at which the method's name begins.
    name_start: usize,
    shape: Option<Shape>,
}

#[derive(Clone)]
enum Path {
    Static(&'static str),
    Shared(Arc<str>),
}

impl MethodInfo {
    /// Creates a method from its HTTP/2 path, `/package.Service/Method`.
    ///
    /// See [`MethodInfo`] for an example.
    ///
    /// # Panics
    ///
    /// Panics if the path does not have that form. In a constant, the panic is a compile error.
    #[must_use]
    pub const fn new(path: &'static str, shape: Shape) -> Self {
        let Some(name_start) = name_start(path.as_bytes()) else {
            panic!("a path is `/package.Service/Method`")
        };
        Self { path: Path::Static(path), name_start, shape: Some(shape) }
    }

    /// Returns the method with the path of a request, or `None` if the path is not a gRPC path.
    pub(crate) fn from_path(path: &str) -> Option<Self> {
        let name_start = name_start(path.as_bytes())?;
        Some(Self { path: Path::Shared(path.into()), name_start, shape: None })
    }

    /// Returns true if the path has a prefix before the service, as in `/x/pb.Admin/Delete`.
    ///
    /// Names in such a path are not safe to compare. A guard for `pb.Admin` would not recognize this call, and an
    /// exemption for a service must not apply to it.
    pub(crate) fn is_nested(&self) -> bool {
        self.service().contains('/')
    }

    /// Returns the method with the path of a client's request, without a prefix that may stand before the service.
    ///
    /// A client may reach its server under such a prefix. It is safe to ignore: the caller itself has chosen it.
    pub(crate) fn from_prefixed_path(path: &str) -> Option<Self> {
        let name_start = name_start(path.as_bytes())?;
        Self::from_path(&path[path[..name_start - 1].rfind('/')?..])
    }

    /// Returns the HTTP/2 path, `/package.Service/Method`, as the [gRPC protocol] defines it.
    ///
    /// An interceptor may compare the path, the service and the name. They never contain a prefix, neither one under
    /// which a router [nests](crate::server::Layer::nested_under) services nor one in the address of a server.
    ///
    /// ```
    /// use vestibule::{MethodInfo, Shape};
    ///
    /// const SAY_HELLO: MethodInfo = MethodInfo::new("/hello.Greeter/SayHello", Shape::Unary);
    /// assert_eq!(SAY_HELLO.path(), "/hello.Greeter/SayHello");
    /// assert_eq!(SAY_HELLO.service(), "hello.Greeter");
    /// assert_eq!(SAY_HELLO.name(), "SayHello");
    /// assert_eq!(SAY_HELLO.shape(), Some(Shape::Unary));
    /// ```
    ///
    /// [gRPC protocol]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
    #[must_use]
    pub fn path(&self) -> &str {
        match &self.path {
            Path::Static(path) => path,
            Path::Shared(path) => path,
        }
    }

    /// Returns the name of the service with its package, `package.Service`.
    ///
    /// See [`path`](Self::path) for an example.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.path()[1..self.name_start - 1]
    }

    /// Returns the name of the method without its service.
    ///
    /// See [`path`](Self::path) for an example.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.path()[self.name_start..]
    }

    /// Returns the shape of the rpc, or `None` if it is not known.
    ///
    /// The shape is known in an annotated service. A layer and a client do not know it, because a request over HTTP/2
    /// does not contain it. See [`path`](Self::path) for an example.
    #[must_use]
    pub const fn shape(&self) -> Option<Shape> {
        self.shape
    }
}

/// Returns the index at which the name begins in `/package.Service/Method`.
const fn name_start(path: &[u8]) -> Option<usize> {
    let mut start = path.len();
    while start > 0 && path[start - 1] != b'/' {
        start -= 1;
    }
    if start > 2 && start < path.len() && path[0] == b'/' { Some(start) } else { None }
}

/// Compares the paths only. Two values for one method are equal even if just one of them knows the shape.
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
    /// The client sends one message, and the service sends one.
    Unary,
    /// The client sends many messages, and the service sends one.
    ClientStreaming,
    /// The client sends one message, and the service sends many.
    ServerStreaming,
    /// Both sides send many messages.
    Bidirectional,
}

impl Shape {
    /// Returns true if the client sends many messages.
    pub(crate) fn is_client_streaming(self) -> bool {
        matches!(self, Self::ClientStreaming | Self::Bidirectional)
    }

    /// Returns true if the service sends many messages.
    pub(crate) fn is_server_streaming(self) -> bool {
        matches!(self, Self::ServerStreaming | Self::Bidirectional)
    }
}

/// Makes the `&'static MethodInfo` of a method. The name of the service is a constant expression.
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

/// Returns the length of `/service/name`.
pub const fn path_len(service: &str, name: &str) -> usize {
    service.len() + name.len() + 2
}

/// Returns the bytes of `/service/name`. A `const fn` cannot return a `String`.
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

/// Returns the bytes of [`path`] as a string.
pub const fn path_str(bytes: &'static [u8]) -> &'static str {
    match std::str::from_utf8(bytes) {
        Ok(path) => path,
        Err(_) => panic!("a path of two strings is UTF-8"),
    }
}
