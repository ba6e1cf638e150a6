//! What the descriptor of a service says.

use super::info::MethodInfo;
use super::option::{CustomOption, OptionValue};

/// The name and the methods of a service, as its descriptor says.
///
/// ```
/// use vestibule::descriptor::ServiceInfo;
/// use vestibule::{MethodInfo, Shape};
///
/// const SAY_HELLO: &MethodInfo = &MethodInfo::new("/hello.Greeter/SayHello", Shape::Unary);
/// const GREETER: ServiceInfo = ServiceInfo::new("hello.Greeter", &[SAY_HELLO]);
///
/// assert_eq!(GREETER.name(), "hello.Greeter");
/// assert_eq!(GREETER.methods()[0].name(), "SayHello");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ServiceInfo {
    name: &'static str,
    methods: &'static [&'static MethodInfo],
    is_deprecated: bool,
    options: &'static [(&'static str, OptionValue)],
}

impl ServiceInfo {
    /// Creates a service from its name with its package, and its methods.
    ///
    /// See [`ServiceInfo`] for an example.
    #[must_use]
    pub const fn new(name: &'static str, methods: &'static [&'static MethodInfo]) -> Self {
        Self { name, methods, is_deprecated: false, options: &[] }
    }

    /// Says that the service has the option `deprecated`.
    #[must_use]
    pub const fn deprecated(self) -> Self {
        Self { is_deprecated: true, ..self }
    }

    /// Sets the values of [custom options](CustomOption), each with the full name of its extension.
    #[must_use]
    pub const fn options(self, options: &'static [(&'static str, OptionValue)]) -> Self {
        Self { options, ..self }
    }

    /// Returns the name of the service with its package, `package.Service`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the methods in the order of the .proto file.
    #[must_use]
    pub const fn methods(&self) -> &'static [&'static MethodInfo] {
        self.methods
    }

    /// Returns true if the service has the option `deprecated`.
    #[must_use]
    pub const fn is_deprecated(&self) -> bool {
        self.is_deprecated
    }

    /// Returns the value of a custom option, or `None` if the .proto file does not set it.
    #[must_use]
    pub fn option<T>(&self, option: CustomOption<Self, T>) -> Option<T> {
        option.find(self.options)
    }
}

/// A service of tonic's with a descriptor. `vestibule-build` implements this trait for tonic's generated server.
///
/// ```
/// use vestibule::descriptor::DescribedService;
///
/// fn names_of_methods<S: DescribedService>() -> Vec<&'static str> {
///     S::INFO.methods().iter().map(|method| method.name()).collect()
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no descriptor",
    label = "`vestibule-build` has not generated the code of this service",
    note = "in `build.rs`, write `vestibule_build::compile_protos` in place of `tonic_prost_build::compile_protos`"
)]
pub trait DescribedService {
    /// The descriptor of the service.
    const INFO: &'static ServiceInfo;
}
