use tonic::transport::Server;
use vestibule_interceptors::Deadline;

fn main() {
    let d = Deadline::new();
    let _ = Server::builder().layer(vestibule::layer((d, d, d, d, d, d, d, d, d, d, d, d, d)));
}
