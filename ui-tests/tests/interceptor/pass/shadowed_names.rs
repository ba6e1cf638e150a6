//! Names that a careless expansion would use mean something else here.
#![allow(dead_code, non_camel_case_types)]

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Call, Status, interceptor};

struct Result;
struct Option;
struct Box;
struct Pin;
struct Send;
struct String;
struct Future;
struct Entry;
struct T0;
struct G;
struct Ok;
struct Some;
struct Err;
struct Self_;
mod std {}
mod core {}
mod tonic {}
mod call {}

#[interceptor]
async fn provide<T: Clone + ::std::marker::Send + Sync>(
    entry: T,
    _t0: &T0,
    _g: G2,
    call: &Call,
) -> ::std::result::Result<T, Status> {
    let _ = call;
    ::std::result::Result::Ok(entry)
}

#[derive(Clone)]
struct G2;

pub struct Calculator;

// The user binds and uses the names of the chain's own variables.
#[interceptor(entry = provide(1, &T0, G2), provided = provide(entry, &T0, G2), call = provide((entry, provided), &T0, G2))]
impl Calculatrice for Calculator {
    async fn addition(
        &self,
        request: AdditionRequest,
        entry: &i32,
        provided: &&i32,
        call: &(&i32, &&i32),
    ) -> ::std::result::Result<AdditionResponse, Status> {
        let (exchange, rest, result, hooks0) = (request.nombre1, **provided, *entry, *call.0);
        ::std::result::Result::Ok(AdditionResponse { resultat: exchange + rest + result + hooks0 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}
