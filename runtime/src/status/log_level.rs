use tonic::Code;
use tracing::Level;

/// Returns the level at which a server logs a failure with this code.
///
/// The levels are those of `DefaultServerCodeToLevel` in [go-grpc-middleware]: ERROR for faults of the server, WARN for
/// what an operator may have to act on, and INFO for faults of the client.
///
/// [go-grpc-middleware]: https://github.com/grpc-ecosystem/go-grpc-middleware/blob/main/interceptors/logging/options.go
pub(super) const fn log_level(code: Code) -> Level {
    match code {
        Code::Unknown | Code::Unimplemented | Code::Internal | Code::DataLoss => Level::ERROR,
        Code::DeadlineExceeded
        | Code::PermissionDenied
        | Code::ResourceExhausted
        | Code::FailedPrecondition
        | Code::Aborted
        | Code::OutOfRange
        | Code::Unavailable => Level::WARN,
        Code::Ok
        | Code::Cancelled
        | Code::InvalidArgument
        | Code::NotFound
        | Code::AlreadyExists
        | Code::Unauthenticated => Level::INFO,
    }
}

/// Logs an event of vestibule at a level that is known at run time.
macro_rules! event_at {
    ($level:expr, $($field:tt)*) => {
        match $level {
            tracing::Level::ERROR => tracing::error!(target: "vestibule", $($field)*),
            tracing::Level::WARN => tracing::warn!(target: "vestibule", $($field)*),
            _ => tracing::info!(target: "vestibule", $($field)*),
        }
    };
}

pub(super) use event_at;
