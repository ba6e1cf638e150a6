use vestibule::interceptor;

pub struct Calculator;

#[interceptor]
impl Calculator {
    pub fn new() -> Self {
        Calculator
    }
}

fn main() {
    Calculator::new();
}
