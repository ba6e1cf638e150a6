use vestibule::grpc_error;

#[grpc_error]
#[derive(Debug, thiserror::Error)]
#[error("no")]
pub enum ShopError {
    #[status(InvalidArgument, bad_request(field = "name", description = "..."))]
    Part,
    #[status(InvalidArgument, quota_failure(subject = "...", description = "..."))]
    Whole,
    #[status(NotFound, resource_info(resource_type = "order", resource_name = "..."))]
    Resource,
}

fn main() {}
