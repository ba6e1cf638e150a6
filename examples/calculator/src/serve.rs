//! The `serve` command, and the server that it shares with the demo and the tests.

use std::error::Error;
use std::future::ready;
use std::pin::pin;

use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tokio::sync::oneshot;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::server::Calculator;

/// Serves `calculator` until `shutdown`, then waits for the calls in flight.
///
/// # Errors
///
/// Fails if the transport does.
pub async fn serve(
    listener: TcpListener,
    calculator: Calculator,
    shutdown: impl Future<Output = ()>,
) -> Result<(), tonic::transport::Error> {
    Server::builder()
        .add_service(calculator.into_service())
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), shutdown)
        .await
}

/// Serves on `addr` until Ctrl-C, and prints the address once it accepts.
///
/// # Errors
///
/// Fails if the address can't be used, if [`serve`] fails, or if a second Ctrl-C comes before the end.
pub async fn serve_until_ctrl_c(addr: &str, calculator: Calculator) -> Result<(), Box<dyn Error>> {
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
    let (stop, stopped) = oneshot::channel();
    // A client may never end its call. A second Ctrl-C ends the server all the same.
    let second = async {
        first.await?;
        tracing::info!("shutting down; Ctrl-C again stops at once");
        let _ = stop.send(());
        ctrl_c().await
    };
    tokio::select! {
        result = serve(listener, calculator, async { stopped.await.unwrap_or_default() }) => Ok(result?),
        result = second => Err(result.err().map_or("stopped at once".into(), Into::into)),
    }
}
