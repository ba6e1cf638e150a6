use tonic::Status;
use vestibule::interceptor;

#[derive(Clone)]
pub struct Caller;

#[interceptor]
async fn authenticate(secret: &str) -> Result<Caller, Status> {
    let _ = secret;
    Ok(Caller)
}

#[interceptor(outer = authenticate(secret), inner = authenticate(secret))]
async fn base(secret: &str) -> Result<(), Status> {
    let _ = secret;
    Ok(())
}

fn main() {
    let _ = base("secret");
}
