mod details;
mod path;
mod violations;

use std::fmt;
use std::marker::PhantomData;

use tonic::{Code, Status};
use vestibule::{Call, Hooks, Interceptor, Method, MethodInfo, Shape, interceptor};

pub use violations::{Validate, Violation, Violations};

/// Refuses messages that break their rules.
///
/// The rules are those of [`Validate`], which each message implements:
///
/// ```
/// use proto::probe::probe_server::{Probe, ProbeServer};
/// use vestibule::{Status, interceptor};
/// use vestibule_interceptors::{Validate, Validation, Violations};
/// # mod messages {
/// #     #[derive(Clone, PartialEq, prost::Message)]
/// #     pub struct Order { #[prost(uint32, tag = "1")] pub count: u32 }
/// # }
/// use messages::Order;
///
/// impl Validate for Order {
///     fn validate(&self) -> Result<(), Violations> {
///         let mut violations = Violations::new();
///         if self.count == 0 {
///             violations.add("count", "uint32.gt", "must be greater than 0");
///         }
///         violations.into_result()
///     }
/// }
///
/// // In the list of a service: #[interceptor(Validation::of_requests())]
/// let validation = Validation::of_requests();
/// ```
///
/// It sees messages with their types, so it stands in the list of an annotated service. A message type that does not implement
/// [`Validate`] is a compile error.
///
/// # What a client reads
///
/// | | |
/// | --- | --- |
/// | a request breaks rules | `INVALID_ARGUMENT` and `invalid request`, with all violations, or the [first](Self::first_only) |
/// | a message of a stream does | `INVALID_ARGUMENT` and `invalid message 2`, counted from zero; the messages before it were delivered |
/// | a response breaks rules | INTERNAL and a fixed text, because the client can't help it |
/// | the rules can't be checked | INTERNAL and a fixed text |
///
/// The violations are in the status twice: as `google.rpc.BadRequest`, and as `buf.validate.Violations`, which clients of
/// protovalidate read.
///
/// # What it reads and writes
///
/// | it | what |
/// | --- | --- |
/// | reads | each request, and each response with [`of_requests_and_responses`](Self::of_requests_and_responses) |
/// | writes | nothing |
/// | logs | ERROR `a response breaks its rules` and `the rules of a message can't be checked`, with `method` and `violations` |
/// | counts | the messages of a call |
///
/// It belongs to the phase [`Validate`](vestibule::phase::Validate). It allocates nothing for a valid message.
pub struct Validation<D = Requests> {
    keeps_first_only: bool,
    directions: PhantomData<fn() -> D>,
}

/// The directions of [`Validation::of_requests`]. It is the default, and nobody writes its name.
#[derive(Clone, Copy, Debug)]
pub enum Requests {}

/// The directions of [`Validation::of_requests_and_responses`].
#[derive(Clone, Copy, Debug)]
pub enum RequestsAndResponses {}

impl Validation {
    /// Checks the messages of clients. The example of [`Validation`] calls it.
    #[must_use]
    pub const fn of_requests() -> Self {
        Self { keeps_first_only: false, directions: PhantomData }
    }

    /// Checks the messages of both sides.
    ///
    /// ```
    /// use vestibule_interceptors::Validation;
    ///
    /// let validation = Validation::of_requests_and_responses();
    /// ```
    #[must_use]
    pub const fn of_requests_and_responses() -> Validation<RequestsAndResponses> {
        Validation { keeps_first_only: false, directions: PhantomData }
    }
}

impl<D> Validation<D> {
    /// Tells a client the first violation of a message, and not all of them.
    ///
    /// ```
    /// use vestibule_interceptors::Validation;
    ///
    /// let validation = Validation::of_requests().first_only();
    /// ```
    #[must_use]
    pub const fn first_only(self) -> Self {
        Self { keeps_first_only: true, directions: PhantomData }
    }
}

/// The hooks of [`Validation`], which check the messages of one call.
///
/// The hooks have no methods of their own and no example, because only the chain uses them.
pub struct ValidationHooks<D> {
    method: MethodInfo,
    keeps_first_only: bool,
    requests: u64,
    directions: PhantomData<fn() -> D>,
}

impl<D> ValidationHooks<D> {
    fn check_request(&mut self, message: &impl Validate) -> Result<(), Status> {
        let index = self.requests;
        self.requests += 1;
        message.validate().map_err(|violations| self.refuse_request(violations, index))
    }

    #[cold]
    fn refuse_request(&self, mut violations: Violations, index: u64) -> Status {
        if violations.failure().is_some() {
            return self.failed(&violations);
        }
        if self.keeps_first_only {
            violations.keep_first();
        }
        let is_stream =
            matches!(self.method.shape(), Some(Shape::ClientStreaming | Shape::Bidirectional) | None);
        let text = if is_stream { format!("invalid message {index}") } else { "invalid request".to_owned() };
        details::status(Code::InvalidArgument, &text, &violations)
    }

    #[cold]
    fn refuse_response(&self, violations: &Violations) -> Status {
        if violations.failure().is_some() {
            return self.failed(violations);
        }
        let method = self.method.path();
        tracing::error!(target: "vestibule", method, %violations, "a response breaks its rules");
        Status::internal("the response is not valid")
    }

    fn failed(&self, violations: &Violations) -> Status {
        let method = self.method.path();
        tracing::error!(target: "vestibule", method, %violations, "the rules of a message can't be checked");
        Status::internal("the message can't be checked")
    }
}

impl<M: Method<Request: Validate>> Hooks<M> for ValidationHooks<Requests> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.check_request(message)
    }
}

impl<M: Method<Request: Validate, Response: Validate>> Hooks<M> for ValidationHooks<RequestsAndResponses> {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        self.check_request(message)
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        message.validate().map_err(|violations| self.refuse_response(&violations))
    }
}

#[interceptor(phase = Validate)]
impl<D: 'static> Interceptor for Validation<D> {
    type Provides = ();
    type Hooks = ValidationHooks<D>;

    async fn start(&self, call: &Call) -> Result<((), ValidationHooks<D>), Status> {
        let (method, keeps_first_only) = (call.method().clone(), self.keeps_first_only);
        Ok(((), ValidationHooks { method, keeps_first_only, requests: 0, directions: PhantomData }))
    }
}

impl<D> Clone for Validation<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Validation<D> {}

impl<D> fmt::Debug for Validation<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validation").field("keeps_first_only", &self.keeps_first_only).finish()
    }
}

impl<D> fmt::Debug for ValidationHooks<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidationHooks").field("requests", &self.requests).finish_non_exhaustive()
    }
}
