//! Five interceptors that a real service has: a log, an authentication, a role, a limit of calls in flight, and a validation
//! of the message. The work of each is the same function everywhere; the ways that lead to it differ.

mod annotated;
mod in_the_method;
mod tower_layers;
mod work;

use proto::probe::probe_server::{Probe, ProbeServer};
use tonic::transport::Server;
use tonic::transport::server::Router;
use vestibule::Mount;

use annotated::Annotated;
use in_the_method::InTheMethod;
use tower_layers::layered;
use work::slots;

use crate::bare::Bare;
use crate::call::{call_method, call_service};
use crate::case::Case;

/// The servers that are measured over TCP.
pub(crate) const SERVERS: [&str; 5] = ["tonic alone", "in the method", "vestibule", "Mount", "tower layers"];

/// Returns the server of this name.
pub(crate) fn router(name: &str) -> Router {
    let mut server = Server::builder();
    match name {
        "tonic alone" => server.add_service(ProbeServer::new(Bare)),
        "in the method" => server.add_service(ProbeServer::new(InTheMethod(slots()))),
        "vestibule" => server.add_service(ProbeServer::new(Annotated(slots()))),
        "Mount" => server.add_service(Mount::new(Annotated(slots()))),
        "tower layers" => server.add_service(layered()),
        _ => panic!("no server is named {name}"),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("method, realistic", "tonic alone", 0, || call_method(|request| Bare.echo(request))),
        Case::new("method, realistic", "in the method", 5, || {
            let service = InTheMethod(slots());
            call_method(move |request| {
                let service = service.clone();
                async move { service.echo(request).await }
            })
        }),
        Case::new("method, realistic", "vestibule", 5, || {
            let service = Annotated(slots());
            call_method(move |request| {
                let service = service.clone();
                async move { service.echo(request).await }
            })
        }),
        Case::new("realistic", "tonic alone", 0, || call_service(ProbeServer::new(Bare))),
        Case::new("realistic", "in the method", 5, || call_service(ProbeServer::new(InTheMethod(slots())))),
        Case::new("realistic", "vestibule", 5, || call_service(ProbeServer::new(Annotated(slots())))),
        Case::new("realistic", "Mount", 5, || call_service(Mount::new(Annotated(slots())))),
        Case::new("realistic", "tower layers", 5, || call_service(layered())),
    ]
}
