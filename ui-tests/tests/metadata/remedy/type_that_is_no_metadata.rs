use tonic::Status;
use vestibule::interceptor;

pub struct Trace;

#[interceptor]
async fn read(#[metadata("trace")] _value: Option<&str>) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = read();
}
