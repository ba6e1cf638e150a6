use tonic::Status;
use vestibule::interceptor;


#[interceptor]
async fn read(call: &vestibule::Call) -> Result<(), Status> {
    let _ = (call.metadata(), call.deadline());
    Ok(())
}

fn main() {
    let _ = read();
}
