use tonic::Status;
use vestibule::interceptor;

#[cfg(not(any()))]
#[interceptor]
async fn tenant(#[metadata("x-tenant")] tenant: &str) -> Result<(), Status> {
    println!("{tenant}");
    Ok(())
}

fn main() {
    let _ = tenant();
}
