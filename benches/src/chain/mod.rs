//! Interceptors that do nothing.

mod ours;
mod peers;

use proto::probe::probe_server::ProbeServer;
use tonic::service::Routes;

pub(crate) use ours::{layer_of_five, mount_of_five};

use crate::bare::Bare;
use crate::call::{call_service, make_request};
use crate::case::Case;

/// Returns tonic's router with a mount of five interceptors, as `Router::serve` prepares it.
pub(crate) fn routed_mount_of_five() -> Routes {
    Routes::new(mount_of_five()).prepare()
}

pub(crate) fn cases() -> Vec<Case> {
    let bounds = [
        Case::new("chain", "request alone", 0, make_request),
        Case::new("chain", "tonic alone", 0, || call_service(ProbeServer::new(Bare))),
    ];
    let served = [
        Case::new("served", "tonic alone", 0, || call_service(Routes::new(ProbeServer::new(Bare)).prepare())),
        Case::new("served", "Mount", 5, || call_service(routed_mount_of_five())),
        Case::new("served", "Mount before the router", 5, || {
            call_service(mount_of_five().fallback_service(Routes::default().prepare()))
        }),
    ];
    [ours::methods(), bounds.to_vec(), ours::cases(), peers::cases(), served.to_vec()].concat()
}
