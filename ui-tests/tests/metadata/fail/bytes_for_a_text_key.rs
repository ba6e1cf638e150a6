use tonic::Status;
use vestibule::interceptor;


#[interceptor]
async fn read(#[metadata("trace")] _value: Vec<u8>) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = read();
}
