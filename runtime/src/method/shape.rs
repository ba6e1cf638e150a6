//! The shape of an rpc.

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
    /// Returns the shape of an rpc from the two words `stream` in its .proto file.
    pub(crate) fn of_streams(is_client_streaming: bool, is_server_streaming: bool) -> Self {
        match (is_client_streaming, is_server_streaming) {
            (false, false) => Self::Unary,
            (true, false) => Self::ClientStreaming,
            (false, true) => Self::ServerStreaming,
            (true, true) => Self::Bidirectional,
        }
    }

    /// Returns the shape in words.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Unary => "unary",
            Self::ClientStreaming => "client streaming",
            Self::ServerStreaming => "server streaming",
            Self::Bidirectional => "bidirectional",
        }
    }

    /// Returns true if the client sends many messages.
    pub(crate) fn is_client_streaming(self) -> bool {
        matches!(self, Self::ClientStreaming | Self::Bidirectional)
    }

    /// Returns true if the service sends many messages.
    pub(crate) fn is_server_streaming(self) -> bool {
        matches!(self, Self::ServerStreaming | Self::Bidirectional)
    }
}
