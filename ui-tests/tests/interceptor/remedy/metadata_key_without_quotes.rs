use vestibule::{Status, interceptor};

#[interceptor]
async fn scaled(#[metadata("x_factor")] factor: u32, #[metadata("x-unit")] unit: &str) -> Result<(), Status> {
    println!("{factor} {unit}");
    Ok(())
}

fn main() {
    let _ = scaled();
}
