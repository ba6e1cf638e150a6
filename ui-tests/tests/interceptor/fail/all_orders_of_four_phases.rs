//! All orders of four entries, each as a named list. One of them compiles.

use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
use proto::calcul::{AdditionRequest, AdditionResponse};
use vestibule::{Status, interceptor};

#[interceptor(phase = Observe)]
async fn log() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authenticate)]
async fn jwt() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Authorize)]
async fn role() -> Result<(), Status> {
    Ok(())
}

#[interceptor(phase = Limit)]
async fn rate() -> Result<(), Status> {
    Ok(())
}

#[interceptor(log(), jwt(), role(), rate())]
pub async fn list0() -> Result<(), Status> {
    Ok(())
}

#[interceptor(log(), jwt(), rate(), role())]
pub async fn list1() -> Result<(), Status> {
    Ok(())
}

#[interceptor(log(), role(), jwt(), rate())]
pub async fn list2() -> Result<(), Status> {
    Ok(())
}

#[interceptor(log(), role(), rate(), jwt())]
pub async fn list3() -> Result<(), Status> {
    Ok(())
}

#[interceptor(log(), rate(), jwt(), role())]
pub async fn list4() -> Result<(), Status> {
    Ok(())
}

#[interceptor(log(), rate(), role(), jwt())]
pub async fn list5() -> Result<(), Status> {
    Ok(())
}

#[interceptor(jwt(), log(), role(), rate())]
pub async fn list6() -> Result<(), Status> {
    Ok(())
}

#[interceptor(jwt(), log(), rate(), role())]
pub async fn list7() -> Result<(), Status> {
    Ok(())
}

#[interceptor(jwt(), role(), log(), rate())]
pub async fn list8() -> Result<(), Status> {
    Ok(())
}

#[interceptor(jwt(), role(), rate(), log())]
pub async fn list9() -> Result<(), Status> {
    Ok(())
}

#[interceptor(jwt(), rate(), log(), role())]
pub async fn list10() -> Result<(), Status> {
    Ok(())
}

#[interceptor(jwt(), rate(), role(), log())]
pub async fn list11() -> Result<(), Status> {
    Ok(())
}

#[interceptor(role(), log(), jwt(), rate())]
pub async fn list12() -> Result<(), Status> {
    Ok(())
}

#[interceptor(role(), log(), rate(), jwt())]
pub async fn list13() -> Result<(), Status> {
    Ok(())
}

#[interceptor(role(), jwt(), log(), rate())]
pub async fn list14() -> Result<(), Status> {
    Ok(())
}

#[interceptor(role(), jwt(), rate(), log())]
pub async fn list15() -> Result<(), Status> {
    Ok(())
}

#[interceptor(role(), rate(), log(), jwt())]
pub async fn list16() -> Result<(), Status> {
    Ok(())
}

#[interceptor(role(), rate(), jwt(), log())]
pub async fn list17() -> Result<(), Status> {
    Ok(())
}

#[interceptor(rate(), log(), jwt(), role())]
pub async fn list18() -> Result<(), Status> {
    Ok(())
}

#[interceptor(rate(), log(), role(), jwt())]
pub async fn list19() -> Result<(), Status> {
    Ok(())
}

#[interceptor(rate(), jwt(), log(), role())]
pub async fn list20() -> Result<(), Status> {
    Ok(())
}

#[interceptor(rate(), jwt(), role(), log())]
pub async fn list21() -> Result<(), Status> {
    Ok(())
}

#[interceptor(rate(), role(), log(), jwt())]
pub async fn list22() -> Result<(), Status> {
    Ok(())
}

#[interceptor(rate(), role(), jwt(), log())]
pub async fn list23() -> Result<(), Status> {
    Ok(())
}

pub struct Calculator;

#[interceptor(list0())]
impl Calculatrice for Calculator {
    async fn addition(&self, request: AdditionRequest) -> Result<AdditionResponse, Status> {
        Ok(AdditionResponse { resultat: request.nombre1 + request.nombre2 })
    }
}

fn main() {
    CalculatriceServer::new(Calculator);
}
