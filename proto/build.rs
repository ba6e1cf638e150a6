//! Compiles the .proto files with protox, so that no `protoc` is needed.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let builder = vestibule_build::configure().file_descriptor_set_path(out.join("examples.bin"));
    builder.compile_protos(&["proto/calcul.proto", "proto/hello.proto"], &["proto"])?;
    let library = ["proto/library/library.proto"];
    vestibule_build::compile_protos(&library, &["proto"])?;
    let accounts = ["proto/accounts/accounts.proto", "proto/accounts/secret.proto"];
    vestibule_build::compile_protos(&accounts, &["proto"])?;
    // `probe.Probe` has no description, so the tests show that everything works without one.
    println!("cargo::rerun-if-changed=proto/probe.proto");
    let probe = protox::compile(["proto/probe.proto"], ["proto"])?;
    tonic_prost_build::configure().compile_fds(probe)?;

    // A trait can be implemented for an `Arc` only in its own crate. So a test has the code of `hello.proto` in itself.
    let code = fs::read_to_string(out.join("pb.rs"))?;
    let docs = "/// Expands to the code that is generated for `hello.proto`.";
    let macro_rules =
        format!("{docs}\n#[macro_export]\nmacro_rules! greeter_here {{ () => {{\n{code}\n}}; }}\n");
    fs::write(out.join("greeter_here.rs"), macro_rules)?;

    // The tests also need the other two forms of a service trait that tonic-build generates.
    for (folder, config) in [
        ("arc_self", tonic_prost_build::configure().use_arc_self(true)),
        ("default_stubs", tonic_prost_build::configure().generate_default_stubs(true)),
    ] {
        let folder = out.join(folder);
        fs::create_dir_all(&folder)?;
        let descriptors = protox::compile(["proto/hello.proto", "proto/probe.proto"], ["proto"])?;
        config.out_dir(folder).compile_fds(descriptors)?;
    }
    let stubs = out.join("described_stubs");
    fs::create_dir_all(&stubs)?;
    let config = tonic_prost_build::configure().generate_default_stubs(true).out_dir(stubs);
    vestibule_build::configure().tonic(config).compile_protos(&library, &["proto"])?;
    Ok(())
}
