use vestibule::interceptor;

#[interceptor]
async fn tenant(#[metadata("x-tenant")] tenant: &str) -> Result<&str, tonic::Status> {
    Ok(tenant)
}

fn main() {
    let _ = tenant();
}
