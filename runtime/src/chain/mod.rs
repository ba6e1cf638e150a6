//! What the expansion of `#[interceptor]` on a service calls: the guarantees of a chain that do
//! not depend on the user's types.

mod exchange;
mod finish;
mod guarded;
mod stand_in;

pub use exchange::Exchange;
pub use finish::Finish;
pub use guarded::Guarded;
pub use stand_in::StandIn;

/// All that a client learns of a bug: the log has the rest.
const BUG: &str = "internal error";
