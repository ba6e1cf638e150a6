use proto::hello::greeter_client::GreeterClient;
use tonic::transport::Channel;
use vestibule_interceptors::PropagateDeadline;

fn connect(channel: Channel) {
    let _ = vestibule::client(GreeterClient::new(channel), (PropagateDeadline::new(),));
}

fn main() {}
