use tonic::transport::Server;
use vestibule_interceptors::Recover;

struct Tokens;

fn main() {
    let _ = Server::builder().layer(vestibule::layer((Recover::new(), Tokens)));
    let _ = Server::builder().layer(vestibule::layer(Tokens));
}
