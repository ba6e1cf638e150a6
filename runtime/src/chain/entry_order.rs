//! The order of the entries in a list, which a constant of the expansion checks.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::phase::{InPhase, Position, Span, Unstated};

impl<I: InPhase + ?Sized> InPhase for &I {
    type Phase = I::Phase;
}

impl<I: InPhase + ?Sized> InPhase for Arc<I> {
    type Phase = I::Phase;
}

impl<I: InPhase + ?Sized> InPhase for Box<I> {
    type Phase = I::Phase;
}

impl<I: InPhase> InPhase for Option<I> {
    type Phase = I::Phase;
}

/// A wrapper for an entry, which distinguishes entries that state a phase.
///
/// Method lookup finds the inherent method if the entry is [`InPhase`], and the method of [`AnyPhased`] otherwise.
pub struct Phased<'a, I>(pub &'a I);

/// The phase of an entry, as a value without content.
pub struct PhaseOf<P>(PhantomData<fn() -> P>);

impl<I: InPhase> Phased<'_, I> {
    /// Returns the phase that the entry states.
    #[inline(always)]
    pub fn vestibule_phase(self) -> PhaseOf<I::Phase> {
        PhaseOf(PhantomData)
    }
}

/// An entry that states no phase.
pub trait AnyPhased {
    /// Returns the phase of an interceptor that states none.
    fn vestibule_phase(self) -> PhaseOf<Unstated>;
}

impl<I> AnyPhased for Phased<'_, I> {
    #[inline(always)]
    fn vestibule_phase(self) -> PhaseOf<Unstated> {
        PhaseOf(PhantomData)
    }
}

/// An entry, as its list writes it, and its phases.
pub type Written = (&'static str, Span);

/// Checks the entry at `index` of a list.
///
/// # Panics
///
/// Panics if it stands before an entry of an earlier phase. In a constant, the panic is a compile error.
#[track_caller]
pub const fn check_order(list: &[Written], index: usize) {
    let (text, Some((_, last))) = list[index] else { return };
    let mut behind = list.len() - 1;
    while behind > index {
        if let (later, Some((first, _))) = list[behind]
            && last.is_after(first)
        {
            let remedy = match last {
                Position::User => "move it behind that entry, or state its phase",
                _ => "move it behind that entry",
            };
            let [last, first] = [last.name(), first.name()];
            fail(&["`", text, "` (", last, ") stands before `", later, "` (", first, "); ", remedy]);
        }
        behind -= 1;
    }
}

/// Checks the entry at `index`, which a method adds to the entries of its impl. `remedy` says what to write.
///
/// # Panics
///
/// Panics if one of the first entries, which are those of the impl, is of a later phase.
#[track_caller]
pub const fn check_behind(list: &[Written], of_impl: &[usize], index: usize, remedy: &str) {
    let (text, Some((first, _))) = list[index] else { return };
    let mut at = 0;
    while at < of_impl.len() && of_impl[at] < index {
        if let (earlier, Some((_, last))) = list[of_impl[at]]
            && last.is_after(first)
        {
            let (last, first) = (last.name(), first.name());
            fail(&[
                "`",
                text,
                "` (",
                first,
                ") runs behind `",
                earlier,
                "` (",
                last,
                ") of the impl; ",
                remedy,
            ]);
        }
        at += 1;
    }
}

/// Checks a tuple of interceptors.
///
/// # Panics
///
/// Panics if an interceptor stands before one of an earlier phase.
pub(crate) const fn check_tuple(phases: &[Span]) {
    let mut list = [("", None); ORDINALS.len()];
    let mut at = 0;
    while at < phases.len() {
        list[at] = (ORDINALS[at], phases[at]);
        at += 1;
    }
    let mut index = 0;
    while index < phases.len() {
        check_order(&list, index);
        index += 1;
    }
}

/// The names of the places in a tuple.
const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
];

/// The bytes of a message that are kept.
const MESSAGE_BYTES: usize = 1024;

/// Panics with the parts as the text. A `const fn` can't format them.
#[track_caller]
const fn fail(parts: &[&str]) {
    let mut text = [0; MESSAGE_BYTES];
    let (mut len, mut part) = (0, 0);
    while part < parts.len() {
        let bytes = parts[part].as_bytes();
        let mut at = 0;
        while at < bytes.len() && len < MESSAGE_BYTES {
            text[len] = bytes[at];
            len += 1;
            at += 1;
        }
        part += 1;
    }
    match std::str::from_utf8(text.split_at(len).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("an entry stands before one of an earlier phase"),
    }
}

impl<I> fmt::Debug for Phased<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phased").finish_non_exhaustive()
    }
}

impl<P> fmt::Debug for PhaseOf<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhaseOf").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Span, check_order};
    use crate::phase::Position::{Authenticate, Authorize, Edge, Limit, User};

    fn message(list: &[(&'static str, Span)], index: usize) -> Option<String> {
        let panic = std::panic::catch_unwind(|| check_order(list, index)).err()?;
        panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|&text| text.into()))
    }

    #[test]
    fn an_entry_before_one_of_an_earlier_phase_is_named_with_the_last_such_entry() {
        let list = [
            ("&self.limit", Some((Limit, Limit))),
            ("jwt()", Some((Authenticate, Authenticate))),
            ("role()", Some((Authorize, Authorize))),
        ];
        let expected = "`&self.limit` (limit) stands before `role()` (authorize); move it behind that entry";
        assert_eq!(message(&list, 0).as_deref(), Some(expected));
        assert_eq!(message(&list, 1), None);
        assert_eq!(message(&list, 2), None);
    }

    #[test]
    fn a_named_list_stands_by_its_first_and_last_phase() {
        let list = [("base()", Some((Edge, Authenticate))), ("edge()", Some((Edge, Edge)))];
        assert!(message(&list, 0).is_some());
        let list = [("role()", Some((Authorize, Authorize))), ("base()", Some((Edge, Authenticate)))];
        assert!(message(&list, 0).is_some());
        let list = [("base()", Some((Edge, Authenticate))), ("role()", Some((Authorize, Authorize)))];
        assert_eq!(message(&list, 0), None);
    }

    #[test]
    fn an_entry_without_a_phase_stands_behind_authentication() {
        let user = ("mine()", Some((User, User)));
        assert!(message(&[user, ("jwt()", Some((Authenticate, Authenticate)))], 0).is_some());
        assert_eq!(message(&[user, ("limit()", Some((Limit, Limit)))], 0), None);
        assert_eq!(message(&[("anywhere()", None), ("jwt()", Some((Authenticate, Authenticate)))], 0), None);
    }
}
