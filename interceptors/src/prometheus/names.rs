//! The names of go-grpc-prometheus.

use vestibule::{Code, Shape};

/// The value of all three labels for a method that is not known.
const OTHER: &str = "other";

/// The number of status codes.
pub(super) const CODES: usize = 17;

/// The name of a metric without `_total`, and its description.
pub(super) type Name = (&'static str, &'static str);

/// The names of the metrics of one side.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) started: Name,
    pub(super) handled: Name,
    pub(super) received: Name,
    pub(super) sent: Name,
    pub(super) handling: Name,
    pub(super) in_flight: Name,
    /// `None` on a server, which makes no attempts.
    pub(super) retries: Option<Name>,
}

pub(super) const SERVER: Names = Names {
    started: ("grpc_server_started", "Total number of RPCs started on the server."),
    handled: (
        "grpc_server_handled",
        "Total number of RPCs completed on the server, regardless of success or failure.",
    ),
    received: ("grpc_server_msg_received", "Total number of RPC stream messages received on the server."),
    sent: ("grpc_server_msg_sent", "Total number of gRPC stream messages sent by the server."),
    handling: (
        "grpc_server_handling_seconds",
        "Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.",
    ),
    in_flight: ("grpc_server_in_flight", "Number of RPCs that have started on the server and not completed."),
    retries: None,
};

pub(super) const CLIENT: Names = Names {
    started: ("grpc_client_started", "Total number of RPCs started on the client."),
    handled: (
        "grpc_client_handled",
        "Total number of RPCs completed by the client, regardless of success or failure.",
    ),
    received: ("grpc_client_msg_received", "Total number of RPC stream messages received by the client."),
    sent: ("grpc_client_msg_sent", "Total number of gRPC stream messages sent by the client."),
    handling: (
        "grpc_client_handling_seconds",
        "Histogram of response latency (seconds) of the gRPC until it is finished by the application.",
    ),
    in_flight: ("grpc_client_in_flight", "Number of RPCs that have started on the client and not completed."),
    retries: Some(("grpc_client_retries", "Total number of further attempts of RPCs on the client.")),
};

/// The labels of a method, as the encoder takes them.
pub(super) type Labels = [(&'static str, &'static str); 3];

/// The labels of all methods that are not known.
pub(super) const OTHER_METHODS: Labels =
    [("grpc_type", OTHER), ("grpc_service", OTHER), ("grpc_method", OTHER)];

/// Returns the labels of a method with a path that no caller has chosen.
pub(super) fn labels(path: &'static str, shape: Option<Shape>) -> Labels {
    let (service, method) = path[1..].rsplit_once('/').unwrap_or((OTHER, OTHER));
    [("grpc_type", shape.map_or(OTHER, type_name)), ("grpc_service", service), ("grpc_method", method)]
}

const fn type_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Unary => "unary",
        Shape::ClientStreaming => "client_stream",
        Shape::ServerStreaming => "server_stream",
        Shape::Bidirectional => "bidi_stream",
    }
}

/// Returns the name of the code with this number, as grpc-go prints it.
pub(super) const fn code_name(number: usize) -> &'static str {
    match Code::from_i32(number as i32) {
        Code::Ok => "OK",
        Code::Cancelled => "Canceled",
        Code::Unknown => "Unknown",
        Code::InvalidArgument => "InvalidArgument",
        Code::DeadlineExceeded => "DeadlineExceeded",
        Code::NotFound => "NotFound",
        Code::AlreadyExists => "AlreadyExists",
        Code::PermissionDenied => "PermissionDenied",
        Code::ResourceExhausted => "ResourceExhausted",
        Code::FailedPrecondition => "FailedPrecondition",
        Code::Aborted => "Aborted",
        Code::OutOfRange => "OutOfRange",
        Code::Unimplemented => "Unimplemented",
        Code::Internal => "Internal",
        Code::Unavailable => "Unavailable",
        Code::DataLoss => "DataLoss",
        Code::Unauthenticated => "Unauthenticated",
    }
}
