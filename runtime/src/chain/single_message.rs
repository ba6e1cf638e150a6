//! Finds a stream behind an alias where the macro expects one message. Hooks would not see the messages in that stream.

use std::marker::PhantomData;
use std::pin::Pin;

use futures_core::Stream;
use tonic::{Status, Streaming};

/// Stands for the message of a side that does not stream.
///
/// Method lookup finds the inherent method if the type is a stream, and the method of [`AnyMessage`] otherwise.
#[derive(Debug)]
pub struct Expected<M>(PhantomData<M>);

/// Returns what stands for a message of this type.
#[must_use]
pub const fn expected<M>() -> Expected<M> {
    Expected(PhantomData)
}

impl<T> Expected<Streaming<T>> {
    /// Returns the stream, which does not implement [`SingleMessage`].
    pub fn vestibule_found(self) -> PhantomData<Streaming<T>> {
        PhantomData
    }
}

impl<T> Expected<Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>> {
    /// Returns the stream, which does not implement [`SingleMessage`].
    pub fn vestibule_found(self) -> PhantomData<super::BoxStream<T>> {
        PhantomData
    }
}

/// A message that is no stream.
pub trait AnyMessage {
    /// Returns a value that implements [`SingleMessage`].
    fn vestibule_found(self);
}

impl<M> AnyMessage for Expected<M> {
    fn vestibule_found(self) {}
}

/// A type that is no stream.
#[diagnostic::on_unimplemented(
    message = "a type hides that it is a stream",
    label = "write the type of the stream out: `Streaming<T>` for the client, `BoxStream<T>` for the service"
)]
pub trait SingleMessage {}

impl SingleMessage for () {}

/// Checks that the type is no stream.
pub fn single_message<T: SingleMessage>(_: T) {}
