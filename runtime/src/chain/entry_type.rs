//! The entries of a chain, which the compiler and a server know before the first call.
//!
//! The types of the entries are known only inside of the chain's function, which returns types that stand for them beside its
//! future. A named list has a type of its own for its hooks. The type of the phase stands for the place of the entry. The
//! entries of a list inside of another one are found in the same way.

use std::any::TypeId;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tonic::Status;

use super::interceptor::Interceptor;
use super::list_hooks::ListHooks;
use super::provided_later::ProvidedLater;
use super::rest::RestRef;
use crate::phase::sealed::Phase;
use crate::phase::{PhaseOf, PhaseRange};
use crate::{Call, Method};

/// The types of an entry: the hooks of a named list, or `()` for any other entry, and the phase. The compiler infers them from
/// the body of the chain.
///
/// It is not `Copy`: the levels would store a reference to a value that they could copy, but they move this one, which takes
/// no space.
pub struct EntryType<H, P>(PhantomData<fn() -> (H, P)>);

impl<H, P> EntryType<H, P> {
    /// Creates it for the entry that is recorded.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<H, P: Phase> EntryType<H, P> {
    /// Returns the phase that the entry states. An entry that states none may stand anywhere, because its type may be a parameter
    /// of the service, whose phase nobody knows.
    #[inline(always)]
    pub fn phase(&self) -> PhaseOf<P::IfStated> {
        PhaseOf::new()
    }
}

/// The hooks of an entry, which distinguish named lists, and its phase.
///
/// Method lookup finds the inherent method for a list, and the method of [`AnyRecorded`] otherwise.
pub struct Recorded<'a, H, P>(pub &'a H, pub PhaseOf<P>);

impl<H: ListEntry, P> Recorded<'_, H, P> {
    /// Does nothing. The call makes the list the type of this entry.
    #[inline(always)]
    pub fn vestibule_record(self, _entry: EntryType<H, P>) {}
}

/// An entry that is no named list.
pub trait AnyRecorded<P> {
    /// Does nothing. The call says that this entry is no list.
    fn vestibule_record(self, entry: EntryType<(), P>);
}

impl<H, P> AnyRecorded<P> for Recorded<'_, H, P> {
    #[inline(always)]
    fn vestibule_record(self, _entry: EntryType<(), P>) {}
}

/// A type that stands for a named list.
pub trait ListId: 'static {
    /// The first and the last phase of the entries. A list that is generic over types does not know them.
    const RANGE: PhaseRange = None;

    /// Adds the lists inside of this one to `ids`. A list that is generic over types does not know them.
    fn add_lists(ids: &mut Vec<TypeId>) {
        let _ = ids;
    }
}

/// The hooks of a named list as an entry.
pub trait ListEntry {
    /// The first and the last phase of the list.
    const RANGE: PhaseRange;

    /// Adds the lists that run in each call to `ids`.
    fn add_lists(ids: &mut Vec<TypeId>);
}

impl<Id: ListId> ListEntry for ListHooks<Id> {
    const RANGE: PhaseRange = Id::RANGE;

    fn add_lists(ids: &mut Vec<TypeId>) {
        ids.push(TypeId::of::<Self>());
        Id::add_lists(ids);
    }
}

/// A list in an `Option`, `only` or `except` does not run in each call, and so a server does not count it.
impl<H: ListEntry> ListEntry for Option<H> {
    const RANGE: PhaseRange = H::RANGE;

    fn add_lists(_ids: &mut Vec<TypeId>) {}
}

/// The types of several entries.
pub trait EntryTypes {
    /// The phases, in the order of the entries.
    const RANGES: Phases;
    /// The same without the entries that state no phase: in a generic service, their types may be parameters.
    const STATED: Phases;

    /// Adds the named lists, and the lists inside of them, to `ids`. It skips entries whose index, counted from `index`, is not
    /// among `of`.
    fn add_to(index: usize, of: Option<&[usize]>, ids: &mut Vec<TypeId>);
}

/// The phases of several entries: those of the first one, and those of the others.
#[derive(Clone, Copy, Debug)]
pub struct Phases(Option<(PhaseRange, &'static Self)>);

impl EntryTypes for () {
    const RANGES: Phases = Phases(None);
    const STATED: Phases = Phases(None);

    fn add_to(_index: usize, _of: Option<&[usize]>, _ids: &mut Vec<TypeId>) {}
}

impl<P: Phase, T: EntryTypes> EntryTypes for (EntryType<(), P>, T) {
    const RANGES: Phases = Phases(Some((P::RANGE, &T::RANGES)));
    const STATED: Phases = Phases(Some((if P::IS_STATED { P::RANGE } else { None }, &T::STATED)));

    fn add_to(index: usize, of: Option<&[usize]>, ids: &mut Vec<TypeId>) {
        T::add_to(index + 1, of, ids);
    }
}

impl<H: ListEntry, P: Phase, T: EntryTypes> EntryTypes for (EntryType<H, P>, T) {
    const RANGES: Phases = Phases(Some((if P::IS_STATED { P::RANGE } else { H::RANGE }, &T::RANGES)));
    const STATED: Phases = Phases(Some((if P::IS_STATED { P::RANGE } else { H::RANGE }, &T::STATED)));

    fn add_to(index: usize, of: Option<&[usize]>, ids: &mut Vec<TypeId>) {
        if of.is_none_or(|indices| indices.contains(&index)) {
            H::add_lists(ids);
        }
        T::add_to(index + 1, of, ids);
    }
}

/// A future of a chain whose entries are known by its type.
pub trait KnownEntries {
    /// The phases of the entries.
    const RANGES: Phases;
    /// The phases that are known if the chain is generic.
    const STATED: Phases;

    /// Adds the named lists of the chain to `ids`: all of them, or those of the entries with these indices.
    fn add_to(of: Option<&[usize]>, ids: &mut Vec<TypeId>);
}

pin_project! {
    struct KnownChain<T, F> {
        types: PhantomData<fn() -> T>,
        #[pin]
        future: F,
    }
}

impl<T: EntryTypes, F> KnownEntries for KnownChain<T, F> {
    const RANGES: Phases = T::RANGES;
    const STATED: Phases = T::STATED;

    fn add_to(of: Option<&[usize]>, ids: &mut Vec<TypeId>) {
        T::add_to(0, of, ids);
    }
}

impl<T, F: Future> Future for KnownChain<T, F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().future.poll(cx)
    }
}

/// Adds the types of entries to the future of their chain.
// It is always inlined. Otherwise the future of the chain would be copied once more.
#[inline(always)]
pub fn with_entries<T: EntryTypes, F: Future>(
    _types: T,
    future: F,
) -> impl Future<Output = F::Output> + KnownEntries + use<T, F> {
    KnownChain::<T, F> { types: PhantomData, future }
}

/// Returns the named lists among the entries with these indices, in the chain that a function makes. It does not call the
/// function.
pub fn entries_of<'a, S, X, F: KnownEntries>(
    _chain: fn(S, &'a Call, &'a mut X) -> F,
    indices: &[usize],
) -> Vec<TypeId> {
    let mut ids = Vec::new();
    F::add_to(Some(indices), &mut ids);
    ids
}

/// Returns the phases of an entry in the chain that a function makes. It does not call the function.
pub const fn phases_of<'a, S, X, F: KnownEntries>(
    _chain: fn(S, &'a Call, &'a mut X) -> F,
    index: usize,
) -> PhaseRange {
    F::RANGES.get(index)
}

/// Returns the phases of an entry in the chain of a generic service, once the service is no longer generic. It does not call the
/// function that makes the chain.
pub const fn stated_phases_of<'a, S, X, F: KnownEntries>(
    _chain: fn(S, &'a Call, &'a mut X) -> F,
    index: usize,
) -> PhaseRange {
    F::STATED.get(index)
}

impl Phases {
    const fn get(&self, index: usize) -> PhaseRange {
        let (mut phases, mut at) = (self, 0);
        while let Some((span, others)) = phases.0 {
            if at == index {
                return span;
            }
            (phases, at) = (others, at + 1);
        }
        None
    }

    /// Returns the first and the last phase of all entries.
    ///
    /// An entry of the phase `User` may stand before a limit, and so it does not hide an entry of an earlier phase behind which
    /// less may stand.
    const fn hull(&self) -> PhaseRange {
        let mut hull: PhaseRange = None;
        let mut phases = self;
        while let Some((span, others)) = phases.0 {
            hull = match (hull, span) {
                (None, span) => span,
                (hull, None) => hull,
                (Some((first, last)), Some((next_first, next_last))) => {
                    Some((first.earlier(next_first), last.stricter(next_last)))
                }
            };
            phases = others;
        }
        hull
    }
}

/// An interceptor with a chain of its own: a named list, or a function with `RestWith`.
// It is a trait, because rustc suggests a bound for a function of its own if the hooks of an entry do not fit.
pub trait ListChain: Interceptor {
    /// Runs the list, with the rest of the call as its innermost part. `vestibule_guard` calls it.
    fn run_list<'a, M: Method>(
        &'a self,
        call: &'a Call,
        provided: &'a Self::Provides,
        rest: RestRef<'a>,
    ) -> impl Future<Output = Result<(), Status>> + Send + KnownEntries;
}

/// Adds the named lists in the chain of another one to `ids`. It does not call the function that makes the chain.
pub fn add_lists_of<'a, I, P, F: KnownEntries>(
    _chain: fn(&'a I, &'a Call, &'a ProvidedLater<P>, RestRef<'a>) -> F,
    ids: &mut Vec<TypeId>,
) {
    F::add_to(None, ids);
}

/// Returns the first and the last phase in the chain of a named list. It does not call the function that makes the chain.
pub const fn range_of_list<'a, I, P, F: KnownEntries>(
    _chain: fn(&'a I, &'a Call, &'a ProvidedLater<P>, RestRef<'a>) -> F,
) -> PhaseRange {
    F::RANGES.hull()
}

/// Returns the first and the last phase that the entries of a generic list state, once the list is no longer generic.
pub const fn stated_range_of_list<'a, I, P, F: KnownEntries>(
    _chain: fn(&'a I, &'a Call, &'a ProvidedLater<P>, RestRef<'a>) -> F,
) -> PhaseRange {
    F::STATED.hull()
}

/// Returns the phases of an entry in the chain of a named list. It does not call the function that makes the chain.
pub const fn phases_in_list<'a, I, P, F: KnownEntries>(
    _chain: fn(&'a I, &'a Call, &'a ProvidedLater<P>, RestRef<'a>) -> F,
    index: usize,
) -> PhaseRange {
    F::RANGES.get(index)
}

impl<H, P> Clone for EntryType<H, P> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<H, P> fmt::Debug for EntryType<H, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryType").finish_non_exhaustive()
    }
}

impl<H, P> fmt::Debug for Recorded<'_, H, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{EntryType, EntryTypes};
    use crate::phase::Position::{self, Authenticate, Limit, Observe, User};
    use crate::phase::{self, Anywhere};

    fn hull<T: EntryTypes>() -> Option<(Position, Position)> {
        T::RANGES.hull()
    }

    type One<P> = (EntryType<(), P>, ());
    type Two<P, Q> = (EntryType<(), P>, One<Q>);

    #[test]
    fn a_list_begins_with_its_earliest_phase_and_ends_with_its_strictest() {
        assert_eq!(hull::<()>(), None);
        assert_eq!(hull::<One<Anywhere>>(), None);
        assert_eq!(hull::<Two<phase::Authenticate, phase::Observe>>(), Some((Observe, Authenticate)));
        assert_eq!(hull::<Two<Anywhere, phase::Limit>>(), Some((Limit, Limit)));
        // An entry behind a limit may not authorize, whatever else the list has.
        assert_eq!(hull::<Two<phase::Limit, phase::User>>(), Some((Limit, Limit)));
        assert_eq!(hull::<Two<phase::User, phase::Limit>>(), Some((Limit, Limit)));
        // Only entries up to `authenticate` may not stand behind one without a phase.
        assert_eq!(hull::<Two<phase::Authenticate, phase::User>>(), Some((Authenticate, User)));
    }
}
