//! gRPC and `/metrics` on one port.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE as TEXT;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Endpoint, Server};

use crate::calculator::Calculator;
use crate::greeter::MyGreeter;
use crate::observers::{Observers, scrape};

/// Serves both services and `/metrics` until `signal` ends.
///
/// tonic's router is one of axum, so it takes any other route of axum's. tonic's server refuses HTTP/1 unless it is told to
/// accept it, and Prometheus speaks HTTP/1.
pub(crate) async fn serve(
    observers: Observers,
    listener: TcpListener,
    signal: impl Future<Output = ()>,
) -> Result<(), Box<dyn Error>> {
    // The greeter calls the calculator over the network, although both are in this program.
    let calculator = Endpoint::from_shared(format!("http://{}", listener.local_addr()?))?.connect_lazy();
    let audit = observers.audit.clone();
    let metrics = Router::new().route("/metrics", get(metrics)).with_state(Arc::clone(&observers.registry));
    let routes = Routes::from(metrics)
        .add_service(MyGreeter::new(&observers, calculator))
        .add_service(Calculator::new(observers.server));
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = Server::builder().accept_http1(true).add_routes(routes);
    server.serve_with_incoming_shutdown(incoming, signal).await?;
    // The last records may still be on their way to the sink.
    Ok(audit.shutdown(Duration::from_secs(10)).await?)
}

async fn metrics(State(registry): State<Arc<Registry>>) -> impl IntoResponse {
    let text = scrape(&registry).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok::<_, StatusCode>(([(CONTENT_TYPE, TEXT)], text))
}
