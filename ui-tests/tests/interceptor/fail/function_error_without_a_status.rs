use vestibule::interceptor;
pub struct NoStatus;

#[interceptor]
async fn authenticate(_secret: &str) -> Result<(), NoStatus> {
    Err(NoStatus)
}

fn main() {
    let _ = authenticate("");
}
