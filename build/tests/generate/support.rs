//! Folders for .proto files and the code that is generated of them.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use vestibule_build::{Builder, Error, configure, tonic_prost_build};

/// A folder with .proto files, which is removed at the end.
pub(crate) struct Protos {
    folder: TempDir,
    names: Vec<String>,
}

impl Protos {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a test");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
            fs::write(path, text).expect("a file can be written");
        }
        Self { folder, names: files.iter().map(|(name, _)| (*name).to_owned()).collect() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns a builder that writes to this folder.
    pub(crate) fn builder(&self) -> Builder {
        configure().tonic(tonic_prost_build::configure().out_dir(self.path()))
    }

    pub(crate) fn compile(&self, builder: Builder) -> Result<(), Error> {
        let files: Vec<_> = self.names.iter().map(|name| self.path().join(name)).collect();
        builder.compile_protos(&files, &[self.path().to_owned()])
    }

    /// Compiles all files, and returns the code in a file.
    pub(crate) fn code(&self, builder: Builder, file: &str) -> String {
        self.compile(builder).expect("the files are valid");
        self.read(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).expect("the file has been written")
    }

    pub(crate) fn error(&self) -> String {
        self.compile(self.builder()).expect_err("the files are not valid").to_string()
    }
}
