use vestibule::interceptor;
#[vestibule::grpc_error]
#[status(InvalidArgument, message = "not allowed")]
pub struct NoStatus;

#[interceptor]
async fn authenticate(_secret: &str) -> Result<(), NoStatus> {
    Err(NoStatus)
}

fn main() {
    let _ = authenticate("");
}
