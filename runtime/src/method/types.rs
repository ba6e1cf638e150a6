//! The message types of an rpc.

use std::fmt;
use std::marker::PhantomData;

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
