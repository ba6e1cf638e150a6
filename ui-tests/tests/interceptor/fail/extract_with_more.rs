use vestibule::extract::RemoteAddr;
use vestibule::{Status, interceptor};

#[interceptor]
async fn read(
    #[extract("x-tenant")] _addr: RemoteAddr,
    #[metadata("x-unit")]
    #[extract]
    _unit: &str,
) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = read();
}
