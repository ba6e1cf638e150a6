//! Generates connectrpc's code for the service that all servers have. tonic's code for it is in the crate `proto`.

use std::path::PathBuf;
use std::{env, error::Error, fs};

use prost::Message;

fn main() -> Result<(), Box<dyn Error>> {
    let (folder, file) = ("../../proto/proto", "probe.proto");
    println!("cargo::rerun-if-changed={folder}/{file}");
    let descriptors = protox::compile([file], [folder])?;
    let set = PathBuf::from(env::var("OUT_DIR")?).join("probe.bin");
    fs::write(&set, descriptors.encode_to_vec())?;
    connectrpc_build::Config::new()
        .files(&[file])
        .descriptor_set(set)
        .generate_json(false)
        .emit_rerun_directives(false)
        .include_file("_connectrpc.rs")
        .compile()?;
    Ok(())
}
