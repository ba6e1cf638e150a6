//! A type that comes from a `macro_rules` macro has an invisible group around it. The macros see through that.
#![deny(warnings)]

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Call, Mount, Rest, Status, interceptor};

macro_rules! functions {
    ($rest:ty, $call:ty, $tenant:ty, $unit:ty, $result:ty) => {
        #[interceptor]
        async fn logged(call: $call, rest: $rest) -> $result {
            println!("{}", call.method().path());
            rest.await
        }

        #[interceptor]
        async fn checked(tenant: $tenant, rest: $rest) -> Result<$unit, Status> {
            println!("{tenant}");
            rest.await
        }
    };
}

functions!(impl Rest, &Call, &str, (), Result<(), Status>);

#[interceptor]
async fn provide() -> Result<String, Status> {
    Ok(String::new())
}

macro_rules! service {
    ($name:ty, $request:ty, $tenant:ty, $call:ty, $reply:ty, $result:ty) => {
        #[interceptor(tenant = provide(), logged(), checked("a"))]
        impl Probe for $name {
            async fn echo(&self, request: $request, tenant: $tenant) -> Result<$reply, Status> {
                Ok(Pong { text: format!("{} {tenant}", request.text) })
            }

            async fn get_url(&self, _request: tonic::Request<$request>, call: $call, tenant: $tenant) -> $result {
                Err(Status::unimplemented(format!("{tenant} {}", call.method().path())))
            }
        }
    };
}

pub struct Made;

service!(Made, Ping, &String, &Call, Pong, Result<tonic::Response<Pong>, Status>);

fn main() {
    let _ = (Mount::new(Made), ProbeServer::new(Made));
}
