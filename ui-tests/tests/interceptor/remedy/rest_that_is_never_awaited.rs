use vestibule::{Call, Rest, Status, interceptor};

#[interceptor]
async fn logged(call: &Call, rest: impl Rest) -> Result<(), Status> {
    println!("{}", call.method().path());
    rest.await
}

#[interceptor]
async fn refused(_rest: impl Rest) -> Result<(), Status> {
    Err(Status::unavailable("closed"))
}

fn main() {
    let _ = (logged(), refused());
}
