use std::collections::HashMap as Tenants;
use std::time::Duration;

use proto::probe::{Ping, Pong};
use vestibule::metadata::Bearer;
use vestibule::{Call, Rest, Status, interceptor};

#[interceptor]
async fn no_result(tenants: &Tenants<String, u8>, #[metadata("authorization")] token: Bearer<'_>) -> Ping {
    let _ = Duration::from_secs(tenants.len() as u64);
    Ping { text: token.token().to_owned() }
}

#[interceptor]
async fn nothing(call: &Call) {
    check(call, Pong::default())?;
    Ok(())
}

#[interceptor]
async fn borrowed(call: &Call, tenants: &[u8]) -> Result<&str, Status> {
    let _ = tenants;
    Ok(call.method().path())
}

#[interceptor]
async fn unused(rest: impl Rest) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = (no_result(&Tenants::new()), nothing(), borrowed(b""), unused());
}

fn check(_: &Call, _: Pong) -> Result<(), Status> {
    Ok(())
}
