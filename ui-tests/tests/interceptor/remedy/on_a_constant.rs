use vestibule::{Status, interceptor};

#[interceptor]
async fn check() -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = check();
}
