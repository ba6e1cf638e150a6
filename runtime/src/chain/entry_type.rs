//! The named lists in a chain, which a server knows before the first call.
//!
//! The types of the entries are known only inside of the chain's function. Each type of hooks stands for its list, because a
//! named list has a type of its own for them. The function returns these types beside its future.

use std::any::TypeId;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::Call;

/// The type of an entry's hooks. The compiler infers it from the body of the chain.
///
/// It is not `Copy`: the levels would store a reference to a value that they could copy, but they move this one, which takes
/// no space.
pub struct EntryType<H>(PhantomData<fn() -> H>);

impl<H: 'static> EntryType<H> {
    /// Creates it for the entry that is recorded.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    #[must_use]
    pub fn new() -> Self {
        Self(PhantomData)
    }

    /// Does nothing. The call makes `H` the type of these hooks.
    #[inline]
    pub fn record(self, _hooks: &H) {}
}

/// The types of several entries.
pub trait EntryTypes {
    /// Adds the types to `ids`.
    fn add_to(ids: &mut Vec<TypeId>);
}

impl EntryTypes for () {
    fn add_to(_ids: &mut Vec<TypeId>) {}
}

impl<H: 'static, T: EntryTypes> EntryTypes for (EntryType<H>, T) {
    fn add_to(ids: &mut Vec<TypeId>) {
        ids.push(TypeId::of::<H>());
        T::add_to(ids);
    }
}

/// A future of a chain whose entries are known by its type.
pub trait KnownEntries {
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

/// Returns the types of the entries' hooks in the chain that a function makes. It does not call the function.
pub fn entries_of<'a, S, X, F: KnownEntries>(_chain: fn(S, &'a Call, &'a mut X) -> F) -> Vec<TypeId> {
    F::ids()
}

impl<H> Clone for EntryType<H> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<H> fmt::Debug for EntryType<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntryType").finish_non_exhaustive()
    }
}
