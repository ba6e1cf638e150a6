use vestibule::{Status, interceptor};

#[interceptor]
async fn crowded(
    #[metadata("x-0")] _x0: Option<&str>,
    #[metadata("x-1")] _x1: Option<&str>,
    #[metadata("x-2")] _x2: Option<&str>,
    #[metadata("x-3")] _x3: Option<&str>,
    #[metadata("x-4")] _x4: Option<&str>,
    #[metadata("x-5")] _x5: Option<&str>,
    #[metadata("x-6")] _x6: Option<&str>,
    #[metadata("x-7")] _x7: Option<&str>,
    #[metadata("x-8")] _x8: Option<&str>,
    #[metadata("x-9")] _x9: Option<&str>,
    #[metadata("x-10")] _x10: Option<&str>,
    #[metadata("x-11")] _x11: Option<&str>,
    #[metadata("x-12")] _x12: Option<&str>,
    #[metadata("x-13")] _x13: Option<&str>,
    #[metadata("x-14")] _x14: Option<&str>,
    #[metadata("x-15")] _x15: Option<&str>,
    #[metadata("x-16")] _x16: Option<&str>,
    #[metadata("x-17")] _x17: Option<&str>,
    #[metadata("x-18")] _x18: Option<&str>,
    #[metadata("x-19")] _x19: Option<&str>,
    #[metadata("x-20")] _x20: Option<&str>,
    #[metadata("x-21")] _x21: Option<&str>,
    #[metadata("x-22")] _x22: Option<&str>,
    #[metadata("x-23")] _x23: Option<&str>,
    #[metadata("x-24")] _x24: Option<&str>,
    #[metadata("x-25")] _x25: Option<&str>,
    #[metadata("x-26")] _x26: Option<&str>,
    #[metadata("x-27")] _x27: Option<&str>,
    #[metadata("x-28")] _x28: Option<&str>,
    #[metadata("x-29")] _x29: Option<&str>,
    #[metadata("x-30")] _x30: Option<&str>,
    #[metadata("x-31")] _x31: Option<&str>,
    #[metadata("x-32")] _x32: Option<&str>,
    #[metadata("x-33")] _x33: Option<&str>,
) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = crowded();
}
