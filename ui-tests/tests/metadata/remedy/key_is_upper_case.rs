use tonic::Status;
use vestibule::interceptor;


#[interceptor]
async fn read(#[metadata("x-tenant")] _value: &str) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = read();
}
