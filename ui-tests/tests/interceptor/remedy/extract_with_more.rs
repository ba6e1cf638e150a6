use vestibule::extract::RemoteAddr;
use vestibule::{Status, interceptor};

#[interceptor]
async fn read(
    #[extract] _addr: RemoteAddr,
    #[metadata("x-unit")]
    _unit: &str,
) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = read();
}
