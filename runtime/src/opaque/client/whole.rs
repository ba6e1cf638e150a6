use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame};
use tonic::Status;
use tonic::body::Body;

use crate::intake::PREFIX;
use crate::opaque::Message;
use crate::opaque::frames::join;

/// The message of a request that has one, if it is there at once and is no larger than `limit`. Otherwise the
/// same body: its client streams, or is not to be kept in memory.
pub(super) async fn whole(mut body: Body, limit: usize) -> Result<Bytes, Body> {
    let limit = limit.saturating_add(PREFIX);
    let mut read = Bytes::new();
    loop {
        let frame = poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_frame(cx))).await;
        let next = match frame {
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) if read.len() + data.len() <= limit => {
                    read = join(read, data);
                    continue;
                }
                Ok(data) => Next::Frame(Ok(Frame::data(data))),
                Err(trailers) => Next::Frame(Ok(trailers)),
            },
            Poll::Ready(Some(Err(status))) => Next::Frame(Err(status)),
            Poll::Ready(None) if is_one_message(&read) => return Ok(read),
            Poll::Ready(None) => Next::End,
            Poll::Pending => Next::Rest,
        };
        return Err(Body::new(Begun { read, next, rest: body }));
    }
}

fn is_one_message(body: &Bytes) -> bool {
    body.split_first_chunk().is_some_and(|(prefix, message)| Message::read(*prefix).len() == message.len())
}

/// A body of which some was read already.
struct Begun {
    read: Bytes,
    next: Next,
    rest: Body,
}

enum Next {
    Frame(Result<Frame<Bytes>, Status>),
    Rest,
    End,
}

impl http_body::Body for Begun {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if !self.read.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.read)))));
        }
        match std::mem::replace(&mut self.next, Next::Rest) {
            Next::Frame(frame) => Poll::Ready(Some(frame)),
            Next::Rest => Pin::new(&mut self.rest).poll_frame(cx),
            Next::End => {
                self.next = Next::End;
                Poll::Ready(None)
            }
        }
    }
}
