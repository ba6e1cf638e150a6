//! The generator that prost-build calls for each service.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use proc_macro2::TokenStream;
use prost_build::{Service, ServiceGenerator};
use syn::Path;

use crate::error::Error;
use crate::extensions::Extensions;
use crate::methods::{Methods, module_prefix};
use crate::options::OptionValues;
use crate::redacted::{RedactedFields, redact};
use crate::server::ServerModule;

/// The settings and descriptors from which the code of all services is made.
pub(crate) struct Described {
    /// The path of the crate vestibule.
    pub(crate) crate_path: Path,
    pub(crate) options: OptionValues,
    pub(crate) extensions: Extensions,
}

/// Generates tonic's code, and ours behind it in the same file.
pub(crate) struct Generator {
    tonic: Box<dyn ServiceGenerator>,
    described: Described,
    /// The trait of prost-build has no results, so problems are left here.
    problems: Rc<RefCell<Vec<Error>>>,
    /// The services, by their package and the prefix of their modules.
    modules: HashMap<(String, String), String>,
}

impl Generator {
    pub(crate) fn new(
        tonic: Box<dyn ServiceGenerator>,
        described: Described,
        problems: Rc<RefCell<Vec<Error>>>,
    ) -> Self {
        Self { tonic, described, problems, modules: HashMap::new() }
    }

    fn methods(&mut self, service: &Service, tonic: &str) -> Result<String, Error> {
        let prefix = module_prefix(&service.name);
        self.check_module(service, &prefix)?;
        let code = syn::parse_file(tonic).map_err(|error| {
            Error::because(
                &format!("tonic's code of the service `{}` cannot be read", service.proto_name),
                error,
            )
        })?;
        let server = ServerModule::find(&code, &format!("{prefix}_server"), &service.name);
        let Described { crate_path, options, .. } = &self.described;
        Ok(Methods { service, crate_path, options, server }.expand()?.to_string())
    }

    /// Makes the constants of the extensions of a file.
    fn custom_options(&self, placeholder: &Service) -> Result<String, Error> {
        let Described { crate_path, extensions, .. } = &self.described;
        let constants = placeholder.methods.iter().map(|method| extensions.constant(method, crate_path));
        Ok(constants.collect::<Result<TokenStream, Error>>()?.to_string())
    }

    fn code(&mut self, service: &Service) -> Result<String, Error> {
        if Extensions::is_placeholder(&service.proto_name) {
            return self.custom_options(service);
        }
        if RedactedFields::is_placeholder(&service.proto_name) {
            return Ok(String::new());
        }
        let mut tonic = String::new();
        self.tonic.generate(service.clone(), &mut tonic);
        let methods = self.methods(service, &tonic)?;
        Ok(format!("{tonic}\n{methods}\n"))
    }

    /// Refuses two services whose modules have the same name. tonic's code would not compile, with errors in a generated
    /// file.
    fn check_module(&mut self, service: &Service, prefix: &str) -> Result<(), Error> {
        let key = (service.package.clone(), prefix.to_owned());
        match self.modules.insert(key, service.proto_name.clone()) {
            None => Ok(()),
            Some(other) => Err(Error::new(&format!(
                "the services `{other}` and `{}` have the same modules in Rust, such as `{prefix}_server`; rename one",
                service.proto_name
            ))),
        }
    }
}

impl ServiceGenerator for Generator {
    fn generate(&mut self, service: Service, buf: &mut String) {
        match self.code(&service) {
            Ok(code) => buf.push_str(&code),
            Err(problem) => self.problems.borrow_mut().push(problem),
        }
    }

    fn finalize(&mut self, buf: &mut String) {
        self.tonic.finalize(buf);
    }

    fn finalize_package(&mut self, package: &str, buf: &mut String) {
        self.tonic.finalize_package(package, buf);
        if let Err(problem) = redact(buf) {
            self.problems.borrow_mut().push(problem);
        }
    }
}
