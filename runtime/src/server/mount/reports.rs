//! The report of a service that can be mounted.

use super::Mount;
use super::codec::Prost;
use super::serve::Serve;
use crate::report::Report;

/// Returns what guards each rpc of a service. It needs no instance of the service.
///
/// The compiler infers the generated server: write `report::<MyGreeter, _>()`. If the type implements several services, name
/// one: `report::<MyGreeter, GreeterServer<()>>()`. For a codec of your own, call [`Mount::report`].
///
/// See the module [`report`](mod@crate::report) for an example.
#[must_use]
pub fn report<S: Serve<GeneratedServer, Prost>, GeneratedServer>() -> Report {
    Mount::<S, GeneratedServer>::report()
}

impl<S: Serve<N, C>, N, C> Mount<S, N, C> {
    /// Returns what guards each rpc of the service: see [`report`](crate::report()).
    #[must_use]
    pub fn report() -> Report {
        Report::new(&[], [S::TABLE])
    }
}
