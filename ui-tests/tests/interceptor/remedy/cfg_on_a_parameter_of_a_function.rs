use tonic::Status;
use vestibule::interceptor;

#[cfg(not(any()))]
#[interceptor]
async fn limit(maximum: usize) -> Result<(), Status> {
    println!("{maximum}");
    Ok(())
}

fn main() {
    let _ = limit(5);
}
