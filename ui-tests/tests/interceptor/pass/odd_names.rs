//! The expansion accepts unusual names and forms.
#![deny(warnings)]

use std::time::Duration;

use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Call, MethodInfo, Rest, Status, interceptor};

#[interceptor]
async fn timeout(timeout: Duration, r#type: &str, r#static: &str, été: impl Fn() -> u8 + Clone + Send + Sync) -> Result<Duration, Status> {
    let _ = (r#type, r#static, été());
    Ok(timeout)
}

#[interceptor]
async fn retry<R: Clone + Send + Sync>(policy: R, rest: impl Rest) -> Result<(), Status> {
    let _ = policy;
    rest.await
}

mod limit {
    #[derive(Clone)]
    pub struct Rate;
}

#[interceptor]
async fn limit(rate: limit::Rate, nested: &(impl Fn(&str) -> bool + Sync)) -> Result<(), Status> {
    let _ = (rate, nested(""));
    Ok(())
}

#[interceptor]
async fn matching(f: &(dyn for<'f> Fn(&'f str) -> bool + Sync)) -> Result<bool, Status> {
    Ok(f(""))
}

struct Odd;

#[interceptor(
    r#type = timeout(Duration::ZERO, "", "", || 1),
    retry("policy"),
    limited = limit(limit::Rate, &|_: &str| true),
    _ = matching(&|f: &str| f.is_empty()),
)]
impl Probe for Odd {
    #![allow(clippy::unit_arg)]

    async fn echo(
        &self,
        request: Ping,
        r#type: &Duration,
        _limited: &(),
        #[metadata("exchange")] exchange: Option<&str>,
        #[metadata("hooks")] r#match: Option<&str>,
        call: MethodInfo,
        #[metadata("message")] message: Option<&str>,
    ) -> Result<Pong, Status> {
        Ok(Pong { text: format!("{} {type:?} {exchange:?} {match:?} {} {message:?}", request.text, call.name()) })
    }

    async fn get_url(&self, _request: Ping, call: &Call) -> Result<Pong, Status> {
        Ok(Pong { text: call.method().path().to_owned() })
    }
}

macro_rules! service {
    ($name:ident, $request:ty, $reply:ty, $result:ty) => {
        struct $name;

        #[interceptor]
        impl Probe for $name {
            async fn echo(&self, request: $request) -> Result<$reply, Status> {
                Ok(Pong { text: request.text })
            }

            async fn get_url(&self, _request: tonic::Request<$request>) -> $result {
                Err(Status::unimplemented(""))
            }
        }
    };
}

service!(Made, Ping, Pong, Result<tonic::Response<Pong>, Status>);

mod two {
    //! One type implements two traits of the same name, from two packages.
    use super::*;

    pub struct Both;

    #[interceptor]
    impl proto::probe::probe_server::Probe for Both {
        async fn echo(&self, request: Ping) -> Result<Pong, Status> {
            Ok(Pong { text: request.text })
        }

        async fn get_url(&self, request: Ping) -> Result<Pong, Status> {
            Ok(Pong { text: request.text })
        }
    }

    #[interceptor]
    impl proto::probe_arc::probe_server::Probe for Both {
        async fn echo(self: std::sync::Arc<Self>, request: proto::probe_arc::Ping) -> Result<proto::probe_arc::Pong, Status> {
            Ok(proto::probe_arc::Pong { text: request.text })
        }

        async fn get_url(self: std::sync::Arc<Self>, _: proto::probe_arc::Ping) -> Result<proto::probe_arc::Pong, Status> {
            Err(Status::unimplemented(""))
        }
    }
}

fn main() {
    ProbeServer::new(Odd);
    ProbeServer::new(Made);
    ProbeServer::new(two::Both);
}
