//! Entries of a method that use its message.

use syn::Ident;

use crate::args::entry::Entry;
use crate::chain::use_of;

/// Splits the entries of a method into those that run before the message has arrived, and the guards, which run after it.
///
/// A guard uses the message, by the name that the method gives to it, or the value of an earlier guard.
pub(super) fn split_guards(entries: &[Entry], message: Option<&Ident>) -> SplitEntries {
    let mut names: Vec<_> = message.into_iter().collect();
    let SplitEntries { mut levels, mut guards, mut misplaced } = SplitEntries::default();
    for entry in entries {
        let is_guard = names.iter().any(|name| use_of(entry, name).is_some());
        if is_guard {
            names.extend(entry.name());
            guards.push(entry.clone());
        } else {
            // From here on the name means the value of this entry.
            names.retain(|name| entry.name() != Some(name));
            if !guards.is_empty() {
                misplaced.push(entry.clone());
            }
            levels.push(entry.clone());
        }
    }
    SplitEntries { levels, guards, misplaced }
}

/// The entries of a method, by the time at which they run.
#[derive(Default)]
pub(super) struct SplitEntries {
    pub(super) levels: Vec<Entry>,
    pub(super) guards: Vec<Entry>,
    /// Those of `levels` that stand after a guard, although they run before it.
    pub(super) misplaced: Vec<Entry>,
}
