use vestibule::interceptor;

#[interceptor]
pub struct Calculator;

fn main() {
    let _ = Calculator;
}
