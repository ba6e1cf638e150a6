use std::sync::Arc;

use tonic::Status;

use super::interceptor::Interceptor;
use super::placeholder::Placeholder;
use crate::Call;

/// An interceptor that does all of its work in `start`. It can stand where no rest of the call is left to wrap: between
/// the message and the handler.
#[diagnostic::on_unimplemented(
    message = "an entry that wraps the call or has hooks can't use the message",
    label = "runs when the message has arrived",
    note = "an `#[interceptor]` function without `rest` and without a list of its own can use the message"
)]
pub trait StartsOnly: Interceptor {}

#[diagnostic::do_not_recommend]
impl<I: StartsOnly> StartsOnly for &I {}

#[diagnostic::do_not_recommend]
impl<I: StartsOnly> StartsOnly for Arc<I> {}

#[diagnostic::do_not_recommend]
impl<I: StartsOnly> StartsOnly for Box<I> {}

#[diagnostic::do_not_recommend]
impl<I: StartsOnly> StartsOnly for Option<I> {}

#[diagnostic::do_not_recommend]
impl<P: Send + Sync> StartsOnly for Placeholder<P> {}

/// Returns the entry itself. For a value that is no interceptor, the type of the result is an error as well, so that rustc
/// does not also report that the value can't use the message.
pub fn as_interceptor<I: Interceptor>(entry: I) -> <I::Provides as Beside>::Entry<I> {
    entry
}

/// A type beside which the type of an entry stands.
pub trait Beside {
    /// The type of the entry.
    type Entry<I>;
}

impl<P> Beside for P {
    type Entry<I> = I;
}

/// Runs an entry that uses the message, and returns what it provides.
///
/// The handler is not called after the deadline, also if this entry has waited.
pub async fn run_guard<I: StartsOnly>(call: &Call, guard: I) -> Result<I::Provides, Status> {
    let (provided, _) = guard.start(call).await?;
    call.check_deadline()?;
    Ok(provided)
}
