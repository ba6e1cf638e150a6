use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn authenticate(_secret: &str) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = authenticate("");
}
