use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn tenant(#[cfg(unix)] #[metadata("x-tenant")] tenant: &str) -> Result<(), Status> {
    println!("{tenant}");
    Ok(())
}

fn main() {
    let _ = tenant();
}
