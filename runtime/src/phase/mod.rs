//! The phases of a call, which the compiler checks in each list.
//!
//! An interceptor may state the phase to which it belongs. An entry that stands before one of an earlier phase does not
//! compile: a limit before the entry that names the caller, or a log outside of what catches panics.
//!
//! ```
//! use vestibule::{Call, Interceptor, Status, interceptor};
//!
//! #[interceptor(phase = Authenticate)]
//! async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<(), Status> {
//!     Ok(())
//! }
//!
//! struct Quota;
//!
//! #[interceptor(phase = Limit)]
//! impl Interceptor for Quota {
//!     type Provides = ();
//!     type Hooks = ();
//!
//!     async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
//!         Ok(((), ()))
//!     }
//! }
//! ```
//!
//! With these two, the list `#[interceptor(&self.quota, authenticate())]` is an error:
//!
//! ```text
//! error[E0080]: evaluation panicked: `&self.quota` (limit) stands before `authenticate()` (authenticate); move it behind that entry
//!   --> src/server.rs:24:15
//!    |
//! 24 | #[interceptor(&self.quota, authenticate())]
//!    |               ^^^^^^^^^^^ evaluation of `_::_::_` failed here
//! ```
//!
//! The same mistake in a tuple:
//!
//! ```compile_fail,E0080
//! use vestibule_interceptors::{InFlight, Recover};
//!
//! let layer = vestibule::layer((InFlight::new(100), Recover::new()));
//! ```
//!
//! A named list stands by the phases of its entries, in a list and in a tuple:
//!
//! ```compile_fail,E0080
//! # use vestibule::{Status, interceptor, layer};
//! # use vestibule_interceptors::InFlight;
//! # #[interceptor(phase = Authenticate)]
//! # async fn authenticate() -> Result<(), Status> { Ok(()) }
//! #[interceptor(authenticate())]
//! async fn base() -> Result<(), Status> {
//!     Ok(())
//! }
//!
//! let layer = layer((InFlight::new(100), base()));
//! ```
//!
//! The entries of a generic service are compared by `cargo check`, and its named lists by `cargo build`, in a program that uses
//! the service:
//!
//! ```compile_fail,E0080
//! # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
//! # use proto::calcul::{AdditionRequest, AdditionResponse};
//! # use vestibule::{Status, interceptor};
//! # use vestibule_interceptors::InFlight;
//! # #[interceptor(phase = Authenticate)]
//! # async fn authenticate() -> Result<(), Status> { Ok(()) }
//! # #[interceptor(authenticate())]
//! # async fn base() -> Result<(), Status> { Ok(()) }
//! struct Calculator<S> {
//!     store: S,
//!     in_flight: InFlight,
//! }
//!
//! #[interceptor(&self.in_flight, base())]
//! impl<S: Send + Sync + 'static> Calculatrice for Calculator<S> {
//!     // ...
//! #   async fn addition(&self, _: AdditionRequest) -> Result<AdditionResponse, Status> { Err(Status::unknown("")) }
//! }
//!
//! let calculator = Calculator { store: (), in_flight: InFlight::new(1) };
//! let router = tonic::transport::Server::builder().add_service(CalculatriceServer::new(calculator));
//! ```
//!
//! A named list that is generic over types has a place in a tuple too:
//!
//! ```compile_fail,E0080
//! # use vestibule::{Status, interceptor, layer};
//! # use vestibule_interceptors::InFlight;
//! # #[interceptor(phase = Authenticate)]
//! # async fn authenticate() -> Result<(), Status> { Ok(()) }
//! #[interceptor(authenticate())]
//! async fn base<S: Send + Sync>(_store: &S) -> Result<(), Status> {
//!     Ok(())
//! }
//!
//! let layer = layer((InFlight::new(100), base(&())));
//! ```
//!
//! The phases, in their order:
//!
//! | phase | is for |
//! | --- | --- |
//! | [`Edge`] | what surrounds everything: catching panics, draining, the real address of a client |
//! | [`Observe`] | logs, traces, metrics, audits: they see the rejections of all later phases |
//! | [`Authenticate`] | finding out who calls |
//! | [`Authorize`] | deciding whether this caller may call this rpc |
//! | [`Limit`] | deadlines, calls in flight, rates |
//! | [`Validate`] | checking the messages |
//! | [`User`] | everything else; the phase of an interceptor that states none |
//!
//! 1. Inside of a phase, entries run in the order in which the list is written.
//! 2. An entry of the phase [`User`] may stand anywhere behind [`Authenticate`], also before a limit.
//! 3. An entry in [`out_of_order`](crate::out_of_order) may stand anywhere. It says why, and the reason can't be empty.
//! 4. The list of the impl and that of a method are checked as one list, in the order in which they run. `cargo check`
//!    reports a mistake.
//! 5. The tuple of a [`layer`](crate::layer()) or a [`client`](crate::client()) is checked by `cargo build`, and not by
//!    `cargo check`. A layer and the lists of the services behind it are compared when the server starts, if the layer is
//!    added by [`Mounts::layer`](crate::server::Mounts::layer). In every other place the layer does not know its services.
//! 6. A named list counts from the earliest to the last phase of its entries. `#[require_metadata]` has no phase.
//! 7. A guard, which uses the message, is not checked: it runs when all other entries have started.
//! 8. In a generic service, and in a named list that is generic over types, an entry that states no phase may stand anywhere:
//!    its type may be a parameter, whose phase is not known. The place of a named list that is generic over types is checked in
//!    a tuple, and not in the list of a service or in another named list: the types of entries may borrow from values of the
//!    call, so no constant outside of the chain can name them. A named list inside of a generic one is not checked either, and
//!    no entry that only methods with `#[cfg]` have.
//! 9. [`Hooks`](crate::Hooks) have no phase. The attribute stands above the impl of [`Interceptor`](trait@crate::Interceptor).
//! 10. On a client, only [`Edge`], [`Observe`] and [`Limit`] mean something. Leave the phase of an interceptor for clients alone
//!     unstated, as `Credentials` and `Retry` do.

mod stands_before;

use std::fmt;
use std::marker::PhantomData;

pub use stands_before::StandsBefore;

/// The statement of `#[interceptor(phase = Limit)]`, which that attribute implements.
///
/// A list knows the phases of its entries by it, and so it has an associated type: the compiler must compare the phases of
/// entries whose types borrow from each other.
#[doc(hidden)]
pub trait InPhase {
    /// One of the types of [`phase`](self).
    type Phase: sealed::Phase;
}

pub(crate) mod sealed {
    /// A type that stands for a phase, or for the phases of a named list.
    #[doc(hidden)]
    pub trait Phase: 'static {
        /// The first and the last phase, or `None` for an entry that may stand anywhere.
        const RANGE: super::PhaseRange;
        /// False for the phase of an interceptor that states none.
        const IS_STATED: bool = true;
        /// The type itself, or [`Anywhere`](super::Anywhere) for the phase of an interceptor that states none.
        type IfStated;
    }
}

/// The first and the last phase of an entry. `None` stands for an entry that may stand anywhere.
#[doc(hidden)]
pub type PhaseRange = Option<(Position, Position)>;

/// Returns the phases for which a type stands.
#[doc(hidden)]
#[must_use]
pub const fn range_of<P: sealed::Phase>() -> PhaseRange {
    P::RANGE
}

macro_rules! phases {
    ($($(#[$doc:meta])* $phase:ident, $name:literal;)+) => {
        /// A phase as a value.
        #[doc(hidden)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Position {
            $($(#[$doc])* $phase,)+
        }

        $(
            $(#[$doc])*
            ///
            /// See the [module](self) for an example.
            #[derive(Clone, Copy, Debug)]
            pub struct $phase;

            impl sealed::Phase for $phase {
                const RANGE: PhaseRange = Some((Position::$phase, Position::$phase));
                type IfStated = Self;
            }
        )+

        impl Position {
            /// Returns the name of the phase, in lower case.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$phase => $name,)+
                }
            }
        }
    };
}

phases! {
    /// The phase of what surrounds everything, such as catching panics.
    Edge, "edge";
    /// The phase of logs, traces, metrics and audits.
    Observe, "observe";
    /// The phase that finds out who calls.
    Authenticate, "authenticate";
    /// The phase that decides whether the caller may call the rpc.
    Authorize, "authorize";
    /// The phase of deadlines and limits.
    Limit, "limit";
    /// The phase that checks messages.
    Validate, "validate";
    /// The phase of all other interceptors.
    User, "user";
}

/// The phase of an interceptor that states none.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Unstated;

impl sealed::Phase for Unstated {
    const RANGE: PhaseRange = range_of::<User>();
    const IS_STATED: bool = false;
    type IfStated = Anywhere;
}

/// The phase of an entry that may stand anywhere.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Anywhere;

impl sealed::Phase for Anywhere {
    const RANGE: PhaseRange = None;
    type IfStated = Self;
}

/// The phase of an entry, as a value without content.
#[doc(hidden)]
pub struct PhaseOf<P>(PhantomData<fn() -> P>);

impl<P> PhaseOf<P> {
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<P> fmt::Debug for PhaseOf<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhaseOf").finish_non_exhaustive()
    }
}

impl Position {
    /// Returns true if an entry of this phase must not stand before one of the phase `later`.
    pub(crate) const fn is_after(self, later: Self) -> bool {
        let later = later as u8;
        match self {
            Self::User => later <= Self::Authenticate as u8,
            _ => self as u8 > later,
        }
    }
}

impl Position {
    /// Returns the earlier one of two phases.
    pub(crate) const fn earlier(self, other: Self) -> Self {
        if (self as u8) < other as u8 { self } else { other }
    }

    /// Returns the one of two phases before which fewer entries may stand.
    pub(crate) const fn stricter(self, other: Self) -> Self {
        match (self, other) {
            (Self::User, Self::Authorize | Self::Limit | Self::Validate) => other,
            (Self::Authorize | Self::Limit | Self::Validate, Self::User) => self,
            _ if (self as u8) < other as u8 => other,
            _ => self,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
