use tonic::{Request, Response, Status};
use vestibule::interceptor;

#[tonic::async_trait]
pub trait Urls {
    async fn list(&self, request: Request<String>) -> Result<Response<Vec<String>>, Status>;
}

pub struct Calculator;

#[interceptor]
#[rpc(service = "pkg.Urls")]
impl Urls for Calculator {
    async fn list(&self, request: String) -> Result<Vec<String>, Status> {
        Ok(vec![request])
    }
}

fn main() {}
