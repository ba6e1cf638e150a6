use tonic::Status;
use vestibule::{RestWith, interceptor};

#[interceptor]
async fn named(name: &String, rest: impl RestWith<String>) -> Result<(), Status> {
    rest.provide(name.clone()).await
}

fn main() {
    let _ = named(&String::new());
}
