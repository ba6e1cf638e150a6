#![doc = include_str!("../README.md")]
//!
//! # On a server
//!
//! ```
//! use std::time::Duration;
//! use proto::hello::greeter_server::{Greeter, GreeterServer};
//! use proto::hello::{HelloRequest, HelloResponse};
//! use tokio_stream::Stream;
//! use vestibule_interceptors::{Deadline, InFlight, Recover};
//! use vestibule::{Status, Streaming, interceptor};
//!
//! #[derive(Clone)]
//! struct MyGreeter {
//!     in_flight: InFlight,
//! }
//!
//! #[interceptor(Recover::new(), Deadline::at_most(Duration::from_secs(30)), &self.in_flight)]
//! impl Greeter for MyGreeter {
//!     async fn say_hello(&self, request: HelloRequest) -> Result<HelloResponse, Status> {
//!         Ok(HelloResponse { reply: format!("hello {}", request.name) })
//!     }
//! #   async fn lots_of_replies(&self, _: HelloRequest) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
//! #       Ok(tokio_stream::empty())
//! #   }
//! #   async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Status> { Err(Status::unimplemented("")) }
//! #   async fn bidi_hello(&self, _: Streaming<HelloRequest>) -> Result<impl Stream<Item = Result<HelloResponse, Status>> + Send, Status> {
//! #       Ok(tokio_stream::empty())
//! #   }
//!     // ...
//! }
//! ```
//!
//! # On a client
//!
//! ```
//! use std::time::Duration;
//! use proto::hello::greeter_client::GreeterClient;
//! use tonic::transport::Endpoint;
//! use vestibule_interceptors::{Deadline, PropagateDeadline, Retry};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let channel = Endpoint::from_static("http://localhost:50051").connect_lazy();
//! let chain = (Deadline::at_most(Duration::from_secs(5)), PropagateDeadline::new(), Retry::new(3));
//! let greeter = GreeterClient::new(vestibule::client(channel, chain));
//! # }
//! ```

mod access;
mod access_log;
mod audit;
#[cfg(feature = "cached")]
mod cached;
mod conventions;
mod credentials;
mod deadline;
mod ending;
#[cfg(feature = "idempotent")]
mod idempotent;
mod in_flight;
#[cfg(feature = "jwt")]
mod jwt;
mod metadata_key;
#[cfg(any(feature = "opentelemetry", feature = "prometheus"))]
mod method_table;
#[cfg(feature = "opentelemetry")]
mod metrics;
#[cfg(unix)]
mod peer_credentials;
#[cfg(feature = "peer-identity")]
mod peer_identity;
#[cfg(feature = "prometheus")]
mod prometheus;
mod propagate_deadline;
mod rate_limit;
#[cfg(feature = "real-ip")]
mod real_ip;
mod recover;
#[cfg(feature = "redis")]
mod redis;
mod request_id;
mod retry;
mod status;
mod store;
mod text;
#[cfg(feature = "opentelemetry")]
mod trace;
mod tracing_span;
#[cfg(feature = "validate")]
mod validate;

#[cfg(feature = "jwt")]
pub use access::Scopes;
pub use access::{
    AllOf, AnyOf, HasRole, HasScope, OwnerPolicy, Policies, Policy, RolePolicy, ScopePolicy, all, any, owner,
    require, role, scope,
};
pub use access_log::{AccessLog, CallLog, EncodedSizes, LogField, MessageLog, MessageSizes, Sample};
pub use audit::{
    Audit, AuditCaller, AuditRecord, AuditSink, AuditSubject, CallAudit, Decision, JsonLines, WhenFull,
};
#[cfg(feature = "cached")]
pub use cached::Cached;
pub use credentials::{Credentials, Token};
pub use deadline::Deadline;
#[cfg(all(feature = "idempotent", feature = "redis"))]
pub use idempotent::RedisResponses;
#[cfg(feature = "idempotent")]
pub use idempotent::{CallLease, CallState, Idempotent, ResponseStore};
pub use in_flight::{AdaptiveInFlight, Criticality, InFlight, Permit};
#[cfg(feature = "jwt")]
pub use jwt::{FetchedKeys, InvalidKey, JwksCache, JwksFile, Jwt, JwtKey, KeySource, KeySourceError};
#[cfg(feature = "opentelemetry")]
pub use metrics::{GrpcMetrics, Metrics};
#[cfg(unix)]
pub use peer_credentials::PeerCredentials;
#[cfg(feature = "peer-identity")]
pub use peer_identity::{
    IdentifyPeer, InvalidSpiffeId, PeerIdentity, SpiffeId, SpiffeIdPolicy, TrustDomainPolicy, spiffe_id,
    trust_domain,
};
#[cfg(feature = "prometheus")]
pub use prometheus::{OnClient, OnServer, Prometheus};
pub use propagate_deadline::PropagateDeadline;
#[cfg(feature = "envoy")]
pub use rate_limit::EnvoyLimits;
#[cfg(feature = "redis")]
pub use rate_limit::RedisLimits;
pub use rate_limit::{IpKey, KeyedRateLimit, LimitAnswer, LimitKey, LimitStore, Quota, RateLimit};
#[cfg(feature = "real-ip")]
pub use real_ip::{InvalidNetwork, RealIp, TrustedProxies};
pub use recover::Recover;
#[cfg(feature = "request-id")]
pub use request_id::SetRequestId;
pub use request_id::{InvalidRequestId, PropagateRequestId, RequestId, current_request_id};
pub use retry::Retry;
pub use store::{BoxError, OnFailure};
#[cfg(feature = "opentelemetry")]
pub use trace::{MessageEvents, Trace};
pub use tracing_span::TracingSpan;
#[cfg(feature = "validate")]
pub use validate::{Requests, RequestsAndResponses, Validate, Validation, Violation, Violations};

#[cfg(all(feature = "opentelemetry", any(doc, doctest)))]
pub mod guide {
    //! Pages about what the interceptors do together.

    #[doc = include_str!("docs/opentelemetry.md")]
    pub mod opentelemetry {}
}
