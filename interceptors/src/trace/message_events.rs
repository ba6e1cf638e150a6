use std::sync::atomic::{AtomicBool, Ordering};

use opentelemetry::trace::TraceContextExt;
use opentelemetry::{Context, KeyValue};
use tonic::Status;
use vestibule::{Call, Hooks, Interceptor, MessageSize, Method, interceptor};

use super::tracer::is_known_to_be_silent;
use crate::conventions::Side;

/// Adds an event to the active span for each message of a call. It stands behind a [`Trace`](super::Trace).
///
/// ```
/// use vestibule_interceptors::{MessageEvents, Trace};
///
/// let layer = vestibule::layer((Trace::server(), MessageEvents::server()));
/// ```
///
/// The stable conventions have no events for messages. These are the ones of gRPC's own tracing:
///
/// | event | attributes |
/// | --- | --- |
/// | `Inbound message` | `sequence-number`, from 0, and `message-size` in bytes |
/// | `Outbound message` | the same |
///
/// The size is that of [`MessageSize`]: before compression on an annotated service, and that on the wire in a layer and on
/// a client. The interceptor reads and writes no metadata, and never records what a message contains. A span that is not
/// recorded costs a comparison for each message.
///
/// If there is no span, because this interceptor stands in front of `Trace`, a line at the level WARN says so once.
#[derive(Clone, Copy, Debug)]
pub struct MessageEvents(Side);

impl MessageEvents {
    /// Creates an interceptor for a service or a layer. The example of [`MessageEvents`] calls it.
    #[must_use]
    pub const fn server() -> Self {
        Self(Side::Server)
    }

    /// Creates an interceptor for a client.
    ///
    /// ```
    /// use tonic::transport::Endpoint;
    /// use vestibule_interceptors::{MessageEvents, Trace};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let channel = Endpoint::from_static("http://localhost:50051").connect_lazy();
    /// let channel = vestibule::client(channel, (Trace::client(), MessageEvents::client()));
    /// # }
    /// ```
    #[must_use]
    pub const fn client() -> Self {
        Self(Side::Client)
    }
}

#[interceptor(phase = Observe)]
impl Interceptor for MessageEvents {
    type Provides = ();
    type Hooks = MessageEventsHooks;

    async fn start(&self, call: &Call) -> Result<((), MessageEventsHooks), Status> {
        static IS_REPORTED: AtomicBool = AtomicBool::new(false);
        let side = self.0.of(call, "MessageEvents", &IS_REPORTED);
        let (has_span, context) = Context::map_current(|context| {
            (context.has_active_span(), context.span().is_recording().then(|| context.clone()))
        });
        if !has_span {
            warn_of_no_span();
        }
        Ok(((), MessageEventsHooks { side, context, requests: 0, responses: 0 }))
    }
}

/// Warns once that there is no span, unless a `Trace` has said that the process has no provider.
fn warn_of_no_span() {
    static HAS_WARNED: AtomicBool = AtomicBool::new(false);
    if !is_known_to_be_silent() && !HAS_WARNED.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            target: "vestibule",
            "`MessageEvents` has no span to which it could add events: put it behind `Trace`"
        );
    }
}

/// The hooks of [`MessageEvents`].
#[derive(Debug)]
pub struct MessageEventsHooks {
    side: Side,
    /// The context whose span has the events, or `None` if it is not recorded. A message may be read by another task, in
    /// which another span is active.
    context: Option<Context>,
    requests: i64,
    responses: i64,
}

const INBOUND: &str = "Inbound message";
const OUTBOUND: &str = "Outbound message";

fn add(context: &Context, name: &'static str, number: &mut i64, message: &impl MessageSize) {
    let size = i64::try_from(message.message_size()).unwrap_or(i64::MAX);
    let attributes = vec![KeyValue::new("sequence-number", *number), KeyValue::new("message-size", size)];
    context.span().add_event(name, attributes);
    *number += 1;
}

impl<M: Method<Request: MessageSize, Response: MessageSize>> Hooks<M> for MessageEventsHooks {
    fn on_request(&mut self, message: &mut M::Request) -> Result<(), Status> {
        if let Some(context) = &self.context {
            let name = if self.side == Side::Server { INBOUND } else { OUTBOUND };
            add(context, name, &mut self.requests, message);
        }
        Ok(())
    }

    fn on_response(&mut self, message: &mut M::Response) -> Result<(), Status> {
        if let Some(context) = &self.context {
            let name = if self.side == Side::Server { OUTBOUND } else { INBOUND };
            add(context, name, &mut self.responses, message);
        }
        Ok(())
    }
}
