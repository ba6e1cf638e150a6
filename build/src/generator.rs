//! The generator that prost-build calls for each service.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use proc_macro2::TokenStream;
use prost_build::{Service, ServiceGenerator};
use syn::{Item, Path};

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

    /// Refuses a message whose module has the name of a module of a service. prost makes one for a message that contains other
    /// messages, enums or `oneof`s.
    fn module_of_message(&self, package: &str, code: &str) -> Option<Error> {
        let of_package = self.modules.iter().filter(|((other, _), _)| other == package);
        let mut modules: Vec<_> = of_package
            .flat_map(|((_, prefix), service)| SUFFIXES.map(|suffix| (format!("{prefix}_{suffix}"), service)))
            .collect();
        modules.sort();
        let (module, service) = modules.into_iter().find(|(module, _)| is_defined_twice(code, module))?;
        Some(Error::new(&format!(
            "the service `{service}` and a message have the same module in Rust, `{module}`; rename one"
        )))
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

/// The ends of the names of a service's modules. tonic makes the first two, and this crate the third.
const SUFFIXES: [&str; 3] = ["server", "client", "methods"];

/// Returns true if two modules of this name stand beside each other in the code.
fn is_defined_twice(code: &str, module: &str) -> bool {
    // It takes time to parse the code, so it is parsed only if the text may be that of two modules.
    if code.matches(&format!("mod {module} {{")).count() < 2 {
        return false;
    }
    let items = syn::parse_file(code).map(|file| file.items).unwrap_or_default();
    items.iter().filter(|item| matches!(item, Item::Mod(item) if item.ident == module)).count() > 1
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
        let problem = self.module_of_message(package, buf);
        self.problems.borrow_mut().extend(problem);
        if let Err(problem) = redact(buf) {
            self.problems.borrow_mut().push(problem);
        }
    }
}
