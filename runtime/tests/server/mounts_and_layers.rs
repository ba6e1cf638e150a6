//! Layers in front of all mounts, whose phases are compared with those of the services when the server starts.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use tonic::service::Routes;
use vestibule::server::Mounts;
use vestibule::{Call, Code, Mount, Rest, Status, interceptor, layer, out_of_order};
use vestibule_interceptors::{InFlight, Recover};

use crate::mounts::serve;
use crate::support::traceable::Traceable;
use crate::support::{connect, connect_greeter, hello, ping};

/// What the interceptors of `log` have seen. One test uses it.
static CALLS: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[interceptor(phase = Observe)]
async fn log(name: &str, call: &Call, rest: impl Rest) -> Result<(), Status> {
    CALLS.lock().unwrap().push(format!("{name} {}", call.method().name()));
    rest.await
}

#[interceptor(phase = Authenticate)]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authorize)]
async fn nobody() -> Result<(), Status> {
    Err(Status::permission_denied("nobody may call"))
}

#[interceptor]
async fn plain() -> Result<(), Status> {
    Ok(())
}

struct Guarded;

#[interceptor(authenticate())]
impl Probe for Guarded {
    #[interceptor(plain())]
    async fn echo(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }

    #[rpc(name = "GetURL")]
    async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
        Ok(Pong { text: request.text })
    }
}

fn guarded() -> Mounts {
    Mounts::new().add_service(Mount::new(Guarded))
}

/// Returns the lines of the panic below the first one. The macro accepts mounts with any layers.
macro_rules! mistakes {
    ($mounts:expr) => {
        match catch_unwind(AssertUnwindSafe(|| drop($mounts.into_service()))) {
            Ok(()) => Vec::new(),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().unwrap();
                let mut lines = text.lines();
                assert_eq!(lines.next(), Some("a layer stands before what must run earlier:"));
                lines.map(|line| line.strip_prefix("- ").unwrap().to_owned()).collect::<Vec<_>>()
            }
        }
    };
}

#[tokio::test]
async fn layers_run_before_the_services_and_the_fallback_in_the_order_in_which_they_are_added() {
    let [outer, inner] = ["outer", "inner"].map(|name| layer((log(name),)));
    let mounts = guarded().layer(outer).layer(inner);
    let routes = Routes::new(proto::hello::greeter_server::GreeterServer::new(Traceable::default()));
    let addr = serve(mounts.fallback_service(routes.prepare())).await;
    assert_eq!(connect(addr).await.echo(ping(&[])).await.unwrap().into_inner().text, "ping");
    assert_eq!(connect_greeter(addr).await.say_hello(hello("a")).await.unwrap().into_inner().reply, "a");
    assert_eq!(*CALLS.lock().unwrap(), ["outer Echo", "inner Echo", "outer SayHello", "inner SayHello"]);
}

#[tokio::test]
async fn a_layer_guards_services_that_nobody_has_mounted() {
    let addr = serve(guarded().layer(layer((out_of_order("a test", nobody()),))).into_service()).await;
    assert_eq!(connect(addr).await.echo(ping(&[])).await.unwrap_err().code(), Code::PermissionDenied);
    let status = connect_greeter(addr).await.say_hello(hello("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
}

#[test]
fn a_layer_before_an_entry_of_an_earlier_phase_stops_the_server() {
    assert_eq!(mistakes!(guarded().layer(layer((Recover::new(),)))), Vec::<String>::new());
    assert_eq!(
        mistakes!(guarded().layer(layer((Recover::new(), InFlight::new(1))))),
        [
            "`InFlight` (limit) of a layer stands before `authenticate()` (authenticate) of the service `probe.Probe`; move it into the list of the service, behind that entry"
        ]
    );
    // It does not matter whether a service is added before or after the layer.
    let mounts = Mounts::new().layer(layer((plain(), nobody())));
    assert_eq!(
        mistakes!(mounts.add_service(Mount::<_, ProbeServer<()>>::new(Guarded))),
        [
            "`plain` (user) of a layer stands before `authenticate()` (authenticate) of the service `probe.Probe`; move it into the list of the service, or state its phase",
            "`nobody` (authorize) of a layer stands before `authenticate()` (authenticate) of the service `probe.Probe`; move it into the list of the service, behind that entry",
        ]
    );
}

#[test]
fn a_layer_may_state_an_exception() {
    let in_flight = out_of_order("it bounds the work of logins as well", InFlight::new(1));
    assert_eq!(mistakes!(guarded().layer(layer((in_flight,)))), Vec::<String>::new());
}

#[test]
fn a_layer_before_another_one_of_an_earlier_phase_stops_the_server() {
    let mounts = Mounts::new().layer(layer((InFlight::new(1),))).layer(layer((Recover::new(),)));
    assert_eq!(
        mistakes!(mounts),
        [
            "`InFlight` (limit) of a layer stands before `Recover` (edge) of the layer behind it; exchange the layers"
        ]
    );
}

#[test]
fn the_report_has_the_layers() {
    let report = guarded().layer(layer((Recover::new(), authenticate(), nobody()))).report();
    let expected = "\
/probe.Probe/Echo
  unary, policy: nobody
   1  Recover         edge          layer
   2  authenticate    authenticate  layer
   3  nobody          authorize     layer
   4  authenticate()  authenticate  impl
   5  plain()         user          method
";
    assert!(report.to_string().starts_with(expected), "{report}");
    let of_layer = report.rpcs()[0].entries().iter().map(vestibule::report::EntryReport::is_of_layer);
    assert_eq!(of_layer.collect::<Vec<_>>(), [true, true, true, false, false]);
}
