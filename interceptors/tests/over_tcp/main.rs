//! The interceptors, over real TCP.
//!
//! Those for servers run in three setups: see `in_every_setup!` and `support/setup.rs`. Those for clients run on a
//! client: `credentials`, `propagate_deadline`, `retry` and `retry_connections`.

#[path = "../../../runtime/tests/support/mod.rs"]
mod support;

#[path = "../shared_limits/redis_server.rs"]
mod redis_server;

mod access;
mod access_log;
mod access_log_fields;
mod access_log_places;
mod adaptive;
mod all_observers;
mod audit;
mod audit_decision;
mod audit_json_lines;
mod audit_queue;
mod cached;
mod cancelled_logs;
mod credentials;
mod deadline;
mod deadline_of_streams;
mod ended_calls;
mod idempotent;
mod idempotent_killed;
mod idempotent_servers;
mod identify_peer;
mod in_flight;
mod instead_of_http_layers;
mod instead_of_trace_layer;
mod jwks_cache;
mod jwt;
mod jwt_claims;
mod logged;
mod message_log;
mod metrics;
mod observed;
#[cfg(target_os = "linux")]
mod peer_credentials;
mod prometheus;
mod prometheus_on_other_places;
mod propagate_deadline;
mod rate_limit;
mod real_ip;
mod recover;
mod request_id;
mod retry;
mod retry_connections;
mod retry_server;
mod slow;
mod trace;
mod trace_parents;
mod trace_places;
mod tracing_span;
mod validation;
