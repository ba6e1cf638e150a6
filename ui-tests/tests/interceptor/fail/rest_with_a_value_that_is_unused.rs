use tonic::Status;
use vestibule::{RestWith, interceptor};

#[interceptor]
async fn span(rest: impl RestWith<u64>) -> Result<(), Status> {
    Err(Status::unimplemented("later"))
}

fn main() {
    let _ = span();
}
