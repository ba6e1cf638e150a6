use vestibule::{Rest, Status, interceptor};

#[interceptor]
async fn wraps(rest: impl Rest) -> Result<(), Status> {
    r#rest.await
}

fn main() {
    let _ = wraps();
}
