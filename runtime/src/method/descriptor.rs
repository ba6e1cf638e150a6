//! What the descriptor of an rpc says.

use super::option::OptionValue;
use super::shape::Shape;

/// The descriptor of an rpc, as `vestibule-build` writes it beside tonic's code.
///
/// [`MethodInfo::from_descriptor`](crate::MethodInfo::from_descriptor) makes the method of it, whose functions tell what the
/// descriptor says.
///
/// ```
/// use vestibule::descriptor::{Idempotency, MethodDescriptor};
/// use vestibule::{MethodInfo, Shape};
///
/// const GET_URL: &MethodInfo = &MethodInfo::from_descriptor(
///     const {
///         &MethodDescriptor::new("/shop.Links/GetURL", Shape::Unary, "get_url")
///             .messages("shop.GetRequest", "shop.Link")
///             .idempotency(Idempotency::NoSideEffects)
///     },
/// );
/// assert_eq!(GET_URL.name(), "GetURL");
/// assert_eq!(GET_URL.request_type(), Some("shop.GetRequest"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MethodDescriptor {
    pub(super) path: &'static str,
    pub(super) shape: Shape,
    pub(super) rust_name: &'static str,
    pub(super) request_type: &'static str,
    pub(super) response_type: &'static str,
    pub(super) is_deprecated: bool,
    pub(super) idempotency: Idempotency,
    pub(super) options: &'static [(&'static str, OptionValue)],
    pub(super) has_default_stub: bool,
}

impl MethodDescriptor {
    /// Creates a descriptor from the path of the rpc, its shape, and the name of its method in tonic's trait, without `r#`.
    ///
    /// See [`MethodDescriptor`] for an example.
    #[must_use]
    pub const fn new(path: &'static str, shape: Shape, rust_name: &'static str) -> Self {
        Self {
            path,
            shape,
            rust_name,
            request_type: "",
            response_type: "",
            is_deprecated: false,
            idempotency: Idempotency::Unknown,
            options: &[],
            has_default_stub: false,
        }
    }

    /// Sets the full names of the message types, such as `shop.GetRequest`.
    #[must_use]
    pub const fn messages(self, request_type: &'static str, response_type: &'static str) -> Self {
        Self { request_type, response_type, ..self }
    }

    /// Says that the rpc has the option `deprecated`.
    #[must_use]
    pub const fn deprecated(self) -> Self {
        Self { is_deprecated: true, ..self }
    }

    /// Sets the `idempotency_level` of the rpc.
    #[must_use]
    pub const fn idempotency(self, idempotency: Idempotency) -> Self {
        Self { idempotency, ..self }
    }

    /// Sets the values of [custom options](super::CustomOption), each with the full name of its extension.
    #[must_use]
    pub const fn options(self, options: &'static [(&'static str, OptionValue)]) -> Self {
        Self { options, ..self }
    }

    /// Says that tonic's trait has a default method for the rpc, as it has with `generate_default_stubs`.
    #[must_use]
    pub const fn default_stub(self) -> Self {
        Self { has_default_stub: true, ..self }
    }
}

/// The `idempotency_level` of an rpc, as [`MethodOptions`] defines it.
///
/// ```
/// use vestibule::descriptor::Idempotency;
/// use vestibule::{MethodInfo, Shape};
///
/// // Nothing is known of a method without a descriptor.
/// let say_hello = MethodInfo::new("/hello.Greeter/SayHello", Shape::Unary);
/// assert_eq!(say_hello.idempotency(), Idempotency::Unknown);
/// ```
///
/// [`MethodOptions`]: https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Idempotency {
    /// The descriptor does not say it, or there is no descriptor: `IDEMPOTENCY_UNKNOWN`.
    #[default]
    Unknown,
    /// The rpc only reads: `NO_SIDE_EFFECTS`.
    NoSideEffects,
    /// A second call has no further effect: `IDEMPOTENT`.
    Idempotent,
}
