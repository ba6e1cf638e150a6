//! Run with: cargo bench --manifest-path benches/peers/Cargo.toml

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    std::process::exit(vestibule_peers::report::run(&args, env!("CARGO_BIN_EXE_open_calls").as_ref()));
}
