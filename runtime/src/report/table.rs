//! What the expansion of an annotated impl tells of it, as constants.

use crate::MethodInfo;
use crate::code::CodeSet;
use crate::method::ServiceInfo;
use crate::phase::PhaseRange;

/// What a report needs of a service.
#[derive(Clone, Copy, Debug)]
pub struct ServiceTable {
    /// What `vestibule-build` says of the service.
    pub descriptor: Option<&'static ServiceInfo>,
    /// The names that `each(...)` demands.
    pub demanded: &'static [&'static str],
    /// The entries of the impl.
    pub entries: &'static [EntryRow],
    /// The rpcs that the impl has.
    pub rpcs: &'static [RpcRow],
}

impl ServiceTable {
    /// Returns the entries of an rpc, in the order in which they run. True stands for an entry of the impl.
    pub(crate) fn entries_of(
        &self,
        rpc: &'static RpcRow,
    ) -> impl Iterator<Item = (&'static EntryRow, bool)> + use<> {
        let &(_, places, own, ..) = rpc;
        let of_impl = self.entries;
        places.iter().map(move |&place| match of_impl.get(place) {
            Some(entry) => (entry, true),
            None => (&own[place - of_impl.len()], false),
        })
    }

    /// The table of a service with mistakes.
    pub const EMPTY: Self = Self { descriptor: None, demanded: &[], entries: &[], rpcs: &[] };
}

/// An interceptor of a layer: the name of its type, and its phases.
pub type LayerRow = (&'static str, PhaseRange);

/// An entry: its source text or its key, the name that it binds or an empty text, its kind, and its phases.
pub type EntryRow = (&'static str, &'static str, RowKind, PhaseRange);

/// An rpc: the method, the places of its entries in the order in which they run, its own entries, the names that it skips, the
/// metadata keys that its handler reads, and the codes of its handler's error.
///
/// A place counts the entries of the impl first, and then those of the method.
pub type RpcRow = (
    &'static MethodInfo,
    &'static [usize],
    &'static [EntryRow],
    &'static [&'static str],
    &'static [&'static str],
    Option<CodeSet>,
);

/// The kind of an entry. Its variants have no names of public traits, because rustc writes such a name with its whole path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// An interceptor, which starts when the headers have arrived.
    Start,
    /// A key of `#[require_metadata]`.
    Key,
    /// An interceptor that uses the message. It runs when the message has arrived.
    Message,
}

impl RowKind {
    /// Returns the name of the kind, in lower case.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Start => "interceptor",
            Self::Key => "metadata",
            Self::Message => "guard",
        }
    }
}
