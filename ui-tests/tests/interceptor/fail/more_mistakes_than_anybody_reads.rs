use vestibule::{Status, interceptor};

#[interceptor]
async fn crowded(
    #[metadata("X-0")] x0: Option<&str>,
    #[metadata("X-1")] x1: Option<&str>,
    #[metadata("X-2")] x2: Option<&str>,
    #[metadata("X-3")] x3: Option<&str>,
    #[metadata("X-4")] x4: Option<&str>,
    #[metadata("X-5")] x5: Option<&str>,
    #[metadata("X-6")] x6: Option<&str>,
    #[metadata("X-7")] x7: Option<&str>,
    #[metadata("X-8")] x8: Option<&str>,
    #[metadata("X-9")] x9: Option<&str>,
    #[metadata("X-10")] x10: Option<&str>,
    #[metadata("X-11")] x11: Option<&str>,
    #[metadata("X-12")] x12: Option<&str>,
    #[metadata("X-13")] x13: Option<&str>,
    #[metadata("X-14")] x14: Option<&str>,
    #[metadata("X-15")] x15: Option<&str>,
    #[metadata("X-16")] x16: Option<&str>,
    #[metadata("X-17")] x17: Option<&str>,
    #[metadata("X-18")] x18: Option<&str>,
    #[metadata("X-19")] x19: Option<&str>,
    #[metadata("X-20")] x20: Option<&str>,
    #[metadata("X-21")] x21: Option<&str>,
    #[metadata("X-22")] x22: Option<&str>,
    #[metadata("X-23")] x23: Option<&str>,
    #[metadata("X-24")] x24: Option<&str>,
    #[metadata("X-25")] x25: Option<&str>,
    #[metadata("X-26")] x26: Option<&str>,
    #[metadata("X-27")] x27: Option<&str>,
    #[metadata("X-28")] x28: Option<&str>,
    #[metadata("X-29")] x29: Option<&str>,
    #[metadata("X-30")] x30: Option<&str>,
    #[metadata("X-31")] x31: Option<&str>,
    #[metadata("X-32")] x32: Option<&str>,
    #[metadata("X-33")] x33: Option<&str>,
) -> Result<(), Status> {
    Ok(())
}

fn main() {
    let _ = crowded();
}
