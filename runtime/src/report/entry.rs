//! An entry of a list.

use std::fmt;

use super::one_line::OneLine;
use super::table::{EntryRow, LayerRow, RowKind};
use crate::phase::Position;

/// An entry of the list that a call passes.
///
/// See the [module](super) for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryReport {
    source: &'static str,
    name: Option<&'static str>,
    kind: RowKind,
    phase: Option<String>,
    origin: Origin,
    is_demanded: bool,
    is_authorize: bool,
}

impl EntryReport {
    pub(super) fn new(row: &EntryRow, origin: Origin, demanded: &[&str]) -> Self {
        let &(source, name, kind, span) = row;
        let phase = span.filter(|_| kind == RowKind::Start);
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

    pub(super) fn of_layer(row: &LayerRow) -> Self {
        let &(type_name, phases) = row;
        Self::new(&(type_name, "", RowKind::Start, phases), Origin::Layer, &[])
    }

    /// Returns the entry as the list writes it, without its name: `member(caller)` for `access = member(caller)`. For required
    /// metadata it is the key. For an interceptor of a layer it is the name of its type, because nothing else is known of it.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// Returns the name that the entry binds.
    #[must_use]
    pub const fn name(&self) -> Option<&'static str> {
        self.name
    }

    /// Returns true for a key of `#[require_metadata]`.
    #[must_use]
    pub fn is_required_metadata(&self) -> bool {
        self.kind == RowKind::Key
    }

    /// Returns true for an interceptor that uses the message. It runs when the message has arrived.
    #[must_use]
    pub fn is_guard(&self) -> bool {
        self.kind == RowKind::Message
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

    /// Returns true if the entry stands in the list of the impl.
    #[must_use]
    pub const fn is_of_impl(&self) -> bool {
        matches!(self.origin, Origin::Impl)
    }

    /// Returns true if the entry stands in a [layer](crate::server::Mounts::layer) in front of the service.
    #[must_use]
    pub const fn is_of_layer(&self) -> bool {
        matches!(self.origin, Origin::Layer)
    }

    /// Returns the name of the entry's kind, in lower case.
    pub(super) const fn kind(&self) -> &'static str {
        self.kind.name()
    }

    /// Returns the word for the list that has the entry.
    pub(super) const fn origin(&self) -> &'static str {
        match self.origin {
            Origin::Layer => "layer",
            Origin::Impl => "impl",
            Origin::Method => "method",
        }
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

/// The list that has an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Layer,
    Impl,
    Method,
}

/// Writes the entry as the list writes it, in one line.
impl fmt::Display for EntryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = self.name {
            write!(f, "{name} = ")?;
        }
        match self.kind {
            RowKind::Key => write!(f, "metadata {:?}", self.source),
            RowKind::Start | RowKind::Message => OneLine(self.source).fmt(f),
        }
    }
}

fn phase_text((first, last): (Position, Position)) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}
