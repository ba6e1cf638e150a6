/// The attribute macro that is being expanded.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum MacroName {
    Interceptor,
    RequireMetadata,
    GrpcError,
}

impl MacroName {
    /// Returns the name that the user writes.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Interceptor => "interceptor",
            Self::RequireMetadata => "require_metadata",
            Self::GrpcError => "grpc_error",
        }
    }
}
