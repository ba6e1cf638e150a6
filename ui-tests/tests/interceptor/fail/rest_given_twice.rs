use tonic::Status;
use vestibule::{Rest, interceptor};

#[interceptor]
async fn twice(rest: impl Rest, other: impl Rest) -> Result<(), Status> {
    rest.await?;
    other.await
}

fn main() {
    let _ = twice();
}
