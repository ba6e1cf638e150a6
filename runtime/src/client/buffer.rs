use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use bytes::Bytes;
use http_body::Body as _;
use tonic::body::Body;

use crate::call::{AfterChunks, PREFIX, ResumedBody};
use crate::proxy::{EncodedMessage, concat};

/// Returns the body of a request with a single message, if the message is there at once and no larger than `limit`
/// bytes. Otherwise it returns an equal body, to be sent once: the client streams, or its message is too large to
/// be kept.
pub(super) async fn single_message(mut body: Body, limit: usize) -> Result<Bytes, Body> {
    let limit = limit.saturating_add(PREFIX);
    let mut read = Bytes::new();
    loop {
        let frame = poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_frame(cx))).await;
        let next = match frame {
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) if read.len() + data.len() <= limit => {
                    read = concat(read, data);
                    continue;
                }
                Ok(data) => {
                    return Err(Body::new(ResumedBody::new([read, data].into(), AfterChunks::Rest, body)));
                }
                Err(frame) => AfterChunks::Last(Ok(frame.into_trailers().unwrap_or_default())),
            },
            Poll::Ready(Some(Err(status))) => AfterChunks::Last(Err(status)),
            Poll::Ready(None) if is_one_message(&read) => return Ok(read),
            Poll::Ready(None) => AfterChunks::End,
            Poll::Pending => AfterChunks::Rest,
        };
        return Err(Body::new(ResumedBody::new([read].into(), next, body)));
    }
}

fn is_one_message(body: &Bytes) -> bool {
    body.split_first_chunk()
        .is_some_and(|(prefix, message)| EncodedMessage::read(*prefix).len() == message.len())
}
