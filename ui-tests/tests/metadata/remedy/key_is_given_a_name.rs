use vestibule::{Status, interceptor};

#[interceptor]
async fn read(#[metadata("x-tenant")] _value: &str, #[metadata("x-unit")] _unit: &str) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = read();
}
