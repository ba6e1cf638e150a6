use std::fmt::{self, Display, Write};
use std::sync::Arc;

use tonic::Status;
use vestibule::{Call, Hooks, Interceptor, Method, interceptor};

use super::key::write_key;
use super::limiter::Limiter;

/// An entry of a list that limits the calls of one key. [`RateLimit::key`](super::RateLimit::key) makes it.
#[must_use = "it does nothing unless it stands in a list"]
pub struct KeyedRateLimit<'a, K> {
    pub(super) limiter: &'a Arc<Limiter>,
    pub(super) key: K,
}

/// The hooks of a limit, which count the messages of a stream if that is asked for.
pub struct MessageLimit {
    limit: Option<(Arc<Limiter>, u64)>,
    /// True until the first message has arrived, for which the call has paid.
    is_paid: bool,
}

#[interceptor(phase = Limit)]
impl<K: Display + Send + Sync> Interceptor for KeyedRateLimit<'_, K> {
    type Provides = ();
    type Hooks = MessageLimit;

    async fn start(&self, call: &Call) -> Result<((), MessageLimit), Status> {
        admit(self.limiter, call, |out| write_key(out, &self.key)).await
    }
}

/// Counts a call, here and in the store.
pub(super) async fn admit(
    limiter: &Arc<Limiter>,
    call: &Call,
    write: impl Fn(&mut dyn Write) + Send + Sync,
) -> Result<((), MessageLimit), Status> {
    let key = limiter.hash(call, &write);
    limiter.take(key)?;
    if let Some(shared) = &limiter.shared {
        // In a box, so that the future of a call is no larger without a store.
        Box::pin(limiter.take_shared(shared, key, call, &write)).await?;
    }
    let limit = limiter.counts_messages.then(|| (Arc::clone(limiter), key));
    Ok(((), MessageLimit { limit, is_paid: true }))
}

impl<M: Method> Hooks<M> for MessageLimit {
    fn on_request(&mut self, _message: &mut M::Request) -> Result<(), Status> {
        match &self.limit {
            Some((limiter, key)) if !std::mem::take(&mut self.is_paid) => limiter.take(*key),
            _ => Ok(()),
        }
    }
}

impl<K> fmt::Debug for KeyedRateLimit<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyedRateLimit").field("name", &self.limiter.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for MessageLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MessageLimit").field("counts", &self.limit.is_some()).finish_non_exhaustive()
    }
}
