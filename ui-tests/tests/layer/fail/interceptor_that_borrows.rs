use vestibule::{Status, interceptor};

#[interceptor]
async fn authenticate(secret: &str) -> Result<(), Status> {
    Err(Status::unauthenticated(secret))
}

fn main() {
    let secret = String::from("s3cret");
    let _ = vestibule::layer((authenticate(&secret),));
}
