use tonic::Status;
use vestibule::interceptor;

#[derive(Clone)]
pub struct Caller;

#[interceptor]
async fn authenticate(secret: &str) -> Result<Caller, Status> {
    let _ = secret;
    Ok(Caller)
}

#[interceptor(authenticate(&self.secret))]
async fn base() -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = base();
}
