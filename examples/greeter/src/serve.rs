//! The `serve` command, and the server that it shares with the demo and the tests.

use std::error::Error;
use std::future::ready;
use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};

use crate::server::MyGreeter;

/// The time between two pings of a client. Without pings, a chat whose client has lost its network
/// would last for ever: it has no deadline, and nothing else tells the server.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The longest time that a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Makes tonic's server, with TLS if there is a certificate with its key.
///
/// # Errors
///
/// Fails if the certificate or the key can't be read, or if they do not belong together.
pub fn transport(tls: Option<Identity>) -> Result<Server, tonic::transport::Error> {
    let server = Server::builder().http2_keepalive_interval(Some(KEEPALIVE));
    match tls {
        None => Ok(server),
        Some(identity) => server.tls_config(ServerTlsConfig::new().identity(identity).timeout(HANDSHAKE)),
    }
}

/// Serves `greeter` until `shutdown`. It then ends the calls that would last for ever, and waits for
/// all others.
///
/// # Errors
///
/// Fails if the transport does.
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
/// Fails if the address can't be used, if [`serve`] fails, or if a second Ctrl-C comes before the end.
pub async fn serve_until_ctrl_c(
    transport: Server,
    addr: &str,
    greeter: MyGreeter,
) -> Result<(), Box<dyn Error>> {
    let listener =
        TcpListener::bind(addr).await.map_err(|error| format!("can't listen on {addr}: {error}"))?;
    let addr = listener.local_addr()?;
    let mut first = pin!(ctrl_c());
    // The first poll installs the signal handler. It must be there before the line is printed, because
    // a reader of the line may send Ctrl-C at once.
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
    // A stream whose client reads nothing cannot end. A second Ctrl-C ends the server all the same.
    let at_once = async {
        ctrl_c().await?;
        ctrl_c().await
    };
    tokio::select! {
        result = serve(transport, listener, greeter, shutdown) => Ok(result?),
        result = at_once => Err(result.err().map_or("stopped at once".into(), Into::into)),
    }
}
