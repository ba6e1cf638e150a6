//! The expansion of a list: its entries, the outermost first, and what is inside of all of them.
//!
//! The list of a service has a handler inside of it, and that of a function has the function.

mod entry_names;
mod entry_use;
mod entry_value;
mod levels;
mod order;
mod reasons;
mod recorded;
mod repeated;
pub(crate) mod unused;

use proc_macro2::{Ident, TokenStream};

use crate::args::entry::Entry;
use crate::common::runtime_path::RuntimePath;

pub(crate) use entry_names::{is_named_by, names_are_bound_before_use, names_are_bound_once};
pub(crate) use entry_use::{is_unnamed_call_of, mentions, mutable_reference, use_of};
pub(crate) use entry_value::{entry_value, is_literal, without_reference};
pub(crate) use levels::entry_span;
pub(crate) use order::CheckedList;
pub(crate) use reasons::reasons_are_given;
pub(crate) use recorded::{is_interceptor, numbered, types_in_order, with_entries, with_types};
pub(crate) use repeated::entries_differ;

/// The chain of one list.
pub(crate) struct Chain<'a> {
    pub(crate) runtime: &'a RuntimePath,
    /// The entries, the outermost first.
    pub(crate) entries: Vec<&'a Entry>,
    /// The type that stands for the messages of the method.
    pub(crate) messages: TokenStream,
    /// True if a task may own the request stream, so that the hooks are shared with it.
    pub(crate) shares_hooks: bool,
    /// The entries whose types the server knows before the first call, by variables outside of the chain.
    pub(crate) recorded: &'a [(&'a Entry, Ident)],
    /// The entries that the innermost part runs itself, because they use the message.
    pub(crate) guards: &'a [Entry],
    pub(crate) innermost: &'a dyn Innermost,
}

/// The part of a chain that is inside of all entries.
pub(crate) trait Innermost {
    /// Returns true if it takes the value that an entry binds to this name.
    fn takes(&self, bound: &Ident) -> bool;

    /// Declares variables that must outlive the levels. They are declared as far out as the borrows of this part allow.
    fn variables(&self) -> TokenStream;

    /// Makes the statements, and the result of the chain.
    fn expand(&self, chain: &Chain<'_>) -> TokenStream;
}
