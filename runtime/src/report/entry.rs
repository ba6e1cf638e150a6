//! An entry of a list.

use std::fmt;

use super::one_line::OneLine;
use super::table::{EntryKind, EntryRow};
use crate::phase::Position;

/// An entry of the list that a call passes.
///
/// See the [module](super) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryReport {
    source: &'static str,
    name: Option<&'static str>,
    kind: EntryKind,
    phase: Option<String>,
    origin: Origin,
    is_demanded: bool,
    is_authorize: bool,
}

/// The place in which an entry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The list of the impl.
    Impl,
    /// The list of the method.
    Method,
}

impl EntryReport {
    pub(super) fn new(row: &EntryRow, origin: Origin, demanded: &[&str]) -> Self {
        let &(source, name, kind, span) = row;
        let phase = span.filter(|_| kind == EntryKind::Interceptor);
        Self {
            source,
            name: (!name.is_empty()).then_some(name),
            kind,
            phase: phase.map(phase_text),
            origin,
            is_demanded: demanded.contains(&name),
            is_authorize: phase.is_some_and(|(first, last)| [first, last].contains(&Position::Authorize)),
        }
    }

    /// Returns the entry as the list writes it, without its name: `member(caller)` for `access = member(caller)`. For required
    /// metadata it is the key.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// Returns the name that the entry binds.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Returns the kind of the entry.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        self.kind
    }

    /// Returns the name of the entry's [phase](crate::phase), in lower case. For a named list it is the first and the last
    /// phase, as in `edge to authenticate`.
    ///
    /// It is `None` for metadata, for a guard, for an entry in [`out_of_order`](crate::out_of_order), and for an entry of the
    /// impl that only methods with a `#[cfg]` have.
    #[must_use]
    pub fn phase(&self) -> Option<&str> {
        self.phase.as_deref()
    }

    /// Returns the place in which the entry is written.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Returns true if the entry decides who may call: it has a name that `each(...)` demands, or the phase
    /// [`Authorize`](crate::phase::Authorize).
    ///
    /// The phase of a guard is not known, so a guard is a policy only if `each(...)` demands its name.
    #[must_use]
    pub const fn is_policy(&self) -> bool {
        self.is_demanded || self.is_authorize
    }

    /// Returns true if the entry is [`public()`](crate::public), which accepts every call. It is recognised by its name.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.source == "public()" || self.source.ends_with("::public()")
    }
}

/// Writes the entry as the list writes it, in one line.
impl fmt::Display for EntryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name {
            write!(f, "{name} = ")?;
        }
        match self.kind {
            EntryKind::Metadata => write!(f, "metadata {:?}", self.source),
            EntryKind::Interceptor | EntryKind::Guard => OneLine(self.source).fmt(f),
        }
    }
}

impl Origin {
    /// Returns the name of the place, in lower case.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Impl => "impl",
            Self::Method => "method",
        }
    }
}

fn phase_text((first, last): (Position, Position)) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}
