use tonic::Status;
use vestibule::interceptor;

#[interceptor(crate = ::vestibule)]
async fn authenticate(_secret: &str) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = authenticate("");
}
