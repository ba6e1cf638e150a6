use std::fmt;

use http::{HeaderMap, HeaderName};
use tonic::Status;
use tonic::metadata::MetadataMap;
use uuid::Uuid;
use vestibule::{Call, Interceptor, Rest, interceptor};

use super::current::scope;
use super::new_id::new_uuid;
use super::{DEFAULT_KEY, RequestId};
use crate::metadata_key::check_text;

/// Gives each request an id: a new one, or that of a peer which is trusted.
///
/// ```
/// use vestibule_interceptors::{AccessLog, SetRequestId, RequestId};
/// # use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
/// # use proto::calcul::{AdditionRequest, AdditionResponse};
/// # use vestibule::{Status, interceptor};
/// # struct Calculator;
///
/// #[interceptor(id = SetRequestId::new(), AccessLog::server())]
/// impl Calculatrice for Calculator {
///     async fn addition(
///         &self,
///         request: AdditionRequest,
///         id: &RequestId,
///     ) -> Result<AdditionResponse, Status> {
///         println!("request {id}");
///         Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
///     }
/// }
/// ```
///
/// The id is a UUID of version 7, which begins with the time, so that ids sort by time.
///
/// - The handler takes it by name. [`current_request_id`](crate::current_request_id) returns it anywhere in the call.
/// - An [`AccessLog`](crate::AccessLog) and an [`Audit`](crate::Audit) after this interceptor have it in each line.
/// - The client receives it in the metadata of the response and in the trailers, also if the call fails.
/// - [`PropagateRequestId`](crate::PropagateRequestId) passes it on to the calls that the handler makes.
///
/// It belongs to the phase [`Edge`](vestibule::phase::Edge), so that the compiler rejects a list in which a log or a
/// trace stands before it and has no id.
///
/// | it | what |
/// | --- | --- |
/// | reads | the metadata `x-request-id` of trusted peers |
/// | writes | the metadata `x-request-id` of the response, and the trailers where the server can send them |
/// | logs, counts | nothing |
#[derive(Clone)]
pub struct SetRequestId<F = fn(&Call) -> bool> {
    /// It is parsed once, because it is looked up and set several times in each call.
    key: HeaderName,
    is_trusted: F,
}

impl SetRequestId {
    /// Trusts no peer, so each request has a new id. The example of [`SetRequestId`] calls it.
    #[must_use]
    pub const fn new() -> Self {
        const KEY: HeaderName = HeaderName::from_static(DEFAULT_KEY);
        Self { key: KEY, is_trusted: |_| false }
    }
}

impl<F> SetRequestId<F> {
    /// Accepts the ids of the peers for which `is_trusted` returns true, such as those of a network or of a proxy.
    ///
    /// An id is accepted if it stands in the metadata once, and has 1 to 128 letters, digits, `.`, `_` and `-`. Any other
    /// is replaced by a new one.
    ///
    /// ```
    /// use vestibule::Call;
    /// use vestibule_interceptors::SetRequestId;
    ///
    /// fn is_proxy(call: &Call) -> bool {
    ///     call.remote_addr().is_some_and(|addr| addr.ip().is_loopback())
    /// }
    ///
    /// let layer = vestibule::layer((SetRequestId::new().trust(is_proxy),));
    /// ```
    #[must_use]
    pub fn trust<G: Fn(&Call) -> bool + Send + Sync>(self, is_trusted: G) -> SetRequestId<G> {
        SetRequestId { key: self.key, is_trusted }
    }

    /// Sets the key of the metadata. It is `x-request-id` without this setting.
    ///
    /// ```
    /// let layer = vestibule::layer((vestibule_interceptors::SetRequestId::new().key("x-correlation-id"),));
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the key is not one of text metadata in lower case, or belongs to gRPC.
    #[must_use]
    pub fn key(self, key: &'static str) -> Self {
        check_text(key);
        Self { key: HeaderName::from_static(key), ..self }
    }
}

impl<F: Fn(&Call) -> bool> SetRequestId<F> {
    /// Returns the id that a trusted peer has sent.
    fn accepted(&self, call: &Call) -> Option<RequestId> {
        let mut values = call.metadata().as_ref().get_all(&self.key).iter();
        let value = values.next()?;
        if values.next().is_some() || !(self.is_trusted)(call) {
            return None;
        }
        RequestId::from_header(value)
    }
}

impl<F> SetRequestId<F> {
    fn add(&self, id: &RequestId, metadata: &mut MetadataMap) {
        let headers: &mut HeaderMap = metadata.as_mut();
        headers.insert(self.key.clone(), id.header());
    }
}

/// Returns a new id.
fn new_id() -> RequestId {
    let mut text = Uuid::encode_buffer();
    let text = new_uuid().hyphenated().encode_lower(&mut text);
    RequestId::from_uuid(text)
}

#[interceptor(phase = Edge)]
impl<F: Fn(&Call) -> bool + Send + Sync> Interceptor for SetRequestId<F> {
    type Provides = RequestId;
    type Hooks = ();

    async fn start(&self, call: &Call) -> Result<(RequestId, ()), Status> {
        let id = self.accepted(call).unwrap_or_else(new_id);
        self.add(&id, &mut call.response_metadata());
        if call.sends_trailers() {
            self.add(&id, &mut call.trailers());
        }
        Ok((id, ()))
    }

    async fn around<R: Rest>(&self, _call: &Call, id: &RequestId, rest: R) -> Result<(), Status> {
        scope(id.clone(), rest).await
    }
}

impl Default for SetRequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl<F> fmt::Debug for SetRequestId<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_trusted = std::any::type_name::<F>();
        f.debug_struct("SetRequestId").field("key", &self.key).field("is_trusted", &is_trusted).finish()
    }
}
