use vestibule::interceptor;

#[interceptor]
const _: () = assert!(1 + 1 == 2);

fn main() {}
