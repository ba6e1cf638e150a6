//! Compiles the .proto files with protox, so that no `protoc` is needed.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let files = ["proto/calcul.proto", "proto/hello.proto", "proto/probe.proto"];
    for file in files {
        println!("cargo::rerun-if-changed={file}");
    }
    let descriptors = protox::compile(files, ["proto"])?;
    tonic_prost_build::configure().compile_fds(descriptors)?;

    // The probe again, in the other shape of trait that tonic-build knows.
    let arc = PathBuf::from(env::var("OUT_DIR")?).join("arc_self");
    fs::create_dir_all(&arc)?;
    let descriptors = protox::compile(["proto/probe.proto"], ["proto"])?;
    tonic_prost_build::configure().use_arc_self(true).out_dir(arc).compile_fds(descriptors)?;
    Ok(())
}
