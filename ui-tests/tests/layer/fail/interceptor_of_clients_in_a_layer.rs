use tonic::transport::Server;
use vestibule_interceptors::{Recover, Retry};

fn main() {
    let _ = Server::builder().layer(vestibule::layer((Recover::new(), Retry::new(3))));
}
