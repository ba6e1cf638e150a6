//! Run with: cargo bench -p vestibule-benches

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    std::process::exit(vestibule_benches::report::run(&args, env!("CARGO_BIN_EXE_allocations").as_ref()));
}
