use tonic::transport::Server;
use vestibule_interceptors::Recover;

#[vestibule::interceptor]
async fn authenticate() -> Result<(), vestibule::Status> {
    Ok(())
}

fn main() {
    let _ = Server::builder().layer(vestibule::layer((Recover::new(), authenticate())));
    let _ = Server::builder().layer(vestibule::layer((authenticate(),)));
}
