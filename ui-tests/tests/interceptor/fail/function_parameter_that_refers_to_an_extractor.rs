use vestibule::extract::RemoteAddr;
use vestibule::{Status, interceptor};

#[interceptor]
async fn allowed(_addr: &RemoteAddr) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = allowed();
}
