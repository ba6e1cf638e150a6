//! Interceptors of vestibule that do nothing, in each place where they can stand.

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tower_layer::Layer;
use vestibule::server::Layered;
use vestibule::{Call, Interceptor, Mount, Rest, Status, interceptor};

use crate::bare::Bare;
use crate::call::{call_method, call_service};
use crate::case::Case;

/// Does nothing before the call.
#[interceptor]
async fn before() -> Result<(), Status> {
    Ok(())
}

/// Does nothing around the call.
#[interceptor]
async fn around(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

/// Does nothing. This is how one implements the trait by hand.
#[derive(Clone, Copy)]
struct ByHand;

impl Interceptor for ByHand {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }
}

macro_rules! service {
    ($name:ident: $($entries:tt)*) => {
        #[derive(Clone, Copy)]
        pub(crate) struct $name;

        #[interceptor($($entries)*)]
        impl Probe for $name {
            async fn echo(&self, request: Ping) -> Result<Pong, Status> {
                Ok(Pong { text: request.text })
            }

            #[rpc(name = "GetURL")]
            async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
                Ok(Pong { text: request.text })
            }
        }
    };
}

service!(Before0:);
service!(Before1: before());
service!(Before5: e1 = before(), e2 = before(), e3 = before(), e4 = before(), e5 = before());
service!(
    Before10: e1 = before(), e2 = before(), e3 = before(), e4 = before(), e5 = before(),
    e6 = before(), e7 = before(), e8 = before(), e9 = before(), e10 = before()
);
service!(
    Before20: e1 = before(), e2 = before(), e3 = before(), e4 = before(), e5 = before(),
    e6 = before(), e7 = before(), e8 = before(), e9 = before(), e10 = before(),
    e11 = before(), e12 = before(), e13 = before(), e14 = before(), e15 = before(), e16 = before(),
    e17 = before(), e18 = before(), e19 = before(), e20 = before()
);
service!(Around1: around());
service!(Around5: e1 = around(), e2 = around(), e3 = around(), e4 = around(), e5 = around());
service!(
    Around10: e1 = around(), e2 = around(), e3 = around(), e4 = around(), e5 = around(),
    e6 = around(), e7 = around(), e8 = around(), e9 = around(), e10 = around()
);
service!(
    ByHand10: e1 = ByHand, e2 = ByHand, e3 = ByHand, e4 = ByHand, e5 = ByHand, e6 = ByHand,
    e7 = ByHand, e8 = ByHand, e9 = ByHand, e10 = ByHand
);

macro_rules! layered {
    ($($entry:expr),*) => {
        call_service(vestibule::layer(($($entry,)*)).layer(ProbeServer::new(Bare)))
    };
}

pub(super) fn methods() -> Vec<Case> {
    vec![
        Case::new("method", "tonic alone", 0, || call_method(|request| Bare.echo(request))),
        Case::new("method", "before", 0, || call_method(|request| Before0.echo(request))),
        Case::new("method", "before", 1, || call_method(|request| Before1.echo(request))),
        Case::new("method", "before", 5, || call_method(|request| Before5.echo(request))),
        Case::new("method", "before", 10, || call_method(|request| Before10.echo(request))),
        Case::new("method", "before", 20, || call_method(|request| Before20.echo(request))),
        Case::new("method", "around", 0, || call_method(|request| Before0.echo(request))),
        Case::new("method", "around", 1, || call_method(|request| Around1.echo(request))),
        Case::new("method", "around", 5, || call_method(|request| Around5.echo(request))),
        Case::new("method", "around", 10, || call_method(|request| Around10.echo(request))),
        Case::new("method", "impl Interceptor", 10, || call_method(|request| ByHand10.echo(request))),
    ]
}

/// Returns the service of `tonic alone` behind a layer with five interceptors.
pub(crate) fn layer_of_five() -> Layered<ProbeServer<Bare>> {
    vestibule::layer((before(), before(), before(), before(), before())).layer(ProbeServer::new(Bare))
}

/// Returns a mount with five interceptors.
pub(crate) fn mount_of_five() -> Mount<Before5, ProbeServer<()>> {
    Mount::new(Before5)
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("chain", "vestibule", 0, || call_service(ProbeServer::new(Before0))),
        Case::new("chain", "vestibule", 1, || call_service(ProbeServer::new(Before1))),
        Case::new("chain", "vestibule", 5, || call_service(ProbeServer::new(Before5))),
        Case::new("chain", "vestibule", 10, || call_service(ProbeServer::new(Before10))),
        Case::new("chain", "vestibule", 20, || call_service(ProbeServer::new(Before20))),
        Case::new("chain", "vestibule, around", 1, || call_service(ProbeServer::new(Around1))),
        Case::new("chain", "vestibule, around", 5, || call_service(ProbeServer::new(Around5))),
        Case::new("chain", "vestibule, around", 10, || call_service(ProbeServer::new(Around10))),
        Case::new("chain", "Mount", 0, || call_service(Mount::new(Before0))),
        Case::new("chain", "Mount", 1, || call_service(Mount::new(Before1))),
        Case::new("chain", "Mount", 5, || call_service(Mount::new(Before5))),
        Case::new("chain", "Mount", 10, || call_service(Mount::new(Before10))),
        Case::new("chain", "Mount", 20, || call_service(Mount::new(Before20))),
        Case::new("chain", "layer", 0, || layered!()),
        Case::new("chain", "layer", 1, || layered!(before())),
        Case::new("chain", "layer", 5, || call_service(layer_of_five())),
        Case::new("chain", "layer", 10, || {
            layered!(
                before(),
                before(),
                before(),
                before(),
                before(),
                before(),
                before(),
                before(),
                before(),
                before()
            )
        }),
    ]
}
