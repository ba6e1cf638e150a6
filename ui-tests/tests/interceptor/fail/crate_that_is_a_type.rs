use vestibule::{Status, interceptor};

#[interceptor(crate = Option<u8>)]
async fn logged() -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = logged();
}
