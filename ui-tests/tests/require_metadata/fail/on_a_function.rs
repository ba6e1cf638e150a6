use vestibule::require_metadata;

#[require_metadata("request-id")]
fn main() {}
