#![no_implicit_prelude]

use ::proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use ::proto::calcul::{AdditionRequest, AdditionResponse};
use ::vestibule::metadata::Bearer;
use ::vestibule::{Call, Rest, Status, grpc_error, interceptor, require_metadata};

#[interceptor]
async fn log(call: &Call, rest: impl Rest) -> ::std::result::Result<(), Status> {
    let _ = call;
    rest.await
}

#[interceptor]
async fn authenticate<'a>(
    secret: &'a str,
    #[metadata("authorization")] _token: Bearer<'_>,
) -> ::std::result::Result<&'a str, Status> {
    ::std::result::Result::Ok(secret)
}

#[grpc_error]
pub enum CalcError {
    #[status(InvalidArgument)]
    Negative,
    #[status(transparent)]
    Other(Status),
}

impl ::std::fmt::Display for CalcError {
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.write_str("negative")
    }
}

pub struct Calculator;

#[interceptor(log(), secret = authenticate("s"))]
#[require_metadata(id: u32 = "request-id", code = NotFound, message = "no id")]
impl Calculatrice for Calculator {
    async fn addition(
        &self,
        _request: AdditionRequest,
        secret: &&str,
        id: &u32,
        #[metadata("trace-bin")] _trace: ::std::vec::Vec<u8>,
    ) -> ::std::result::Result<AdditionResponse, CalcError> {
        let _ = (secret, id);
        ::std::result::Result::Err(CalcError::Negative)
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
    let _ = CalcError::Other(Status::aborted(""));
}
