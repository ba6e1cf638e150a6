//! The `serve` command, and what the demo and the tests share with it.

use std::error::Error;
use std::future::ready;
use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};

use crate::server::MyGreeter;

/// How often a client is asked whether it is still there. A chat whose client has lost its network
/// would go on for ever: no deadline ends it, and nothing tells the server.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// What listens to clients, over TLS if there is a certificate with its key.
///
/// # Errors
///
/// The certificate or the key can't be read, or do not belong together.
pub fn transport(tls: Option<Identity>) -> Result<Server, tonic::transport::Error> {
    let server = Server::builder().http2_keepalive_interval(Some(KEEPALIVE));
    match tls {
        None => Ok(server),
        Some(identity) => server.tls_config(ServerTlsConfig::new().identity(identity).timeout(HANDSHAKE)),
    }
}

/// Serves `greeter` until `shutdown`, then tells the calls that have no end of their own, and lets
/// all of them end.
///
/// # Errors
///
/// Those of the transport.
pub async fn serve(
    mut transport: Server,
    listener: TcpListener,
    greeter: MyGreeter,
    shutdown: impl Future<Output = ()>,
) -> Result<(), tonic::transport::Error> {
    let closing = greeter.closing().clone();
    let shutdown = async {
        shutdown.await;
        closing.begin();
    };
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    transport.add_service(greeter.into_service()).serve_with_incoming_shutdown(incoming, shutdown).await
}

/// Serves on `addr` until Ctrl-C, and prints the address once it accepts.
///
/// # Errors
///
/// The address can't be used, those of [`serve`], or a second Ctrl-C came before all was over.
pub async fn serve_until_ctrl_c(
    transport: Server,
    addr: &str,
    greeter: MyGreeter,
) -> Result<(), Box<dyn Error>> {
    let listener =
        TcpListener::bind(addr).await.map_err(|error| format!("can't listen on {addr}: {error}"))?;
    let addr = listener.local_addr()?;
    let mut first = pin!(ctrl_c());
    // The first poll installs the handler: who has read the line can rely on it.
    tokio::select! {
        biased;
        result = &mut first => return Ok(result?),
        () = ready(()) => println!("listening on {addr}"),
    }
    let shutdown = async {
        if first.await.is_ok() {
            tracing::info!("shutting down; Ctrl-C again stops at once");
        }
    };
    // A client that reads nothing keeps its stream from ending, but not the server.
    let at_once = async {
        ctrl_c().await?;
        ctrl_c().await
    };
    tokio::select! {
        result = serve(transport, listener, greeter, shutdown) => Ok(result?),
        result = at_once => Err(result.err().map_or("stopped at once".into(), Into::into)),
    }
}
