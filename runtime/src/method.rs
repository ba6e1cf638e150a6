use std::fmt;
use std::marker::PhantomData;

/// The message types of an rpc, as a type: what [`Hooks`](crate::Hooks) are generic over.
///
/// A bound on `M::Request` is a demand on every method the interceptor is mounted on. It is
/// checked when the service is compiled.
///
/// [`Rpc`] is what implements it.
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

mod sealed {
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

/// The name, path and shape of an rpc: a constant, the same for all its calls.
///
/// ```
/// use vestibule::{MethodInfo, Shape};
///
/// const ADDITION: MethodInfo = MethodInfo::new("/calcul.Calculatrice/Addition", Shape::Unary);
/// assert_eq!(ADDITION.service(), "calcul.Calculatrice");
/// assert_eq!(ADDITION.name(), "Addition");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MethodInfo {
    path: &'static str,
    service: &'static str,
    name: &'static str,
    shape: Shape,
}

impl MethodInfo {
    /// A method by its HTTP/2 path, `/package.Service/Method`.
    ///
    /// # Panics
    ///
    /// If the path has another form. In a constant, that is a compile error.
    #[must_use]
    pub const fn new(path: &'static str, shape: Shape) -> Self {
        let bytes = path.as_bytes();
        let mut slash = bytes.len();
        while slash > 0 && bytes[slash - 1] != b'/' {
            slash -= 1;
        }
        assert!(slash > 2 && slash < bytes.len() && bytes[0] == b'/', "a path is `/package.Service/Method`");
        let (service, name) = path.split_at(slash);
        let (service, _) = service.split_at(slash - 1);
        let (_, service) = service.split_at(1);
        Self { path, service, name, shape }
    }

    /// The HTTP/2 path, `/package.Service/Method`.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The service with its package, as it stands in the path.
    #[must_use]
    pub const fn service(&self) -> &'static str {
        self.service
    }

    /// The method without its service, as it stands in the path.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Which side streams.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        self.shape
    }
}

/// The four shapes of an rpc, in the words of the [gRPC core concepts].
///
/// ```
/// # use vestibule::{MethodInfo, Shape};
/// # let method = MethodInfo::new("/pb.Greeter/SayHello", Shape::Unary);
/// assert_eq!(method.shape(), Shape::Unary);
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
