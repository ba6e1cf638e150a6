use tonic::Status;
use vestibule::interceptor;


#[interceptor]
async fn read(#[metadata("trace-bin")] _value: bytes::Bytes) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = read();
}
