//! A method at run time.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::descriptor::{Idempotency, MethodDescriptor};
use super::option::CustomOption;
use super::shape::Shape;
use crate::const_text::is_equal;
use crate::log_text;

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
    descriptor: Option<&'static MethodDescriptor>,
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
        Self { path: Path::Static(path), name_start, shape: Some(shape), descriptor: None }
    }

    /// Creates a method from its descriptor.
    ///
    /// See [`MethodDescriptor`] for an example.
    ///
    /// # Panics
    ///
    /// Panics if the path is not `/package.Service/Method`. In a constant, the panic is a compile error.
    #[must_use]
    pub const fn from_descriptor(descriptor: &'static MethodDescriptor) -> Self {
        let Some(name_start) = name_start(descriptor.path.as_bytes()) else {
            panic!("a path is `/package.Service/Method`")
        };
        let path = Path::Static(descriptor.path);
        Self { path, name_start, shape: Some(descriptor.shape), descriptor: Some(descriptor) }
    }

    /// Returns the method with the path of a request, or `None` if the path is not a gRPC path.
    pub(crate) fn from_path(path: &str) -> Option<Self> {
        let name_start = name_start(path.as_bytes())?;
        Some(Self { path: Path::Shared(path.into()), name_start, shape: None, descriptor: None })
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

    /// Returns the path as a line of the log may have it. In a layer, the client has chosen its length.
    pub(crate) fn logged_path(&self) -> Cow<'_, str> {
        log_text::cut_path(self.path())
    }

    /// Returns the path if it is a constant of the program, as for each method of an annotated service.
    ///
    /// In a layer and on a client, the path is that of a request, and this method returns `None`. An interceptor uses it
    /// for names that outlive the call, and to know that no caller has chosen the name:
    ///
    /// ```
    /// use vestibule::{Call, Status, interceptor};
    ///
    /// #[interceptor]
    /// async fn count(call: &Call) -> Result<(), Status> {
    ///     let label: &'static str = call.method().static_path().unwrap_or("other");
    ///     println!("one more call of {label}");
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub const fn static_path(&self) -> Option<&'static str> {
        match self.path {
            Path::Static(path) => Some(path),
            Path::Shared(_) => None,
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

    /// Returns the full name of the message type of requests, such as `hello.HelloRequest`, or `None` without a descriptor.
    ///
    /// See [`MethodDescriptor`] for an example.
    #[must_use]
    pub fn request_type(&self) -> Option<&'static str> {
        Some(self.descriptor?.request_type)
    }

    /// Returns the full name of the message type of responses, or `None` without a descriptor.
    ///
    /// See [`MethodDescriptor`] for an example.
    #[must_use]
    pub fn response_type(&self) -> Option<&'static str> {
        Some(self.descriptor?.response_type)
    }

    /// Returns true if the descriptor says that the rpc is deprecated.
    #[must_use]
    pub fn is_deprecated(&self) -> bool {
        self.descriptor.is_some_and(|descriptor| descriptor.is_deprecated)
    }

    /// Returns the `idempotency_level` of the descriptor. It is [`Idempotency::Unknown`] without a descriptor.
    #[must_use]
    pub fn idempotency(&self) -> Idempotency {
        self.descriptor.map_or(Idempotency::Unknown, |descriptor| descriptor.idempotency)
    }

    /// Returns the value of a custom option, or `None` if the .proto file does not set it or there is no descriptor.
    ///
    /// See [`CustomOption`] for an example.
    #[must_use]
    pub fn option<T>(&self, option: CustomOption<Self, T>) -> Option<T> {
        option.find(self.descriptor?.options)
    }

    /// Returns true if the descriptor sets the custom option with this full name.
    pub(super) const fn has_option(&self, name: &str) -> bool {
        let Some(descriptor) = self.descriptor else { return false };
        let mut i = 0;
        while i < descriptor.options.len() {
            if is_equal(descriptor.options[i].0, name) {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Returns the name of the method in tonic's trait, without `r#`, or `None` without a descriptor.
    pub(super) const fn rust_name(&self) -> Option<&'static str> {
        match self.descriptor {
            Some(descriptor) => Some(descriptor.rust_name),
            None => None,
        }
    }

    /// Returns the name of the method in tonic's trait if the trait has a default method for the rpc.
    pub(super) const fn stub(&self) -> Option<&'static str> {
        match self.descriptor {
            Some(descriptor) if descriptor.has_default_stub => Some(descriptor.rust_name),
            _ => None,
        }
    }

    /// Returns the name of a method that has a descriptor, as [`name`](Self::name) cannot in a constant.
    pub(super) const fn name_in_constant(&self) -> &'static str {
        match self.descriptor {
            Some(descriptor) => descriptor.path.split_at(self.name_start).1,
            None => "",
        }
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
