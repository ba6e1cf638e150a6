use vestibule::grpc_error;

#[grpc_error]
#[status(NotFound, message = "gone")]
pub struct Gone;

pub fn negative() {}

fn main() {
    negative();
}
