use vestibule::interceptor;
#[interceptor]
async fn authenticate(_secret: &str) {}

fn main() {
    let _ = authenticate("");
}
