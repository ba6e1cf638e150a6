use tonic::Status;
use vestibule::interceptor;


#[interceptor]
async fn read(#[metadata("trace-bin")] _value: Vec<u8>) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = read();
}
