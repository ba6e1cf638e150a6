//! The sizes of messages that an access log knows.

use std::any::Any;

use vestibule::proxy::EncodedMessage;
use vestibule::{MessageSize, Method};

/// An [`AccessLog`](super::AccessLog) that counts the bytes of messages which are encoded already: in a layer and on a
/// client. It can stand in every list.
///
/// It is the default, and has no example, because nobody writes its name.
#[derive(Clone, Copy, Debug)]
pub enum FreeSizes {}

/// An [`AccessLog`](super::AccessLog) that counts the bytes of all messages.
///
/// [`AccessLog::message_sizes`](super::AccessLog::message_sizes) makes it, and has an example.
#[derive(Clone, Copy, Debug)]
pub enum AllSizes {}

/// The sizes of the messages of a method, in bytes.
pub trait Sizes<M: Method>: 'static {
    /// Returns the size of a request, or `None` if it is not known.
    fn of_request(message: &M::Request) -> Option<usize>;

    /// Returns the size of a response, or `None` if it is not known.
    fn of_response(message: &M::Response) -> Option<usize>;
}

impl<M: Method> Sizes<M> for FreeSizes {
    fn of_request(message: &M::Request) -> Option<usize> {
        encoded_size(message)
    }

    fn of_response(message: &M::Response) -> Option<usize> {
        encoded_size(message)
    }
}

impl<M: Method<Request: MessageSize, Response: MessageSize>> Sizes<M> for AllSizes {
    fn of_request(message: &M::Request) -> Option<usize> {
        Some(message.message_size())
    }

    fn of_response(message: &M::Response) -> Option<usize> {
        Some(message.message_size())
    }
}

fn encoded_size(message: &dyn Any) -> Option<usize> {
    Some(message.downcast_ref::<EncodedMessage>()?.len())
}
