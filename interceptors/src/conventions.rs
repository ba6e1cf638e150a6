//! The names that OpenTelemetry's conventions for rpc give to what is observed, and their rules.
//!
//! The crate `opentelemetry-semantic-conventions` has the names of an older version, so they stand here. The page
//! `docs/opentelemetry.md` lists them with the version of the standard.

use std::sync::atomic::{AtomicBool, Ordering};

use vestibule::{Call, Code, MethodInfo};

/// The value of `rpc.system.name`. It is also the name of a span whose method is not known.
pub(crate) const GRPC: &str = "grpc";
/// The value of `rpc.method` for a method that is not known.
pub(crate) const OTHER: &str = "_OTHER";

/// Returns the name and the version under which spans and instruments are made.
#[cfg(feature = "opentelemetry")]
pub(crate) fn scope() -> opentelemetry::InstrumentationScope {
    opentelemetry::InstrumentationScope::builder(env!("CARGO_PKG_NAME"))
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_schema_url("https://opentelemetry.io/schemas/1.45.0")
        .build()
}

/// The side of a call on which an interceptor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Server,
    Client,
}

impl Side {
    /// Returns the side on which a call is, for an `interceptor` that was made for the side `self`.
    ///
    /// If it stands on the other side, the log says so once in a process: `is_reported` remembers it.
    #[inline]
    pub(crate) fn of(self, call: &Call, interceptor: &'static str, is_reported: &AtomicBool) -> Self {
        let side = if call.is_client() { Self::Client } else { Self::Server };
        if side != self && !is_reported.swap(true, Ordering::Relaxed) {
            self.report_wrong(interceptor, side);
        }
        side
    }

    #[cold]
    fn report_wrong(self, interceptor: &'static str, side: Self) {
        let (written, right) = (self.as_str(), side.as_str());
        tracing::error!(
            target: "vestibule",
            "`{interceptor}::{written}` stands on a {right}: write `{interceptor}::{right}`"
        );
    }

    /// Returns `server` or `client`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }

    /// Returns true if a call that ends with `code` has failed.
    ///
    /// For a client every code but OK is a failure. For a server, most codes say that the client was wrong.
    pub(crate) const fn is_failure(self, code: Code) -> bool {
        match self {
            Self::Client => !matches!(code, Code::Ok),
            Self::Server => matches!(
                code,
                Code::Unknown
                    | Code::DeadlineExceeded
                    | Code::Unimplemented
                    | Code::Internal
                    | Code::Unavailable
                    | Code::DataLoss
            ),
        }
    }
}

/// Returns the name of a method in OpenTelemetry, such as `hello.Greeter/SayHello`, from its path.
pub(crate) fn name_of_path(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

/// The methods that a layer or a client may name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Methods(Vec<&'static MethodInfo>);

impl Methods {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn add(&mut self, methods: &[&'static MethodInfo]) {
        self.0.extend_from_slice(methods);
    }

    /// Returns the name of a method if it is a constant of the program or one of the list, and `None` otherwise.
    pub(crate) fn name(&self, method: &MethodInfo) -> Option<&'static str> {
        let listed = || self.0.iter().find(|listed| **listed == method).map(|listed| listed.path());
        method.static_path().or_else(listed).map(name_of_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_fails_with_six_codes_and_a_client_with_all_but_ok() {
        let codes = |side: Side| (0..17).map(Code::from).filter(move |code| side.is_failure(*code));
        let of_server = [
            Code::Unknown,
            Code::DeadlineExceeded,
            Code::Unimplemented,
            Code::Internal,
            Code::Unavailable,
            Code::DataLoss,
        ];
        assert!(codes(Side::Server).eq(of_server));
        assert!(codes(Side::Client).eq((1..17).map(Code::from)));
    }
}
