use tonic::Status;
use vestibule::{Rest, interceptor};

#[interceptor]
async fn log<R: Rest>(rest: R) -> Result<(), Status> {
    rest.await
}

#[interceptor]
async fn other(rest: impl Future<Output = Result<(), Status>> + Send) -> Result<(), Status> {
    rest.await
}

fn main() {}
