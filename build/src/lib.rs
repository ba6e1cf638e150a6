#![doc = include_str!("../README.md")]

mod builder;
mod debug_impls;
mod descriptors;
mod docs;
mod error;
mod extensions;
mod generator;
mod methods;
mod options;
mod panics;
mod redacted;
mod server;

pub use builder::{Builder, configure};
pub use error::Error;
pub use tonic_prost_build;
pub use tonic_prost_build::FileDescriptorSet;

use std::path::Path;

/// Compiles .proto files and generates tonic's code for them, with the descriptors of the services beside it.
///
/// It does what `tonic_prost_build::compile_protos` does, without protoc. Use [`configure`] to change anything.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), vestibule_build::Error> {
///     vestibule_build::compile_protos(&["proto/hello.proto"], &["proto"])
/// }
/// ```
///
/// # Errors
///
/// Returns an error if a file cannot be read or is not valid, or if the code cannot be generated.
pub fn compile_protos(protos: &[impl AsRef<Path>], includes: &[impl AsRef<Path>]) -> Result<(), Error> {
    configure().compile_protos(protos, includes)
}

/// Generates tonic's code for a descriptor set, with the descriptors of the services beside it.
///
/// A `FileDescriptorSet` of prost has no custom options. [`Builder::compile_encoded_fds`] reads them too.
///
/// # Errors
///
/// Returns an error if the set is not valid, or if the code cannot be generated.
pub fn compile_fds(fds: FileDescriptorSet) -> Result<(), Error> {
    configure().compile_fds(fds)
}
