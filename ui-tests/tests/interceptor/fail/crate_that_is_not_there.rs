//! The crate has another name than the macros assume. rustc reports one error for each item.

use proto::hello::greeter_server::{Greeter, GreeterServer};
use proto::hello::{HelloRequest, HelloResponse};
use vestibule::{Call, Mount, Rest, Status, Streaming, grpc_error, interceptor, require_metadata};

#[interceptor(crate = toolbox)]
async fn authenticate(
    tokens: &str,
    #[metadata("authorization")] token: Option<&str>,
    call: &Call,
) -> Result<String, Status> {
    Ok(format!("{tokens} {token:?} {}", call.method().path()))
}

#[interceptor(crate = toolbox)]
async fn logged<const N: usize>(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

#[grpc_error(crate = toolbox, domain = "example.com")]
#[derive(Debug, thiserror::Error)]
#[error("negative {0}")]
#[status(InvalidArgument, message = String::new())]
pub struct Negative(#[status(metadata = "a")] u8);

#[derive(Clone)]
pub struct MyGreeter;

#[require_metadata("request-id", crate = toolbox)]
#[interceptor(caller = authenticate("a"), logged::<1>())]
impl Greeter for MyGreeter {
    async fn say_hello(&self, _request: HelloRequest, _caller: &String) -> Result<HelloResponse, Negative> {
        Err(Negative(1))
    }

    async fn lots_of_replies(
        &self,
        _request: tonic::Request<HelloRequest>,
        #[metadata("locale")] _locale: Option<&str>,
    ) -> Result<Streaming<HelloResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn lots_of_greetings(&self, _requests: Streaming<HelloRequest>) -> tonic::Result<HelloResponse> {
        Ok(HelloResponse::default())
    }

    async fn bidi_hello(&self, _: Streaming<HelloRequest>, _: &Call) -> Result<Streaming<HelloResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

fn main() {
    GreeterServer::new(MyGreeter);
    let _ = Mount::new(MyGreeter);
}
