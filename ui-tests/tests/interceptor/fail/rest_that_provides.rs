use tonic::Status;
use vestibule::{Rest, interceptor};

#[interceptor]
async fn count(rest: impl Rest) -> Result<u32, Status> {
    rest.await?;
    Ok(1)
}

fn main() {
    let _ = count();
}
