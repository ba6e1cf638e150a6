use tonic::Status;
use vestibule::{RestWith, interceptor};

#[interceptor]
async fn span(rest: impl RestWith<u64>) -> Result<(), Status> {
    rest.provide(7).await
}

fn main() {
    let _ = span();
}
