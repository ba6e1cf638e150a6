use tonic::Status;
use vestibule::{Call, interceptor};

#[interceptor]
async fn log(call: &Call) -> Result<(), Status> {
    let _ = call.method();
    Ok(())
}

fn main() {}
