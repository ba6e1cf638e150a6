//! The constants of a service's methods.

use proc_macro2::{Ident, Span, TokenStream};
use prost_build::{Method, Service};
use quote::quote;
use syn::Path;

use crate::docs::doc_lines;
use crate::error::Error;
use crate::options::OptionValues;
use crate::server::ServerModule;

/// A service, with what tonic has generated for it.
pub(crate) struct Methods<'a> {
    pub(crate) service: &'a Service,
    pub(crate) crate_path: &'a Path,
    pub(crate) options: &'a OptionValues,
    /// None if no server is generated.
    pub(crate) server: Option<ServerModule>,
}

impl Methods<'_> {
    /// Makes the module of constants, and the impl for tonic's server.
    pub(crate) fn expand(&self) -> Result<TokenStream, Error> {
        self.check_names()?;
        let module = self.ident(&format!("{}_methods", module_prefix(&self.service.name)))?;
        let constants = self.service.methods.iter().map(|method| self.constant(method));
        let constants = constants.collect::<Result<Vec<_>, Error>>()?;
        let docs = format!(" The methods of `{}`, as constants.", self.full_name());
        let server = self.server_impl(&module)?;
        Ok(quote! {
            #[doc = #docs]
            // The comments are those of the .proto file.
            #[allow(clippy::all, clippy::pedantic, rustdoc::all)]
            pub mod #module {
                #(#constants)*
            }
            #server
        })
    }

    /// Refuses two rpcs that have the same name in Rust. tonic's code would not compile, with errors in a generated file.
    fn check_names(&self) -> Result<(), Error> {
        let methods = &self.service.methods;
        for (i, method) in methods.iter().enumerate() {
            if let Some(other) = methods[..i].iter().find(|other| other.name == method.name) {
                let (first, second, service) = (&other.proto_name, &method.proto_name, self.full_name());
                return Err(Error::new(&format!(
                    "the rpcs `{first}` and `{second}` of `{service}` have the same name in Rust, `{}`; rename one",
                    method.name
                )));
            }
        }
        Ok(())
    }

    fn constant(&self, method: &Method) -> Result<TokenStream, Error> {
        let runtime = self.crate_path;
        let name = self.ident(&rust_name(method).to_uppercase())?;
        let docs = doc_lines(&format!("The rpc `{}`.", method.proto_name), &method.comments);
        let descriptor = self.descriptor(method);
        Ok(quote! {
            #(#[doc = #docs])*
            pub const #name: &#runtime::MethodInfo = &#runtime::MethodInfo::from_descriptor(const { &#descriptor });
        })
    }

    fn descriptor(&self, method: &Method) -> TokenStream {
        let runtime = self.crate_path;
        let path = format!("/{}/{}", self.full_name(), method.proto_name);
        let shape = Ident::new(shape(method), Span::call_site());
        let rust_name = rust_name(method);
        let [request, response] =
            [&method.input_proto_type, &method.output_proto_type].map(|name| name.trim_start_matches('.'));
        let deprecated = method.options.deprecated().then(|| quote!(.deprecated()));
        let idempotency = idempotency(method).map(|level| {
            let level = Ident::new(level, Span::call_site());
            quote!(.idempotency(#runtime::descriptor::Idempotency::#level))
        });
        let has_stub =
            self.server.as_ref().is_some_and(|server| server.stubs.iter().any(|stub| stub == rust_name));
        let stub = has_stub.then(|| quote!(.default_stub()));
        let options = self.options.call(&format!("{}.{}", self.full_name(), method.proto_name), runtime);
        quote! {
            #runtime::descriptor::MethodDescriptor::new(#path, #runtime::Shape::#shape, #rust_name)
                .messages(#request, #response)
                #deprecated
                #idempotency
                #stub
                #options
        }
    }

    /// Makes the impl by which an annotated impl finds the descriptor.
    fn server_impl(&self, module: &Ident) -> Result<Option<TokenStream>, Error> {
        let Some(server) = &self.server else { return Ok(None) };
        let runtime = self.crate_path;
        let (cfgs, name) = (&server.cfgs, self.full_name());
        let server_module = self.ident(&format!("{}_server", module_prefix(&self.service.name)))?;
        let server_type = self.ident(&format!("{}Server", self.service.name))?;
        let methods = self.service.methods.iter().map(|method| self.ident(&rust_name(method).to_uppercase()));
        let methods = methods.collect::<Result<Vec<_>, Error>>()?;
        let deprecated = self.service.options.deprecated().then(|| quote!(.deprecated()));
        let options = self.options.call(&self.full_name(), runtime);
        Ok(Some(quote! {
            #(#cfgs)*
            impl<T> #runtime::descriptor::DescribedService for #server_module::#server_type<T> {
                const INFO: &'static #runtime::descriptor::ServiceInfo =
                    &#runtime::descriptor::ServiceInfo::new(#name, &[#(#module::#methods),*])#deprecated #options;
            }
        }))
    }

    fn full_name(&self) -> String {
        let Service { package, proto_name, .. } = self.service;
        if package.is_empty() { proto_name.clone() } else { format!("{package}.{proto_name}") }
    }

    fn ident(&self, name: &str) -> Result<Ident, Error> {
        syn::parse_str(name).map_err(|_| {
            Error::new(&format!("`{name}`, a name of the service `{}`, is no name in Rust", self.full_name()))
        })
    }
}

/// Returns the name of the method in tonic's trait, without `r#`.
fn rust_name(method: &Method) -> &str {
    method.name.trim_start_matches("r#")
}

fn shape(method: &Method) -> &'static str {
    match (method.client_streaming, method.server_streaming) {
        (false, false) => "Unary",
        (true, false) => "ClientStreaming",
        (false, true) => "ServerStreaming",
        (true, true) => "Bidirectional",
    }
}

fn idempotency(method: &Method) -> Option<&'static str> {
    match method.options.idempotency_level().as_str_name() {
        "NO_SIDE_EFFECTS" => Some("NoSideEffects"),
        "IDEMPOTENT" => Some("Idempotent"),
        _ => None,
    }
}

/// Returns the part before `_server` in the name of tonic's module. tonic-build writes an underscore before each upper-case
/// letter.
pub(crate) fn module_prefix(service: &str) -> String {
    let mut prefix = String::new();
    for (i, letter) in service.chars().enumerate() {
        if i > 0 && letter.is_uppercase() {
            prefix.push('_');
        }
        prefix.push(letter.to_ascii_lowercase());
    }
    prefix
}
