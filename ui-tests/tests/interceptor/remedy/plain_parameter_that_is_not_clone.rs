use tonic::Status;
use vestibule::interceptor;

#[derive(Clone)]
pub struct Token;

#[interceptor]
async fn authenticate(_secret: Token) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = authenticate(Token);
}
