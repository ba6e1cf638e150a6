use tonic::{Request, Response, Status};
use vestibule::interceptor;

#[tonic::async_trait]
trait Calculatrice {
    async fn addition(&self, request: Request<String>) -> Result<Response<String>, Status>;
}

trait Backend: Send + Sync + 'static {}

#[interceptor]
impl<T: Backend> Calculatrice for T {
    async fn addition(&self, request: String) -> Result<String, Status> {
        Ok(request)
    }
}

fn main() {}
