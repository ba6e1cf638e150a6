use vestibule::interceptor;

pub struct Calculator;

#[interceptor]
pub async fn allow() -> Result<(), vestibule::Status> {
    Ok(())
}

fn main() {
    let _ = Calculator;
}
