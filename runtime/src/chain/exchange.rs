use std::fmt;
use std::marker::PhantomData;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use tonic::{Request, Response, Status};

use super::inbound::{Inbound, Receiving};
use super::outlet::Outlet;
use super::stack::{LendingStack, StackRef};
use crate::mount::{Arriving, Mounted, Unopened};
use crate::sent::Part;
use crate::streaming::Streaming;
use crate::{Call, Method, MethodInfo, Rpc, Shape, metadata, status};

/// The messages of a call, kept in one place while the chain runs: handed on from level to level
/// they would be copied at each of them.
///
/// `I` is what the client sends, a `Message` or an `Inbound` stream; `O` is where the reply
/// goes, a `Reply` or an `Outlet`.
pub struct Exchange<M: Method, I, O> {
    inbound: I,
    outbound: O,
    messages: PhantomData<M>,
}

/// One message, one reply.
pub type Unary<Req, Res> = Exchange<Rpc<Req, Res>, Message<Req>, Reply<Res>>;
/// Many messages, one reply.
pub type ClientStreaming<Req, Res> = Exchange<Rpc<Req, Res>, Messages<Req, Res>, Reply<Res>>;
/// One message, many replies.
pub type ServerStreaming<Req, Res> = Exchange<Rpc<Req, Res>, Message<Req>, Outlet<Res>>;
/// Many messages, many replies.
pub type Bidirectional<Req, Res> = Exchange<Rpc<Req, Res>, Messages<Req, Res>, Outlet<Res>>;

/// The one message of a client.
pub struct Message<Req>(Stage<Req>);

#[expect(clippy::large_enum_variant, reason = "a box would be an allocation in each call behind a mount")]
enum Stage<Req> {
    /// Nobody has asked for it.
    Unopened(Unopened<Req>),
    Arriving(Arriving<Req>),
    Arrived(Req),
    Taken,
}

/// The messages of a client that streams.
type Messages<Req, Res> = Inbound<Rpc<Req, Res>, Incoming<Req>>;

/// The messages of a client that streams, until the handler has them.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a box would be an allocation; with more features of tonic, no variant is that large"
)]
pub enum Incoming<Req> {
    /// Behind a mount.
    Unopened(Unopened<Req>),
    /// In tonic's own server.
    Open(tonic::Streaming<Req>),
}

/// The one reply of a service.
#[derive(Debug)]
pub struct Reply<Res>(Option<Response<Res>>);

/// What a request brings, on its way through a chain.
pub trait TakenFrom<T> {
    /// Whether it is a stream.
    const STREAMS: bool;

    /// What is left of the request without its metadata and extensions, which `call` has.
    fn take_from(received: T, call: &Call) -> Self;
}

// In tonic's own server.
impl<Req> TakenFrom<Req> for Message<Req> {
    const STREAMS: bool = false;

    #[inline]
    fn take_from(message: Req, _call: &Call) -> Self {
        Self(Stage::Arrived(message))
    }
}

// Behind a mount.
impl<Req> TakenFrom<Unopened<Req>> for Message<Req> {
    const STREAMS: bool = false;

    #[inline]
    fn take_from(messages: Unopened<Req>, _call: &Call) -> Self {
        Self(Stage::Unopened(messages))
    }
}

// In tonic's own server.
impl<M: Method> TakenFrom<tonic::Streaming<M::Request>> for Inbound<M, Incoming<M::Request>> {
    const STREAMS: bool = true;

    fn take_from(stream: tonic::Streaming<M::Request>, call: &Call) -> Self {
        Self::new(Incoming::Open(stream), call.upload())
    }
}

// Behind a mount.
impl<M: Method> TakenFrom<Unopened<M::Request>> for Inbound<M, Incoming<M::Request>> {
    const STREAMS: bool = true;

    fn take_from(stream: Unopened<M::Request>, call: &Call) -> Self {
        Self::new(Incoming::Unopened(stream), call.upload())
    }
}

/// Where a reply goes.
pub trait Outbound {
    /// Whether it is a stream.
    const STREAMS: bool;

    /// Nothing yet.
    fn empty() -> Self;
}

impl<Res> Outbound for Reply<Res> {
    const STREAMS: bool = false;

    #[inline]
    fn empty() -> Self {
        Self(None)
    }
}

impl<Res> Outbound for Outlet<Res> {
    const STREAMS: bool = true;

    fn empty() -> Self {
        Self::new()
    }
}

impl<M: Method, I, O: Outbound> Exchange<M, I, O> {
    /// Takes a request apart: what interceptors see, and what is exchanged.
    // Always inlined: otherwise the request of a mount is copied once more.
    #[inline(always)]
    pub fn new<T>(method: &'static MethodInfo, request: Request<T>, mounted: Option<Mounted>) -> (Call, Self)
    where
        I: TakenFrom<T>,
    {
        let (metadata, extensions, received) = request.into_parts();
        let call = Call::received(method, Request::from_parts(metadata, extensions, ()), mounted);
        let inbound = I::take_from(received, &call);
        (call, Self { inbound, outbound: O::empty(), messages: PhantomData })
    }

    /// The shape of the rpc, behind a mount.
    pub(crate) const fn shape() -> Shape
    where
        I: TakenFrom<Unopened<M::Request>>,
    {
        match (I::STREAMS, O::STREAMS) {
            (false, false) => Shape::Unary,
            (true, false) => Shape::ClientStreaming,
            (false, true) => Shape::ServerStreaming,
            (true, true) => Shape::Bidirectional,
        }
    }
}

// ===== What the client sends =====

impl<M: Method, O> Exchange<M, Message<M::Request>, O> {
    /// Waits until the message is there. Nothing is read of it for a call that has no time left.
    // Not an `async fn`: its state would be part of every call's.
    #[inline]
    pub fn arrive(&mut self, call: &Call) -> impl Future<Output = Result<(), Status>> {
        std::future::poll_fn(|cx| {
            if let Stage::Unopened(messages) = &self.inbound.0 {
                call.check_time()?;
                self.inbound.0 = Stage::Arriving(Arriving::new(messages.open(call)));
            }
            if let Stage::Arriving(arriving) = &mut self.inbound.0 {
                self.inbound.0 = Stage::Arrived(ready!(arriving.poll_message(cx))?);
            }
            Poll::Ready(Ok(()))
        })
    }

    /// Shows the message to the hooks, and hands it over.
    ///
    /// # Panics
    ///
    /// The second time. The expansion calls it once, and a future cannot run twice.
    #[inline]
    pub fn receive(&mut self, call: &Call, hooks: StackRef<'_, M>) -> Result<M::Request, Status> {
        call.check_time()?;
        // Before it moves: it is moved once.
        if let Stage::Arrived(message) = &mut self.inbound.0 {
            hooks.on_request(message)?;
        }
        match std::mem::replace(&mut self.inbound.0, Stage::Taken) {
            Stage::Arrived(message) => Ok(message),
            Stage::Unopened(_) | Stage::Arriving(_) | Stage::Taken => {
                unreachable!("the handler is called once")
            }
        }
    }
}

impl<M: Method, O> Exchange<M, Inbound<M, Incoming<M::Request>>, O> {
    /// Hands over the stream, which shows each message to the hooks.
    ///
    /// # Panics
    ///
    /// The second time, as above.
    pub fn receive<S: LendingStack<M>>(
        &mut self,
        call: &Call,
        hooks: &mut S,
    ) -> Result<Streaming<M::Request>, Status> {
        call.check_time()?;
        let (stream, gate) = self.inbound.lend(call.method().clone(), hooks);
        let stream = match stream {
            Incoming::Unopened(messages) => messages.open(call),
            Incoming::Open(stream) => stream,
        };
        Ok(Streaming::new(stream, gate, self.inbound.upload()))
    }

    /// Runs the handler until a hook rejects a message, whatever the handler makes of that.
    // Not an `async fn`: that would borrow the reply as well, which need not be `Sync`.
    pub fn until_rejected<T>(
        &self,
        handler: Pin<&mut impl Future<Output = T>>,
    ) -> impl Future<Output = Result<T, Status>> {
        self.inbound.until_rejected(handler)
    }
}

// ===== What the service replies =====

/// A reply and the closure that polls its stream. That its type is a stream is asked once, where the closure is: as a bound
/// of every function that the stream passes through, it would be an error at each.
#[derive(Debug)]
pub struct Streamed<S, P> {
    reply: Response<S>,
    poll: P,
}

impl<S, P> Streamed<S, P> {
    /// A reply and how it is polled.
    #[inline]
    pub fn new<T>(reply: Response<S>, poll: P) -> Self
    where
        P: FnMut(Pin<&mut S>, &mut Context<'_>) -> Poll<Option<T>>,
    {
        Self { reply, poll }
    }
}

impl<M: Method, I: Receiving<M>> Exchange<M, I, Reply<M::Response>> {
    /// Shows the reply to the hooks, and keeps it.
    #[inline]
    pub fn reply(
        &mut self,
        call: &Call,
        mut reply: Response<M::Response>,
        hooks: StackRef<'_, M>,
    ) -> Result<(), Status> {
        self.inbound.on_response(hooks, reply.get_mut())?;
        self.outbound.0 = Some(reply);
        call.progress().set_reply();
        Ok(())
    }

    /// What the trait method returns, once the chain has ended.
    #[inline]
    pub fn end(&mut self, call: &Call, result: Result<(), Status>) -> Result<Response<M::Response>, Status> {
        match (result, self.outbound.0.take()) {
            (Ok(()), Some(mut reply)) => {
                metadata::drop_copied(call.method(), reply.metadata_mut().as_mut());
                let has_sent = !call.sent().is_empty();
                if has_sent {
                    call.sent().move_into(Part::Reply, call.method(), reply.metadata_mut());
                }
                call.warn_if_too_large(reply.metadata().as_ref());
                if has_sent {
                    call.move_trailers(reply.extensions_mut());
                }
                Ok(reply)
            }
            (Ok(()), None) => unreachable!("`Guarded` lets no success pass without a reply"),
            (Err(status), _) => Err(failed(call, status)),
        }
    }
}

impl<M: Method, I: Receiving<M>> Exchange<M, I, Outlet<M::Response>> {
    /// Sends the headers of the reply, and then each message that the hooks let pass.
    pub async fn stream<S, P, E>(
        &mut self,
        call: &Call,
        reply: Streamed<S, P>,
        hooks: StackRef<'_, M>,
        into_status: impl Fn(E) -> Status,
    ) -> Result<(), Status>
    where
        P: FnMut(Pin<&mut S>, &mut Context<'_>) -> Poll<Option<Result<M::Response, E>>>,
    {
        let Streamed { reply, mut poll } = reply;
        let (mut head, stream, extensions) = reply.into_parts();
        metadata::drop_copied(call.method(), head.as_mut());
        call.sent().move_into(Part::Reply, call.method(), &mut head);
        call.warn_if_too_large(head.as_ref());
        self.outbound.open(Response::from_parts(head, (), extensions)).await;
        let mut stream = pin!(stream);
        while let Some(message) = self.next(stream.as_mut(), &mut poll).await? {
            let mut message = message.map_err(&into_status)?;
            self.inbound.on_response(hooks, &mut message)?;
            self.outbound.send(message).await;
        }
        call.progress().set_reply();
        Ok(())
    }

    /// The next message, unless one from the client is rejected meanwhile.
    // By `&mut`, to be `Send`: messages need not be `Sync`.
    async fn next<S, T>(
        &mut self,
        mut stream: Pin<&mut S>,
        poll: &mut impl FnMut(Pin<&mut S>, &mut Context<'_>) -> Poll<Option<T>>,
    ) -> Result<Option<T>, Status> {
        let inbound = &mut self.inbound;
        std::future::poll_fn(move |cx| inbound.poll_unless_rejected(cx, |cx| poll(stream.as_mut(), cx))).await
    }

    /// Where the reply goes.
    pub fn outlet(&self) -> Outlet<M::Response> {
        self.outbound.clone()
    }

    /// How the reply ends: what is left of its metadata goes into the trailers.
    pub fn end(&self, call: &Call, result: Result<(), Status>) -> Result<(), Status> {
        match result {
            Ok(()) => {
                // An error with the code OK is how tonic is told of trailers.
                let mut end = Status::ok("");
                call.sent().move_all_into(call.method(), end.metadata_mut());
                call.warn_if_too_large(end.metadata().as_ref());
                if end.metadata().is_empty() { Ok(()) } else { Err(end) }
            }
            Err(status) => Err(failed(call, status)),
        }
    }
}

/// The status that leaves the chain, which `Whole` has checked.
#[cold]
fn failed(call: &Call, mut status: Status) -> Status {
    call.sent().move_all_into(call.method(), status.metadata_mut());
    call.warn_if_too_large(status.metadata().as_ref());
    status::leaving(call.method(), status)
}

impl<Req> fmt::Debug for Message<Req> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").finish_non_exhaustive()
    }
}

impl<M: Method, I, O> fmt::Debug for Exchange<M, I, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// prost's messages are `Sync`; those of other codecs may not be.
    #[test]
    fn a_message_need_not_be_sync() {
        fn check(exchange: &mut ServerStreaming<Cell<u8>, u8>, call: &Call) -> impl Send {
            let messages = Response::new(tokio_stream::empty::<Result<u8, Status>>());
            let reply = Streamed::new(messages, futures_core::Stream::poll_next);
            async move { exchange.stream(call, reply, &mut (), |status| status).await }
        }
        let _ = check;
    }
}
