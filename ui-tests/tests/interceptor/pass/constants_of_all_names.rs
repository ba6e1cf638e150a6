//! A pattern of one word means the constant of that name, if there is one. So the variables of the expansion must have
//! names that no user would choose.
#![allow(non_upper_case_globals, non_camel_case_types, dead_code)]

use std::time::Duration;

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use proto::probe::probe_server::{Probe, ProbeServer};
use proto::probe::{Ping, Pong};
use vestibule::{Call, Mount, Rest, Status, Streaming, grpc_error, interceptor, require_metadata};

macro_rules! constants {
    ($($name:ident)*) => { $(const $name: u8 = 0;)* };
}

constants! {
    argument argument0 argument1 arguments call entry entry0 error exchange field field_0 field_id handler hooks
    incoming inner level message outgoing own private provided received reply request rest result service settings
    status stream tonic value
}

static outlet: u8 = 0;
static info: u8 = 0;

struct codec;

enum Words {
    own0,
    names,
}
use Words::{names, own0};

#[interceptor]
async fn logged(policy: u8, (low, high): (u8, u8), this: &Call, next: impl Rest) -> Result<(), Status> {
    let _ = (policy, low, high, this);
    next.await
}

#[interceptor]
async fn provide(limit: Duration, #[metadata("x-tenant")] tenant: Option<&str>) -> Result<String, Status> {
    Ok(format!("{limit:?} {tenant:?}"))
}

#[grpc_error(domain = "example.com")]
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{id}")]
    #[status(NotFound)]
    Missing {
        #[status(metadata)]
        id: u32,
    },
    #[error("{0} {1}")]
    #[status(InvalidArgument, message = "{0}")]
    Negative(#[status(metadata = "a")] u32, #[status(default)] u8),
    #[error("inner")]
    #[status(transparent)]
    Inner(Status),
}

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("alone")]
#[status(Internal)]
pub struct Alone;

#[derive(Clone)]
pub struct Odd;

#[interceptor(logged(0, (1, 2)), tenant = provide(Duration::ZERO))]
#[require_metadata(id: &str = "x-id", code = NotFound)]
impl Probe for Odd {
    #[require_metadata("x-request", message = "none")]
    async fn echo(&self, ping: Ping, tenant: &String, #[metadata("x-a")] a: Option<&str>) -> Result<Pong, Failure> {
        Ok(Pong { text: format!("{} {tenant} {a:?}", ping.text) })
    }

    async fn get_url(&self, ping: tonic::Request<Ping>, this: &Call) -> Result<tonic::Response<Pong>, Alone> {
        let _ = (ping, this);
        Err(Alone)
    }
}

#[interceptor(tenant = provide(Duration::ZERO), logged(0, (1, 2)))]
impl Calculatrice for Odd {
    async fn addition(&self, _: AdditionRequest) -> tonic::Result<AdditionResponse> {
        Err(Status::unknown(""))
    }
}

mod streams {
    use super::*;
    use proto::hello::greeter_server::{Greeter, GreeterServer};
    use proto::hello::{HelloRequest, HelloResponse};

    #[interceptor(logged(0, (1, 2)))]
    impl Greeter for Odd {
        async fn say_hello(&self, _: HelloRequest) -> Result<HelloResponse, Status> {
            Err(Status::unknown(""))
        }

        async fn lots_of_replies(
            &self,
            _: HelloRequest,
        ) -> Result<vestibule::Streaming<HelloResponse>, Status> {
            Err(Status::unknown(""))
        }

        async fn lots_of_greetings(&self, _: Streaming<HelloRequest>) -> Result<HelloResponse, Failure> {
            Err(Failure::Missing { id: 1 })
        }

        async fn bidi_hello(&self, hellos: Streaming<HelloRequest>) -> Result<Streaming<HelloResponse>, Failure> {
            let _ = hellos;
            Err(Failure::Missing { id: 1 })
        }
    }

    pub fn serve() {
        let _ = (Mount::<_, GreeterServer<_>>::new(Odd), GreeterServer::new(Odd));
    }
}

fn main() {
    streams::serve();
    let _ = (own0, names);
    let _ = (ProbeServer::new(Odd), CalculatriceServer::new(Odd));
    let _ = (Mount::<_, ProbeServer<_>>::new(Odd), Mount::<_, CalculatriceServer<_>>::new(Odd));
}
