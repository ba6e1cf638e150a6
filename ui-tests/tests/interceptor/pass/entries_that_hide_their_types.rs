//! An entry may be of a hidden type that borrows from the value of an earlier entry, in the list of the impl and of a method.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Interceptor, Mount, Status, interceptor};

pub struct Caller(String);

#[interceptor]
async fn authenticate() -> Result<Caller, Status> {
    Ok(Caller("ada".to_owned()))
}

#[interceptor]
async fn known(names: &[String], _caller: &Caller) -> Result<(), Status> {
    if names.is_empty() { Err(Status::permission_denied("")) } else { Ok(()) }
}

fn hidden<'a>(caller: &'a Caller, names: &'a [String]) -> impl Interceptor<Hooks = ()> + use<'a> {
    known(names, caller)
}

fn boxed<'a>(caller: &'a Caller, names: &'a [String]) -> Box<impl Interceptor<Hooks = ()> + use<'a>> {
    Box::new(known(names, caller))
}

pub struct Calculator<I> {
    names: Vec<String>,
    any: I,
}

#[interceptor(caller = authenticate(), hidden(caller, &self.names), &self.any, boxed(caller, &self.names))]
impl<I: Interceptor<Hooks = ()> + 'static> Calculatrice for Calculator<I> {
    #[interceptor(hidden(caller, std::slice::from_ref(&caller.0)), Some(&self.any))]
    async fn addition(&self, request: AdditionRequest, caller: &Caller) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + caller.0.len() as i32 })
    }
}

pub struct Plain(Vec<String>);

#[interceptor(caller = authenticate(), hidden(caller, &self.0), boxed(caller, &self.0))]
impl Calculatrice for Plain {
    #[interceptor(hidden(caller, std::slice::from_ref(&caller.0)))]
    async fn addition(&self, request: AdditionRequest, caller: &Caller) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + caller.0.len() as i32 })
    }
}

fn main() {
    CalculatriceServer::new(Plain(Vec::new()));
    let _ = Mount::new(Plain(Vec::new()));
    CalculatriceServer::new(Calculator { names: Vec::new(), any: authenticate() });
    let _ = Mount::new(Calculator { names: Vec::new(), any: authenticate() });
}
