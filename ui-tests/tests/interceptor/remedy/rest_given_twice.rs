use tonic::Status;
use vestibule::{Rest, interceptor};

#[interceptor]
async fn twice(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

fn main() {
    let _ = twice();
}
