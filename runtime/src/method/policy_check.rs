//! What the expansion of `each(access: OPTION)` asks the descriptor of a service, in constants.

use super::check::described_method;
use super::info::MethodInfo;
use super::option::CustomOption;
use super::service::ServiceInfo;
use crate::const_text::ConstText;

/// Returns the name of an option of methods.
pub const fn name_of_option<T>(option: &CustomOption<MethodInfo, T>) -> &'static str {
    option.name()
}

/// Checks that a method with an entry of its own has no option as well.
pub const fn option_beside_entry(
    service: Option<&'static ServiceInfo>,
    rust_name: &str,
    option: &str,
    entry: &str,
) -> ConstText {
    let text = ConstText::EMPTY;
    match described_method(service, rust_name) {
        Some(method) if method.has_option(option) => text
            .push("the rpc has the option `")
            .push(option)
            .push("` and the entry `")
            .push(entry)
            .push("`; remove one of them"),
        _ => text,
    }
}

/// Checks that a method without an entry of its own has the option.
pub const fn option_is_missing(
    service: Option<&'static ServiceInfo>,
    rust_name: &str,
    option: &str,
    entry: &str,
) -> ConstText {
    let text = ConstText::EMPTY;
    match described_method(service, rust_name) {
        Some(method) if !method.has_option(option) => text
            .push("the rpc has no option `")
            .push(option)
            .push("`; set it in the .proto file, or write `#[interceptor(")
            .push(entry)
            .push(" = ...)]`"),
        _ => text,
    }
}
