//! The body of a request that its chain has not asked for.
//!
//! HTTP/2 has one window for all that a connection brings. A body that nobody reads fills it, and no other call of the
//! connection gets anything. So while a start waits, the bytes that arrive are taken in, up to a bound. Where no start
//! waits, none are.

use std::any::Any;
use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame};
use tonic::Status;
use tonic::body::Body;

use super::resumed_body::{Next, Resumed};

/// The bound where nobody has set another: tonic's limit for a message. A smaller one would be no help, because what is not
/// taken in stays in the window.
pub(crate) const DEFAULT_READ_AHEAD: usize = 4 << 20;

/// The bytes before each message: one for the compression, four for its length.
pub(crate) const PREFIX: usize = 5;

/// The number of frames that are taken in before other tasks have their turn. A number and no size, as frames may be empty.
const AT_A_TIME: u8 = 32;

/// The size up to which small frames are collected in one piece: each by itself would hold more than its bytes.
const PIECE: usize = 64 << 10;

/// The bound of what is taken in of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadAheadLimit {
    /// The bytes in all.
    pub(crate) bytes: usize,
    /// Only the first message is taken in, and nothing after it.
    pub(crate) is_single: bool,
    /// The size of the largest message. A larger one will be refused for its prefix, and the rest of it is not kept.
    pub(crate) message: usize,
}

/// The body of a request, until somebody asks for it.
#[derive(Default)]
pub(crate) struct UnreadBody {
    /// True while there is a body that nobody has asked for. It spares the lock, as `read_ahead` is called whenever a chain is
    /// pending.
    is_waiting: AtomicBool,
    waiting: Mutex<Option<Waiting>>,
}

type Panic = Box<dyn Any + Send>;

struct Waiting {
    body: Body,
    bound: ReadAheadLimit,
    /// `None` until something was taken in.
    taken: Option<Box<ReadAhead>>,
}

impl UnreadBody {
    pub(crate) fn new(body: Body, bound: ReadAheadLimit) -> Self {
        let waiting = Waiting { body, bound, taken: None };
        Self { is_waiting: AtomicBool::new(true), waiting: Mutex::new(Some(waiting)) }
    }

    /// The body, with what was taken in before the rest. It is empty the second time.
    pub(crate) fn take(&self) -> Body {
        self.is_waiting.store(false, Ordering::Relaxed);
        match self.lock().take() {
            Some(Waiting { body, taken: None, .. }) => body,
            Some(Waiting { body, taken: Some(taken), .. }) => {
                let pieces = taken.pieces.into_iter().map(BytesMut::freeze).collect();
                Body::new(Resumed::new(pieces, taken.next, body))
            }
            None => Body::empty(),
        }
    }

    /// Takes in what has arrived, for a chain that waits. `report` makes a status of a panic of the body.
    #[inline]
    pub(crate) fn read_ahead(&self, cx: &mut Context<'_>, report: impl FnOnce(Panic) -> Status) {
        // `Relaxed` is enough: one task at a time drives a call, and that task takes the body as well.
        if self.is_waiting.load(Ordering::Relaxed) {
            self.take_in(cx, report);
        }
    }

    #[cold]
    fn take_in(&self, cx: &mut Context<'_>, report: impl FnOnce(Panic) -> Status) {
        let mut waiting = self.lock();
        let Some(waiting) = &mut *waiting else { return };
        let read = AssertUnwindSafe(|| waiting.read_ahead(cx));
        if let Err(panic) = catch_unwind(read) {
            waiting.taken.get_or_insert_default().next = Next::Last(Err(report(panic)));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn read_ahead(&mut self, cx: &mut Context<'_>) {
        for _ in 0..AT_A_TIME {
            if self.taken.as_ref().is_some_and(|taken| taken.is_enough(self.bound)) {
                return;
            }
            let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else { return };
            self.taken.get_or_insert_default().push(frame, self.bound);
        }
        cx.waker().wake_by_ref();
    }
}

/// The part of a body that was taken in.
#[derive(Default)]
struct ReadAhead {
    pieces: VecDeque<BytesMut>,
    len: usize,
    /// The length of the first message, once it is known.
    message: Option<usize>,
    /// True if the first message is larger than the limit.
    is_refused: bool,
    next: Next,
}

impl ReadAhead {
    fn is_enough(&self, bound: ReadAheadLimit) -> bool {
        let enough = match self.message {
            Some(len) if bound.is_single => bound.bytes.min(len.saturating_add(PREFIX)),
            _ => bound.bytes,
        };
        self.len >= enough || !matches!(self.next, Next::Rest)
    }

    fn push(&mut self, frame: Option<Result<Frame<Bytes>, Status>>, bound: ReadAheadLimit) {
        self.next = match frame.map(|frame| frame.map(Frame::into_data)) {
            Some(Ok(Ok(data))) => return self.push_data(&data, bound),
            Some(Ok(Err(last))) => Next::Last(Ok(last.into_trailers().unwrap_or_default())),
            Some(Err(status)) => Next::Last(Err(status)),
            None => Next::End,
        };
    }

    /// Copies it: a frame shares its memory with others of the connection, and would hold that as well.
    fn push_data(&mut self, data: &[u8], bound: ReadAheadLimit) {
        if self.is_refused || data.is_empty() {
            return;
        }
        self.len += data.len();
        match self.pieces.back_mut() {
            Some(last) if last.len() + data.len() <= PIECE => last.extend_from_slice(data),
            _ => self.pieces.push_back(data.into()),
        }
        if self.message.is_none() {
            self.message = self.announced();
            self.is_refused = self.message.is_some_and(|len| len > bound.message);
            if self.is_refused {
                self.cut_to_prefix();
            }
        }
    }

    /// The length in the first prefix.
    fn announced(&self) -> Option<usize> {
        let mut bytes = self.pieces.iter().flatten().copied();
        let [_, len @ ..] = std::array::from_fn::<_, PREFIX, _>(|_| bytes.next());
        let [Some(a), Some(b), Some(c), Some(d)] = len else { return None };
        usize::try_from(u32::from_be_bytes([a, b, c, d])).ok()
    }

    fn cut_to_prefix(&mut self) {
        let prefix: BytesMut = self.pieces.iter().flatten().take(PREFIX).copied().collect();
        self.pieces = [prefix].into();
        self.len = PREFIX;
    }
}

impl fmt::Debug for UnreadBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadBody").finish_non_exhaustive()
    }
}
