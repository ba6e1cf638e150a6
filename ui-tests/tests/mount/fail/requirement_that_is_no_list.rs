use tonic::Status;
use vestibule::interceptor;
use vestibule::server::Mounts;

#[interceptor]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

#[interceptor(authenticate())]
async fn base() -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = base();
    let _ = Mounts::new().require(authenticate);
}
