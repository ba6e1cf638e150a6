//! Run with: `cargo run -p shared_limit`
//!
//! The two servers share their limit with `-- --redis redis://localhost:6379`.

mod demo;
mod server;

use std::error::Error;

const USAGE: &str = "usage: shared_limit [serve] [--redis URL]";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (mut is_server, mut redis) = (false, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "serve" => is_server = true,
            "--redis" => redis = Some(args.next().ok_or(USAGE)?),
            _ => return Err(USAGE.into()),
        }
    }
    if is_server { server::serve(redis.as_deref()).await } else { demo::run(redis.as_deref()).await }
}
