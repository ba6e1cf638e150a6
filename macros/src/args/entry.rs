use syn::{Expr, Ident, Type};

use crate::common::codes::Code;
use crate::common::metadata_key::MetadataKey;

/// One step of a chain: it runs before the handler.
#[derive(Clone)]
pub(crate) enum Entry {
    Interceptor { name: Option<Ident>, expr: Expr },
    Require { binding: Option<(Ident, Type)>, key: MetadataKey, failure: Failure },
}

impl Entry {
    /// Returns the name that the entry binds.
    pub(crate) fn name(&self) -> Option<&Ident> {
        match self {
            Self::Interceptor { name, .. } => name.as_ref(),
            Self::Require { binding, .. } => binding.as_ref().map(|(name, _)| name),
        }
    }
}

/// The status for missing or malformed metadata, where it is not the default.
#[derive(Clone, Default)]
pub(crate) struct Failure {
    pub(crate) code: Option<Code>,
    pub(crate) message: Option<Expr>,
}
