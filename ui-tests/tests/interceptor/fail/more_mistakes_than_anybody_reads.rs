use vestibule::{Status, interceptor};

#[interceptor]
async fn crowded(
    #[metadata("X-0")] _x0: Option<&str>,
    #[metadata("X-1")] _x1: Option<&str>,
    #[metadata("X-2")] _x2: Option<&str>,
    #[metadata("X-3")] _x3: Option<&str>,
    #[metadata("X-4")] _x4: Option<&str>,
    #[metadata("X-5")] _x5: Option<&str>,
    #[metadata("X-6")] _x6: Option<&str>,
    #[metadata("X-7")] _x7: Option<&str>,
    #[metadata("X-8")] _x8: Option<&str>,
    #[metadata("X-9")] _x9: Option<&str>,
    #[metadata("X-10")] _x10: Option<&str>,
    #[metadata("X-11")] _x11: Option<&str>,
    #[metadata("X-12")] _x12: Option<&str>,
    #[metadata("X-13")] _x13: Option<&str>,
    #[metadata("X-14")] _x14: Option<&str>,
    #[metadata("X-15")] _x15: Option<&str>,
    #[metadata("X-16")] _x16: Option<&str>,
    #[metadata("X-17")] _x17: Option<&str>,
    #[metadata("X-18")] _x18: Option<&str>,
    #[metadata("X-19")] _x19: Option<&str>,
    #[metadata("X-20")] _x20: Option<&str>,
    #[metadata("X-21")] _x21: Option<&str>,
    #[metadata("X-22")] _x22: Option<&str>,
    #[metadata("X-23")] _x23: Option<&str>,
    #[metadata("X-24")] _x24: Option<&str>,
    #[metadata("X-25")] _x25: Option<&str>,
    #[metadata("X-26")] _x26: Option<&str>,
    #[metadata("X-27")] _x27: Option<&str>,
    #[metadata("X-28")] _x28: Option<&str>,
    #[metadata("X-29")] _x29: Option<&str>,
    #[metadata("X-30")] _x30: Option<&str>,
    #[metadata("X-31")] _x31: Option<&str>,
    #[metadata("X-32")] _x32: Option<&str>,
    #[metadata("X-33")] _x33: Option<&str>,
) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = crowded();
}
