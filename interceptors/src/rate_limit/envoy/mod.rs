mod messages;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use http::uri::PathAndQuery;
use tonic::body::Body;
use tonic::client::{Grpc, GrpcService};
use tonic::codegen::{Body as HttpBody, Bytes, StdError};
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

use self::messages::{Code, Entry, RateLimitDescriptor, RateLimitRequest, RateLimitResponse};
use super::quota::Quota;
use super::shared::{LimitAnswer, LimitKey, LimitStore};
use crate::store::BoxError;

/// A [`LimitStore`] that is a [rate limit service of Envoy], or another server of `envoy.service.ratelimit.v3`.
///
/// ```
/// use tonic::transport::Endpoint;
/// use vestibule_interceptors::{EnvoyLimits, OnFailure, Quota, RateLimit};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let channel = Endpoint::from_static("http://localhost:8081").connect_lazy();
/// let store = EnvoyLimits::new(channel, "orders");
/// // The service has a limit for the descriptor `calls`. This process lets at most 1000 calls in a second reach it.
/// let calls = RateLimit::new("calls", Quota::per_second(1000)).shared(store, OnFailure::Allow);
/// # }
/// ```
///
/// **The service has its own limits.** Its configuration says how many calls it accepts, so the [`Quota`] is only the limit
/// of each process, which comes first.
///
/// A call is one `ShouldRateLimit` with one descriptor. Its entries are `method`, if the limit counts each method by itself,
/// and the name of the limit with the key of the call. For example, `[("method", "/pb.Greeter/SayHello"), ("calls", "ada")]`.
///
/// A refused call waits for the longest `duration_until_reset` of the answer, or for the interval of the quota if there is
/// none. A code other than OK and `OVER_LIMIT` is a failure.
///
/// [rate limit service of Envoy]: https://www.envoyproxy.io/docs/envoy/latest/configuration/other_features/rate_limit
#[derive(Clone)]
pub struct EnvoyLimits<S> {
    channel: S,
    domain: String,
}

impl<S> EnvoyLimits<S> {
    /// Uses the service behind this channel. The domain is the part of its configuration that applies. The example of
    /// [`EnvoyLimits`] calls it.
    ///
    /// The channel may be a [`client`](vestibule::client()), for a chain with credentials.
    pub fn new(channel: S, domain: impl Into<String>) -> Self {
        Self { channel, domain: domain.into() }
    }
}

impl<S> LimitStore for EnvoyLimits<S>
where
    S: GrpcService<Body, Error: Into<StdError>, Future: Send> + Clone + Send + Sync + 'static,
    S::ResponseBody: HttpBody<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
{
    async fn take(&self, key: &LimitKey<'_>, quota: &Quota) -> Result<LimitAnswer, BoxError> {
        let request = request(&self.domain, key);
        let mut client = Grpc::new(self.channel.clone());
        client.ready().await.map_err(Into::into)?;
        let codec = ProstCodec::<RateLimitRequest, RateLimitResponse>::default();
        let path = PathAndQuery::from_static("/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit");
        let response = client.unary(Request::new(request), path, codec).await?;
        answer(response.get_ref(), quota)
    }
}

fn request(domain: &str, key: &LimitKey<'_>) -> RateLimitRequest {
    let entry = |key: &str, value: &str| Entry { key: key.to_owned(), value: value.to_owned() };
    let method = key.method.map(|method| entry("method", method));
    let entries = method.into_iter().chain([entry(key.limit, key.key)]).collect();
    let descriptors = vec![RateLimitDescriptor { entries }];
    RateLimitRequest { domain: domain.to_owned(), descriptors, hits_addend: 1 }
}

fn answer(response: &RateLimitResponse, quota: &Quota) -> Result<LimitAnswer, BoxError> {
    match response.overall_code() {
        Code::Ok => Ok(LimitAnswer::Accepted),
        Code::OverLimit => {
            let over = response.statuses.iter().filter(|status| status.code() == Code::OverLimit);
            let waits = over.filter_map(|status| duration(status.duration_until_reset.as_ref()?));
            Ok(LimitAnswer::Refused { retry_after: waits.max().unwrap_or_else(|| quota.interval()) })
        }
        Code::Unknown => Err(Status::unknown("the rate limit service has not decided").into()),
    }
}

/// Returns `None` if the duration is negative or malformed.
fn duration(duration: &messages::Duration) -> Option<Duration> {
    let nanos = u32::try_from(duration.nanos).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    Some(Duration::new(duration.seconds.try_into().ok()?, nanos))
}

impl<S> fmt::Debug for EnvoyLimits<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvoyLimits").field("domain", &self.domain).finish_non_exhaustive()
    }
}
