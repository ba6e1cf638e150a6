//! A descriptor set that has passed the checks.

use std::path::Path;

use protox::prost::Message;
use protox::prost_reflect::{DescriptorError, DescriptorPool};
use tonic_prost_build::FileDescriptorSet;

use crate::error::Error;
use crate::options::OptionValues;
use crate::panics::guarded;
use crate::redacted::RedactedFields;

/// The descriptors of all files.
pub(crate) struct Descriptors {
    pub(crate) fds: FileDescriptorSet,
    /// The set with custom options, which prost's types do not have.
    pub(crate) encoded: Vec<u8>,
    /// The values of these options.
    pub(crate) options: OptionValues,
    pub(crate) redacted: RedactedFields,
}

impl Descriptors {
    /// Compiles .proto files, and prints which files cargo must watch.
    pub(crate) fn compile(protos: &[impl AsRef<Path>], includes: &[impl AsRef<Path>]) -> Result<Self, Error> {
        for proto in protos.iter().map(AsRef::as_ref) {
            if !proto.exists() && !includes.iter().any(|include| include.as_ref().join(proto).exists()) {
                return Err(Error::new(&format!("there is no file `{}`", proto.display())));
            }
        }
        let encoded = guarded("compiling the .proto files", || compile(protos, includes))??;
        Self::decode(&encoded)
    }

    pub(crate) fn from_fds(fds: FileDescriptorSet) -> Result<Self, Error> {
        Self::new(fds.encode_to_vec(), fds)
    }

    pub(crate) fn decode(encoded: &[u8]) -> Result<Self, Error> {
        let fds = FileDescriptorSet::decode(encoded)
            .map_err(|error| Error::because("the descriptor set is not valid", error))?;
        Self::new(encoded.to_vec(), fds)
    }

    fn new(encoded: Vec<u8>, fds: FileDescriptorSet) -> Result<Self, Error> {
        check_syntax(&fds)?;
        check_options(&fds)?;
        let read = guarded("reading the descriptor set", || {
            let pool = DescriptorPool::decode(encoded.as_slice())?;
            Ok((OptionValues::read(&pool), RedactedFields::read(&pool)))
        })?;
        let (options, redacted) = read.map_err(|error: DescriptorError| {
            Error::because("the descriptor set is not valid", format!("{error:?}"))
        })?;
        Ok(Self { fds, encoded, options, redacted })
    }
}

fn compile(protos: &[impl AsRef<Path>], includes: &[impl AsRef<Path>]) -> Result<Vec<u8>, Error> {
    // cargo runs a failed script again in any case, so imports need not be known for an error.
    // The `Debug` format of protox is the one with the file and the line.
    let failed = |error: protox::Error| Error::new(&format!("{error:?}"));
    let mut compiler = protox::Compiler::new(includes).map_err(failed)?;
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(protos).map_err(failed)?;
    for path in compiler.files().filter_map(|file| file.path()) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    Ok(compiler.encode_file_descriptor_set())
}

/// Refuses editions, for which prost cannot generate code.
fn check_syntax(fds: &FileDescriptorSet) -> Result<(), Error> {
    for file in &fds.file {
        if !matches!(file.syntax.as_deref(), None | Some("" | "proto2" | "proto3")) {
            let (name, syntax) = (file.name(), file.syntax());
            return Err(Error::new(&format!(
                "`{name}` has the syntax `{syntax}`, for which prost generates no code; write it in `proto3`"
            )));
        }
    }
    Ok(())
}

/// Refuses options that the compiler of the set has not looked up, because their values are missing then.
fn check_options(fds: &FileDescriptorSet) -> Result<(), Error> {
    for file in &fds.file {
        for service in &file.service {
            let of_service = service.options.iter().flat_map(|options| &options.uninterpreted_option);
            let of_methods = service.method.iter().filter_map(|method| method.options.as_ref());
            let of_methods = of_methods.flat_map(|options| &options.uninterpreted_option);
            if let Some(option) = of_service.chain(of_methods).next() {
                let option = option.name.iter().map(|part| &part.name_part[..]).collect::<Vec<_>>().join(".");
                return Err(Error::new(&format!(
                    "the option `{option}` of `{}` in `{}` is not resolved; compile the set with the file that declares it",
                    service.name(),
                    file.name()
                )));
            }
        }
    }
    Ok(())
}
