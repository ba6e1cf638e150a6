//! Interceptors that do nothing.

mod ours;
mod peers;

use proto::probe::probe_server::ProbeServer;

use crate::bare::Bare;
use crate::call::{call_service, make_request};
use crate::case::Case;

pub(crate) fn cases() -> Vec<Case> {
    let bounds = [
        Case::new("chain", "request alone", 0, make_request),
        Case::new("chain", "tonic alone", 0, || call_service(ProbeServer::new(Bare))),
    ];
    [ours::methods(), bounds.to_vec(), ours::cases(), peers::cases()].concat()
}
