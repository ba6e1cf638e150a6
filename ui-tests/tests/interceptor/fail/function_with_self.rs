use tonic::Status;
use vestibule::interceptor;

pub struct Auth;

impl Auth {
    #[interceptor]
    async fn authenticate(&self) -> Result<(), Status> {
        Ok(())
    }
}

fn main() {
    let _ = Auth.authenticate();
}
