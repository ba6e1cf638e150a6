use vestibule::grpc_error;

#[grpc_error]
pub enum CalcError {
    #[status(InvalidArgument, message = "...")]
    Negative,
}

fn main() {
    let _: tonic::Status = CalcError::Negative.into();
}
