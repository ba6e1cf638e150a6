//! connectrpc, on its own server: bare, and with five of its interceptors that do nothing.
//!
//! The service is in the dispatcher that connectrpc generates, which is faster than its `Router`.

use connectrpc::server::Server;
use connectrpc::{ConnectRpcService, Interceptor, RequestContext, Response, ServiceRequest, ServiceResult};
use generated::probe::{Ping, Pong, Probe, ProbeServer};
use tokio::net::TcpListener;

#[allow(
    missing_debug_implementations,
    unreachable_pub,
    clippy::doc_markdown,
    reason = "connectrpc generates this"
)]
mod generated {
    connectrpc::include_generated!();
}

pub(super) async fn bare(listener: TcpListener) {
    serve(ConnectRpcService::new(ProbeServer::new(Echo)), listener).await;
}

pub(super) async fn five(listener: TcpListener) {
    let service = ConnectRpcService::new(ProbeServer::new(Echo))
        .with_interceptor(Nothing)
        .with_interceptor(Nothing)
        .with_interceptor(Nothing)
        .with_interceptor(Nothing)
        .with_interceptor(Nothing);
    serve(service, listener).await;
}

async fn serve(service: ConnectRpcService<ProbeServer<Echo>>, listener: TcpListener) {
    Server::from_listener(listener).serve_with_service(service).await.expect("the server runs");
}

/// An interceptor whose methods are those of the trait: they call the next one.
struct Nothing;

impl Interceptor for Nothing {}

struct Echo;

#[expect(refining_impl_trait, reason = "connectrpc's guide writes the return type like this")]
impl Probe for Echo {
    async fn echo(&self, _context: RequestContext, request: ServiceRequest<'_, Ping>) -> ServiceResult<Pong> {
        Response::ok(Pong { text: request.text.to_owned(), ..Pong::default() })
    }

    async fn get_url(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, Ping>,
    ) -> ServiceResult<Pong> {
        self.echo(context, request).await
    }
}
