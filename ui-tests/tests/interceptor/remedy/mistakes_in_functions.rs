use std::collections::HashMap as Tenants;
use std::time::Duration;

use proto::probe::{Ping, Pong};
use vestibule::metadata::Bearer;
use vestibule::{Call, Rest, Status, interceptor};

#[interceptor]
async fn no_result(tenants: &Tenants<String, u8>, #[metadata("authorization")] token: Bearer<'_>) -> Result<(), Status> {
    let _ = Duration::from_secs(tenants.len() as u64);
    let _ = Ping { text: token.token().to_owned() };
    Ok(())
}

#[interceptor]
async fn nothing(call: &Call) -> Result<(), Status> {
    check(call, Pong::default())?;
    Ok(())
}

#[interceptor]
async fn borrowed<'a>(call: &Call, tenants: &'a [u8]) -> Result<&'a [u8], Status> {
    let _ = call.method().path();
    Ok(tenants)
}

#[interceptor]
async fn unused(rest: impl Rest) -> Result<(), Status> {
    rest.await
}

fn main() {
    let _ = (no_result(&Tenants::new()), nothing(), borrowed(b""), unused());
}

fn check(_: &Call, _: Pong) -> Result<(), Status> {
    Ok(())
}
