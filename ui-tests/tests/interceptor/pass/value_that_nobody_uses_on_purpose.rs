//! A lint attribute on the impl, on the method or on the function, or an underscore, silences the warning of a value that nobody
//! uses.
#![deny(unused_variables, unfulfilled_lint_expectations)]

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use tonic::Status;
use vestibule::interceptor;

pub struct Caller;

#[interceptor]
async fn authenticate(#[metadata("authorization")] _token: &str) -> Result<Caller, Status> {
    Ok(Caller)
}

#[interceptor]
async fn tenant() -> Result<String, Status> {
    Ok(String::new())
}

#[interceptor(caller = authenticate(), _tenant = tenant())]
#[allow(unused_variables)]
async fn allowed() -> Result<(), Status> {
    Ok(())
}

#[interceptor(caller = authenticate())]
#[expect(unused_variables, reason = "the name stands in the report")]
async fn expected() -> Result<(), Status> {
    Ok(())
}

/// The name of an entry is used, and the expectation is about the parameter.
#[interceptor(caller = authenticate())]
#[expect(unused_variables)]
async fn expected_of_a_parameter(caller: &Caller, name: &str) -> Result<(), Status> {
    let _ = caller;
    Ok(())
}

pub struct Calculator;

#[interceptor(caller = authenticate())]
#[allow(unused_variables)]
impl Calculatrice for Calculator {
    #[interceptor(tenant = tenant())]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

pub struct Expected;

#[interceptor(caller = authenticate())]
#[expect(unused_variables)]
impl Calculatrice for Expected {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

pub struct ExpectedOfMethods;

#[interceptor(allowed())]
impl Calculatrice for ExpectedOfMethods {
    #[interceptor(tenant = tenant())]
    #[expect(unused_variables)]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

pub struct ExpectedOfHandlers;

#[interceptor(expected())]
impl Calculatrice for ExpectedOfHandlers {
    #[expect(unused_variables)]
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        let (resultat, other) = (1, 2);
        Ok(AdditionResponse { resultat })
    }
}

fn main() {
    let _ = expected_of_a_parameter("");
    CalculatriceServer::new(Calculator);
    CalculatriceServer::new(Expected);
    CalculatriceServer::new(ExpectedOfMethods);
    CalculatriceServer::new(ExpectedOfHandlers);
}
