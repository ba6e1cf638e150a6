//! After `cancellation`: a handler that tells if its client has gone before it had the response.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tokio::sync::mpsc;
use tonic::{Request, Response, Status};

use crate::support::serve;
use crate::{HasList, moved};

moved! {
    {
        pub(super) struct Waiting {
            cancelled: mpsc::UnboundedSender<String>,
        }

        /// Runs one of two futures: the first if the call goes on, and the second after it is dropped.
        async fn with_cancellation_handler<FRequest, FCancellation>(
            request_future: FRequest,
            cancellation_future: FCancellation,
        ) -> Result<Response<Pong>, Status>
        where
            FRequest: Future<Output = Result<Response<Pong>, Status>> + Send + 'static,
            FCancellation: Future<Output = Result<Response<Pong>, Status>> + Send + 'static,
        {
            // The sender is dropped with the future of the handler, which wakes the task.
            let (_is_running, mut has_ended) = mpsc::channel::<()>(1);
            let select_task = tokio::spawn(async move {
                tokio::select! {
                    res = request_future => res,
                    _ = has_ended.recv() => cancellation_future.await,
                }
            });
            select_task.await.unwrap()
        }

        pub(super) async fn serve() -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
            let (cancelled, receiver) = mpsc::unbounded_channel();
            (super::serve(ProbeServer::new(Waiting { cancelled })).await, receiver)
        }
    }

    #[tonic::async_trait]
    impl Probe for Waiting {
        async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
            let text = request.into_inner().text;
            let (cancelled, name) = (self.cancelled.clone(), text.clone());
            let request_future = async move {
                if text == "slow" {
                    std::future::pending::<()>().await;
                }
                Ok(Response::new(Pong { text }))
            };
            let cancellation_future = async move {
                cancelled.send(name).unwrap();
                Err(Status::cancelled("the request was cancelled by the client"))
            };
            with_cancellation_handler(request_future, cancellation_future).await
        }

        async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
            Err(Status::unimplemented("no URL"))
        }
    }
}

async fn check((addr, mut cancelled): (SocketAddr, mpsc::UnboundedReceiver<String>), has_list: HasList) {
    let mut client = ProbeClient::connect(format!("http://{addr}")).await.unwrap();
    let response = client.echo(Ping { text: "quick".to_owned() }).await.unwrap();
    has_list.check("/probe.Probe/Echo", response.metadata());
    assert_eq!(response.into_inner().text, "quick");

    let slow = client.echo(Ping { text: "slow".to_owned() });
    tokio::time::timeout(Duration::from_millis(200), slow).await.unwrap_err();
    assert_eq!(cancelled.recv().await.as_deref(), Some("slow"));
    assert!(cancelled.try_recv().is_err());
}
