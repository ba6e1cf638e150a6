use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tonic::{Response, Status};

use super::shared_hooks::{RequestHooks, ended, register};

/// The sender of a response stream: a chain passes its messages to the [`ResponseStream`] that polls the chain.
///
/// It holds one message at most.
///
/// [`ResponseStream`]: super::response_stream::ResponseStream
pub struct ResponseSender<Res>(Arc<Shared<Res>>);

struct Shared<Res> {
    slot: Mutex<Slot<Res>>,
    /// True while the slot has headers or a message that the stream has not received. It changes only while the slot is locked,
    /// and spares who finds the slot empty the lock.
    is_full: AtomicBool,
}

struct Slot<Res> {
    headers: Headers,
    message: Option<Res>,
    /// The task that waits until the slot is empty.
    sender: Option<Waker>,
    /// True after the call has ended.
    is_closed: bool,
    /// The task that waits for a message of the client. The end of the call wakes it.
    reader: Option<Waker>,
}

/// The headers of a response on their way from the chain to the stream.
enum Headers {
    NotReady,
    Ready(Response<()>),
    Sent,
}

/// The state of the headers of a response.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SentHeaders {
    NotReady,
    /// The chain has sent them, and nobody has received them.
    Waiting,
    Received,
}

impl<Res> ResponseSender<Res> {
    /// Creates a sender that has sent nothing.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    pub fn new() -> Self {
        let (headers, message) = (Headers::NotReady, None);
        let slot = Mutex::new(Slot { headers, message, sender: None, is_closed: false, reader: None });
        Self(Arc::new(Shared { slot, is_full: AtomicBool::new(false) }))
    }

    #[inline]
    fn lock(&self) -> MutexGuard<'_, Slot<Res>> {
        self.0.lock()
    }

    /// Returns the hooks for the messages of the client, for a chain that has none. They only end the request stream after
    /// [`close`](Self::close). The sender is these hooks itself, so this allocates nothing.
    pub(crate) fn request_hooks<Req>(&self) -> Arc<dyn RequestHooks<Req>>
    where
        Res: Send + 'static,
    {
        Arc::clone(&self.0) as _
    }

    /// Ends the request stream, because the call has ended.
    pub(crate) fn close(&self) {
        let mut slot = self.lock();
        slot.is_closed = true;
        let reader = slot.reader.take();
        drop(slot);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// Sends the headers, and waits until the stream has received them.
    pub(crate) async fn send_headers(&self, headers: Response<()>) {
        self.put_headers(headers);
        self.headers_received().await;
    }

    /// Puts the headers into the slot, and does not wait. A future that waits after this has no room for them.
    pub(crate) fn put_headers(&self, headers: Response<()>) {
        let mut slot = self.lock();
        slot.headers = Headers::Ready(headers);
        self.0.is_full.store(true, Ordering::Release);
    }

    /// Puts a message into the slot, and does not wait. The task of `cx` is woken when the stream has received it.
    #[inline]
    pub(crate) fn put_message(&self, message: Res, cx: Option<&Context<'_>>) {
        let mut slot = self.lock();
        slot.message = Some(message);
        self.0.is_full.store(true, Ordering::Release);
        if let Some(cx) = cx {
            register(&mut slot.sender, cx);
        }
    }

    /// Waits until the stream has received the headers.
    async fn headers_received(&self) {
        std::future::poll_fn(|cx| self.poll_received(cx)).await;
    }

    /// Waits until the stream has received the headers, and the message if there is one.
    pub(crate) fn poll_received(&self, cx: &Context<'_>) -> Poll<()> {
        if !self.is_full() {
            return Poll::Ready(());
        }
        let mut slot = self.lock();
        if !self.is_full() {
            return Poll::Ready(());
        }
        register(&mut slot.sender, cx);
        Poll::Pending
    }

    /// Receives the headers, if they are ready. Otherwise it changes nothing.
    pub(crate) fn take_headers(&self, cx: &Context<'_>) -> Option<Response<()>> {
        self.take(cx, |slot| match std::mem::replace(&mut slot.headers, Headers::Sent) {
            Headers::Ready(headers) => Some(headers),
            headers => {
                slot.headers = headers;
                None
            }
        })
    }

    /// Returns the state of the headers.
    pub(crate) fn sent_headers(&self) -> SentHeaders {
        match self.lock().headers {
            Headers::NotReady => SentHeaders::NotReady,
            Headers::Ready(_) => SentHeaders::Waiting,
            Headers::Sent => SentHeaders::Received,
        }
    }

    /// Receives a message, if one was sent.
    #[inline]
    pub(crate) fn take_message(&self, cx: &Context<'_>) -> Option<Res> {
        self.take(cx, |slot| slot.message.take())
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.0.is_full.load(Ordering::Acquire)
    }

    #[inline]
    fn take<T>(&self, cx: &Context<'_>, take: impl FnOnce(&mut Slot<Res>) -> Option<T>) -> Option<T> {
        if !self.is_full() {
            return None;
        }
        let mut slot = self.lock();
        let taken = take(&mut slot);
        let is_full = slot.message.is_some() || matches!(slot.headers, Headers::Ready(_));
        self.0.is_full.store(is_full, Ordering::Release);
        // An interceptor may run the rest in a set of futures, which polls only futures that were woken. If the sender has
        // the waker of this task, it needs no wake: this task polls again for the next message.
        let sender = slot.sender.take_if(|sender| !sender.will_wake(cx.waker()));
        drop(slot);
        if let Some(sender) = sender {
            sender.wake();
        }
        taken
    }
}

impl<Res> Shared<Res> {
    #[inline]
    fn lock(&self) -> MutexGuard<'_, Slot<Res>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<Req, Res: Send> RequestHooks<Req> for Shared<Res> {
    fn on_request(&self, _message: &mut Req) -> Result<(), Status> {
        if self.lock().is_closed { Err(ended()) } else { Ok(()) }
    }

    fn poll_end(&self, cx: &mut Context<'_>) -> Poll<Status> {
        let mut slot = self.lock();
        if slot.is_closed {
            return Poll::Ready(ended());
        }
        register(&mut slot.reader, cx);
        Poll::Pending
    }
}

impl<Res> Clone for ResponseSender<Res> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Res> fmt::Debug for ResponseSender<Res> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseSender").finish_non_exhaustive()
    }
}
