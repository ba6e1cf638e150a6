use vestibule::interceptor;

#[interceptor]
async fn first<'a>(names: &'a [String], _other: &str) -> Result<&'a str, tonic::Status> {
    Ok(&names[0])
}

fn main() {}
