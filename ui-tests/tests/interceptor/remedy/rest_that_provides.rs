use tonic::Status;
use vestibule::{Rest, interceptor};

#[interceptor]
async fn count(rest: impl Rest) -> Result<(), Status> {
    rest.await?;
    Ok(())
}

fn main() {
    let _ = count();
}
