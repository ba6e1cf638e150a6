use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = authenticate();
}
