use tonic::transport::Server;
use vestibule::{Call, Interceptor, Status};

trait Validate {}

struct Validated;

impl Interceptor for Validated {
    type Provides = ();
    type Hooks = Validated;

    async fn start(&self, _call: &Call) -> Result<((), Validated), Status> {
        Ok(((), Validated))
    }
}

impl<M: vestibule::Method> vestibule::Hooks<M> for Validated {}

fn main() {
    let _ = Server::builder().layer(vestibule::layer((Validated,)));
}
