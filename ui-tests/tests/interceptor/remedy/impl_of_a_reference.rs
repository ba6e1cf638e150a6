use tonic::{Request, Response, Status};
use vestibule::interceptor;

#[tonic::async_trait]
trait Calculatrice {
    async fn addition(&self, request: Request<String>) -> Result<Response<String>, Status>;
}

struct Calculator;

#[interceptor]
#[rpc(service = "calcul.Calculatrice")]
impl Calculatrice for &'static Calculator {
    async fn addition(&self, request: String) -> Result<String, Status> {
        Ok(request)
    }
}

fn main() {}
