use tonic::Status;
use vestibule::interceptor;

#[interceptor]
async fn limit(#[cfg(unix)] maximum: usize) -> Result<(), Status> {
    println!("{maximum}");
    Ok(())
}

fn main() {
    let _ = limit(5);
}
