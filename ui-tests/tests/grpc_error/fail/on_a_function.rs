use vestibule::grpc_error;

#[grpc_error]
pub fn negative() {}

fn main() {
    negative();
}
