//! The custom options that the files declare: extensions of `MethodOptions` and `ServiceOptions`.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream};
use prost_build::Method;
use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::source_code_info::Location;
use protox::prost_reflect::prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, MethodDescriptorProto, ServiceDescriptorProto,
};
use quote::quote;
use syn::Path;
use tonic_prost_build::FileDescriptorSet;

use crate::docs::doc_lines;
use crate::error::Error;

/// The name of a service that holds the extensions of a file. No .proto file can contain this name.
const PLACEHOLDER: &str = "custom options";

/// The declared extensions, by their full names.
pub(crate) struct Extensions(BTreeMap<String, Extension>);

struct Extension {
    field: FieldDescriptorProto,
    /// The name of its constant.
    constant: String,
    /// The place of its declaration in the .proto file, as field numbers and indices of the descriptor.
    path: Vec<i32>,
}

impl Extensions {
    /// Finds the extensions of a set. It adds a service to each file that has some, with one method for each extension.
    ///
    /// prost-build calls a service generator for services alone, and writes no module for a file without messages and
    /// services. The methods also let prost-build find the Rust type of a message or an enum.
    pub(crate) fn take(fds: &mut FileDescriptorSet) -> Result<Self, Error> {
        let mut all = BTreeMap::new();
        let mut constants = BTreeMap::new();
        for file in &mut fds.file {
            let mut found = Vec::new();
            declared(file, &mut found);
            let package = file.package().to_owned();
            for (name, extension) in &found {
                if let Some(other) =
                    constants.insert((package.clone(), extension.constant.clone()), name.clone())
                {
                    return Err(Error::new(&format!(
                        "the extensions `{other}` and `{name}` have the same constant in Rust, `{}`; rename one",
                        extension.constant
                    )));
                }
            }
            if !found.is_empty() {
                add_locations(file, &found);
                file.service.push(placeholder(&found));
            }
            all.extend(found);
        }
        Ok(Self(all))
    }

    pub(crate) fn is_placeholder(service: &str) -> bool {
        service == PLACEHOLDER
    }

    /// Makes the constant of the extension for which a method of the placeholder stands.
    pub(crate) fn constant(&self, method: &Method, runtime: &Path) -> Result<TokenStream, Error> {
        let full_name = &method.proto_name;
        let unknown =
            || Error::new(&format!("the extension `{full_name}` has a type that Rust does not have"));
        let extension = self.0.get(full_name).ok_or_else(unknown)?;
        let name: Ident = syn::parse_str(&extension.constant).map_err(|_| unknown())?;
        let message_type: syn::Type = syn::parse_str(&method.input_type).map_err(|_| unknown())?;
        let item = scalar(extension.field.r#type());
        let is_list = extension.field.label() == Label::Repeated;
        let constructor = match (extension.field.r#type(), is_list) {
            (Type::Enum, false) => "enumeration",
            (Type::Enum, true) => "enumerations",
            (Type::Message | Type::Group, false) => "message",
            (Type::Message | Type::Group, true) => "messages",
            _ => "new",
        };
        let constructor = Ident::new(constructor, Span::call_site());
        let item = item.unwrap_or_else(|| quote!(#message_type));
        let ty = if is_list { quote!(::std::vec::Vec<#item>) } else { item };
        let on = if extends_method(&extension.field) {
            quote!(#runtime::MethodInfo)
        } else {
            quote!(#runtime::descriptor::ServiceInfo)
        };
        let docs = doc_lines(&format!("The option `{full_name}`."), &method.comments);
        Ok(quote! {
            #(#[doc = #docs])*
            #[allow(clippy::all, clippy::pedantic, rustdoc::all)]
            pub const #name: #runtime::descriptor::CustomOption<#on, #ty> =
                #runtime::descriptor::CustomOption::#constructor(#full_name);
        })
    }
}

fn placeholder(found: &[(String, Extension)]) -> ServiceDescriptorProto {
    let method = |(name, extension): &(String, Extension)| {
        let ty = extension.field.type_name.clone().filter(|name| !name.is_empty());
        let ty = ty.unwrap_or_else(|| ".google.protobuf.Empty".to_owned());
        MethodDescriptorProto {
            name: Some(name.clone()),
            input_type: Some(ty.clone()),
            output_type: Some(ty),
            ..MethodDescriptorProto::default()
        }
    };
    ServiceDescriptorProto {
        name: Some(PLACEHOLDER.to_owned()),
        method: found.iter().map(method).collect(),
        ..ServiceDescriptorProto::default()
    }
}

/// Collects the extensions of a file, and those inside of its messages.
fn declared(file: &FileDescriptorProto, found: &mut Vec<(String, Extension)>) {
    let mut scope: Vec<&str> = file.package().split('.').filter(|part| !part.is_empty()).collect();
    let depth = scope.len();
    for (i, field) in file.extension.iter().enumerate() {
        add(field, &scope, depth, &[7, index(i)], found);
    }
    for (i, message) in file.message_type.iter().enumerate() {
        declared_in(message, &mut scope, depth, &[4, index(i)], found);
    }
}

fn declared_in<'a>(
    message: &'a DescriptorProto,
    scope: &mut Vec<&'a str>,
    depth: usize,
    path: &[i32],
    found: &mut Vec<(String, Extension)>,
) {
    scope.push(message.name());
    for (i, field) in message.extension.iter().enumerate() {
        add(field, scope, depth, &[path, &[6, index(i)]].concat(), found);
    }
    for (i, nested) in message.nested_type.iter().enumerate() {
        declared_in(nested, scope, depth, &[path, &[3, index(i)]].concat(), found);
    }
    scope.pop();
}

fn add(
    field: &FieldDescriptorProto,
    scope: &[&str],
    depth: usize,
    path: &[i32],
    found: &mut Vec<(String, Extension)>,
) {
    if !extends_method(field) && field.extendee() != ".google.protobuf.ServiceOptions" {
        return;
    }
    let full_name = [scope, &[field.name()]].concat().join(".");
    let constant = [&scope[depth..], &[field.name()]].concat().join("_").to_uppercase();
    found.push((full_name, Extension { field: field.clone(), constant, path: path.to_vec() }));
}

fn extends_method(field: &FieldDescriptorProto) -> bool {
    field.extendee() == ".google.protobuf.MethodOptions"
}

/// Adds the locations of the placeholder and its methods, with the comments of the extensions. prost-build panics if a
/// location is missing.
fn add_locations(file: &mut FileDescriptorProto, found: &[(String, Extension)]) {
    let placeholder = vec![6, index(file.service.len())];
    let Some(info) = &mut file.source_code_info else { return };
    for (i, (_, extension)) in found.iter().enumerate() {
        let declaration = info.location.iter().find(|location| location.path == extension.path);
        let path = [&placeholder[..], &[2, index(i)]].concat();
        let leading_comments = declaration.and_then(|location| location.leading_comments.clone());
        info.location.push(Location { path, leading_comments, ..Location::default() });
    }
    info.location.push(Location { path: placeholder, ..Location::default() });
}

fn index(i: usize) -> i32 {
    // A file of protobuf is smaller than 2 GiB.
    i32::try_from(i).unwrap_or(i32::MAX)
}

/// Returns the type of a value in Rust, or `None` for enums and messages.
fn scalar(ty: Type) -> Option<TokenStream> {
    Some(match ty {
        Type::Bool => quote!(bool),
        Type::Int32 | Type::Sint32 | Type::Sfixed32 => quote!(i32),
        Type::Int64 | Type::Sint64 | Type::Sfixed64 => quote!(i64),
        Type::Uint32 | Type::Fixed32 => quote!(u32),
        Type::Uint64 | Type::Fixed64 => quote!(u64),
        Type::Float => quote!(f32),
        Type::Double => quote!(f64),
        Type::String => quote!(&'static str),
        Type::Bytes => quote!(&'static [u8]),
        Type::Enum | Type::Message | Type::Group => return None,
    })
}
