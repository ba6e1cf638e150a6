use vestibule::{Status, interceptor};
#[interceptor]
async fn authenticate(_secret: &str) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = authenticate("");
}
