use tonic::transport::Server;
use vestibule::{Call, Interceptor, Status};

struct Log;

impl Interceptor for Log {
    type Provides = ();
    type Hooks = ();

    async fn start(&self, _call: &Call) -> Result<((), ()), Status> {
        Ok(((), ()))
    }
}

#[vestibule::interceptor]
async fn authenticate() -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = Server::builder().layer(vestibule::layer((Log, authenticate())));
    let _ = Server::builder().layer(vestibule::layer((authenticate(),)));
}
