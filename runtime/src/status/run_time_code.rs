use tonic::Code;

/// An error of which some variants decide their code at run time. `#[grpc_error]` implements it.
pub trait RunTimeCode {
    /// Returns the code that the variant's expression has.
    fn vestibule_code(&self) -> Code;
}
