use vestibule::{Status, interceptor};

pub struct Ping;

#[tonic::async_trait]
pub trait Probe<T>: Send + Sync + 'static {
    async fn echo(&self, request: tonic::Request<T>) -> Result<tonic::Response<T>, tonic::Status>;
}

pub struct Service;

#[interceptor]
#[rpc(service = "pkg.Greeter")]
impl Probe<Ping> for Service {
    async fn echo(&self, request: Ping) -> Result<Ping, Status> {
        Ok(request)
    }
}

pub struct Named;

#[interceptor]
#[rpc(service = "probe.Probe")]
impl Probe<Ping> for Named {
    async fn echo(&self, request: Ping) -> Result<Ping, Status> {
        Ok(request)
    }
}

fn main() {}
