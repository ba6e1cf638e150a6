//! After `richer-error`: a status with details of `google.rpc`.

use std::net::SocketAddr;

use proto::probe::probe_client::ProbeClient;
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::{Code, Request, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::support::serve;
use crate::{HasList, moved};

moved! {
    {
        #[derive(Default)]
        pub(super) struct Picky {}

        pub(super) async fn serve() -> SocketAddr {
            super::serve(ProbeServer::new(Picky::default())).await
        }
    }

    #[tonic::async_trait]
    impl Probe for Picky {
        async fn echo(&self, request: Request<Ping>) -> Result<Response<Pong>, Status> {
            let text = request.into_inner().text;
            let mut err_details = ErrorDetails::new();
            if text.is_empty() {
                err_details.add_bad_request_violation("text", "text cannot be empty");
            } else if text.len() > 20 {
                err_details.add_bad_request_violation("text", "text is too long");
            }
            if err_details.has_bad_request_violations() {
                err_details
                    .add_help_link("description of error", "https://resource.example.local")
                    .set_localized_message("en-US", "message for the user");
                return Err(Status::with_error_details(
                    Code::InvalidArgument,
                    "request contains invalid arguments",
                    err_details,
                ));
            }
            Ok(Response::new(Pong { text }))
        }

        async fn get_url(&self, _request: Request<Ping>) -> Result<Response<Pong>, Status> {
            Err(Status::unimplemented("no URL"))
        }
    }
}

async fn check(addr: SocketAddr, has_list: HasList) {
    let mut client = ProbeClient::connect(format!("http://{addr}")).await.unwrap();
    assert_eq!(client.echo(Ping { text: "short".to_owned() }).await.unwrap().into_inner().text, "short");

    let status = client.echo(Ping { text: "long".repeat(9) }).await.unwrap_err();
    has_list.check("/probe.Probe/Echo", status.metadata());
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(status.message(), "request contains invalid arguments");
    let details = status.get_error_details();
    let violations = &details.bad_request().unwrap().field_violations;
    assert_eq!((&*violations[0].field, &*violations[0].description), ("text", "text is too long"));
    assert_eq!(details.help().unwrap().links[0].url, "https://resource.example.local");
    assert_eq!(details.localized_message().unwrap().message, "message for the user");
}
