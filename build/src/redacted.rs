//! Fields with the option `debug_redact`, whose values no `{:?}` prints.
//!
//! prost derives `Debug` for a whole message. So a message with such a field gets `#[prost(skip_debug)]`, and an impl that
//! prints `[redacted]` in place of the value. The impl is made from the code that prost has written. So it needs no
//! knowledge of how prost names fields, oneofs and modules.

use protox::prost_reflect::prost_types::source_code_info::Location;
use protox::prost_reflect::prost_types::{FileDescriptorProto, ServiceDescriptorProto};
use protox::prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MessageDescriptor, Value};
use tonic_prost_build::{Config, FileDescriptorSet};

use crate::debug_impls::{MARK, debug_impls};
use crate::error::Error;

const SKIP_DEBUG: &str = "#[prost(skip_debug)]";
/// The name of a service for which no code is written. prost-build passes the code of a package to a service generator
/// only if the package has a service. No .proto file can contain this name.
const PLACEHOLDER: &str = "redacted fields";

/// The fields with the option, by the names of their files.
#[derive(Default)]
pub(crate) struct RedactedFields(Vec<(String, String)>);

impl RedactedFields {
    pub(crate) fn read(pool: &DescriptorPool) -> Self {
        let fields = pool.all_messages().flat_map(|message| fields_of(&message));
        Self(fields.collect())
    }

    /// Marks the fields, so that prost writes the mark above each of them.
    pub(crate) fn mark(&self, fds: &mut FileDescriptorSet, prost: &mut Config) {
        for (_, path) in &self.0 {
            prost.field_attribute(path, mark());
        }
        for file in &mut fds.file {
            if self.0.iter().any(|(name, _)| name == file.name()) {
                add_placeholder(file);
            }
        }
    }

    pub(crate) fn is_placeholder(service: &str) -> bool {
        service == PLACEHOLDER
    }
}

fn fields_of(message: &MessageDescriptor) -> Vec<(String, String)> {
    let file = message.parent_file().name().to_owned();
    let redacted = message.fields().filter(|field| is_redacted(&field.options()));
    redacted.map(|field| (file.clone(), path_in_prost(message, &field))).collect()
}

fn is_redacted(options: &DynamicMessage) -> bool {
    options.get_field_by_name("debug_redact").is_some_and(|value| *value == Value::Bool(true))
}

/// Returns the path by which prost's settings name a field.
fn path_in_prost(message: &MessageDescriptor, field: &FieldDescriptor) -> String {
    match field.containing_oneof().filter(|oneof| !oneof.is_synthetic()) {
        Some(oneof) => format!(".{}.{}.{}", message.full_name(), oneof.name(), field.name()),
        None => format!(".{}.{}", message.full_name(), field.name()),
    }
}

fn add_placeholder(file: &mut FileDescriptorProto) {
    // A file of protobuf is smaller than 2 GiB.
    let index = i32::try_from(file.service.len()).unwrap_or(i32::MAX);
    if let Some(info) = &mut file.source_code_info {
        // prost-build panics if the location of a service is missing.
        info.location.push(Location { path: vec![6, index], ..Location::default() });
    }
    let name = Some(PLACEHOLDER.to_owned());
    file.service.push(ServiceDescriptorProto { name, ..ServiceDescriptorProto::default() });
}

/// Returns the attribute that prost writes above each field with the option.
fn mark() -> String {
    format!("#[doc = {MARK:?}]")
}

/// Replaces the derived `Debug` of each type with a marked field in the code of a package.
pub(crate) fn redact(code: &mut String) -> Result<(), Error> {
    if !code.contains(&mark()) {
        return Ok(());
    }
    let file = syn::parse_file(code)
        .map_err(|error| Error::because("the code of the messages cannot be read", error))?;
    let impls = debug_impls(&file.items);
    *code = format!("{}\n{impls}\n", without_derive(code));
    Ok(())
}

/// Adds `#[prost(skip_debug)]` in front of each type with a marked field, unless a setting of the user has added it.
///
/// The text is changed and not the syntax tree, because a tree loses the format and the comments of the code.
fn without_derive(code: &str) -> String {
    let mark = mark();
    let mut lines: Vec<&str> = Vec::new();
    let mut head = None;
    for line in code.lines() {
        let text = line.trim_start();
        if text.starts_with("pub struct ") || text.starts_with("pub enum ") {
            head = Some(lines.len());
        }
        if text == mark
            && let Some(head) = head.take()
        {
            let mut attributes = lines[..head].iter().rev().map(|line| line.trim());
            if !attributes.by_ref().take_while(|text| text.starts_with('#')).any(|text| text == SKIP_DEBUG) {
                lines.insert(head, SKIP_DEBUG);
            }
        }
        lines.push(line);
    }
    lines.join("\n")
}
