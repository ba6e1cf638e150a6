//! An rpc, and what guards it.

use tonic::Code;

use super::entry::{EntryReport, Origin};
use super::table::{LayerRow, RpcRow, ServiceTable};
use crate::MethodInfo;
use crate::code::{CodeSet, code_name};

/// An rpc, and the entries that a call passes before its handler runs.
///
/// See the [module](super) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RpcReport {
    method: &'static MethodInfo,
    entries: Vec<EntryReport>,
    skipped: &'static [&'static str],
    metadata: &'static [&'static str],
    codes: Option<Vec<Code>>,
    is_unimplemented: bool,
}

impl RpcReport {
    pub(super) fn new(service: &ServiceTable, row: &'static RpcRow) -> Self {
        let &(method, _, _, skipped, metadata, codes) = row;
        let entries = service.entries_of(row).map(|(entry, is_of_impl)| {
            let origin = if is_of_impl { Origin::Impl } else { Origin::Method };
            EntryReport::new(entry, origin, service.demanded)
        });
        let entries = entries.collect();
        let codes = codes.map(CodeSet::codes);
        Self { method, entries, skipped, metadata, codes, is_unimplemented: false }
    }

    pub(super) const fn unimplemented(method: &'static MethodInfo) -> Self {
        let entries = Vec::new();
        Self { method, entries, skipped: &[], metadata: &[], codes: None, is_unimplemented: true }
    }

    /// Adds the interceptors of the layers in front of the service.
    pub(super) fn behind(mut self, layers: &[LayerRow]) -> Self {
        self.entries.splice(..0, layers.iter().map(EntryReport::of_layer));
        self
    }

    /// Returns the name, the path and the shape of the rpc, and what its descriptor says.
    #[must_use]
    pub const fn method(&self) -> &'static MethodInfo {
        self.method
    }

    /// Returns the entries in the order in which a call passes them. The guards are the last ones.
    #[must_use]
    pub fn entries(&self) -> &[EntryReport] {
        &self.entries
    }

    /// Returns the names of `#[skip(...)]` above the method.
    #[must_use]
    pub const fn skipped(&self) -> &'static [&'static str] {
        self.skipped
    }

    /// Returns the keys of `#[metadata("key")]` at the parameters of the handler.
    ///
    /// What an interceptor reads is not known.
    #[must_use]
    pub const fn metadata(&self) -> &'static [&'static str] {
        self.metadata
    }

    /// Returns the codes that the handler's error can have, in the order of their numbers. A call can always end with other
    /// codes as well, which interceptors, extractors and the transport return.
    ///
    /// It is `None` if the codes are not known: the handler returns a `Status` or another error without
    /// [`#[grpc_error]`](macro@crate::grpc_error), or an expression decides a code of the error.
    #[must_use]
    pub fn codes(&self) -> Option<&[Code]> {
        self.codes.as_deref()
    }

    /// Returns the names of these codes, and none if the codes are not known.
    pub(super) fn code_names(&self) -> Vec<&'static str> {
        self.codes().into_iter().flatten().map(|code| code_name(*code)).collect()
    }

    /// Returns the keys of `#[require_metadata]`.
    pub fn required_metadata(&self) -> impl Iterator<Item = &'static str> {
        let required = self.entries.iter().filter(|entry| entry.is_required_metadata());
        required.map(EntryReport::source)
    }

    /// Returns the entries that decide who may call: see [`EntryReport::is_policy`].
    pub fn policies(&self) -> impl Iterator<Item = &EntryReport> {
        self.entries.iter().filter(|entry| entry.is_policy())
    }

    /// Returns true if the impl has no method for the rpc. A call ends with UNIMPLEMENTED, and no entry of the impl
    /// runs.
    ///
    /// Such rpcs are known if `vestibule-build` has generated the code of the service.
    #[must_use]
    pub const fn is_unimplemented(&self) -> bool {
        self.is_unimplemented
    }

    /// Returns true if the rpc has no policy, or if one of its policies is [`public()`](crate::public). An rpc without a method
    /// is not open.
    ///
    /// An open rpc may still ask who calls: an entry of the phase [`Authenticate`](crate::phase::Authenticate) is no policy.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let is_guarded = || self.policies().next().is_some() && !self.policies().any(EntryReport::is_public);
        !self.is_unimplemented && !is_guarded()
    }

    /// Returns the shape in words.
    pub(super) const fn shape(&self) -> &'static str {
        match self.method.shape() {
            Some(shape) => shape.in_words(),
            None => "unknown shape",
        }
    }
}
