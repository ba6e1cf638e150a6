use tonic::transport::Channel;
use vestibule_interceptors::{Recover, Retry};

fn connect(channel: Channel) {
    let _ = vestibule::client(channel, (Recover::new(), Retry::new(3)));
}

fn main() {}
