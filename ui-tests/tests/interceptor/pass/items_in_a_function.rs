//! The items stand in a function, where paths mean something else than in the module.

fn main() {
    use proto::calcul::calculatrice_server::{Calculatrice, CalculatriceServer};
    use proto::calcul::{AdditionRequest, AdditionResponse};
    use vestibule::{Status, grpc_error, interceptor, require_metadata};

    #[interceptor]
    async fn allow() -> Result<(), Status> {
        Ok(())
    }

    #[grpc_error]
    #[derive(Debug, thiserror::Error)]
    #[error("negative")]
    #[status(InvalidArgument)]
    struct Negative;

    struct Calculator;

    #[interceptor(allow())]
    #[require_metadata("request-id")]
    impl Calculatrice for Calculator {
        async fn addition(&self, _request: AdditionRequest) -> Result<AdditionResponse, Negative> {
            Err(Negative)
        }
    }

    CalculatriceServer::new(Calculator);
}
