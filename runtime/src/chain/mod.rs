//! What the expansion of `#[interceptor]` on a service calls: the guarantees of a chain that do
//! not depend on the user's types.

mod exchange;
mod finish;
mod fitted;
mod guarded;
mod held;
mod inbound;
mod outlet;
mod shared;
mod stack;
mod stand_in;

pub use exchange::{Bidirectional, ClientStreaming, Exchange, ServerStreaming, Streamed, Unary};
pub(crate) use exchange::{Outbound, Reply, TakenFrom};
pub use finish::Finishing;
pub(crate) use fitted::Fitted;
pub(crate) use guarded::Guarded;
pub use guarded::{AnyRest, Passed, RestRef, Whole, boxed_rest};
pub use held::{Held, hold, hold_stream};
pub(crate) use inbound::{Inbound, Receiving};
pub use outlet::{BoxStream, Opening, Outlet, ReplyStream, boxed};
pub(crate) use shared::Gate;
pub use stack::Level;
pub(crate) use stack::{KeptLevel, LendingStack, LentLevel, StackRef};
pub use stand_in::StandIn;

use std::any::Any;
use std::pin::Pin;

use tonic::{Code, Response, Status};

use crate::interceptors::{Place, last_panic};
use crate::status::{self, Mark};
use crate::{Call, MethodInfo};

/// What a method of tonic's trait returns: the future that async-trait makes of an `async fn`.
pub type BoxReply<'a, Res> = Pin<Box<dyn Future<Output = Result<Response<Res>, Status>> + Send + 'a>>;

/// All that a client learns of a bug: the log has the rest.
const BUG: &str = "internal error";

/// A bug that the operator reads of.
#[cold]
fn bug(method: &MethodInfo, what: &'static str) -> Status {
    tracing::error!(target: "vestibule", method = method.path(), "{what}");
    Status::internal(BUG)
}

/// A result that is what it says: an error has the code of an error. Here, where one passes from
/// level to level, is where it is logged what the client will not see of it: those further out may
/// replace it.
#[inline]
fn checked(call: &Call, result: Result<(), Status>) -> Result<(), Status> {
    match result {
        Ok(()) => Ok(()),
        Err(status) => Err(checked_status(call, status)),
    }
}

#[cold]
pub(crate) fn checked_status(call: &Call, status: Status) -> Status {
    if status.code() == Code::Ok {
        return bug(call.method(), "an error with the code OK");
    }
    status::log(call.method(), &status);
    status
}

/// A panic in a call, for the operator to read.
#[cold]
fn report(method: &MethodInfo, payload: Box<dyn Any + Send>) -> Status {
    let (method, panic) = (method.path(), panic_text(&*payload));
    match last_panic() {
        Some(Place { location, backtrace }) => {
            tracing::error!(target: "vestibule", method, panic, location, %backtrace, "a call panicked");
        }
        None => tracing::error!(target: "vestibule", method, panic, "a call panicked"),
    }
    // Its destructor is the user's, and might panic as well.
    std::mem::forget(payload);
    panicked()
}

/// All that a client learns of a panic.
#[cold]
fn panicked() -> Status {
    Mark::Panicked.on(Status::internal(BUG))
}

/// The message of `panic!`, which is a `&str` or a `String` unless `panic_any` was used.
fn panic_text(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        text
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text
    } else {
        "a value that is no text"
    }
}
