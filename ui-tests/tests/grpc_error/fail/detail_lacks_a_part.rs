use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(InvalidArgument, bad_request(field = "name"))]
    Part,
    #[status(InvalidArgument, quota_failure)]
    Whole,
    #[status(NotFound, resource_info(resource_type = "order"))]
    Resource,
}

fn main() {}
