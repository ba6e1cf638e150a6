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

use std::pin::Pin;

use tonic::{Response, Status};

/// What a method of tonic's trait returns: the future that async-trait makes of an `async fn`.
pub type BoxReply<'a, Res> = Pin<Box<dyn Future<Output = Result<Response<Res>, Status>> + Send + 'a>>;

/// All that a client learns of a bug: the log has the rest.
const BUG: &str = "internal error";
