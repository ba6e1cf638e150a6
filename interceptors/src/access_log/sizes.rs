//! The sizes of messages that an access log knows.

use std::any::{Any, TypeId};

use vestibule::proxy::EncodedMessage;
use vestibule::{MessageSize, Method};

/// An [`AccessLog`](super::AccessLog) that counts the bytes of messages which are encoded already: in a layer and on a
/// client. It can stand in every list.
///
/// It is the default, and has no example, because nobody writes its name.
#[derive(Clone, Copy, Debug)]
pub enum EncodedSizes {}

/// An [`AccessLog`](super::AccessLog) that counts the bytes of all messages.
///
/// [`AccessLog::message_sizes`](super::AccessLog::message_sizes) makes it, and has an example.
#[derive(Clone, Copy, Debug)]
pub enum MessageSizes {}

/// The sizes of the messages of a method, in bytes.
pub trait Sizes<M: Method>: 'static {
    /// Returns true if the sizes are known.
    fn are_known() -> bool;

    /// Returns the size of a request. It is zero if the sizes are not known.
    fn of_request(message: &M::Request) -> usize;

    /// Returns the size of a response. It is zero if the sizes are not known.
    fn of_response(message: &M::Response) -> usize;
}

impl<M: Method> Sizes<M> for EncodedSizes {
    /// Returns true in a layer and on a client, where the messages of both directions are encoded.
    fn are_known() -> bool {
        TypeId::of::<M::Request>() == TypeId::of::<EncodedMessage>()
    }

    fn of_request(message: &M::Request) -> usize {
        encoded_size(message)
    }

    fn of_response(message: &M::Response) -> usize {
        encoded_size(message)
    }
}

impl<M: Method<Request: MessageSize, Response: MessageSize>> Sizes<M> for MessageSizes {
    fn are_known() -> bool {
        true
    }

    fn of_request(message: &M::Request) -> usize {
        message.message_size()
    }

    fn of_response(message: &M::Response) -> usize {
        message.message_size()
    }
}

fn encoded_size(message: &dyn Any) -> usize {
    message.downcast_ref::<EncodedMessage>().map_or(0, EncodedMessage::len)
}
