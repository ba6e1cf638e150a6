use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tonic::Response;

/// The sender of a response stream: a chain passes its messages to the [`ResponseStream`] that polls the chain.
///
/// It holds one message at most.
///
/// [`ResponseStream`]: super::response_stream::ResponseStream
pub struct ResponseSender<Res>(Arc<Mutex<Slot<Res>>>);

struct Slot<Res> {
    headers: Headers,
    message: Option<Res>,
    /// The task that waits until the slot is empty.
    sender: Option<Waker>,
}

/// The headers of a response on their way from the chain to the stream.
pub(super) enum Headers {
    NotReady,
    Ready(Response<()>),
    Sent,
}

impl<Res> ResponseSender<Res> {
    /// Creates a sender that has sent nothing.
    #[expect(clippy::new_without_default, reason = "only the expansion makes it")]
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Slot { headers: Headers::NotReady, message: None, sender: None })))
    }

    fn lock(&self) -> MutexGuard<'_, Slot<Res>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends the headers, and waits until the stream has received them.
    pub(crate) async fn send_headers(&self, headers: Response<()>) {
        let mut headers = Some(headers);
        self.deliver(
            |slot| slot.headers = headers.take().map_or(Headers::Sent, Headers::Ready),
            |slot| matches!(slot.headers, Headers::Sent),
        )
        .await;
    }

    /// Sends a message, and waits until the stream has received it.
    pub(crate) async fn send(&self, message: Res) {
        let mut message = Some(message);
        self.deliver(|slot| slot.message = message.take(), |slot| slot.message.is_none()).await;
    }

    /// Receives the headers, if they are ready.
    pub(super) fn take_headers(&self, cx: &Context<'_>) -> Headers {
        self.take(cx, |slot| std::mem::replace(&mut slot.headers, Headers::Sent))
    }

    /// Restores the headers after [`take_headers`](Self::take_headers) has received none.
    pub(super) fn restore_headers(&self, headers: Headers) {
        self.lock().headers = headers;
    }

    /// Receives a message, if one was sent.
    pub(super) fn take_message(&self, cx: &Context<'_>) -> Option<Res> {
        self.take(cx, |slot| slot.message.take())
    }

    fn take<T>(&self, cx: &Context<'_>, take: impl FnOnce(&mut Slot<Res>) -> T) -> T {
        let mut slot = self.lock();
        let taken = take(&mut slot);
        // An interceptor may run the rest in a set of futures, which polls only futures that were woken. If the sender has
        // the waker of this task, it needs no wake: this task polls again for the next message.
        let sender = slot.sender.take_if(|sender| !sender.will_wake(cx.waker()));
        drop(slot);
        if let Some(sender) = sender {
            sender.wake();
        }
        taken
    }

    /// Puts something into the slot, and waits until it was taken. Each poll locks once, because the locks are most of the
    /// cost of a message.
    async fn deliver(&self, mut put: impl FnMut(&mut Slot<Res>), is_taken: impl Fn(&Slot<Res>) -> bool) {
        let mut is_put = false;
        std::future::poll_fn(|cx| {
            let mut slot = self.lock();
            if !is_put {
                put(&mut slot);
                is_put = true;
            } else if is_taken(&slot) {
                return Poll::Ready(());
            }
            match &mut slot.sender {
                Some(sender) => sender.clone_from(cx.waker()),
                sender => *sender = Some(cx.waker().clone()),
            }
            Poll::Pending
        })
        .await;
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
