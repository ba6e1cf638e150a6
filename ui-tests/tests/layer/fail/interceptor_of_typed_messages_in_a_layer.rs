use tonic::transport::Server;
use vestibule::{Call, Hooks, Interceptor, Method, Status};

trait Validate {}

struct Validated;

impl Interceptor for Validated {
    type Provides = ();
    type Hooks = Validated;

    async fn start(&self, _call: &Call) -> Result<((), Validated), Status> {
        Ok(((), Validated))
    }
}

impl<M: Method<Request: Validate>> Hooks<M> for Validated {}

fn main() {
    let _ = Server::builder().layer(vestibule::layer((Validated,)));
}
