use tonic::Status;
use vestibule::{Rest, interceptor};

#[interceptor]
async fn log(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

#[interceptor]
async fn other(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

fn main() {}
