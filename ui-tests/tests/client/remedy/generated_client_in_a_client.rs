use proto::hello::greeter_client::GreeterClient;
use tonic::transport::Channel;
use vestibule_interceptors::PropagateDeadline;

fn connect(channel: Channel) {
    let _ = GreeterClient::new(vestibule::client(channel, (PropagateDeadline::new(),)));
}

fn main() {}
