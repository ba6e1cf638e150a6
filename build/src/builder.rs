//! The settings of a build script.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tonic_prost_build::{Config, FileDescriptorSet};

use crate::descriptors::Descriptors;
use crate::error::Error;
use crate::extensions::Extensions;
use crate::generator::{Described, Generator};
use crate::panics::guarded;

/// Returns a [`Builder`] with the settings of [`compile_protos`](crate::compile_protos).
pub fn configure() -> Builder {
    Builder {
        tonic: tonic_prost_build::configure(),
        prost: Config::new(),
        crate_path: "::vestibule".to_owned(),
        file_descriptor_set_path: None,
    }
}

/// The settings of a build script.
///
/// ```no_run
/// use vestibule_build::tonic_prost_build;
///
/// fn main() -> Result<(), vestibule_build::Error> {
///     vestibule_build::configure()
///         .tonic(tonic_prost_build::configure().build_client(false))
///         .compile_protos(&["proto/hello.proto"], &["proto"])
/// }
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing until it compiles something"]
pub struct Builder {
    tonic: tonic_prost_build::Builder,
    prost: Config,
    crate_path: String,
    file_descriptor_set_path: Option<PathBuf>,
}

impl Builder {
    /// Sets the configuration of tonic's code.
    ///
    /// Some settings have no effect, because protox compiles the files and not protoc: `protoc_arg`, `skip_protoc_run`,
    /// `emit_rerun_if_changed`, `with_extended_rust_types`, and `file_descriptor_set_path`. Use
    /// [`file_descriptor_set_path`](Self::file_descriptor_set_path) of this builder in its place.
    pub fn tonic(self, tonic: tonic_prost_build::Builder) -> Self {
        Self { tonic, ..self }
    }

    /// Sets the configuration of prost's code.
    ///
    /// A service generator in it is replaced by tonic's.
    pub fn prost(self, prost: Config) -> Self {
        Self { prost, ..self }
    }

    /// Sets the path of the crate vestibule in the generated code. It is `::vestibule` without this setting.
    pub fn crate_path(self, crate_path: impl Into<String>) -> Self {
        Self { crate_path: crate_path.into(), ..self }
    }

    /// Writes the descriptor set to a file, as the reflection service needs it. It contains all imports and custom options.
    pub fn file_descriptor_set_path(self, path: impl Into<PathBuf>) -> Self {
        Self { file_descriptor_set_path: Some(path.into()), ..self }
    }

    /// Compiles .proto files and generates their code.
    ///
    /// It prints `cargo::rerun-if-changed` for each file that it reads, including imports.
    ///
    /// # Errors
    ///
    /// Returns an error if a file cannot be read or is not valid, or if the code cannot be generated.
    pub fn compile_protos(
        mut self,
        protos: &[impl AsRef<Path>],
        includes: &[impl AsRef<Path>],
    ) -> Result<(), Error> {
        let descriptors = Descriptors::compile(protos, includes)?;
        // tonic-prost-build does the same for .proto files.
        self.prost.type_attribute(".", "#[allow(clippy::all)]");
        self.generate(descriptors)
    }

    /// Generates the code of a descriptor set.
    ///
    /// A `FileDescriptorSet` of prost has no custom options.
    ///
    /// # Errors
    ///
    /// Returns an error if the set is not valid, or if the code cannot be generated.
    pub fn compile_fds(self, fds: FileDescriptorSet) -> Result<(), Error> {
        let descriptors = Descriptors::from_fds(fds)?;
        self.generate(descriptors)
    }

    /// Generates the code of an encoded descriptor set, as protoc and buf write it. It keeps the custom options.
    ///
    /// ```no_run
    /// fn main() -> Result<(), Box<dyn std::error::Error>> {
    ///     println!("cargo::rerun-if-changed=proto/descriptors.bin");
    ///     let encoded = std::fs::read("proto/descriptors.bin")?;
    ///     vestibule_build::configure().compile_encoded_fds(&encoded)?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the set is not valid, or if the code cannot be generated.
    pub fn compile_encoded_fds(self, encoded: &[u8]) -> Result<(), Error> {
        let descriptors = Descriptors::decode(encoded)?;
        self.generate(descriptors)
    }

    fn generate(self, mut descriptors: Descriptors) -> Result<(), Error> {
        if let Some(path) = &self.file_descriptor_set_path {
            let action = format!("writing `{}` failed", path.display());
            fs::write(path, &descriptors.encoded).map_err(|error| Error::because(&action, error))?;
        }
        let crate_path = syn::parse_str(&self.crate_path).map_err(|error| {
            Error::because(&format!("`{}` is not the path of a crate", self.crate_path), error)
        })?;
        let problems = Rc::new(RefCell::new(Vec::new()));
        let tonic = self.tonic.clone().service_generator();
        let mut config = self.prost;
        let extensions = Extensions::take(&mut descriptors.fds)?;
        descriptors.redacted.mark(&mut descriptors.fds, &mut config);
        let described = Described { crate_path, options: descriptors.options, extensions };
        config.service_generator(Box::new(Generator::new(tonic, described, Rc::clone(&problems))));
        // With both turned off, tonic-prost-build leaves the service generator as it is.
        let builder = self.tonic.build_client(false).build_server(false);
        let written =
            guarded("generating the code", || builder.compile_fds_with_config(descriptors.fds, config))?;
        if let Some(problem) = problems.borrow_mut().drain(..).next() {
            return Err(problem);
        }
        written.map_err(|error| Error::because("writing the code failed", error))
    }
}
