//! The order of the entries in a list, which a constant of the expansion checks.

use std::fmt;
use std::sync::Arc;

use crate::const_text::{ConstText, report};
use crate::phase::{InPhase, PhaseOf, PhaseRange, Position, Unstated};

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

impl<I: InPhase> Phased<'_, I> {
    /// Returns the phase that the entry states.
    #[inline(always)]
    pub fn vestibule_phase(self) -> PhaseOf<I::Phase> {
        PhaseOf::new()
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
        PhaseOf::new()
    }
}

/// An entry, as its list writes it, and its phases.
pub type Written = (&'static str, PhaseRange);

/// Checks the entry at `index` of a list. The text is empty unless the entry stands before one of an earlier phase.
pub const fn check_order(list: &[Written], index: usize) -> ConstText {
    let (entry, Some((_, last))) = list[index] else { return ConstText::EMPTY };
    let mut behind = list.len() - 1;
    while behind > index {
        if let (later, Some((first, _))) = list[behind]
            && last.is_after(first)
        {
            let remedy = match last {
                Position::User => "move it behind that entry, or state its phase",
                _ => "move it behind that entry",
            };
            return phase_of(entry, last)
                .push(" stands before ")
                .push(phase_of(later, first).as_str())
                .push("; ")
                .push(remedy);
        }
        behind -= 1;
    }
    ConstText::EMPTY
}

/// Checks the entry at `index`, which a method adds to the entries of its impl. The text is empty unless one of the entries
/// `of_impl` before it is of a later phase. `remedy` says what to write.
pub const fn check_behind(list: &[Written], of_impl: &[usize], index: usize, remedy: &str) -> ConstText {
    let (entry, Some((first, _))) = list[index] else { return ConstText::EMPTY };
    let mut at = 0;
    while at < of_impl.len() && of_impl[at] < index {
        if let (earlier, Some((_, last))) = list[of_impl[at]]
            && last.is_after(first)
        {
            let earlier = phase_of(earlier, last);
            return phase_of(entry, first)
                .push(" runs behind ")
                .push(earlier.as_str())
                .push(" of the impl; ")
                .push(remedy);
        }
        at += 1;
    }
    ConstText::EMPTY
}

/// Returns an entry with its phase: `` `jwt()` (authenticate) ``.
const fn phase_of(entry: &str, phase: Position) -> ConstText {
    ConstText::EMPTY.push("`").push(entry).push("` (").push(phase.name()).push(")")
}

/// Checks a tuple of interceptors.
///
/// # Panics
///
/// Panics if an interceptor stands before one of an earlier phase.
pub(crate) const fn check_tuple(phases: &[PhaseRange]) {
    let mut index = 0;
    while index < phases.len() {
        let mut behind = index + 1;
        while behind < phases.len() {
            if let (Some((_, last)), Some((first, _))) = (phases[index], phases[behind])
                && last.is_after(first)
            {
                report(
                    &of_tuple(index, last)
                        .push(" stands before ")
                        .push(of_tuple(behind, first).as_str())
                        .push("; exchange them"),
                );
            }
            behind += 1;
        }
        index += 1;
    }
}

/// Returns a place in a tuple with its phase: `the first interceptor (limit)`.
const fn of_tuple(index: usize, phase: Position) -> ConstText {
    ConstText::EMPTY.push("the ").push(ORDINALS[index]).push(" interceptor (").push(phase.name()).push(")")
}

/// The names of the places in a tuple.
const ORDINALS: [&str; 12] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
];

impl<I> fmt::Debug for Phased<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phased").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{PhaseRange, check_order, check_tuple};
    use crate::phase::Position::{self, Authenticate, Authorize, Edge, Limit, Observe, User, Validate};

    fn message(list: &[(&'static str, PhaseRange)], index: usize) -> Option<String> {
        let text = check_order(list, index);
        (!text.is_empty()).then(|| text.as_str().to_owned())
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

    /// Returns all orders of the entries.
    fn permutations(entries: &[Position]) -> Vec<Vec<Position>> {
        if entries.is_empty() {
            return vec![Vec::new()];
        }
        let with_first = |first: usize| {
            let others = [&entries[..first], &entries[first + 1..]].concat();
            permutations(&others).into_iter().map(move |others| [vec![entries[first]], others].concat())
        };
        (0..entries.len()).flat_map(with_first).collect()
    }

    #[test]
    fn of_all_orders_those_that_respect_the_phases_are_accepted() {
        let phases = [Edge, Observe, Authenticate, Authorize, Limit, Validate];
        let mut accepted = 0;
        for order in permutations(&[&phases[..], &[User]].concat()) {
            let list: Vec<_> = order.iter().map(|&phase| (phase.name(), Some((phase, phase)))).collect();
            let is_accepted = (0..list.len()).all(|index| message(&list, index).is_none());
            let stated: Vec<_> = order.iter().copied().filter(|phase| *phase != User).collect();
            let at = |wanted| order.iter().position(|phase| *phase == wanted);
            assert_eq!(is_accepted, stated == phases && at(User) > at(Authenticate), "{order:?}");
            accepted += usize::from(is_accepted);
        }
        assert_eq!(accepted, 4, "`user` has four places behind `authenticate`");
    }

    #[test]
    fn a_tuple_names_the_places_and_the_phases_of_two_interceptors() {
        let range = |phase| Some((phase, phase));
        check_tuple(&[range(Edge), None, range(Observe), range(Limit)]);
        let panic =
            std::panic::catch_unwind(|| check_tuple(&[range(Edge), range(Limit), None, range(Observe)]));
        let panic = panic.expect_err("the limit stands before the log");
        let expected =
            "the second interceptor (limit) stands before the fourth interceptor (observe); exchange them";
        assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some(expected));
    }
}
