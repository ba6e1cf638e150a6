//! The id of the request that the current task serves.

use super::RequestId;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// Returns the id of the request that the current task serves, or `None` if it has none.
///
/// There is an id inside of a `SetRequestId` (feature `request-id`): in the interceptors after it, in the handler, in a
/// service behind a [`layer`](vestibule::layer()), and in all futures that they await. In a task that the handler spawns,
/// there is none.
///
/// ```
/// // No call is being served here.
/// assert_eq!(vestibule_interceptors::current_request_id(), None);
/// ```
#[must_use]
pub fn current_request_id() -> Option<RequestId> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Runs a future in which `id` is the current one.
#[cfg(feature = "request-id")]
pub(super) async fn scope<F: Future>(id: RequestId, future: F) -> F::Output {
    CURRENT.scope(id, future).await
}
