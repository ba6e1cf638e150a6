use tonic::{Request, Response, Status};
use vestibule::interceptor;

#[tonic::async_trait]
trait Calculatrice {
    async fn addition(&self, request: Request<String>) -> Result<Response<String>, Status>;
}

trait Backend: Send + Sync + 'static {}

struct Shared<T>(T);

#[interceptor]
#[rpc(service = "calcul.Calculatrice")]
impl<T: Backend> Calculatrice for Shared<T> {
    async fn addition(&self, request: String) -> Result<String, Status> {
        Ok(request)
    }
}

fn main() {}
