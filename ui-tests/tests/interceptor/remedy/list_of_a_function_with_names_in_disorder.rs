use tonic::Status;
use vestibule::interceptor;

#[derive(Clone)]
pub struct Caller;

#[interceptor]
async fn authenticate(secret: &str) -> Result<Caller, Status> {
    let _ = secret;
    Ok(Caller)
}

#[interceptor(caller = authenticate(secret), admits(caller))]
async fn base(secret: &str) -> Result<(), Status> {
    let _ = secret;
    Ok(())
}

#[interceptor]
async fn admits(caller: &Caller) -> Result<(), Status> {
    let _ = caller;
    Ok(())
}

fn main() {
    let _ = base("secret");
}
