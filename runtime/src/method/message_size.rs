//! The size of a message.

use prost::Message;

/// The size of a message in bytes. Hooks that count bytes ask for it, and run in every place of a chain.
///
/// Every message of prost implements the trait, and so does [`EncodedMessage`](crate::proxy::EncodedMessage), so that the
/// same hooks can be used on an annotated service, in a layer and on a client:
///
/// ```
/// use vestibule::{Hooks, MessageSize, Method, Outcome, Status};
///
/// struct BytesReceived(usize);
///
/// impl<M: Method<Request: MessageSize>> Hooks<M> for BytesReceived {
///     fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
///         self.0 += message.message_size();
///         Ok(())
///     }
///
///     fn on_finish(&mut self, _outcome: &Outcome) {
///         println!("{} bytes", self.0);
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the size of `{Self}` is not known",
    label = "neither a message of prost nor an `EncodedMessage`",
    note = "write `impl vestibule::MessageSize for {Self}`"
)]
pub trait MessageSize {
    /// Returns the size of this message in bytes, without the prefix of five bytes that gRPC puts before it.
    ///
    /// For a message of prost it is the size before compression. prost walks through the whole message to find it out.
    /// For an encoded message it is the size on the wire, which its prefix announces.
    fn message_size(&self) -> usize;
}

impl<T: Message> MessageSize for T {
    #[inline]
    fn message_size(&self) -> usize {
        self.encoded_len()
    }
}
