use proto::hello::greeter_client::GreeterClient;
use tonic::transport::Channel;
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

fn connect(channel: Channel) {
    let _ = GreeterClient::new(vestibule::client(channel, (Validated,)));
}

fn main() {}
