//! The entries of a chain, which the compiler and a server know before the first call.
//!
//! The types of the entries are known only inside of the chain's function, which returns types that stand for them beside its
//! future. The type of the hooks stands for a named list, because such a list has a type of its own for them. The type of the
//! phase stands for the entry's place.

use std::any::TypeId;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::entry_order::PhaseOf;
use crate::Call;
use crate::phase::Span;
use crate::phase::sealed::Phase;

/// The types of an entry's hooks and of its phase. The compiler infers them from the body of the chain.
///
/// It is not `Copy`: the levels would store a reference to a value that they could copy, but they move this one, which takes
/// no space.
pub struct EntryType<H, P>(PhantomData<fn() -> (H, P)>);

impl<H: 'static, P: Phase> EntryType<H, P> {
    /// Creates it for the entry that is recorded.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }

    /// Does nothing. The call makes `H` the type of these hooks, and `P` that of this phase.
    #[inline]
    pub fn record(self, _hooks: &H, _phase: PhaseOf<P>) {}
}

/// The types of several entries.
pub trait EntryTypes {
    /// The phases, in the order of the entries.
    const PHASES: Phases;

    /// Adds the types to `ids`.
    fn add_to(ids: &mut Vec<TypeId>);
}

/// The phases of several entries: those of the first one, and the others.
#[derive(Clone, Copy, Debug)]
pub struct Phases(Option<(Span, &'static Phases)>);

impl EntryTypes for () {
    const PHASES: Phases = Phases(None);

    fn add_to(_ids: &mut Vec<TypeId>) {}
}

impl<H: 'static, P: Phase, T: EntryTypes> EntryTypes for (EntryType<H, P>, T) {
    const PHASES: Phases = Phases(Some((P::SPAN, &T::PHASES)));

    fn add_to(ids: &mut Vec<TypeId>) {
        ids.push(TypeId::of::<H>());
        T::add_to(ids);
    }
}

/// A future of a chain whose entries are known by its type.
pub trait KnownEntries {
    /// The phases of the entries.
    const PHASES: Phases;

    /// Returns the types of the entries' hooks.
    fn ids() -> Vec<TypeId>;
}

pin_project! {
    struct KnownChain<T, F> {
        types: PhantomData<fn() -> T>,
        #[pin]
        future: F,
    }
}

impl<T: EntryTypes, F> KnownEntries for KnownChain<T, F> {
    const PHASES: Phases = T::PHASES;

    fn ids() -> Vec<TypeId> {
        let mut ids = Vec::new();
        T::add_to(&mut ids);
        ids
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

/// Returns the types of the entries' hooks in the chain that a function makes, for the entries at these indices. It does not
/// call the function.
pub fn entries_of<'a, S, X, F: KnownEntries>(
    _chain: fn(S, &'a Call, &'a mut X) -> F,
    indices: &[usize],
) -> Vec<TypeId> {
    let ids = F::ids();
    indices.iter().map(|&index| ids[index]).collect()
}

/// Returns the phases of an entry in the chain that a function makes. It does not call the function.
pub const fn phases_of<'a, S, X, F: KnownEntries>(
    _chain: fn(S, &'a Call, &'a mut X) -> F,
    index: usize,
) -> Span {
    let (mut phases, mut at) = (&F::PHASES, 0);
    while let Some((span, others)) = &phases.0 {
        if at == index {
            return *span;
        }
        (phases, at) = (others, at + 1);
    }
    None
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
