use tonic::Status;
use vestibule::interceptor;

#[derive(Clone)]
pub struct Caller;

#[interceptor]
async fn authenticate(secret: &str) -> Result<Caller, Status> {
    let _ = secret;
    Ok(Caller)
}

#[interceptor(caller = authenticate(secret))]
async fn base(secret: &str, caller: Caller) -> Result<Caller, Status> {
    let _ = secret;
    Ok(caller)
}

fn main() {
    let _ = base("secret");
}
