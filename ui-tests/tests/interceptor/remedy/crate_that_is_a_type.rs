use vestibule::{Status, interceptor};

mod toolbox {
    pub use vestibule;
}

#[interceptor(crate = toolbox::vestibule)]
async fn logged() -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = logged();
}
