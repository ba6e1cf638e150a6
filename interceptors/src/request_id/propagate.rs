use tonic::Status;
use vestibule::client::ClientOnly;
use vestibule::{Call, Interceptor};

use super::{DEFAULT_KEY, RequestId, current_request_id};
use crate::metadata_key::check_text;

/// Passes the id of the request that is being served on to the calls that are made for it. It stands on a
/// [`client`](vestibule::client()).
///
/// ```
/// use tonic::transport::Endpoint;
/// use vestibule_interceptors::PropagateRequestId;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let channel = Endpoint::from_static("http://localhost:50051").connect_lazy();
/// let channel = vestibule::client(channel, (PropagateRequestId::new(),));
/// # }
/// ```
///
/// It knows the id wherever [`current_request_id`] does. A [`RequestId`] in the extensions of the request comes
/// first: its example shows this for a task that a handler spawns. A request that has the key in its metadata already
/// keeps it. A call that has no id is sent without one.
///
/// | it | what |
/// | --- | --- |
/// | reads | the current id, the extensions of the request |
/// | writes | the metadata `x-request-id` of the request |
/// | logs, counts | nothing |
#[derive(Clone, Copy, Debug)]
pub struct PropagateRequestId {
    key: &'static str,
}

impl PropagateRequestId {
    /// Creates the interceptor. The example of [`PropagateRequestId`] calls it.
    #[must_use]
    pub const fn new() -> Self {
        Self { key: DEFAULT_KEY }
    }

    /// Sets the key of the metadata. It is `x-request-id` without this setting.
    ///
    /// ```
    /// use vestibule_interceptors::PropagateRequestId;
    ///
    /// const PROPAGATE: PropagateRequestId = PropagateRequestId::new().key("x-correlation-id");
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the key is not one of text metadata in lower case, or belongs to gRPC.
    #[must_use]
    pub const fn key(self, key: &'static str) -> Self {
        check_text(key);
        Self { key }
    }
}

impl Default for PropagateRequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl Interceptor for PropagateRequestId {
    type Provides = ();
    type Hooks = ClientOnly;

    async fn start(&self, call: &Call) -> Result<((), ClientOnly), Status> {
        let with_request = call.extensions().get::<RequestId>().cloned();
        if let Some(id) = with_request.or_else(current_request_id)
            && !call.metadata().contains_key(self.key)
        {
            call.outgoing_metadata().as_mut().insert(self.key, id.header());
        }
        Ok(((), ClientOnly))
    }
}
