//! The order of the entries of a generic service or list, which no constant can check, because a constant can't name type
//! parameters. Here the phases are compared as types.

use super::{Anywhere, Authenticate, Authorize, Edge, Limit, Observe, PhaseOf, User, Validate};

/// A phase whose entries may stand before those of the phase `Later`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an entry of the phase `{Self}` stands before one of the phase `{Later}`",
    label = "move this entry behind that one",
    note = "the entries of an impl run before those of a method"
)]
pub trait StandsBefore<Later>: Sized {
    /// Does nothing. The call does not compile if the two entries stand in the wrong order.
    #[inline(always)]
    fn check(_entry: PhaseOf<Self>, _later: PhaseOf<Later>) {}
}

macro_rules! may_stand_before {
    ($($phase:ident: $($later:ident)+;)+) => {
        $(
            $(
                #[diagnostic::do_not_recommend]
                impl StandsBefore<$later> for $phase {}
            )+
            #[diagnostic::do_not_recommend]
            impl StandsBefore<Anywhere> for $phase {}
        )+
        #[diagnostic::do_not_recommend]
        impl<P> StandsBefore<P> for Anywhere {}

        #[cfg(test)]
        const TABLE: &[(super::Position, &[super::Position])] = &[
            $((super::Position::$phase, &[$(super::Position::$later),+]),)+
        ];
    };
}

may_stand_before! {
    Edge: Edge Observe Authenticate Authorize Limit Validate User;
    Observe: Observe Authenticate Authorize Limit Validate User;
    Authenticate: Authenticate Authorize Limit Validate User;
    Authorize: Authorize Limit Validate User;
    Limit: Limit Validate User;
    Validate: Validate User;
    User: Authorize Limit Validate User;
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn types_may_stand_in_the_same_order_as_values() {
        assert_eq!(TABLE.len(), 7);
        for (phase, later) in TABLE {
            for (other, _) in TABLE {
                assert_eq!(later.contains(other), !phase.is_after(*other), "{phase} before {other}");
            }
        }
    }
}
