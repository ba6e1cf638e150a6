//! Run with: `cargo run -p issuer`

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    issuer::demo::run().await
}
