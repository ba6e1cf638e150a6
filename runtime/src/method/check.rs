//! What the expansion asks the descriptor of a service, in constants.
//!
//! Each check returns the text of an error, which is empty if all is well.

use std::marker::PhantomData;

use super::info::MethodInfo;
use super::service::{DescribedService, ServiceInfo};
use crate::const_text::{ConstText, is_equal, is_similar};

/// Finds out if a type is a [`DescribedService`], which a macro cannot know. `DescriptionOf::<S>::SERVICE` is the constant of
/// this type if the service is described, because rustc prefers it to the constant of [`Undescribed`].
#[derive(Debug)]
pub struct DescriptionOf<S>(PhantomData<S>);

impl<S: DescribedService> DescriptionOf<S> {
    /// The descriptor of a service that has one.
    pub const SERVICE: Option<&'static ServiceInfo> = Some(S::INFO);
}

/// The description of a service without a descriptor.
pub trait Undescribed {
    /// Nothing, because there is no descriptor.
    const SERVICE: Option<&'static ServiceInfo> = None;
}

impl<S> Undescribed for DescriptionOf<S> {}

/// Returns the method of the descriptor that has this name in Rust.
pub const fn described_method(
    service: Option<&'static ServiceInfo>,
    rust_name: &str,
) -> Option<&'static MethodInfo> {
    let Some(service) = service else { return None };
    let methods = service.methods();
    let mut i = 0;
    while i < methods.len() {
        if let Some(name) = methods[i].rust_name()
            && is_equal(name, rust_name)
        {
            return Some(methods[i]);
        }
        i += 1;
    }
    None
}

/// Checks that there is a method for each rpc that tonic's trait supplies. rustc reports the others.
pub const fn missing_rpcs(
    service: Option<&'static ServiceInfo>,
    written: &[&str],
    unimplemented: &[&str],
) -> ConstText {
    let mut text = ConstText::EMPTY;
    let Some(service) = service else { return text };
    let mut names = ConstText::EMPTY;
    let mut i = 0;
    while i < service.methods().len() {
        let method = service.methods()[i];
        if let Some(rust_name) = method.stub()
            && !contains(written, rust_name)
            && !contains(unimplemented, rust_name)
        {
            let is_first = text.is_empty();
            text = text
                .push(if is_first { "rpcs without a method: `" } else { "`, `" })
                .push(method.name_in_constant());
            names = names.push(if is_first { "" } else { ", " }).push(rust_name);
        }
        i += 1;
    }
    if text.is_empty() {
        return text;
    }
    text.push("`; write each, or write `#[rpc(unimplemented(").push(names.as_str()).push("))]`")
}

/// Checks that there is a descriptor, without which nobody can check `what`.
pub const fn descriptor_is_missing(service: Option<&'static ServiceInfo>, what: &str) -> ConstText {
    match service {
        Some(_) => ConstText::EMPTY,
        None => ConstText::EMPTY
            .push("this service has no descriptor, so ")
            .push(what)
            .push(" can't be checked; generate its code with `vestibule-build`"),
    }
}

/// Checks that a method that the impl leaves out belongs to an rpc.
pub const fn unknown_rpc(service: Option<&'static ServiceInfo>, rust_name: &str) -> ConstText {
    let text = ConstText::EMPTY;
    if service.is_none() || described_method(service, rust_name).is_some() {
        return text;
    }
    let text = text.push("the service has no rpc for `").push(rust_name);
    match similar_rpc(service, rust_name) {
        Some(similar) => text.push("`; did you mean `").push(similar).push("`?"),
        None => text.push("`; remove this name"),
    }
}

/// Returns the name in Rust of an rpc with a similar name.
const fn similar_rpc(service: Option<&'static ServiceInfo>, rust_name: &str) -> Option<&'static str> {
    let Some(service) = service else { return None };
    let methods = service.methods();
    let mut i = 0;
    while i < methods.len() {
        if let Some(name) = methods[i].rust_name()
            && is_similar(name, rust_name)
        {
            return Some(name);
        }
        i += 1;
    }
    None
}

/// Checks the name that the user gives to an rpc.
pub const fn wrong_name(service: Option<&'static ServiceInfo>, rust_name: &str, name: &str) -> ConstText {
    let text = ConstText::EMPTY;
    match described_method(service, rust_name) {
        Some(method) if !is_equal(method.name_in_constant(), name) => text
            .push("the rpc of `")
            .push(rust_name)
            .push("` is `")
            .push(method.name_in_constant())
            .push("`; remove this name"),
        _ => text,
    }
}

const fn contains(names: &[&str], name: &str) -> bool {
    let mut i = 0;
    while i < names.len() {
        if is_equal(names[i], name) {
            return true;
        }
        i += 1;
    }
    false
}
